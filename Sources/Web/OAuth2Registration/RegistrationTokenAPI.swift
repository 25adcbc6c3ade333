import Domain
import HTTP
import HTTPTypes
import JSON

/// Where system administrators make initial access tokens (RFC 7591 §1.2).
struct RegistrationTokenAPI {
    static func register(in administrator: inout Router<AdministratorVisit>) {
        administrator.post("/api/v1/oauth2/registration-tokens", create)
    }

    @Sendable static func create(
        _ request: Request, _ visit: AdministratorVisit
    ) throws -> Response {
        var days = RegistrationToken.defaultLifetimeDays
        // Nothing has to be said, so no body has to be sent.
        if !request.body.isEmpty {
            var body = try JSONBody(request)
            days =
                body.optionalInteger("expires_in_days", RegistrationToken.lifetimeDays) ?? days
            try body.finish()
        }
        let (token, text) = try visit.services.oauth2.registration.issueToken(
            lifetimeDays: days, for: visit.user, by: visit.caller)
        return .json(
            [
                "id": .id(token.id), "token": .string(text.text),
                "created_at": .time(token.createdAt), "expires_at": .time(token.expiresAt),
            ], status: .created)
    }
}
