import Domain
import HTTPTypes

extension GroupAPI {
    static let operations: [Operation] = [
        Operation(
            .get, "/api/v1/groups", id: "listGroups", .groups, "Lists all groups.",
            access: .administrator, parameters: .page,
            answers: .ok(.page(of: .group), "A page of groups.")),
        Operation(
            .post, "/api/v1/groups", id: "createGroup", .groups, "Makes a group.",
            access: .administrator,
            body: .json(
                .input(
                    .required("name", .name(Naming.length)),
                    .optional("members", .list(of: .id, 0...10_000), "Ids of users."))),
            answers: .created(.group, "The new group."),
            .problem(.conflict, "Another group has the name.")),
        Operation(
            .patch, "/api/v1/groups/{id}", id: "updateGroup", .groups,
            "Changes the fields sent; the list of members is replaced.", access: .administrator,
            parameters: [.groupID],
            body: .json(
                .input(
                    .optional("name", .name(Naming.length)),
                    .optional("members", .list(of: .id, 0...10_000), "Ids of users."))),
            answers: .ok(.group, "The group as it is now."),
            .problem(.conflict, "Another group has the name.")),
        Operation(
            .delete, "/api/v1/groups/{id}", id: "deleteGroup", .groups,
            "Deletes a group; its members lose what it gave them.", access: .administrator,
            parameters: [.groupID], answers: .noContent("It is gone.")),
    ]
}

extension Operation.Parameter {
    fileprivate static let groupID = path("id", .id, "Of the group.")
}

extension Schema {
    fileprivate static let group = named(
        "Group",
        object(
            .required("id", .id),
            .required("name", .text),
            .required("members", .list(of: .id), "Ids of users."),
            .required("created_at", .time),
            .required("updated_at", .time)))
}
