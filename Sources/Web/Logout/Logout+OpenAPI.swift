import HTTPTypes

extension LogoutRoutes {
    /// For browsers, but clients make the address.
    static let operations: [Operation] = [
        Operation(
            .get, "/oauth2/logout", id: "logout", .oauth2,
            "Where a client sends a person to sign out (OpenID Connect RP-Initiated Logout 1.0).",
            access: .open, parameters: parameters, answers: onward,
            page(.ok, "The question whether to sign out, or word that it is done."),
            page(.badRequest, "The hint, the client or where it wants the person is not known.")),
        Operation(
            .post, "/oauth2/logout", id: "sendLogout", .oauth2,
            "The same with the parameters in a form.", access: .open,
            body: Operation.Body(
                mediaType: "application/x-www-form-urlencoded", schema: .map(of: .text)),
            answers: onward, page(.ok, "Word that it is done."),
            page(.badRequest, "As above, or the form can't be read."),
            page(.forbidden, "The button was not pressed on the page of this server."),
            page(.unsupportedMediaType, "It is no form.")),
    ]

    private static let parameters: [Operation.Parameter] = [
        .query("id_token_hint", .text, "An ID token of the person's, expired or not."),
        .query("client_id", .text, "Who asks."),
        .query("post_logout_redirect_uri", .text, "Where to go on to; registered for the client."),
        .query("state", .text, "Comes along there."),
    ]

    private static let onward = Operation.Answer(
        status: .seeOther, meaning: "On to the client, or to the same request by GET.",
        mediaType: "", schema: nil)

    private static func page(
        _ status: HTTPResponse.Status, _ meaning: String
    ) -> Operation.Answer {
        Operation.Answer(
            status: status, meaning: meaning, mediaType: "text/html", schema: .text)
    }
}
