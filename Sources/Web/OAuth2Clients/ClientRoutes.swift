import Domain
import HTTP
import HTTPTypes

/// Pages where system administrators register clients and decide about their lives.
///
/// The password must have been given recently before anything that decides what a client may do: not for its name and
/// description, and not for disabling it, which has to be quick.
struct ClientRoutes {
    static func register(in administrator: inout Router<AdministratorPageVisit>) {
        administrator.get("/settings/oauth2-clients", index)
        administrator.get("/settings/oauth2-clients/new", new)
        administrator.post("/settings/oauth2-clients", create)
        administrator.get("/settings/oauth2-clients/{client_id}", show)
        administrator.post("/settings/oauth2-clients/{client_id}", update)
        administrator.get("/settings/oauth2-clients/{client_id}/disable", confirmDisabling)
        administrator.post("/settings/oauth2-clients/{client_id}/disable", disable)
        administrator.post("/settings/oauth2-clients/{client_id}/enable", enable)
        administrator.get("/settings/oauth2-clients/{client_id}/delete", confirmDeletion)
        administrator.post("/settings/oauth2-clients/{client_id}/delete", delete)
    }

    static let home = "/settings/oauth2-clients"
    static let link = Link("OAuth2 Clients", home)

    static func address(_ id: Client.ID) -> String { "\(home)/\(id)" }

    static func tabs(isScopes: Bool) -> [Tab] {
        [
            Tab(label: "Clients", address: home, isCurrent: !isScopes),
            Tab(label: "Custom scopes", address: CustomScopeRoutes.home, isCurrent: isScopes),
        ]
    }

    /// Where a client finds out about everything else (OpenID Connect Discovery 1.0, 4).
    static func discovery(_ settings: SiteSettings) -> String {
        "\(settings.publicURL)/.well-known/openid-configuration"
    }

    /// What was just done, as the address says it after a redirect.
    static func notice(_ request: Request) -> Notice? {
        let text: String? =
            switch request.queryFields?["done"] {
            case "saved": "Saved."
            case "enabled": "Enabled. It can get tokens again; what it had before stays ended."
            case "disabled": "Disabled. Everything that it was given has ended."
            case "deleted": "Deleted, with everything that it was given."
            case "revoked": "The secret is revoked."
            case "scope-deleted": "The scope is deleted."
            default: nil
            }
        return text.map { Notice($0, .success) }
    }

    @Sendable static func index(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let query = try ClientListQuery(request)
        let list = try visit.services.oauth2.clients.list(matching: query.filter, query.page)
        return try visit.page(
            ClientsPage(list, query, notice: notice(request), now: visit.signedIn.now))
    }

    // MARK: Registering

    @Sendable static func new(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        if let form = try visit.signedIn.resumedForm() {
            return try newPage(ClientDraft(form), visit)
        }
        guard let template = request.queryFields?["template"].flatMap(ClientTemplate.init) else {
            return try visit.page(ClientTemplatesPage())
        }
        return try newPage(ClientDraft(template), visit)
    }

    private static func newPage(
        _ draft: ClientDraft, _ visit: AdministratorPageVisit,
        problems: FormProblems = .none, growing: String? = nil
    ) throws -> Response {
        let sections = ClientFormSections(
            draft, customScopes: try customScopes(visit), problems: problems, isNew: true,
            growing: growing)
        return try visit.page(
            NewClientPage(sections, problems: problems),
            status: problems.isEmpty ? .ok : .unprocessableContent)
    }

    /// Those that have a box; others are typed. Their descriptions are long, and a page has to stay light.
    private static func customScopes(_ visit: AdministratorPageVisit) throws -> [CustomScope] {
        try visit.services.oauth2.customScopes.list(PageRequest(limit: 25)).items.sorted {
            $0.name < $1.name
        }
    }

    @Sendable static func create(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let draft = ClientDraft(visit.form)
        if visit.form.has(Rows.button) {
            return try newPage(draft, visit, growing: visit.form.text(Rows.button))
        }
        try visit.signedIn.requireRecentPassword(formAddress: "\(home)/new")
        let clients = visit.services.oauth2.clients
        do {
            let fields = try checked(draft, of: nil, clients)
            let (overview, secret) = try clients.create(fields, by: visit.caller)
            return try credentials(of: overview.client.id, secret, visit)
        } catch let refusal as Refusal where refusal.kind == .invalid {
            return try newPage(draft, visit, problems: FormProblems(refusal.problems))
        }
    }

    /// To the page that shows what a program needs, with the secret this once.
    static func credentials(
        of id: Client.ID, _ secret: IssuedClientSecret?, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let shown = try secret.map { try visit.signedIn.leaveSecret(Array($0.text.text.utf8)) }
        return .redirect(
            to: Address.make(
                "\(address(id))/credentials",
                [(ClientSecretRoutes.shown, shown?.description)]))
    }

    /// The fields for the rules; what can't be read and what the rules say of the rest is refused together.
    private static func checked(
        _ draft: ClientDraft, of id: Client.ID?, _ clients: ClientService
    ) throws -> ClientFields {
        let (fields, unreadable) = try draft.fields(isNew: id == nil, clients)
        if unreadable.isEmpty { return fields }
        do {
            try clients.check(fields, of: id)
        } catch let refusal as Refusal where refusal.kind == .invalid {
            throw Refusal.invalid(unreadable + refusal.problems)
        }
        throw Refusal.invalid(unreadable)
    }

