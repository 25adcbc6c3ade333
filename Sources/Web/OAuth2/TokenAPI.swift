import Domain
import HTTP
import HTTPTypes
import JSON

/// Where clients get tokens (RFC 6749 §3.2).
struct TokenAPI {
    static func register(in client: inout Router<ClientVisit>) {
        client.post("/oauth2/token", create)
    }

    /// The client was checked by the visit; the request is parsed here; what is then decided, and in which order,
    /// stands in `TokenService.issue`.
    @Sendable static func create(_ request: Request, _ visit: ClientVisit) throws -> Response {
        let response = try visit.services.tokens.issue(
            TokenRequest(visit.form), to: visit.client, by: visit.caller)
        return response.response
    }
}

extension TokenRequest {
    /// Refuses (`unsupported_grant_type`) what is not given here.
    init(_ form: OAuthForm) throws {
        let kind: Kind
        switch GrantType(rawValue: try form.required("grant_type")) {
        case .clientCredentials:
            kind = .clientCredentials
        case .refreshToken:
            kind = .refreshToken(Secret(try form.required("refresh_token")))
        case .authorizationCode:
            kind = .authorizationCode(
                Secret(try form.required("code")), redirectURI: form["redirect_uri"],
                verifier: form["code_verifier"])
        case .deviceCode:
            kind = .deviceCode(Secret(try form.required("device_code")))
        case nil:
            throw OAuthError(.unsupportedGrantType, "This grant type is not supported.")
        }
        self.init(kind: kind, scope: form["scope"], resources: form.all("resource"))
    }
}

extension TokenResponse {
    /// RFC 6749 §5.1
    var response: Response {
        var members: [(String, JSON)] = [
            ("access_token", .string(accessToken.text)), ("token_type", "Bearer"),
            ("expires_in", .integer(expiresIn)), ("scope", .string(scopes.text)),
        ]
        if let refreshToken { members.append(("refresh_token", .string(refreshToken.text))) }
        if let idToken { members.append(("id_token", .string(idToken.text))) }
        return Response.json(.members(members)).neverKept()
    }
}
