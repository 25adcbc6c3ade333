/// Shows people where they are signed in, and ends it.
package struct SessionService {
    let stores: any Stores
    let clock: Clock
    let audit: AuditTrail

    package init(stores: any Stores, clock: Clock, audit: AuditTrail) {
        self.stores = stores
        self.clock = clock
        self.audit = audit
    }

    /// The person's live sessions.
    package func list(of user: User.ID, _ page: PageRequest) throws -> ListPage<Session> {
        try stores.sessions.list(of: user, aliveAt: clock.now, page)
    }

    /// One live session of the person; refuses with `notFound` what is not theirs or is over.
    package func show(_ id: Session.ID, of user: User.ID) throws -> Session {
        guard let session = try stores.sessions.find(id), session.userID == user,
            session.isAlive(at: clock.now)
        else { throw Refusal.notFound }
        return session
    }

    /// Ends one session of the person's own; refuses with `notFound` what is not theirs or is over.
    package func end(_ id: Session.ID, of user: User.ID, by caller: Caller) throws {
        try stores.atomically {
            guard try stores.sessions.end(id, of: user, at: clock.now) else {
                throw Refusal.notFound
            }
            try audit.record(
                "session.ended", by: caller,
                target: AuditEvent.Reference(kind: "session", id: id.description, name: ""),
                changes: caller.owner(user))
        }
    }

    /// Ends all sessions of the person but the given one; how many.
    package func endOthers(
        of user: User.ID, keeping kept: Session.ID, by caller: Caller
    ) throws -> Int {
        try stores.atomically {
            let count = try stores.sessions.endAll(of: user, except: kept, at: clock.now)
            try audit.record(
                "session.others_ended", by: caller,
                changes: [AuditEvent.Change("sessions", old: String(count + 1), new: "1")])
            return count
        }
    }
}
