import Domain
import HTTP

/// One's own password.
struct PasswordAPI {
    static func register(in interactive: inout Router<InteractiveVisit>) {
        interactive.put("/api/v1/users/me/password", update)
    }

    @Sendable static func update(_ request: Request, _ visit: InteractiveVisit) throws -> Response {
        var body = try JSONBody(request)
        let current = body.rawText("current_password")
        let new = body.rawText("new_password")
        let signingOutOthers = body.optionalBool("sign_out_others") ?? true
        try body.finish()
        try visit.services.passwords.change(
            current, to: new, of: visit.user, in: visit.sessionID,
            signingOutOthers: signingOutOthers, by: visit.caller)
        return .noContent
    }
}
