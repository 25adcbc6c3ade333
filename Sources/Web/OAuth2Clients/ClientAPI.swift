import Domain
import HTTP
import HTTPTypes
import JSON

/// Where system administrators register clients and decide about their lives.
struct ClientAPI {
    static func register(in administrator: inout Router<AdministratorVisit>) {
        administrator.get("/api/v1/oauth2/clients", index)
        administrator.post("/api/v1/oauth2/clients", create)
        administrator.get("/api/v1/oauth2/clients/{client_id}", show)
        administrator.patch("/api/v1/oauth2/clients/{client_id}", update)
        administrator.delete("/api/v1/oauth2/clients/{client_id}", delete)
        administrator.post("/api/v1/oauth2/clients/{client_id}/secrets", createSecret)
        administrator.delete("/api/v1/oauth2/clients/{client_id}/secrets/{id}", deleteSecret)
    }

    @Sendable static func index(_ request: Request, _ visit: AdministratorVisit) throws -> Response
    {
        try .page(visit.services.oauth2.clients.list(PageRequest(request))) { try $0.json() }
    }

    @Sendable static func create(_ request: Request, _ visit: AdministratorVisit) throws -> Response
    {
        let clients = visit.services.oauth2.clients
        let fields = try ClientFields(request, isNew: true) { try clients.check($0) }
        let (client, secret) = try clients.create(fields, by: visit.caller)
        var members = try client.members()
        if let secret { members += secret.members }
        return .json(.members(members), status: .created)
    }

    @Sendable static func show(_ request: Request, _ visit: AdministratorVisit) throws -> Response {
        .json(try visit.services.oauth2.clients.show(request.id("client_id")).json())
    }

    @Sendable static func update(_ request: Request, _ visit: AdministratorVisit) throws -> Response
    {
        let id: Client.ID = try request.id("client_id")
        let clients = visit.services.oauth2.clients
        let fields = try ClientFields(request, isNew: false) { try clients.check($0, of: id) }
        return .json(try clients.update(id, fields, by: visit.caller).json())
    }

    @Sendable static func delete(_ request: Request, _ visit: AdministratorVisit) throws -> Response
    {
        try visit.services.oauth2.clients.delete(request.id("client_id"), by: visit.caller)
        return .noContent
    }

    @Sendable static func createSecret(
        _ request: Request, _ visit: AdministratorVisit
    ) throws -> Response {
        let id: Client.ID = try request.id("client_id")
        var expiresAt: Instant?
        // Nothing has to be said, so no body has to be sent.
        if !request.body.isEmpty {
            var body = try JSONBody(request)
            expiresAt = body.optionalTime("expires_at")
            try body.finish()
        }
        let secret = try visit.services.oauth2.clients.addSecret(
            to: id, expiresAt: expiresAt, by: visit.caller)
        return .json(
            .members([("id", .id(secret.secret.id))] + secret.members), status: .created)
    }

    @Sendable static func deleteSecret(
        _ request: Request, _ visit: AdministratorVisit
    ) throws -> Response {
        try visit.services.oauth2.clients.deleteSecret(
            request.id("id"), of: request.id("client_id"), by: visit.caller)
        return .noContent
    }
}

