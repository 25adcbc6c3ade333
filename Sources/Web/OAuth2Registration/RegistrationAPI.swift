import Domain
import HTTP
import HTTPTypes
import JSON

/// Where clients register themselves (RFC 7591) and look after themselves afterwards (RFC 7592).
struct RegistrationAPI {
    static func register(in site: inout Router<OpenVisit>) {
        site.post("/oauth2/register", create)
        site.get("/oauth2/register/{client_id}", show)
        site.put("/oauth2/register/{client_id}", update)
        site.delete("/oauth2/register/{client_id}", delete)
    }

    @Sendable static func create(_ request: Request, _ visit: OpenVisit) throws -> Response {
        let registration = visit.services.oauth2.registration
        let token = try token(of: request)
        // Before the body: who may not register is told nothing of it.
        try registration.checkMayRegister(with: token)
        let registered = try registration.register(
            ClientMetadata(object(of: request)), with: token, by: visit.caller(of: request))
        return try answer(registered, visit, status: .created)
    }

    @Sendable static func show(_ request: Request, _ visit: OpenVisit) throws -> Response {
        let registered = try visit.services.oauth2.registration.show(
            id(of: request), with: token(of: request))
        return try answer(registered, visit)
    }

    @Sendable static func update(_ request: Request, _ visit: OpenVisit) throws -> Response {
        let registration = visit.services.oauth2.registration
        let token = try token(of: request)
        _ = try registration.show(id(of: request), with: token)
        let object = try object(of: request)
        let registered = try registration.update(
            id(of: request), ClientMetadata(object), claimed: object["client_id"]?.string,
            secret: object["client_secret"]?.string, with: token,
            by: visit.caller(of: request))
        return try answer(registered, visit)
    }

    @Sendable static func delete(_ request: Request, _ visit: OpenVisit) throws -> Response {
        try visit.services.oauth2.registration.delete(
            id(of: request), with: token(of: request), by: visit.caller(of: request))
        return Response.noContent.neverKept()
    }

    private static func id(of request: Request) -> String { request.captures["client_id"] ?? "" }

    /// RFC 7591 §3: an initial access token, RFC 7592 §2: a registration access token; both as RFC 6750 §2.1 has it.
    private static func token(of request: Request) throws -> String? {
        let presented = try PresentedCredential(
            authorization: request.headerValues(.authorization), machhubAPIKey: [], apiKey: [])
        guard case .bearer(let text) = presented else { return nil }
        return text
    }

    /// RFC 7591 §3.1: «a JSON document … "application/json"».
    private static func object(of request: Request) throws -> JSON.Object {
        guard request.mediaType == "application/json" else {
            throw OAuthError(.invalidClientMetadata, "The body must be application/json.")
        }
        do {
            guard case .object(let object) = try JSON(parsing: request.body) else {
                throw OAuthError(.invalidClientMetadata, "The body must be a JSON object.")
            }
            return object
        } catch is JSONError {
            throw OAuthError(.invalidClientMetadata, "The body is not proper JSON.")
        }
    }

    /// RFC 7591 §3.2.1, RFC 7592 §3: «all registered metadata about this client», as it is now.
    private static func answer(
        _ registered: RegisteredClient, _ visit: OpenVisit, status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let client = registered.client
        let address = visit.settings.publicURL + "/oauth2/register/" + client.id.description
        var members: [(String, JSON)] = [
            ("client_id", .id(client.id)),
            ("client_id_issued_at", .integer(Int(client.createdAt.seconds))),
        ]
        members += registered.secret?.members ?? []
        members += [
            ("registration_access_token", .string(registered.accessToken.text)),
            ("registration_client_uri", .string(address)),
            ("client_name", .string(client.name)),
            ("redirect_uris", JSON(client.redirectURIs.map(\.description))),
            (
                "post_logout_redirect_uris",
                JSON(client.postLogoutRedirectURIs.map(\.description))
            ),
            ("grant_types", JSON(client.grantTypes.map(\.rawValue))),
            (
                "response_types",
                JSON(client.grantTypes.contains(.authorizationCode) ? ["code"] : [])
            ),
            ("scope", .string(client.scopes.text)),
            ("token_endpoint_auth_method", .string(client.authenticationMethod.rawValue)),
            ("id_token_signed_response_alg", .string(client.idTokenAlgorithm.rawValue)),
        ]
        if let keySet = client.keySet {
            members.append(("jwks", try JSON(parsing: keySet)))
        }
        if let uri = client.backchannelLogoutURI {
            members += [
                ("backchannel_logout_uri", .string(uri)),
                (
                    "backchannel_logout_session_required",
                    .bool(client.backchannelLogoutNeedsSession)
                ),
            ]
        }
        return Response.json(.members(members), status: status).neverKept()
    }
}

extension ClientMetadata {
    /// How many entries a list may have.
    static let listLimit = 100

    /// RFC 7591 §2: «The authorization server MUST ignore any client metadata sent by the client that it does not
    /// understand». What it does understand must have the right type; null counts as left out (RFC 7592 §2.2).
    init(_ object: JSON.Object) throws {
        self.init()
        let metadata = Reader(object: object)
        name = try metadata.text("client_name")
        redirectURIs = try metadata.texts("redirect_uris", else: .invalidRedirectURI)
        postLogoutRedirectURIs = try metadata.texts("post_logout_redirect_uris")
        grantTypes = try metadata.texts("grant_types")
        responseTypes = try metadata.texts("response_types")
        scope = try metadata.text("scope")
        authenticationMethod = try metadata.text("token_endpoint_auth_method")
        keySet = metadata["jwks"]?.text
        idTokenAlgorithm = try metadata.text("id_token_signed_response_alg")
        backchannelLogoutURI = try metadata.text("backchannel_logout_uri")
        backchannelLogoutNeedsSession = metadata["backchannel_logout_session_required"]?.bool
        pages = try ["client_uri", "logo_uri", "tos_uri", "policy_uri"].compactMap {
            try metadata.text($0)
        }
    }

    private struct Reader {
        let object: JSON.Object

        subscript(_ name: String) -> JSON? {
            guard let value = object[name], !value.isNull else { return nil }
            return value
        }

        func text(_ name: String) throws -> String? {
            guard let value = self[name] else { return nil }
            guard let text = value.string else { throw wrong(name, .invalidClientMetadata) }
            return text.isEmpty ? nil : text
        }

        func texts(
            _ name: String, else code: OAuthError.Code = .invalidClientMetadata
        ) throws -> [String]? {
            guard let value = self[name] else { return nil }
            guard let texts = value.strings, texts.count <= ClientMetadata.listLimit else {
                throw wrong(name, code)
            }
            return texts
        }

        private func wrong(_ name: String, _ code: OAuthError.Code) -> OAuthError {
            OAuthError(code, "\(name) is of the wrong type, or too long.")
        }
    }
}
