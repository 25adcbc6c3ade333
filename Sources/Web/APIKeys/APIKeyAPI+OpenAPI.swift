import Domain
import HTTPTypes

extension APIKeyAPI {
    static let operations: [Operation] = [
        Operation(
            .get, "/api/v1/api-keys", id: "listAPIKeys", .apiKeys,
            "Lists the organization's keys.",
            details: "Needs `organizations:manage`, or ownership, as everything about keys.",
            access: .interactiveOrganization, parameters: .page,
            answers: .ok(.page(of: .apiKey), "A page of keys, newest first.")),
        Operation(
            .post, "/api/v1/api-keys", id: "createAPIKey", .apiKeys, "Makes a key.",
            access: .interactiveOrganization,
            body: .json(
                .input(
                    .required("name", .name(Naming.length)),
                    .optional(
                        "expires_in_days", .integer(APIKey.lifetimeRange),
                        "Either this or `expires_at`."),
                    .optional("expires_at", .time, "At most 365 days ahead."),
                    .required("permissions", .newScopes, "Each one held by whoever makes the key."))
            ),
            answers: .created(
                .named("NewAPIKey", .newAPIKey), "The key, with its text this once.")),
        Operation(
            .get, "/api/v1/api-keys/{id}", id: "showAPIKey", .apiKeys, "Shows one key.",
            access: .interactiveOrganization, parameters: [.keyID],
            answers: .ok(.apiKey, "The key.")),
        Operation(
            .post, "/api/v1/api-keys/{id}/revoke", id: "revokeAPIKey", .apiKeys,
            "Revokes a key for good.", details: "Again it changes nothing.",
            access: .interactiveOrganization, parameters: [.keyID],
            answers: .ok(.apiKey, "The revoked key.")),
    ]
}

extension Operation.Parameter {
    fileprivate static let keyID = path("id", .id, "Of the key.")
}

extension Schema {
    fileprivate static let apiKey = named("APIKey", object(keyFields))

    fileprivate static let newAPIKey = object(
        keyFields + [.required("key", .text, "The key itself, `mchx_…`. Shown this once.")])

    private static let keyFields: [Field] = [
        .required("id", .id),
        .required("name", .text),
        .required("permissions", list(of: scope)),
        .required("organization_id", .id),
        .required("created_by", .id.orNull, "A user; null once that one is deleted."),
        .required("created_at", .time),
        .required("last_used_at", .time.orNull, "May lag by 5 s."),
        .required("expires_at", .time),
        .required("status", credentialStatus),
        .required("revoked_at", .time.orNull),
    ]
}
