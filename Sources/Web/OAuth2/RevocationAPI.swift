import Domain
import HTTP
import HTTPTypes

/// Where tokens are given back (RFC 7009).
struct RevocationAPI {
    static func register(in site: inout Router<OpenVisit>) {
        site.post("/oauth2/revoke", create)
    }

    @Sendable static func create(_ request: Request, _ visit: OpenVisit) throws -> Response {
        let form = try OAuthForm(request)
        let presented = try PresentedClient(request, form)
        let revocation = visit.services.oauth2.revocation
        // Whoever shows a personal access token may revoke it, so there is nothing to prove.
        if presented == .nothing, let token = form["token"],
            try revocation.revokeWithoutClient(token, by: visit.caller(of: request))
        {
            return done
        }
        // RFC 7009 §2.1: «first validates the client credentials (in case of a confidential client)».
        let client = try ClientVisit(request, visit, form, presented)
        let token = try form.required("token")
        if try !revocation.revokeWithoutClient(token, by: client.caller) {
            try revocation.revoke(token, of: client.client, by: client.caller)
        }
        return done
    }

    /// RFC 7009 §2.2: 200, whatever the token was; the body is ignored.
    private static var done: Response { Response(status: .ok).neverKept() }
}
