import Domain

/// A person's tokens (`{{#tokens}}{{>token-table}}{{/tokens}}`).
struct PersonalAccessTokenTable {
    struct Row {
        let name: String
        /// Where it works.
        let reach: String
        let permissions: PermissionBadges
        let created: Moment
        let lastUsed: Moment?
        let expires: Moment
        /// The class of a time that is near.
        let urgency: String?
        let status: Badge
        /// Nil where there is nothing left to revoke.
        let revokeAddress: String?
    }

    /// Such as `3 of 50 active`.
    let count: String
    let rows: [Row]
    let hasRows: Bool
    /// Whether *Create Token* is the one primary button of the page; it stands in the empty state where there is one.
    let isPrimary: Bool
    let next: Link?
    let empty: EmptyState

    static let limit = 20

    init(_ visit: SignedInVisit, after: UniqueID?, isPrimary: Bool) throws {
        let tokens = visit.services.personalAccessTokens
        let overview = try tokens.overview(
            of: visit.user.id, PageRequest(limit: Self.limit, after: after))
        let names = try Self.names(
            overview.page.items, of: visit.user.id, among: visit.organizations, visit.services)
        count = "\(overview.activeCount) of \(PersonalAccessToken.activeLimit) active"
        rows = overview.page.items.map { Row($0, names, now: visit.now) }
        hasRows = !rows.isEmpty
        self.isPrimary = isPrimary
        next = overview.page.next.map { next in
            Link("More tokens", "/profile/security?tokens_after=\(next)#tokens")
        }
        empty = EmptyState(
            text:
                "A token lets a script or another system use the API as you, without your password.",
            action: Link("Create Token", "/profile/security/tokens/new"), opensDialog: true)
    }
}

extension PersonalAccessTokenTable {
    /// What the organizations of the tokens are called, as far as the holder belongs to them.
    /// - Parameter known: of very many organizations some; the others are asked for.
    static func names(
        _ tokens: [PersonalAccessToken], of holder: User.ID, among known: [Organization],
        _ services: Services
    ) throws -> [Organization.ID: String] {
        var names = Dictionary(
            known.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        let ids = tokens.compactMap { token -> Organization.ID? in
            if case .organization(let id) = token.reach { id } else { nil }
        }
        for id in Set(ids) where names[id] == nil {
            names[id] =
                try services.organizations.membership(of: holder, inNamed: id.description)?.name
        }
        return names
    }
}

extension PersonalAccessTokenTable.Row {
    /// - Parameters:
    ///   - home: below which the token is revoked.
    ///   - isOwn: whether who looks at it is who holds it.
    init(
        _ token: PersonalAccessToken, _ names: [Organization.ID: String], now: Instant,
        home: String = Profile.security, isOwn: Bool = true
    ) {
        let status = token.status(at: now)
        name = token.name
        reach =
            switch token.reach {
            case .organization(let id):
                names[id].map { Shell.short($0) }
                    ?? "An organization that \(isOwn ? "you" : "they") left"
            case .allOrganizations: "All organizations"
            case .nowhere: "An organization that is gone"
            }
        permissions = PermissionBadges(token.permissions, isOwn: isOwn)
        created = Moment(token.createdAt, now: now)
        lastUsed = token.lastUsedAt.map { Moment($0, now: now) }
        expires = Moment(token.expiresAt, now: now)
        urgency = status == .active ? Moment.urgency(of: token.expiresAt, now: now) : nil
        self.status = Badge(status)
        revokeAddress =
            status == .active ? "\(home)/tokens/\(token.id)/revoke" : nil
    }
}

extension Badge {
    /// Of a personal access token, or an API key.
    init(_ status: PersonalAccessToken.Status) {
        switch status {
        case .active: self.init("Active", .green)
        case .expired: self.init("Expired", .neutral)
        case .revoked: self.init("Revoked", .red)
        }
    }
}

/// *Create Token*.
struct NewPersonalAccessTokenPage: SignedInPage {
    static let template = "new-token"

    struct Lifetime {
        let days: Int
        let words: String
        /// The day on which the token would expire.
        let date: String
        let isChosen: Bool
    }

    let title = "Create Token"
    let breadcrumb = [Link("Profile", Profile.address), Link("Security", Profile.security)]
    let notice: Notice?
    let organizationID: String
    let organizationName: String
    let tokenName: Field
    let lifetimes: [Lifetime]
    let lifetimeError: String?
    let isForAllOrganizations: Bool
    /// Nil where the organization has no access levels.
    let permissions: PermissionFields?

    init(
        _ form: NewPersonalAccessTokenForm, _ visit: OrganizationPageVisit,
        _ problems: FormProblems = .none, notice: Notice? = nil
    ) throws {
        let organization = visit.context.organization
        self.notice = notice
        organizationID = organization.id.description
        organizationName = organization.name
        tokenName = Field(
            "name", "Token Name", value: form.name, autocomplete: "off",
            hint: "What it is for, such as “ERP Data Sync”. At most 255 characters.",
            error: problems.text("name", "Token Name"))
        lifetimes = PersonalAccessToken.lifetimes.map { days in
            Lifetime(
                days: days, words: days == 365 ? "1 year" : "\(days) days",
                date: Moment.date(visit.signedIn.now.adding(days: days)),
                isChosen: days == form.lifetimeDays)
        }
        lifetimeError =
            problems.text("expires_in_days", "Expiration") == nil
            ? nil : "Choose one of these."
        isForAllOrganizations = form.isForAllOrganizations
        guard organization.level != .none else {
            permissions = nil
            return
        }
        permissions = PermissionFields(
            "scopes", held: visit.context.permissions, in: organization.name, chosen: form.scopes,
            error: problems.has("scopes", code: "required")
                ? "Choose at least one permission." : problems.text("scopes", "Permissions"))
    }
}

/// A token that was just made, in the one answer that shows it.
struct ShownToken {
    /// In the address of the page that shows it; names the sealed token, and says nothing.
    static let parameter = "shown"

    let name: String
    let value: String
    /// A line that uses it.
    let curl: String
    /// The list, without it.
    let doneAddress: String

    /// - Parameter organization: the one that the line names; a token for all works there, too.
    static func sealed(
        _ issued: IssuedPersonalAccessToken, usedIn organization: Organization
    ) -> [UInt8] {
        Array("\(issued.token.id)\n\(organization.id)\n\(issued.text.text)".utf8)
    }

    /// Nil where the token is gone.
    init?(_ content: [UInt8], _ visit: SignedInVisit) throws {
        let parts = String(decoding: content, as: UTF8.self).split(separator: "\n")
        guard parts.count == 3, let id = PersonalAccessToken.ID(text: parts[0]) else { return nil }
        let token = try visit.services.personalAccessTokens.show(id, of: visit.user.id)
        name = token.name
        value = String(parts[2])
        // The reference's line where the token is for that, and otherwise one that is open to every token.
        let reads = token.permissions?.holds(.pipelinesRead) ?? true
        let path = reads ? "/api/v1/engine/pipelines" : "/auth/me"
        curl = """
            curl -H 'Authorization: Bearer \(value)' \\
              -H 'X-Organization-ID: \(parts[1])' \\
              \(visit.settings.publicURL)\(path)
            """
        doneAddress = Profile.security
    }
}