extension ClientFields {
    /// Reads the body; what is wrong with its form and what the rules say of its values is refused together. In a
    /// change null empties a field that may be empty; elsewhere it counts as left out.
    fileprivate init(
        _ request: Request, isNew: Bool, checking rules: (ClientFields) throws -> Void
    ) throws {
        var body = try JSONBody(request)
        self.init()
        name = isNew ? body.text("name", 1...255) : body.optionalText("name", 1...255)
        description =
            body.has("description") && !isNew
            ? body.optionalText("description", 0...1_000) ?? ""
            : body.optionalText("description", 0...1_000)
        kind = body.optionalChoice("type", as: Client.Kind.self)
        grantTypes = body.optionalTexts("grant_types")
        redirectURIs = body.optionalTexts("redirect_uris")
        postLogoutRedirectURIs = body.optionalTexts("post_logout_redirect_uris")
        scopes = body.optionalTexts("scopes")
        serviceUserID = Self.settable(&body, "service_user_id") {
            $0.optionalID("service_user_id", as: User.ID.self)
        }
        organizationID = Self.settable(&body, "organization_id") {
            $0.optionalID("organization_id", as: Organization.ID.self)
        }
        accessTokenLifetime = body.optionalInteger("access_token_ttl", Client.accessTokenLifetimes)
        refreshTokenLifetime = body.optionalInteger(
            "refresh_token_ttl", Client.refreshTokenLifetimes)
        authenticationMethod = body.optionalChoice(
            "token_endpoint_auth_method", as: Client.AuthenticationMethod.self)
        keySet = Self.settable(&body, "jwks") { $0.optionalJSON("jwks") }
        idTokenAlgorithm = body.optionalChoice(
            "id_token_signed_response_alg", as: SigningKeyRecord.Algorithm.self)
        requiresPKCE = body.optionalBool("require_pkce")
        backchannelLogoutURI = Self.settable(&body, "backchannel_logout_uri") {
            $0.optionalRawText("backchannel_logout_uri")
        }
        backchannelLogoutNeedsSession = body.optionalBool("backchannel_logout_session_required")
        isEnabled = body.optionalChoice("status", as: ClientStatus.self).map { $0 == .enabled }
        let fields = self
        try body.finish(checking: { try rules(fields) })
    }

    /// Nil where the field was not sent.
    private static func settable<Value: Sendable>(
        _ body: inout JSONBody, _ field: String, _ read: (inout JSONBody) -> Value?
    ) -> Settable<Value>? {
        let value = read(&body)
        guard body.has(field) else { return nil }
        return value.map(Settable.value) ?? .nothing
    }
}

private enum ClientStatus: String, CaseIterable {
    case enabled, disabled
}

extension ClientOverview {
    fileprivate func json() throws -> JSON { .members(try members()) }

    /// wire: 8 and 12.
    fileprivate func members() throws -> [(String, JSON)] {
        var members: [(String, JSON)] = [
            ("client_id", .id(client.id)),
            ("name", .string(client.name)),
            ("description", .string(client.description)),
            ("type", .string(client.kind.rawValue)),
            ("grant_types", JSON(client.grantTypes.map(\.rawValue))),
            ("redirect_uris", JSON(client.redirectURIs.map(\.description))),
            (
                "post_logout_redirect_uris",
                JSON(client.postLogoutRedirectURIs.map(\.description))
            ),
            ("scopes", JSON(client.scopes.words)),
            ("service_user_id", .id(client.serviceUserID)),
            ("organization_id", .id(client.organizationID)),
            ("access_token_ttl", .integer(client.accessTokenLifetime)),
            ("refresh_token_ttl", .integer(client.refreshTokenLifetime)),
            ("token_endpoint_auth_method", .string(client.authenticationMethod.rawValue)),
        ]
        if let keySet = client.keySet {
            members.append(("jwks", try JSON(parsing: keySet)))
        }
        members += [
            ("id_token_signed_response_alg", .string(client.idTokenAlgorithm.rawValue)),
            ("require_pkce", .bool(client.requiresPKCE)),
            ("backchannel_logout_uri", .text(client.backchannelLogoutURI)),
            ("backchannel_logout_session_required", .bool(client.backchannelLogoutNeedsSession)),
            ("status", client.isEnabled ? "enabled" : "disabled"),
            ("created_at", .time(client.createdAt)),
            ("updated_at", .time(client.updatedAt)),
            ("last_used_at", .time(client.lastUsedAt)),
            (
                "secrets",
                .array(
                    secrets.map { secret in
                        [
                            "id": .id(secret.id), "hint": .string(secret.hint),
                            "created_at": .time(secret.createdAt),
                            "last_used_at": .time(secret.lastUsedAt),
                            "expires_at": .time(secret.expiresAt),
                        ]
                    })
            ),
        ]
        return members
    }
}

extension IssuedClientSecret {
    /// RFC 7591 §3.2.1: the expiry in seconds since 1970, 0 for never.
    var members: [(String, JSON)] {
        [
            ("client_secret", .string(text.text)),
            (
                "client_secret_expires_at",
                .integer(secret.expiresAt.map { Int($0.seconds) } ?? 0)
            ),
        ]
    }
}
