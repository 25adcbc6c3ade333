import Domain
import HTTPTypes

extension AuditEventAPI {
    static let operations: [Operation] = [
        Operation(
            .get, "/api/v1/audit-events", id: "listAuditEvents", .audit,
            "Lists who did what, newest first.",
            details:
                "For system administrators; an owner sees their organization, named by `organization_id` or the headers.",
            access: .credentialOrganizationOptional,
            parameters: .page + [
                .query("organization_id", .id, "Events in this organization."),
                .query("actor", .text, "Events of this user or key, by id or name."),
                .query("action", .text, "Events of this action, such as `user.created`."),
                .query("outcome", .outcome, "Events that ended so."),
                .query("credential", .text, "Events by this credential, by id or name."),
                .query("from", .time, "Events of this moment and later."),
                .query("to", .time, "Events before this moment."),
            ], answers: .ok(.page(of: .auditEvent), "A page of events."))
    ]
}

extension Schema {
    fileprivate static let outcome = choice(of: ["success", "denied", "error"])

    fileprivate static let reference = named(
        "Reference",
        object(.required("kind", .text), .required("id", .text), .required("name", .text)))

    fileprivate static let auditEvent = named(
        "AuditEvent",
        object(
            .required("id", .id),
            .required("created_at", .time),
            .required("time", .time, "The same as `created_at`."),
            .required("action", .text),
            .required("outcome", outcome),
            .required("reason", .text.orNull),
            .required("request_id", .text),
            .required(
                "actor", object(.required("id", .text), .required("name", .text)).orNull),
            .required("credential", reference.orNull),
            .required("organization_id", .id.orNull),
            .required("address", .text),
            .required("user_agent", .text),
            .required("target", reference.orNull),
            .required(
                "changes",
                .map(of: .object(.required("old", .text.orNull), .required("new", .text.orNull))),
                "By the name of the field.")))
}