    // MARK: Changing

    @Sendable static func show(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let listing = try visit.services.oauth2.clients.listing(request.id("client_id"))
        var draft = ClientDraft(listing)
        var expires: String?
        var notice = notice(request)
        // A resumed form may also be the one that adds a secret, or a button alone.
        if let form = try visit.signedIn.resumedForm() {
            if form.has("name") { draft = ClientDraft(form, kind: listing.client.kind) }
            if form.has("expires") { expires = form.text("expires") }
            notice = Notice("Nothing has been done yet. Send it again.")
        }
        return try page(listing, draft, visit, expires: expires, notice: notice)
    }

    /// - Parameter expires: the lifetime that was chosen for a second secret.
    static func page(
        _ listing: ClientListing, _ draft: ClientDraft? = nil, _ visit: AdministratorPageVisit,
        expires: String? = nil, notice: Notice? = nil, problems: FormProblems = .none,
        growing: String? = nil,
        status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let sections = ClientFormSections(
            draft ?? ClientDraft(listing), customScopes: try customScopes(visit),
            problems: problems, isNew: false, growing: growing)
        return try visit.page(
            ClientPage(
                listing, sections, expires: expires, notice: Notice(problems) ?? notice,
                settings: visit.signedIn.settings, now: visit.signedIn.now),
            status: problems.isEmpty ? status : .unprocessableContent)
    }

    @Sendable static func update(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let id: Client.ID = try request.id("client_id")
        let clients = visit.services.oauth2.clients
        let listing = try clients.listing(id)
        let draft = ClientDraft(visit.form, kind: listing.client.kind)
        if visit.form.has(Rows.button) {
            return try page(
                listing, draft, visit, growing: visit.form.text(Rows.button))
        }
        if draft.touchesSecurity(of: ClientDraft(listing)) {
            try visit.signedIn.requireRecentPassword(formAddress: address(id))
        }
        do {
            var fields = try checked(draft, of: id, clients)
            // In another order they are the same.
            if Set(draft.scopes) == Set(listing.client.scopes.words) { fields.scopes = nil }
            _ = try clients.update(id, fields, by: visit.caller)
            return .redirect(to: "\(address(id))?done=saved")
        } catch let refusal as Refusal where refusal.kind == .invalid {
            return try page(listing, draft, visit, problems: FormProblems(refusal.problems))
        }
    }

    // MARK: Disabling, enabling, deleting

    @Sendable static func confirmDisabling(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let listing = try visit.services.oauth2.clients.listing(request.id("client_id"))
        let client = listing.client
        let confirmation = Confirmation(
            "Disable", to: "\(address(client.id))/disable",
            [
                "Every token that it was given stops working at once, and it gets no new ones.",
                "Its settings, its secrets and what people consented to are kept, "
                    + "so that it can be enabled again.",
            ], cancel: address(client.id))
        return try visit.page(
            ConfirmPage(
                "Disable client", breadcrumb: [link, Link(client.name, address(client.id))],
                facts: [
                    Fact("Client", client.name),
                    Fact(
                        "Last used",
                        client.lastUsedAt.map { Moment($0, now: visit.signedIn.now) },
                        otherwise: "Never"),
                ], confirmation))
    }

    @Sendable static func disable(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        try setEnabled(false, request, visit)
    }

    @Sendable static func enable(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let id: Client.ID = try request.id("client_id")
        try visit.signedIn.requireRecentPassword(formAddress: address(id))
        return try setEnabled(true, request, visit)
    }

    private static func setEnabled(
        _ isEnabled: Bool, _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let id: Client.ID = try request.id("client_id")
        var fields = ClientFields()
        fields.isEnabled = isEnabled
        _ = try visit.services.oauth2.clients.update(id, fields, by: visit.caller)
        return .redirect(to: "\(address(id))?done=\(isEnabled ? "enabled" : "disabled")")
    }

    @Sendable static func confirmDeletion(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let clients = visit.services.oauth2.clients
        let client = try clients.listing(request.id("client_id")).client
        let typed = try visit.signedIn.resumedForm()?.text("name") ?? ""
        return try visit.page(
            DeleteClientPage(client, clients.holdings(of: client.id), typed: typed))
    }

    @Sendable static func delete(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let clients = visit.services.oauth2.clients
        let client = try clients.listing(request.id("client_id")).client
        let typed = visit.form.text("name").trimmingWhiteSpace()
        guard typed.unicodeScalars.elementsEqual(client.name.unicodeScalars) else {
            return try visit.page(
                DeleteClientPage(
                    client, clients.holdings(of: client.id), typed: typed,
                    error: "This is not the name of the client."),
                status: .unprocessableContent)
        }
        try visit.signedIn.requireRecentPassword(formAddress: "\(address(client.id))/delete")
        try clients.delete(client.id, by: visit.caller)
        return .redirect(to: "\(home)?done=deleted")
    }
}
