import Domain
import HTTPTypes

extension AuthorizationRoutes {
    /// For browsers, but clients make the address.
    static let operations: [Operation] = [
        Operation(
            .get, "/oauth2/authorize", id: "authorize", .oauth2,
            "Where a client sends a person to sign in and consent (RFC 6749 3.1).", access: .open,
            parameters: parameters, answers: signIn, page(.ok, "Consent, or the answer in a form."),
            page(.badRequest, "The client, or where it wants the person back, is not known.")),
        Operation(
            .post, "/oauth2/authorize", id: "sendAuthorization", .oauth2,
            "The same with the parameters in a form.", access: .open,
            body: Operation.Body(
                mediaType: "application/x-www-form-urlencoded", schema: .map(of: .text)),
            answers: signIn, page(.badRequest, "The form can't be read."),
            page(.unsupportedMediaType, "It is no form.")),
    ]

    private static let parameters: [Operation.Parameter] = [
        .query("client_id", .text, "Who asks."),
        .query("redirect_uri", .text, "Where the answer goes; registered for the client."),
        .query("response_type", .text, "`code`"),
        .query("response_mode", .text, "`query` or `form_post`"),
        .query("scope", .text, "What the client wants, separated by spaces."),
        .query("state", .text, "Comes back with the answer."),
        .query("code_challenge", .text, "RFC 7636 4.2"),
        .query("code_challenge_method", .text, "`S256`"),
        .query("nonce", .text, "Comes back in the ID token."),
        .query("prompt", .text, "`none`, or any of `login`, `consent`, `select_account`"),
        .query("max_age", .text, "Seconds since the password was last given, at most."),
        .query("login_hint", .text, "For the sign-in page."),
        .query("id_token_hint", .text, "Whom the client means."),
        .query("claims", .text, "OpenID Connect Core 5.5"),
        .query("resource", .text, "The one API that the tokens will be for (RFC 8707)."),
    ]

    private static let signIn = Operation.Answer(
        status: .seeOther,
        meaning: "To sign in, or back to the client with code or error, state and iss.",
        mediaType: "", schema: nil)

    private static func page(
        _ status: HTTPResponse.Status, _ meaning: String
    ) -> Operation.Answer {
        Operation.Answer(
            status: status, meaning: meaning, mediaType: "text/html", schema: .text)
    }
}
