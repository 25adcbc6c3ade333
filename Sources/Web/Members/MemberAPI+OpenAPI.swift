import Domain
import HTTPTypes

extension MemberAPI {
    static let operations: [Operation] = [
        Operation(
            .get, "/api/v1/organizations/{id}/members", id: "listMembers", .members,
            "Lists who belongs to the organization.", details: "For its owners.",
            access: .organizationInPath, parameters: [.organizationID] + .page,
            answers: .ok(.page(of: .member), "A page of members: users and groups.")),
        Operation(
            .post, "/api/v1/organizations/{id}/members", id: "createMember", .members,
            "Adds a user or a group.", details: "For its owners.", access: .organizationInPath,
            parameters: [.organizationID],
            body: .json(
                .input(
                    .optional("user_id", .id, "Either this or `group_id`."),
                    .optional("group_id", .id),
                    .optional("roles", .roleNames),
                    .optional("owner", .bool, "Never of a group."))),
            answers: .created(.member, "The new member."),
            .problem(.conflict, "Is a member already.")),
        Operation(
            .patch, "/api/v1/organizations/{id}/members/{member}", id: "updateMember", .members,
            "Changes a member's roles or ownership.", details: "For its owners.",
            access: .organizationInPath, parameters: [.organizationID, .memberID],
            body: .json(
                .input(.optional("roles", .roleNames), .optional("owner", .bool))),
            answers: .ok(.member, "The member as it is now."),
            .problem(.conflict, "The last owner would be lost.")),
        Operation(
            .delete, "/api/v1/organizations/{id}/members/{member}", id: "deleteMember", .members,
            "Removes a member; what it held for this organization alone ends.",
            details: "For its owners.", access: .organizationInPath,
            parameters: [.organizationID, .memberID], answers: .noContent("It is removed."),
            .problem(.conflict, "The last owner would be lost.")),
    ]
}

extension Operation.Parameter {
    fileprivate static let memberID = path("member", .id, "Of the user or group.")
}

extension Schema {
    fileprivate static let roleNames = list(of: text, 0...200).meaning("Names of roles.")

    fileprivate static let member = named(
        "Member",
        object(
            .required("id", .id, "Of the membership."),
            .optional(
                "user",
                .object(
                    .required("id", .id), .required("username", .text),
                    .required("display_name", .text))),
            .optional("group", .object(.required("id", .id), .required("name", .text))),
            .required("roles", .list(of: .text), "Names."),
            .required("owner", .bool),
            .required("created_at", .time),
            .required("updated_at", .time)
        ).meaning("A user or a group: one of the two is there."))
}
