import Domain
import HTTPTypes

extension PersonalAccessTokenAPI {
    static let operations: [Operation] = [
        Operation(
            .get, "/api/v1/tokens", id: "listPersonalAccessTokens", .personalAccessTokens,
            "Lists one's own tokens: active, expired and revoked.", access: .interactive,
            parameters: .page,
            answers: .ok(.page(of: .personalAccessToken), "A page of tokens, newest first.")),
        Operation(
            .post, "/api/v1/tokens", id: "createPersonalAccessToken", .personalAccessTokens,
            "Makes a token in the organization.", access: .interactiveOrganization,
            body: .json(
                .input(
                    .required("name", .name(Naming.length)),
                    .optional(
                        "expires_in_days",
                        .integer(of: PersonalAccessToken.lifetimes)
                            .byDefault(PersonalAccessToken.defaultLifetime)),
                    .optional(
                        "scopes", .newScopes,
                        "Left out where the level is `none`; elsewhere at least one, each held by the person."
                    ),
                    .optional(
                        "all_organizations", .bool,
                        "Whether it works in every organization of the person."))),
            answers: .created(
                .named("NewPersonalAccessToken", .newPersonalAccessToken),
                "The token, with its text this once."),
            .problem(.conflict, "There are 50 active tokens already.")),
        Operation(
            .get, "/api/v1/tokens/{id}", id: "showPersonalAccessToken", .personalAccessTokens,
            "Shows one of one's own tokens.", access: .interactive, parameters: [.tokenID],
            answers: .ok(.personalAccessToken, "The token.")),
        Operation(
            .post, "/api/v1/tokens/{id}/revoke", id: "revokePersonalAccessToken",
            .personalAccessTokens, "Revokes one of one's own tokens for good.",
            details: "Again it changes nothing.", access: .interactive, parameters: [.tokenID],
            answers: .ok(.personalAccessToken, "The revoked token.")),
    ]
}

extension Operation.Parameter {
    fileprivate static let tokenID = path("id", .id, "Of the token.")
}

extension Schema {
    fileprivate static let personalAccessToken = named(
        "PersonalAccessToken", object(tokenFields))

    fileprivate static let newPersonalAccessToken = object(
        tokenFields + [.required("token", .text, "The token itself, a JWT. Shown this once.")])

    private static let tokenFields: [Field] = [
        .required("id", .id),
        .required("name", .text),
        .required(
            "scopes", list(of: scope).orNull, "Null where it may all that its person may."),
        .required("organization_id", .id.orNull, "Null where it works in all of the person's."),
        .required("created_at", .time),
        .required("last_used_at", .time.orNull, "May lag by 5 s."),
        .required("expires_at", .time),
        .required("status", credentialStatus),
        .required("revoked_at", .time.orNull),
    ]

    /// Of personal access tokens and API keys.
    static let credentialStatus = choice(of: ["active", "expired", "revoked"])
}
