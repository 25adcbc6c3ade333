import Domain
import HTTP

/// *OAuth2 Clients*: the list.
struct ClientsPage: SignedInPage {
    static let template = "clients"

    struct Row {
        let id: String
        /// Of the element that holds the client id, for the button that copies it.
        let elementID: String
        let name: String
        let address: String
        let kind: String
        let grants: String
        let organization: String?
        let actsAs: String?
        let status: Badge
        let secrets: String
        let nextExpiry: Moment?
        let lastUsed: Moment?
        let created: Moment
    }

    let title = "OAuth2 Clients"
    let tabs = ClientRoutes.tabs(isScopes: false)
    let primaryAction: Link?
    let notice: Notice?
    let text: String
    let kind: Selection
    let status: Selection
    let isFiltered: Bool
    let hasRows: Bool
    let rows: [Row]
    let empty: EmptyState?
    let isFirst: Bool
    let first: String
    let next: String?

    init(
        _ list: ListPage<ClientListing>, _ query: ClientListQuery, notice: Notice?, now: Instant
    ) {
        let filter = query.filter
        self.notice = notice
        text = filter.text
        kind = Selection(
            "type", "Type",
            [("", "All types")] + Client.Kind.allCases.map { ($0.rawValue, $0.title) },
            selected: filter.kind?.rawValue ?? "")
        status = Selection(
            "status", "Status",
            [("", "All"), ("enabled", "Enabled"), ("disabled", "Disabled")],
            selected: filter.isEnabled.map { $0 ? "enabled" : "disabled" } ?? "")
        isFiltered = !filter.isEmpty
        rows = list.items.map { Row($0, now: now) }
        hasRows = !rows.isEmpty
        isFirst = query.page.after == nil
        let register = Link("Register client", "\(ClientRoutes.home)/new")
        let isEmpty = !hasRows && !isFiltered && isFirst
        primaryAction = isEmpty ? nil : register
        empty =
            isEmpty
            ? EmptyState(
                text: "A client is a program that signs people in here, or gets tokens for the "
                    + "platform's API: a web application, an app, a script. Register the first one.",
                action: register) : nil
        first = query.address(after: nil)
        next = list.next.map { query.address(after: $0) }
    }
}

extension ClientsPage.Row {
    fileprivate init(_ listing: ClientListing, now: Instant) {
        let client = listing.client
        id = client.id.description
        elementID = "client-\(client.id)"
        name = client.name
        address = ClientRoutes.address(client.id)
        kind = client.kind.title
        grants = client.grantTypes.map(\.title).joined(separator: ", ")
        organization = listing.organization?.name
        actsAs = listing.serviceUser?.username
        status = Badge(client)
        let live = listing.secrets.filter { $0.isLive(at: now) }
        secrets = String(live.count)
        nextExpiry = live.compactMap(\.expiresAt).min().map { Moment($0, now: now) }
        lastUsed = client.lastUsedAt.map { Moment($0, now: now) }
        created = Moment(client.createdAt, now: now)
    }
}

extension Badge {
    fileprivate init(_ client: Client) {
        self = client.isEnabled ? Badge("Enabled", .green) : Badge("Disabled", .neutral)
    }
}

/// What the list's address asks for.
struct ClientListQuery {
    let filter: ClientFilter
    let page: PageRequest

    init(_ request: Request) throws {
        let query = try request.pageQuery()
        let status = query["status"]
        filter = ClientFilter(
            text: (query["text"] ?? "").trimmingWhiteSpace(),
            kind: query["type"].flatMap(Client.Kind.init),
            isEnabled: status == "enabled" ? true : status == "disabled" ? false : nil)
        // A page stays light with the longest names.
        page = PageRequest(limit: 20, after: query["after"].flatMap { UniqueID($0) })
    }

    func address(after: UniqueID?) -> String {
        Address.make(
            ClientRoutes.home,
            [
                ("text", filter.text.isEmpty ? nil : filter.text), ("type", filter.kind?.rawValue),
                ("status", filter.isEnabled.map { $0 ? "enabled" : "disabled" }),
                ("after", after?.description),
            ])
    }
}

/// *Register client*, the first step: what it is.
struct ClientTemplatesPage: SignedInPage {
    static let template = "client-templates"

    struct Choice {
        let title: String
        let explanation: String
        let address: String
        /// Whether it is the one that most people want.
        let isUsual: Bool
    }

    let title = "Register client"
    let breadcrumb = [ClientRoutes.link]
    let choices = ClientTemplate.allCases.map {
        Choice(
            title: $0.title, explanation: $0.explanation,
            address: "\(ClientRoutes.home)/new?template=\($0.rawValue)", isUsual: $0 == .web)
    }
}

/// *Register client*, the form.
struct NewClientPage: SignedInPage {
    static let template = "client-new"

    let title = "Register client"
    let breadcrumb = [ClientRoutes.link]
    let notice: Notice?
    let sections: ClientFormSections

    init(_ sections: ClientFormSections, problems: FormProblems) {
        self.sections = sections
        notice = Notice(problems)
    }
}

extension Notice {
    /// Nil where nothing is wrong.
    init?(_ problems: FormProblems) {
        if problems.isEmpty { return nil }
        self.init("Nothing was saved. What has to be changed is marked below.", .error)
    }
}

/// A client, with everything that can be changed about it.
struct ClientPage: SignedInPage {
    static let template = "client"

    struct SecretRow {
        let hint: String
        let created: Moment
        let lastUsed: Moment?
        let expires: Moment?
        let status: Badge
        /// Nil where it can't be revoked.
        let revoke: String?
    }

