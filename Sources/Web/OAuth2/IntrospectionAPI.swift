import Domain
import HTTP
import HTTPTypes
import JSON

/// Where resource servers ask what a token is worth (RFC 7662).
struct IntrospectionAPI {
    static func register(in site: inout Router<OpenVisit>) {
        site.post("/oauth2/introspect", show)
    }

    @Sendable static func show(_ request: Request, _ visit: OpenVisit) throws -> Response {
        let form = try OAuthForm(request)
        let asker = try asker(request, visit, form)
        // RFC 7662 §2.1: a hint only saves a search, and there is nothing to search here.
        let token = try form.required("token")
        let found = try visit.services.oauth2.introspection.introspect(token, for: asker)
        return Response.json(found?.json(issuer: visit.settings.publicURL) ?? ["active": false])
            .neverKept()
    }

    /// RFC 7662 §2.1: «the endpoint MUST also require some form of authorization». An API key in its header, or a
    /// client that can prove who it is.
    private static func asker(
        _ request: Request, _ visit: OpenVisit, _ form: OAuthForm
    ) throws -> IntrospectionAsker {
        if request.headerValues(.authorization).isEmpty,
            !request.headerValues(.apiKey).isEmpty || !request.headerValues(.machhubAPIKey).isEmpty
        {
            do {
                if let key = try visit.authenticate(request) { return .key(key) }
            } catch is BadCredential {
                throw OAuthError.invalidClient
            }
        }
        let client = try ClientVisit(request, visit, form, PresentedClient(request, form)).client
        guard client.isConfidential else { throw OAuthError.invalidClient }
        return .client(client.client)
    }
}

extension Introspection {
    /// RFC 7662 §2.2
    fileprivate func json(issuer: String) -> JSON {
        var members: [(String, JSON)] = [("active", true)]
        if let scopes { members.append(("scope", .string(scopes.text))) }
        members += [
            ("username", .string(user.username)), ("sub", .id(user.id)), ("iss", .string(issuer)),
        ]
        switch token {
        case .bearer(let claims):
            if let client = claims.clientID { members.append(("client_id", .string(client))) }
            members += [
                ("token_type", "Bearer"),
                ("exp", .integer(Int(claims.expiresAt.seconds))),
                ("iat", .integer(Int(claims.issuedAt.seconds))),
                ("aud", .string(claims.resource?.identifier(issuer: issuer) ?? issuer)),
                ("jti", .string(claims.id.description)),
                ("token_use", .string(claims.use.rawValue)),
            ]
        case .refresh(let token, let grant):
            members += [
                ("client_id", .id(grant.clientID)),
                ("exp", .integer(Int(token.expiresAt.seconds))),
                ("iat", .integer(Int(token.createdAt.seconds))),
                ("aud", .string(grant.resource?.identifier(issuer: issuer) ?? issuer)),
                ("token_use", "refresh"),
            ]
        }
        if let organizationID { members.append(("organization_id", .id(organizationID))) }
        return .members(members)
    }
}
