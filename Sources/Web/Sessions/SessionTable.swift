import Domain

/// Where a person is signed in (`{{#sessions}}{{>session-table}}{{/sessions}}`).
struct SessionTable {
    struct Row {
        let device: String
        let userAgent: String
        let address: String
        let created: Moment
        let lastActive: Moment
        let isCurrent: Bool
        let endAddress: String
    }

    let rows: [Row]
    /// Whether there are others to end.
    let hasOthers: Bool
    let next: Link?

    static let limit = 10

    /// The one that is in use stands at the top of the first page.
    init(_ visit: SignedInVisit, after: UniqueID?) throws {
        let sessions = visit.services.sessions
        let page = try sessions.list(
            of: visit.user.id, PageRequest(limit: Self.limit, after: after))
        let current = visit.person.sessionID
        let others = page.items.filter { $0.id != current }
        let own = after == nil ? [try sessions.show(current, of: visit.user.id)] : []
        rows = (own + others).map { Row($0, of: visit, home: Profile.security) }
        hasOthers = !others.isEmpty || page.next != nil || after != nil
        next = page.next.map { next in
            Link("More sessions", "/profile/security?sessions_after=\(next)#sessions")
        }
    }
}

extension SessionTable.Row {
    /// - Parameters:
    ///   - visit: of whoever looks at it.
    ///   - home: below which the session is ended.
    init(_ session: Session, of visit: SignedInVisit, home: String) {
        device = Device(userAgent: session.userAgent).words
        userAgent = session.userAgent
        address = session.address
        created = Moment(session.createdAt, now: visit.now)
        lastActive = Moment(session.lastActiveAt, now: visit.now)
        isCurrent = session.id == visit.person.sessionID
        endAddress = "\(home)/sessions/\(session.id)/end"
    }
}
