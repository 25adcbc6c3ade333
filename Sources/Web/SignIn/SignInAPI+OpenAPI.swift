import Domain
import HTTPTypes

extension SignInAPI {
    static let operations: [Operation] = [
        Operation(
            .post, "/auth/login", id: "signIn", .signIn, "Signs in for a token.",
            details:
                "Wrong names and wrong passwords get the same answer. Too many wrong tries make the next ones wait.",
            access: .open,
            body: .json(
                .input(
                    .required("username", .secretText, "The user name, or the e-mail address."),
                    .required("password", .secretText),
                    .optional("refresh", .bool, "Whether a refresh token is wanted, too."))),
            answers: .ok(.signedIn, "Signed in."),
            .problem(.unauthorized, .signInProblem, "The name or the password is wrong."),
            .problem(.tooManyRequests, .signInProblem, "Too many wrong tries."),
            .problem(.badRequest, .signInProblem, "The request can't be understood."),
            .problem(.unsupportedMediaType, .signInProblem, "The body is of another media type."),
            .problem(
                .unprocessableContent, .signInProblem,
                "Well formed, but with values that are not allowed.")),
        Operation(
            .post, "/auth/refresh", id: "renewSignIn", .signIn,
            "Gives a new token for a refresh token, and the next refresh token.",
            details: "A refresh token works once; its second use ends the session.", access: .open,
            body: .json(.input(.required("refresh_token", .secretText))),
            answers: .ok(.signedIn, "The new tokens."),
            .problem(
                .unauthorized, .signInProblem,
                "Malformed, expired or used before, or the session has ended."),
            .problem(.badRequest, .signInProblem, "The request can't be understood."),
            .problem(.unsupportedMediaType, .signInProblem, "The body is of another media type."),
            .problem(
                .unprocessableContent, .signInProblem,
                "Well formed, but with values that are not allowed.")),
        Operation(
            .post, "/auth/logout", id: "signOut", .signIn, "Ends the session of the token.",
            access: .interactive, answers: .noContent("The session's tokens are no longer good.")),
        Operation(
            .get, "/auth/me", id: "showSelf", .signIn,
            "Who the credential is, and what it may do in the organization of the request.",
            access: .credentialOrganizationOptional, answers: .ok(.identity, "Who asks.")),
    ]
}

extension Schema {
    /// Text to the letter, such as a password.
    static let secretText = text(0...4096)

    fileprivate static let signedIn = named(
        "SignedIn",
        object(
            .required("success", .constant(true)),
            .required("tkn", .text, "The sign-in token, a JWT."),
            .required("expires_in", .integer(atLeast: 1), "Seconds."),
            .optional("refresh_token", .text, "Where one was asked for.")))

    fileprivate static let signInProblem = named(
        "SignInProblem", object([.required("success", .constant(false))] + problemFields))

    fileprivate static let identity = named(
        "Identity",
        object(
            .required("subject", .id, "The user's id, or the API key's."),
            .required("username", .text),
            .required("display_name", .text),
            .required("email", .text.orNull),
            .required(
                "credential",
                .object(
                    .required("kind", .choice(of: Credential.Kind.self)),
                    .required("id", .id),
                    .required("name", .text),
                    .required("expires_at", .time))),
            .required("groups", .list(of: .text), "Names."),
            .required("domains", .list(of: .text), "`domains:<slug>` of each organization."),
            .required(
                "organization",
                object(
                    .required("id", .id),
                    .required("slug", .text),
                    .required("name", .text),
                    .required("rbac_level", .choice(of: Organization.Level.self)),
                    .required("owner", .bool),
                    .required("roles", .list(of: .text))
                ).orNull, "That of the request, if it names one."),
            .required("scopes", .list(of: .scope), "The effective ones in the organization.")))
}
