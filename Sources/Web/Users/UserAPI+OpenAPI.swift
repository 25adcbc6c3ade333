import Domain
import HTTPTypes

extension UserAPI {
    static let operations: [Operation] = [
        Operation(
            .get, "/api/v1/users", id: "listUsers", .users, "Lists all users.",
            access: .administrator, parameters: .page,
            answers: .ok(.page(of: .user), "A page of users.")),
        Operation(
            .post, "/api/v1/users", id: "createUser", .users, "Makes a user.",
            access: .administrator,
            body: .json(
                .input(
                    .required("username", .username),
                    .optional("email", .email),
                    .optional("email_verified", .bool),
                    .optional("display_name", .name(Naming.length), "The user name if left out."),
                    .optional("password", .newPassword, "A person needs one, a service has none."),
                    .optional("kind", .choice(of: User.Kind.self), "`person` if left out."),
                    .optional("system_administrator", .bool))),
            answers: .created(.user, "The new user."),
            .problem(.conflict, "Another user has the name or the address.")),
        Operation(
            .get, "/api/v1/users/{id}", id: "showUser", .users, "Shows one user.",
            access: .administrator, parameters: [.userID], answers: .ok(.user, "The user.")),
        Operation(
            .patch, "/api/v1/users/{id}", id: "updateUser", .users, "Changes the fields sent.",
            details: "Disabling ends everything that the user holds, at once.",
            access: .administrator, parameters: [.userID],
            body: .json(
                .input(
                    .optional("username", .username),
                    .optional("email", .email, "Null takes it away."),
                    .optional("email_verified", .bool),
                    .optional("display_name", .name(Naming.length)),
                    .optional("password", .newPassword, "Ends the user's sessions."),
                    .optional(
                        "kind", .choice(of: User.Kind.self), "Only as it is; it never changes."),
                    .optional("system_administrator", .bool),
                    .optional("disabled", .bool))),
            answers: .ok(.user, "The user as it is now."),
            .problem(
                .conflict, "A name is taken, or the last administrator or owner would be lost.")),
        Operation(
            .delete, "/api/v1/users/{id}", id: "deleteUser", .users,
            "Deletes a user with everything of theirs.", access: .administrator,
            parameters: [.userID], answers: .noContent("The user is gone."),
            .problem(.conflict, "The last administrator or owner would be lost.")),
    ]
}

extension Operation.Parameter {
    fileprivate static let userID = path("id", .id, "Of the user.")
}

extension Schema {
    fileprivate static let username = text(1...64).matching("^[A-Za-z0-9._@-]+$")
    fileprivate static let email = text(3...254).format("email")

    fileprivate static let user = named(
        "User",
        object(
            .required("id", .id),
            .required("username", .text),
            .required("email", .text.orNull),
            .required("email_verified", .bool),
            .required("display_name", .text),
            .required("kind", .choice(of: User.Kind.self)),
            .required("system_administrator", .bool),
            .required("disabled", .bool),
            .required("last_sign_in_at", .time.orNull),
            .required("created_at", .time),
            .required("updated_at", .time)))
}
