import Domain
import HTTPTypes

extension RoleAPI {
    static let operations: [Operation] = [
        Operation(
            .get, "/api/v1/organizations/{id}/roles", id: "listRoles", .roles,
            "Lists the roles of the organization, built-in ones first.",
            details: "Needs `organizations:read`.", access: .organizationInPath,
            parameters: [.organizationID] + .page,
            answers: .ok(.page(of: .role), "A page of roles.")),
        Operation(
            .post, "/api/v1/organizations/{id}/roles", id: "createRole", .roles,
            "Makes a custom role.", details: "For owners, at the level enterprise.",
            access: .organizationInPath, parameters: [.organizationID],
            body: .json(
                .input(
                    .required("name", .name(Naming.length)), .required("scopes", .newScopes))),
            answers: .created(.role, "The new role."),
            .problem(.conflict, "The name is taken, or the level knows no custom roles.")),
        Operation(
            .patch, "/api/v1/organizations/{id}/roles/{role}", id: "updateRole", .roles,
            "Changes the fields sent of a custom role.",
            details: "For owners, at the level enterprise.", access: .organizationInPath,
            parameters: [.organizationID, .roleID],
            body: .json(
                .input(
                    .optional("name", .name(Naming.length)), .optional("scopes", .newScopes))),
            answers: .ok(.role, "The role as it is now."),
            .problem(.conflict, "The name is taken, or the level knows no custom roles.")),
        Operation(
            .delete, "/api/v1/organizations/{id}/roles/{role}", id: "deleteRole", .roles,
            "Deletes a custom role.", details: "For owners.", access: .organizationInPath,
            parameters: [.organizationID, .roleID], answers: .noContent("It is gone."),
            .problem(.conflict, "A member has it.")),
    ]
}

extension Operation.Parameter {
    fileprivate static let roleID = path("role", .id, "Of the role.")
}

extension Schema {
    fileprivate static let role = named(
        "Role",
        object(
            .required("id", .id),
            .required("name", .text),
            .required("scopes", .list(of: .scope)),
            .required("built_in", .bool),
            .required("created_at", .time),
            .required("updated_at", .time)))
}