    let title: String
    let breadcrumb = [ClientRoutes.link]
    let notice: Notice?
    let address: String
    let clientID: String
    let kind: String
    let status: Badge
    let isEnabled: Bool
    let created: Moment
    let lastUsed: Moment?
    let discovery: String
    let sections: ClientFormSections
    let usesSecret: Bool
    let hasSecrets: Bool
    let secrets: [SecretRow]
    /// The lifetimes of a second secret; nil where there are two.
    let expiry: Selection?

    init(
        _ listing: ClientListing, _ sections: ClientFormSections, expires: String? = nil,
        notice: Notice?, settings: SiteSettings, now: Instant
    ) {
        let client = listing.client
        title = client.name
        self.notice = notice
        address = ClientRoutes.address(client.id)
        clientID = client.id.description
        kind = client.kind.title
        status = Badge(client)
        isEnabled = client.isEnabled
        created = Moment(client.createdAt, now: now)
        lastUsed = client.lastUsedAt.map { Moment($0, now: now) }
        discovery = ClientRoutes.discovery(settings)
        self.sections = sections
        let usesSecret = client.authenticationMethod.usesSecret
        self.usesSecret = usesSecret
        let live = listing.secrets.filter { $0.isLive(at: now) }
        secrets = listing.secrets.map { secret in
            let isOnlyOne = usesSecret && !live.contains { $0.id != secret.id }
            return SecretRow(
                hint: secret.hint, created: Moment(secret.createdAt, now: now),
                lastUsed: secret.lastUsedAt.map { Moment($0, now: now) },
                expires: secret.expiresAt.map { Moment($0, now: now) },
                status: secret.isLive(at: now) ? Badge("Active", .green) : Badge("Expired", .amber),
                revoke: isOnlyOne
                    ? nil : "\(ClientRoutes.address(client.id))/secrets/\(secret.id)/revoke")
        }
        hasSecrets = !secrets.isEmpty
        expiry =
            usesSecret && live.count < ClientSecret.liveLimit
            ? Selection(
                "expires", "Expiration",
                ClientSecretRoutes.lifetimes.map { days in
                    guard let days else { return ("never", "Never") }
                    let end = Moment.date(now.adding(seconds: Int64(days) * 86_400))
                    return (String(days), "\(days) days, until \(end)")
                }, selected: expires ?? "never") : nil
    }
}

/// What somebody needs who sets the client up: its id, its secret this once, and where to point the program.
struct ClientCredentialsPage: SignedInPage {
    static let template = "client-credentials"

    let title: String
    let breadcrumb: [Link]
    let clientID: String
    let secret: String?
    let discovery: String
    let snippet: String
    let snippetCaption: String
    let address: String

    init(_ listing: ClientListing, secret: String?, settings: SiteSettings) {
        let client = listing.client
        address = ClientRoutes.address(client.id)
        breadcrumb = [ClientRoutes.link, Link(client.name, address)]
        title = listing.secrets.count > 1 ? "New secret" : "Client registered"
        clientID = client.id.description
        self.secret = secret
        discovery = ClientRoutes.discovery(settings)
        let isMachine = client.grantTypes.contains(.clientCredentials)
        snippetCaption = isMachine ? "Get a token" : "Settings for an OpenID Connect library"
        snippet =
            isMachine
            ? Self.request(client, secret, settings.publicURL)
            : Self.settings(client, secret, settings.publicURL)
    }

    /// A line that gets a token.
    private static func request(_ client: Client, _ secret: String?, _ issuer: String) -> String {
        let secret = secret ?? "SECRET"
        let proof =
            switch client.authenticationMethod {
            case .clientSecretBasic: "-u '\(client.id):\(secret)'"
            case .clientSecretPost: "-d client_id=\(client.id) -d client_secret=\(secret)"
            case .privateKeyJWT:
                "-d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer "
                    + "-d client_assertion=\"$ASSERTION\""
            case .none: "-d client_id=\(client.id)"
            }
        return "curl \(proof) -d grant_type=client_credentials \(issuer)/oauth2/token"
    }

    private static func settings(_ client: Client, _ secret: String?, _ issuer: String) -> String {
        var lines = ["OIDC_ISSUER=\(issuer)", "OIDC_CLIENT_ID=\(client.id)"]
        if let secret { lines.append("OIDC_CLIENT_SECRET=\(secret)") }
        if let uri = client.redirectURIs.first {
            lines.append("OIDC_REDIRECT_URI=\(quoted(uri.description))")
        }
        if !client.scopes.isEmpty { lines.append("OIDC_SCOPES=\(quoted(client.scopes.text))") }
        return lines.joined(separator: "\n")
    }

    /// As one word of a shell.
    private static func quoted(_ text: String) -> String {
        "'\(text.replacing("'", with: "'\\''"))'"
    }
}

/// Asks for the client's name before it is deleted, and says what goes with it.
struct DeleteClientPage: SignedInPage {
    static let template = "client-delete"

    let title: String
    let breadcrumb: [Link]
    let address: String
    let clientName: String
    let tokens: String
    let consents: String
    let name: Field

    init(_ client: Client, _ holdings: ClientHoldings, typed: String = "", error: String? = nil) {
        title = "Delete client"
        address = ClientRoutes.address(client.id)
        breadcrumb = [ClientRoutes.link, Link(client.name, address)]
        clientName = client.name
        tokens = Self.count(holdings.tokens, "token that works", "tokens that work")
        consents = Self.count(holdings.consents, "consent", "consents")
        name = Field(
            "name", "Name of the client", value: typed, autocomplete: "off", error: error,
            isFocused: true)
    }

    private static func count(_ number: Int, _ one: String, _ many: String) -> String {
        number >= ClientHoldings.limit
            ? "\(ClientHoldings.limit) \(many) or more" : "\(number) \(number == 1 ? one : many)"
    }
}
