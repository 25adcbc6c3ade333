import HTTPTypes

extension SessionAPI {
    static let operations: [Operation] = [
        Operation(
            .get, "/api/v1/sessions", id: "listSessions", .sessions,
            "Where one is signed in: browsers and sign-in tokens.", access: .interactive,
            parameters: .page, answers: .ok(.page(of: .session), "One's own sessions.")),
        Operation(
            .delete, "/api/v1/sessions", id: "endOtherSessions", .sessions,
            "Ends all of one's sessions but the one that asks.", access: .interactive,
            answers: .noContent("They have ended.")),
        Operation(
            .delete, "/api/v1/sessions/{id}", id: "endSession", .sessions,
            "Ends one of one's sessions.", access: .interactive,
            parameters: [.path("id", .id, "Of the session.")],
            answers: .noContent("It has ended.")),
    ]
}

extension Schema {
    fileprivate static let session = named(
        "Session",
        object(
            .required("id", .id),
            .required("kind", .choice(of: ["browser", "token"])),
            .required("user_agent", .text),
            .required("address", .text),
            .required("created_at", .time),
            .required("last_active_at", .time),
            .required("expires_at", .time),
            .required("current", .bool, "Whether it is the one that asks.")))
}
