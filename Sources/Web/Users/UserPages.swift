import Domain
import HTTP

/// *Users*: the list.
struct UsersPage: SignedInPage {
    static let template = "users"

    struct Row {
        let name: String
        let address: String
        let username: String
        let email: String?
        let kind: Badge
        /// Nil where there is none.
        let organizations: String?
        let status: Badge
        let isAdministrator: Bool
        let lastSignIn: Moment?
    }

    let title = "Users"
    let primaryAction: Link? = Link("Create user", "\(UserRoutes.home)/new")
    let notice: Notice?
    let name: Field
    let isFiltered: Bool
    let hasRows: Bool
    let rows: [Row]
    let isFirst: Bool
    let first = UserRoutes.home
    let next: String?

    init(
        _ list: ListPage<User>, _ query: UserListQuery, _ services: Services, notice: Notice?,
        now: Instant
    ) throws {
        self.notice = notice
        name = Field(
            "name", "User name or e-mail", value: query.name, autocomplete: "off",
            isRequired: false,
            suggestions: .users)
        isFiltered = !query.name.isEmpty
        rows = try list.items.map { try Row($0, services, now: now) }
        hasRows = !rows.isEmpty
        isFirst = query.page.after == nil
        next = list.next.map { "\(UserRoutes.home)?after=\($0)" }
    }
}

extension UsersPage.Row {
    /// How many organizations are named.
    private static let named = 3

    fileprivate init(_ user: User, _ services: Services, now: Instant) throws {
        name = user.displayName
        address = UserRoutes.address(user.id)
        username = user.username
        email = user.email
        kind = Badge(user.kind)
        let found = try services.organizations.memberships(of: user.id, limit: Self.named + 1)
        let names = found.prefix(Self.named).map(\.name).joined(separator: ", ")
        organizations =
            found.isEmpty ? nil : found.count > Self.named ? "\(names) and more" : names
        status = Badge(user)
        isAdministrator = user.isSystemAdministrator
        lastSignIn = user.lastSignInAt.map { Moment($0, now: now) }
    }
}

extension Badge {
    fileprivate init(_ kind: User.Kind) {
        switch kind {
        case .person: self.init("Person", .blue)
        case .service: self.init("Service", .violet)
        }
    }

    fileprivate init(_ user: User) {
        self = user.isDisabled ? Badge("Disabled", .neutral) : Badge("Enabled", .green)
    }
}

/// What the list's address asks for.
struct UserListQuery {
    /// A user name or e-mail address; empty for everybody.
    let name: String
    let page: PageRequest

    init(_ request: Request) throws {
        let query = try request.pageQuery()
        name = (query["name"] ?? "").trimmingWhiteSpace()
        page = PageRequest(limit: 20, after: query["after"].flatMap { UniqueID($0) })
    }
}

/// What is typed about a user (`{{#fields}}{{>user-form}}{{/fields}}`).
struct UserFields {
    let username: Field
    let displayName: Field
    let email: Field
    let emailVerified: Choices
    /// Nil where it is decided already.
    let kind: Choices?
    /// Nil for a service user, who has none.
    let password: Field?
    /// Nil for a service user, who can't be one.
    let administration: Choices?

