import Domain
import HTTP
import HTTPTypes

/// Pages where system administrators change a client's secrets over.
struct ClientSecretRoutes {
    static func register(in administrator: inout Router<AdministratorPageVisit>) {
        administrator.get("/settings/oauth2-clients/{client_id}/credentials", show)
        administrator.post("/settings/oauth2-clients/{client_id}/secrets", create)
        administrator.get(
            "/settings/oauth2-clients/{client_id}/secrets/{id}/revoke", confirmRevocation)
        administrator.post("/settings/oauth2-clients/{client_id}/secrets/{id}/revoke", revoke)
    }

    /// Names in the address the secret that is shown once.
    static let shown = "shown"

    /// Days that a secret may live; nil: for ever.
    static let lifetimes: [Int?] = [nil, 30, 90, 180, 365]

    /// What a program needs; of a client with a secret only once, then its page.
    @Sendable static func show(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let listing = try visit.services.oauth2.clients.listing(request.id("client_id"))
        let secret = try visit.signedIn.takeSecret(shown, of: request)
            .map { String(decoding: $0, as: UTF8.self) }
        if secret == nil, listing.client.authenticationMethod.usesSecret {
            return .redirect(to: ClientRoutes.address(listing.client.id))
        }
        return try visit.page(
            ClientCredentialsPage(listing, secret: secret, settings: visit.signedIn.settings))
    }

    @Sendable static func create(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let id: Client.ID = try request.id("client_id")
        let clients = visit.services.oauth2.clients
        let listing = try clients.listing(id)
        try visit.signedIn.requireRecentPassword(formAddress: ClientRoutes.address(id))
        let days = lifetimes.compactMap(\.self).first { String($0) == visit.form.text("expires") }
        do {
            let issued = try clients.addSecret(
                to: id,
                expiresAt: days.map { visit.signedIn.now.adding(seconds: Int64($0) * 86_400) },
                by: visit.caller)
            return try ClientRoutes.credentials(of: id, issued, visit)
        } catch let refusal as Refusal where refusal.kind == .conflict {
            return try ClientRoutes.page(
                listing, nil, visit, notice: Notice(refusal.message, .error),
                status: .unprocessableContent)
        }
    }

    @Sendable static func confirmRevocation(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let listing = try visit.services.oauth2.clients.listing(request.id("client_id"))
        let secret = try secret(request, of: listing)
        let address = ClientRoutes.address(listing.client.id)
        let now = visit.signedIn.now
        let confirmation = Confirmation(
            "Revoke", to: "\(address)/secrets/\(secret.id)/revoke",
            ["Programs that use it lose access at once. This cannot be undone."], cancel: address)
        return try visit.page(
            ConfirmPage(
                "Revoke secret",
                breadcrumb: [ClientRoutes.link, Link(listing.client.name, address)],
                facts: [
                    Fact("Client", listing.client.name), Fact("Secret", "…\(secret.hint)"),
                    Fact("Created", Moment(secret.createdAt, now: now), otherwise: ""),
                    Fact(
                        "Last used", secret.lastUsedAt.map { Moment($0, now: now) },
                        otherwise: "Never"),
                ], confirmation))
    }

    @Sendable static func revoke(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let clients = visit.services.oauth2.clients
        let listing = try clients.listing(request.id("client_id"))
        let id = listing.client.id
        let secret = try secret(request, of: listing)
        do {
            try clients.deleteSecret(secret.id, of: id, by: visit.caller)
            return .redirect(to: "\(ClientRoutes.address(id))?done=revoked")
        } catch let refusal as Refusal where refusal.kind == .conflict {
            return try ClientRoutes.page(
                listing, nil, visit, notice: Notice(refusal.message, .error),
                status: .unprocessableContent)
        }
    }

    private static func secret(
        _ request: Request, of listing: ClientListing
    ) throws -> ClientSecret {
        let id: ClientSecret.ID = try request.id("id")
        guard let secret = listing.secrets.first(where: { $0.id == id }) else {
            throw Refusal.notFound
        }
        return secret
    }
}
