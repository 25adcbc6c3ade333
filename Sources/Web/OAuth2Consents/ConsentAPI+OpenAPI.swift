import HTTPTypes

extension ConsentAPI {
    static let operations: [Operation] = [
        Operation(
            .get, "/api/v1/consents", id: "listConsents", .consents,
            "What one lets clients do.", access: .interactive, parameters: .page,
            answers: .ok(.page(of: .consent), "One's own consents.")),
        Operation(
            .delete, "/api/v1/consents/{client_id}", id: "withdrawConsent", .consents,
            "Withdraws a consent: all that the client was given for it ends at once.",
            access: .interactive, parameters: [.path("client_id", .id, "Of the client.")],
            answers: .noContent("It is withdrawn.")),
    ]
}

extension Schema {
    fileprivate static let consent = named(
        "Consent",
        object(
            .required("id", .id, "That of the client."),
            .required("client_id", .id),
            .required("client_name", .text),
            .required("scopes", .list(of: .text)),
            .required("created_at", .time),
            .required("granted_at", .time),
            .required("last_used_at", .time)))
}