    /// - Parameter user: nil for a new one.
    init(_ draft: UserDraft, of user: User?, problems: FormProblems) {
        let isNew = user == nil
        username = Field(
            "username", "User name", value: draft.username, autocomplete: "off",
            hint: "1 to 64 of letters, digits, '.', '_', '-', '@'.",
            error: problems.text("username", "User name"))
        displayName = Field(
            "display_name", "Display name", value: draft.displayName, autocomplete: "off",
            hint: isNew ? "The user name where there is none." : nil,
            error: problems.text("display_name", "Display name"), isRequired: !isNew)
        email = Field(
            "email", "E-mail", type: "email", value: draft.email, autocomplete: "off",
            hint: "People can sign in with it.", error: problems.text("email", "E-mail"),
            isRequired: false)
        emailVerified = Choices(
            "email_verified", "E-mail address",
            [
                (
                    "true", "Verified",
                    "It is known to be theirs. Another address begins as not verified."
                )
            ], checked: draft.isEmailVerified ? ["true"] : [])
        kind =
            isNew
            ? Choices(
                "kind", "Kind", kind: .one,
                [
                    ("person", "Person", "Signs in with a password."),
                    ("service", "Service user", "Has no password; OAuth2 clients act as it."),
                ], checked: [draft.kind.rawValue], error: problems.text("kind", "Kind")) : nil
        let isService = user?.kind == .service
        password =
            isService
            ? nil
            : Field(
                "password", isNew ? "Password" : "New password", type: "password",
                autocomplete: "new-password",
                hint: isNew
                    ? "At least \(PasswordRules.lengths.lowerBound) characters. A service user has none."
                    : "Leave it empty to keep the one that is there. A new one signs them out everywhere.",
                error: problems.text("password", "Password"), isRequired: false)
        administration =
            isService
            ? nil
            : Choices(
                "system_administrator", "Rights",
                [
                    (
                        "true", "System administrator",
                        "Manages users, groups, clients and all organizations. Only a person can be one."
                    )
                ], checked: draft.isSystemAdministrator ? ["true"] : [],
                error: problems.text("system_administrator", "System administrator"))
    }
}

/// *Create user*.
struct NewUserPage: SignedInPage {
    static let template = "user-new"

    let title = "Create user"
    let breadcrumb = [UserRoutes.link]
    let notice: Notice?
    let fields: UserFields

    init(_ draft: UserDraft, problems: FormProblems = .none) {
        notice = Notice(problems)
        fields = UserFields(draft, of: nil, problems: problems)
    }
}

/// A user, with everything that can be changed about them and all that they hold.
struct UserPage: SignedInPage {
    static let template = "user"

    let title: String
    let breadcrumb = [UserRoutes.link]
    let notice: Notice?
    let address: String
    let userID: String
    let kind: Badge
    let status: Badge
    let isEnabled: Bool
    /// Whether they can sign in, and hold what only people do.
    let isPerson: Bool
    let organizations: [String]
    let hasOrganizations: Bool
    let hasMoreOrganizations: Bool
    let groups: [String]
    let hasGroups: Bool
    let hasMoreGroups: Bool
    let lastSignIn: Moment?
    let created: Moment
    let fields: UserFields
    let tokens: UserTokens
    let sessions: UserSessions
    let applications: UserApplications

    /// How many organizations and groups are named.
    private static let named = 10

    /// - Parameter query: says where each of the lists begins.
    init(
        _ user: User, _ draft: UserDraft, _ visit: AdministratorPageVisit, _ query: FormFields,
        notice: Notice? = nil, problems: FormProblems = .none
    ) throws {
        func cursor(_ name: String) -> UniqueID? { query[name].flatMap { UniqueID($0) } }
        let now = visit.signedIn.now
        title = user.displayName
        self.notice = Notice(problems) ?? notice
        address = UserRoutes.address(user.id)
        userID = user.id.description
        kind = Badge(user.kind)
        status = Badge(user)
        isEnabled = !user.isDisabled
        isPerson = user.kind == .person
        let places = try visit.services.organizations.memberships(of: user.id)
        organizations = places.prefix(Self.named).map(\.name)
        hasOrganizations = !organizations.isEmpty
        hasMoreOrganizations = places.count > Self.named
        let names = try visit.services.groups.names(of: user.id, limit: Self.named + 1)
        groups = Array(names.prefix(Self.named))
        hasGroups = !groups.isEmpty
        hasMoreGroups = names.count > Self.named
        lastSignIn = user.lastSignInAt.map { Moment($0, now: now) }
        created = Moment(user.createdAt, now: now)
        fields = UserFields(draft, of: user, problems: problems)
        tokens = try UserTokens(user, places, visit, after: cursor("tokens_after"))
        sessions = try UserSessions(user, visit, after: cursor("sessions_after"))
        applications = try UserApplications(user, visit, after: cursor("applications_after"))
    }
}
