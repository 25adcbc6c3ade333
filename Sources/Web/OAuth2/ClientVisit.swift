import Domain
import HTTP

/// A visit of a client that has proved who it is, or is public and has nothing to prove it with (RFC 6749 §2.3),
/// with the form that it sent.
struct ClientVisit {
    let open: OpenVisit
    let client: AuthenticatedClient
    let form: OAuthForm
    let caller: Caller

    var services: OAuth2Services { open.services.oauth2 }

    init(_ request: Request, _ open: OpenVisit) throws {
        let form = try OAuthForm(request)
        try self.init(request, open, form, PresentedClient(request, form))
    }

    /// For an endpoint that looks at the form before it asks for the client.
    init(
        _ request: Request, _ open: OpenVisit, _ form: OAuthForm, _ presented: PresentedClient
    ) throws {
        self.open = open
        self.form = form
        caller = open.caller(of: request)
        client = try open.services.oauth2.clientAuthentication.authenticate(presented, by: caller)
        open.services.oauth2.recordUse(client)
    }
}
