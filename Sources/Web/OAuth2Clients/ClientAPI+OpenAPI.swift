import Domain
import HTTPTypes

extension ClientAPI {
    static let operations: [Operation] = [
        Operation(
            .get, "/api/v1/oauth2/clients", id: "listOAuth2Clients", .oauth2Clients,
            "Lists the clients.", access: .administrator, parameters: .page,
            answers: .ok(.page(of: .client), "A page of clients, newest first.")),
        Operation(
            .post, "/api/v1/oauth2/clients", id: "createOAuth2Client", .oauth2Clients,
            "Registers a client.", access: .administrator,
            body: .json(.input([.required("name", .name(Naming.length))] + Schema.clientInput)),
            answers: .created(
                .named("NewOAuth2Client", .newClient), "The client, with its secret this once.")),
        Operation(
            .get, "/api/v1/oauth2/clients/{client_id}", id: "showOAuth2Client", .oauth2Clients,
            "Shows one client.", access: .administrator, parameters: [.clientID],
            answers: .ok(.client, "The client.")),
        Operation(
            .patch, "/api/v1/oauth2/clients/{client_id}", id: "updateOAuth2Client",
            .oauth2Clients, "Changes a client.",
            details: "Disabling ends all that it was given, at once; another service user or "
                + "organization ends what was given for the old one. `type` stays.",
            access: .administrator, parameters: [.clientID],
            body: .json(.input([.optional("name", .name(Naming.length))] + Schema.clientInput)),
            answers: .ok(.client, "The changed client.")),
        Operation(
            .delete, "/api/v1/oauth2/clients/{client_id}", id: "deleteOAuth2Client",
            .oauth2Clients, "Deletes a client with all that it was given.", access: .administrator,
            parameters: [.clientID], answers: .noContent("It is gone.")),
        Operation(
            .post, "/api/v1/oauth2/clients/{client_id}/secrets", id: "createOAuth2ClientSecret",
            .oauth2Clients, "Makes a second secret to change over to.", access: .administrator,
            parameters: [.clientID],
            body: .json(
                .input(.optional("expires_at", .time, "Never, where left out.")),
                isRequired: false),
            answers: .created(
                .object([.required("id", .id)] + Schema.secretFields), "The secret, this once."),
            .problem(.conflict, "There are two live ones, or the client needs none.")),
        Operation(
            .delete, "/api/v1/oauth2/clients/{client_id}/secrets/{id}",
            id: "deleteOAuth2ClientSecret", .oauth2Clients, "Deletes a secret.",
            access: .administrator,
            parameters: [.clientID, .path("id", .id, "Of the secret.")],
            answers: .noContent("It is gone."), .problem(.conflict, "It is the last live one.")),
    ]
}

extension Operation.Parameter {
    fileprivate static let clientID = path("client_id", .id, "Of the client.")
}

extension Schema {
    fileprivate static let client = named("OAuth2Client", object(clientFields))

    fileprivate static let newClient = object(
        clientFields + [
            .optional("client_secret", .text, "Of a client that has one. Shown this once."),
            .optional("client_secret_expires_at", integer(atLeast: 0)),
        ])

    fileprivate static let secretFields: [Field] = [
        .required("client_secret", .text, "Shown this once."),
        .required(
            "client_secret_expires_at", integer(atLeast: 0), "Seconds since 1970; 0 for never."),
    ]

    private static let clientFields: [Field] = [
        .required("client_id", .id),
        .required("name", .text),
        .required("description", .text),
        .required("type", .choice(of: Client.Kind.self)),
        .required("grant_types", list(of: .choice(of: GrantType.self))),
        .required("redirect_uris", list(of: .text)),
        .required("post_logout_redirect_uris", list(of: .text)),
        .required("scopes", list(of: .text)),
        .required("service_user_id", .id.orNull, "As whom it acts by itself."),
        .required("organization_id", .id.orNull, "Its tokens act there alone."),
        .required("access_token_ttl", .integer(Client.accessTokenLifetimes), "Seconds."),
        .required("refresh_token_ttl", .integer(Client.refreshTokenLifetimes), "Seconds."),
        .required(
            "token_endpoint_auth_method", .choice(of: Client.AuthenticationMethod.self)),
        .optional("jwks", .map(of: .anything), "A JWK set of public keys."),
        .required(
            "id_token_signed_response_alg", .choice(of: SigningKeyRecord.Algorithm.self)),
        .required("require_pkce", .bool),
        .required("backchannel_logout_uri", .text.orNull),
        .required("backchannel_logout_session_required", .bool),
        .required("status", .choice(of: ["enabled", "disabled"])),
        .required("created_at", .time),
        .required("updated_at", .time),
        .required("last_used_at", .time.orNull, "May lag by 5 s."),
        .required(
            "secrets",
            list(
                of: named(
                    "OAuth2ClientSecret",
                    object(
                        .required("id", .id), .required("hint", .text, "The end of the secret."),
                        .required("created_at", .time), .required("last_used_at", .time.orNull),
                        .required("expires_at", .time.orNull))))),
    ]

    fileprivate static let clientInput: [Field] = [
        .optional("description", .text(0...1_000)),
        .optional("type", .choice(of: Client.Kind.self), "Fixed when the client is made."),
        .optional("grant_types", list(of: .choice(of: GrantType.self), 1...20)),
        .optional("redirect_uris", list(of: .text(1...RedirectURI.byteLimit), 0...50)),
        .optional("post_logout_redirect_uris", list(of: .text(1...RedirectURI.byteLimit), 0...50)),
        .optional("scopes", list(of: .text(1...2_000), 0...200)),
        .optional("service_user_id", .id),
        .optional("organization_id", .id),
        .optional("access_token_ttl", .integer(Client.accessTokenLifetimes)),
        .optional("refresh_token_ttl", .integer(Client.refreshTokenLifetimes)),
        .optional(
            "token_endpoint_auth_method", .choice(of: Client.AuthenticationMethod.self)),
        .optional("jwks", .anything, "A JWK set of public RSA and EC keys."),
        .optional(
            "id_token_signed_response_alg", .choice(of: SigningKeyRecord.Algorithm.self)),
        .optional("require_pkce", .bool),
        .optional("backchannel_logout_uri", .text(1...RedirectURI.byteLimit)),
        .optional("backchannel_logout_session_required", .bool),
        .optional("status", .choice(of: ["enabled", "disabled"])),
    ]
}
