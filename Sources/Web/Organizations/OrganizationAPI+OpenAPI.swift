import Domain
import HTTPTypes

extension OrganizationAPI {
    static let operations: [Operation] = [
        Operation(
            .get, "/api/v1/organizations", id: "listOrganizations", .organizations,
            "Lists the caller's organizations; a system administrator sees all.",
            access: .credential, parameters: .page,
            answers: .ok(.page(of: .organization), "A page of organizations.")),
        Operation(
            .post, "/api/v1/organizations", id: "createOrganization", .organizations,
            "Makes an organization, which its maker owns.", access: .administrator,
            body: .json(
                .input(
                    .required("name", .name(Naming.length)),
                    .optional(
                        "slug", .text(1...63).matching("^[a-z0-9][a-z0-9_-]*$"),
                        "Never changes; made of the name if left out."),
                    .optional(
                        "rbac_level", .choice(of: Organization.Level.self), "`basic` if left out."))
            ),
            answers: .created(.organization, "The new organization."),
            .problem(.conflict, "Another organization has the slug.")),
        Operation(
            .get, "/api/v1/organizations/{id}", id: "showOrganization", .organizations,
            "Shows one organization.",
            details: "Needs `organizations:read`, or a system administrator.",
            access: .organizationInPath, parameters: [.organizationID],
            answers: .ok(.organization, "The organization.")),
        Operation(
            .patch, "/api/v1/organizations/{id}", id: "updateOrganization", .organizations,
            "Changes the fields sent.",
            details: "Needs `organizations:manage`; the level is the owners' to change.",
            access: .organizationInPath, parameters: [.organizationID],
            body: .json(
                .input(
                    .optional("name", .name(Naming.length)),
                    .optional("rbac_level", .choice(of: Organization.Level.self)),
                    .optional(
                        "maintenance",
                        .input(
                            .optional("enabled", .bool),
                            .optional("message", .text(0...Organization.Maintenance.messageLimit)),
                            .optional(
                                "retry_after",
                                .integer(Organization.Maintenance.retryAfterRange), "Seconds."))))),
            answers: .ok(.organization, "The organization as it is now.")),
        Operation(
            .delete, "/api/v1/organizations/{id}", id: "deleteOrganization", .organizations,
            "Deletes an organization with everything in it.",
            details: "For its owners and system administrators.", access: .organizationInPath,
            parameters: [.organizationID], answers: .noContent("It is gone."),
            .problem(.conflict, "It is the last one.")),
    ]
}

extension Operation.Parameter {
    /// In every path below `/api/v1/organizations`.
    static let organizationID = path("id", .id, "Of the organization.")
}

extension Schema {
    fileprivate static let organization = named(
        "Organization",
        object(
            .required("id", .id),
            .required("name", .text),
            .required("slug", .text),
            .required("rbac_level", .choice(of: Organization.Level.self)),
            .required(
                "maintenance",
                .object(
                    .required("enabled", .bool),
                    .required("message", .text),
                    .required("retry_after", .integer(Organization.Maintenance.retryAfterRange)))),
            .required("member_count", .integer(atLeast: 0)),
            .required(
                "your_role",
                object(
                    .required("owner", .bool), .required("roles", .list(of: .text), "Names.")
                ).orNull, "Null for who is no member."),
            .required("created_at", .time),
            .required("updated_at", .time)))
}
