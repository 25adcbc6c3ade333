import Domain

/// How much ends with a user, in words.
struct UserHoldings {
    let sessions: String
    let tokens: String
    let applications: String

    private static let limit = 100

    init(_ user: User, _ services: Services) throws {
        func words<Item>(_ page: ListPage<Item>) -> String {
            page.next == nil ? String(page.items.count) : "more than \(Self.limit)"
        }
        let page = PageRequest(limit: Self.limit)
        sessions = words(try services.sessions.list(of: user.id, page))
        applications = words(try services.oauth2.consents.list(of: user.id, page))
        tokens = String(
            try services.personalAccessTokens.overview(of: user.id, PageRequest(limit: 1))
                .activeCount)
    }
}

/// The personal access tokens of a user, for an administrator (`{{#tokens}}{{>user-tokens}}{{/tokens}}`).
struct UserTokens {
    /// Such as `3 of 50 active`.
    let count: String
    let rows: [PersonalAccessTokenTable.Row]
    let hasRows: Bool
    let next: Link?

    private static let limit = 10

    init(
        _ user: User, _ organizations: [Organization], _ visit: AdministratorPageVisit,
        after: UniqueID?
    ) throws {
        let home = UserRoutes.address(user.id)
        let overview = try visit.services.personalAccessTokens.overview(
            of: user.id, PageRequest(limit: Self.limit, after: after))
        let names = try PersonalAccessTokenTable.names(
            overview.page.items, of: user.id, among: organizations, visit.services)
        count = "\(overview.activeCount) of \(PersonalAccessToken.activeLimit) active"
        rows = overview.page.items.map {
            PersonalAccessTokenTable.Row(
                $0, names, now: visit.signedIn.now, home: home, isOwn: false)
        }
        hasRows = !rows.isEmpty
        next = overview.page.next.map {
            Link("More tokens", "\(home)?tokens_after=\($0)#tokens")
        }
    }
}

/// Where a user is signed in, for an administrator (`{{#sessions}}{{>user-sessions}}{{/sessions}}`).
struct UserSessions {
    let rows: [SessionTable.Row]
    let hasRows: Bool
    let next: Link?

    private static let limit = 10

    init(_ user: User, _ visit: AdministratorPageVisit, after: UniqueID?) throws {
        let home = UserRoutes.address(user.id)
        let page = try visit.services.sessions.list(
            of: user.id, PageRequest(limit: Self.limit, after: after))
        rows = page.items.map { SessionTable.Row($0, of: visit.signedIn, home: home) }
        hasRows = !rows.isEmpty
        next = page.next.map { Link("More sessions", "\(home)?sessions_after=\($0)#sessions") }
    }
}

/// The clients that may act for a user, for an administrator
/// (`{{#applications}}{{>user-applications}}{{/applications}}`).
struct UserApplications {
    let rows: [ConnectedApplicationTable.Row]
    let hasRows: Bool
    let next: Link?

    private static let limit = 10

    init(_ user: User, _ visit: AdministratorPageVisit, after: UniqueID?) throws {
        let home = UserRoutes.address(user.id)
        let page = try visit.services.oauth2.consents.list(
            of: user.id, PageRequest(limit: Self.limit, after: after))
        rows = try page.items.map {
            try ConnectedApplicationTable.Row($0, of: visit.signedIn, home: home)
        }
        hasRows = !rows.isEmpty
        next = page.next.map {
            Link("More applications", "\(home)?applications_after=\($0)#applications")
        }
    }
}
