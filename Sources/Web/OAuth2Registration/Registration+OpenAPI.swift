import Domain
import HTTPTypes

extension RegistrationTokenAPI {
    static let operations: [Operation] = [
        Operation(
            .post, "/api/v1/oauth2/registration-tokens", id: "createRegistrationToken",
            .oauth2Clients, "Makes a token that lets whoever shows it register one client.",
            access: .administrator,
            body: .json(
                .input(
                    .optional(
                        "expires_in_days",
                        .integer(RegistrationToken.lifetimeDays)
                            .byDefault(RegistrationToken.defaultLifetimeDays))),
                isRequired: false),
            answers: .created(
                .object(
                    .required("id", .id),
                    .required("token", .text, "The initial access token. Shown this once."),
                    .required("created_at", .time), .required("expires_at", .time)),
                "The token, this once."))
    ]
}

extension RegistrationAPI {
    static let operations: [Operation] = [
        Operation(
            .post, "/oauth2/register", id: "registerClient", .oauth2,
            "Registers a client (RFC 7591).",
            details: "With an initial access token as bearer, unless everybody may. Metadata that "
                + "is not known, or does not apply, is ignored: the answer says what was registered.",
            access: .open, body: .json(.object(Schema.metadataInput)),
            answers: .created(.registeredClient, "The client, with its secret this once."),
            .oauthError(.badRequest), .oauthError(.unauthorized), .oauthError(.tooManyRequests),
            .oauthError(.serviceUnavailable), .oauthError(.internalServerError),
            .problem(.notFound, "Clients can't register themselves here.")),
        Operation(
            .get, "/oauth2/register/{client_id}", id: "showRegisteredClient", .oauth2,
            "Shows a client what it is registered as (RFC 7592 2.1).", access: .open,
            parameters: [.registeredClient],
            answers: .ok(.registeredClient, "The client, without its secret."),
            .oauthError(.unauthorized), .oauthError(.serviceUnavailable),
            .oauthError(.internalServerError)),
        Operation(
            .put, "/oauth2/register/{client_id}", id: "updateRegisteredClient", .oauth2,
            "Registers a client anew (RFC 7592 2.2).",
            details: "Its registration access token is replaced by the one of the answer.",
            access: .open, parameters: [.registeredClient],
            body: .json(
                .object(
                    [.required("client_id", .id), .optional("client_secret", .text(0...255))]
                        + Schema.metadataInput)),
            answers: .ok(.registeredClient, "The client."), .oauthError(.badRequest),
            .oauthError(.unauthorized), .oauthError(.serviceUnavailable),
            .oauthError(.internalServerError)),
        Operation(
            .delete, "/oauth2/register/{client_id}", id: "deleteRegisteredClient", .oauth2,
            "Deletes a client with all that it was given (RFC 7592 2.3).", access: .open,
            parameters: [.registeredClient], answers: .noContent("It is gone."),
            .oauthError(.unauthorized), .oauthError(.serviceUnavailable),
            .oauthError(.internalServerError)),
    ]
}

extension Operation.Parameter {
    fileprivate static let registeredClient = path("client_id", .text, "Of the client.")
}

extension Schema {
    fileprivate static let metadataInput: [Field] = [
        .optional("redirect_uris", list(of: .text(1...RedirectURI.byteLimit), 0...50)),
        .optional("client_name", .text(0...255)),
        .optional(
            "token_endpoint_auth_method", .text(0...100), "`client_secret_basic` where left out."),
        .optional(
            "grant_types", list(of: .text, 0...ClientMetadata.listLimit),
            "`authorization_code` where left out."),
        .optional("response_types", list(of: .text, 0...ClientMetadata.listLimit)),
        .optional(
            "scope", .text(0...2_000),
            "`openid profile email offline_access` where left out."),
        .optional("jwks", .anything, "A JWK set of public RSA and EC keys."),
        .optional(
            "post_logout_redirect_uris", list(of: .text(1...RedirectURI.byteLimit), 0...50)),
        .optional("id_token_signed_response_alg", .text(0...100), "`RS256` where left out."),
        .optional("backchannel_logout_uri", .text(0...RedirectURI.byteLimit)),
        .optional("backchannel_logout_session_required", .bool),
    ]

    fileprivate static let registeredClient = named(
        "RegisteredClient",
        object([
            .required("client_id", .id),
            .required("client_id_issued_at", integer(atLeast: 0), "Seconds since 1970."),
            .optional("client_secret", .text, "Shown this once."),
            .optional(
                "client_secret_expires_at", integer(atLeast: 0),
                "Seconds since 1970; 0 for never."),
            .required("registration_access_token", .text),
            .required("registration_client_uri", .text),
            .required("client_name", .text),
            .required("redirect_uris", list(of: .text)),
            .required("post_logout_redirect_uris", list(of: .text)),
            .required("grant_types", list(of: .choice(of: GrantType.self))),
            .required("response_types", list(of: .constant("code"))),
            .required("scope", .text),
            .required(
                "token_endpoint_auth_method", .choice(of: Client.AuthenticationMethod.self)),
            .required(
                "id_token_signed_response_alg", .choice(of: SigningKeyRecord.Algorithm.self)),
            .optional("jwks", .map(of: .anything)),
            .optional("backchannel_logout_uri", .text),
            .optional("backchannel_logout_session_required", .bool),
        ]))
}
