import Domain
import HTTPTypes

extension PasswordAPI {
    static let operations: [Operation] = [
        Operation(
            .put, "/api/v1/users/me/password", id: "changePassword", .users,
            "Changes one's own password.", access: .interactive,
            body: .json(
                .input(
                    .required("current_password", .secretText),
                    .required("new_password", .newPassword),
                    .optional(
                        "sign_out_others", .bool,
                        "Whether one's other sessions end; they do unless this is false."))),
            answers: .noContent("It is changed."),
            .problem(.tooManyRequests, "Too many wrong tries."))
    ]
}

extension Schema {
    /// A password that is to be; which ones are too common is checked by the rules.
    static let newPassword = text(PasswordRules.lengths)
}
