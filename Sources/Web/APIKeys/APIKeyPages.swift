import Domain
import HTTP

/// *API Keys* of the current organization: the list.
struct APIKeysPage: SignedInPage {
    static let template = "api-keys"

    struct Row {
        let name: String
        let permissions: PermissionBadges
        /// Nil for somebody who is gone.
        let createdBy: String?
        let created: Moment
        let lastUsed: Moment?
        let expires: Moment
        /// The class of a time that is near.
        let urgency: String?
        let status: Badge
        /// Nil where there is nothing left to revoke.
        let revokeAddress: String?
    }

    static let limit = 20

    let title = "API Keys"
    let primaryAction: Link?
    let notice: Notice?
    let shown: ShownAPIKey?
    let organizationName: String
    let rows: [Row]
    let hasRows: Bool
    let empty: EmptyState?
    let isFirst: Bool
    let first = APIKeyRoutes.home
    let next: String?

    init(
        _ list: ListPage<APIKey>, makers: [User.ID: String], of organization: Organization,
        shown: ShownAPIKey? = nil, isFirst: Bool, notice: Notice?, now: Instant
    ) {
        self.notice = notice
        self.shown = shown
        self.isFirst = isFirst
        organizationName = organization.name
        rows = list.items.map { Row($0, makers: makers, now: now) }
        hasRows = !rows.isEmpty
        let create = Link("Create API Key", "\(APIKeyRoutes.home)/new")
        let isEmpty = !hasRows && isFirst
        // Beside a new key stands the one button that matters: I have stored it.
        primaryAction = isEmpty || shown != nil ? nil : create
        empty =
            isEmpty
            ? EmptyState(
                text: "An API key gives a machine an identity of its own in this organization, "
                    + "with exactly the permissions that you choose.", action: create) : nil
        next = list.next.map { "\(APIKeyRoutes.home)?after=\($0)" }
    }
}

extension APIKeysPage.Row {
    fileprivate init(_ key: APIKey, makers: [User.ID: String], now: Instant) {
        let status = key.status(at: now)
        name = key.name
        permissions = PermissionBadges(key.permissions)
        createdBy = key.createdBy.flatMap { makers[$0] }
        created = Moment(key.createdAt, now: now)
        lastUsed = key.lastUsedAt.map { Moment($0, now: now) }
        expires = Moment(key.expiresAt, now: now)
        urgency = status == .active ? Moment.urgency(of: key.expiresAt, now: now) : nil
        self.status = Badge(status)
        revokeAddress =
            status == .active ? "\(APIKeyRoutes.home)/\(key.id)/revoke" : nil
    }
}

/// *Create API Key*.
struct NewAPIKeyPage: SignedInPage {
    static let template = "api-key-new"

    let title = "Create API Key"
    let breadcrumb = [APIKeyRoutes.link]
    let notice: Notice?
    let organizationID: String
    let organizationName: String
    let name: Field
    let lifetime: Selection
    let permissions: PermissionFields

    init(
        _ draft: APIKeyDraft, _ visit: OrganizationPageVisit, _ problems: FormProblems = .none,
        notice: Notice? = nil
    ) {
        let organization = visit.context.organization
        self.notice = notice
        organizationID = organization.id.description
        organizationName = organization.name
        name = Field(
            "name", "Name", value: draft.name, autocomplete: "off",
            hint: "The machine that it is for. At most 255 characters.",
            error: problems.text("name", "Name"))
        lifetime = Selection(
            "expires_in_days", "Expiration",
            PersonalAccessToken.lifetimes.map { days in
                let date = Moment.date(visit.signedIn.now.adding(days: days))
                return (String(days), "\(days == 365 ? "1 year" : "\(days) days") (\(date))")
            }, selected: String(draft.lifetimeDays),
            error: problems.text("expires_in_days", "Expiration") == nil
                ? nil : "Choose one of these.")
        permissions = PermissionFields(
            "permissions", held: visit.context.permissions, in: organization.name,
            chosen: draft.permissions,
            error: problems.has("permissions", code: "required")
                ? "Choose at least one permission." : problems.text("permissions", "Permissions"))
    }
}

/// *Create API Key* as a person filled it in.
struct APIKeyDraft {
    let name: String
    let lifetimeDays: Int
    /// The scopes that are ticked.
    let permissions: [String]
    /// The organization that the form was shown for; nil where none was sent.
    let organization: String?

    /// As it is shown at first.
    init() {
        name = ""
        lifetimeDays = PersonalAccessToken.defaultLifetime
        permissions = []
        organization = nil
    }

    init(_ form: PageForm) {
        name = form.text("name").trimmingWhiteSpace()
        // Whatever is no number is no lifetime either; the rules say so.
        lifetimeDays = Int(form.text("expires_in_days")) ?? 0
        permissions = form.all("permissions")
        organization = form.fields["organization"]
    }

    var key: NewAPIKey {
        NewAPIKey(name: name, permissions: permissions, lifetimeDays: lifetimeDays)
    }
}

/// A key that was just made, in the one answer that shows it.
struct ShownAPIKey {
    /// In the address of the page that shows it; names the sealed key, and says nothing.
    static let parameter = "shown"

    let name: String
    let value: String
    /// As programs send it.
    let header: String
    /// A line that uses it.
    let curl: String
    /// The list, without it.
    let doneAddress = APIKeyRoutes.home

    static func sealed(_ issued: IssuedAPIKey) -> [UInt8] {
        Array("\(issued.key.id)\n\(issued.text.text)".utf8)
    }

    /// Nil where the content is none of a key.
    init?(_ content: [UInt8], _ visit: OrganizationPageVisit) throws {
        let parts = String(decoding: content, as: UTF8.self).split(separator: "\n")
        guard parts.count == 2, let id = APIKey.ID(text: parts[0]) else { return nil }
        let key = try visit.services.apiKeys.show(id, in: visit.context)
        name = key.name
        value = String(parts[1])
        header = "X-Machhub-Api-Key: \(value)"
        // The reference's line where the key is for that, and otherwise one that is open to every key.
        let path =
            key.permissions.holds(.pipelinesRead) ? "/api/v1/engine/pipelines" : "/auth/me"
        curl = """
            curl -H 'X-Machhub-Api-Key: \(value)' \\
              \(visit.signedIn.settings.publicURL)\(path)
            """
    }
}
