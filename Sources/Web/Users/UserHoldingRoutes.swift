import Domain
import HTTP
import HTTPTypes

/// Pages where system administrators end what a user holds; the lists stand on the user's page.
struct UserHoldingRoutes {
    static func register(in administrator: inout Router<AdministratorPageVisit>) {
        administrator.get("/settings/users/{id}/tokens/{token}/revoke", confirmRevoking)
        administrator.post("/settings/users/{id}/tokens/{token}/revoke", revoke)
        administrator.get("/settings/users/{id}/sessions/{session}/end", confirmEnding)
        administrator.post("/settings/users/{id}/sessions/{session}/end", end)
        administrator.get(
            "/settings/users/{id}/applications/{client_id}/withdraw", confirmWithdrawing)
        administrator.post("/settings/users/{id}/applications/{client_id}/withdraw", withdraw)
    }

    // MARK: Tokens

    @Sendable static func confirmRevoking(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let user = try visit.services.users.show(request.id())
        let token = try visit.services.personalAccessTokens.show(
            request.id("token"), of: user.id)
        let lastUsed = token.lastUsedAt.map { Moment($0, now: visit.signedIn.now) }
        return try visit.page(
            ConfirmPage(
                "Revoke this token?", breadcrumb: UserRoutes.breadcrumb(user),
                facts: [
                    Fact("User", user.username), Fact("Name", token.name),
                    Fact("Last used", lastUsed, otherwise: "Never"),
                ],
                Confirmation(
                    "Revoke", to: "\(UserRoutes.address(user.id))/tokens/\(token.id)/revoke",
                    [
                        "Applications that use it lose access at once. This cannot be undone."
                    ], cancel: UserRoutes.address(user.id))))
    }

    @Sendable static func revoke(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let id: User.ID = try request.id()
        _ = try visit.services.personalAccessTokens.revoke(
            request.id("token"), of: id, by: visit.caller)
        return UserRoutes.done("token-revoked", of: id)
    }

    // MARK: Sessions

    @Sendable static func confirmEnding(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let user = try visit.services.users.show(request.id())
        let session = try visit.services.sessions.show(request.id("session"), of: user.id)
        let isCurrent = session.id == visit.signedIn.person.sessionID
        return try visit.page(
            ConfirmPage(
                "End this session?", breadcrumb: UserRoutes.breadcrumb(user),
                facts: [
                    Fact("User", user.username),
                    Fact("Device", Device(userAgent: session.userAgent).words),
                    Fact("Address", session.address),
                    Fact(
                        "Last active", Moment(session.lastActiveAt, now: visit.signedIn.now),
                        otherwise: "Never"),
                ],
                Confirmation(
                    "End session",
                    to: "\(UserRoutes.address(user.id))/sessions/\(session.id)/end",
                    [
                        isCurrent
                            ? "This is the session that you are in: you will be signed out."
                            : "Whoever uses it is signed out at once and has to give the password again."
                    ], cancel: UserRoutes.address(user.id))))
    }

    @Sendable static func end(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let id: User.ID = try request.id()
        try visit.services.sessions.end(request.id("session"), of: id, by: visit.caller)
        return UserRoutes.done("session-ended", of: id)
    }

    // MARK: Connected applications

    @Sendable static func confirmWithdrawing(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let user = try visit.services.users.show(request.id())
        let (overview, tokens) = try visit.services.oauth2.consents.show(
            request.id("client_id"), of: user.id)
        let consent = overview.consent
        let dying =
            switch tokens {
            case 0: "It holds no token that works now."
            case 1: "1 token that it holds stops working at once."
            default: "\(tokens) tokens that it holds stop working at once."
            }
        return try visit.page(
            ConfirmPage(
                "Withdraw access?", breadcrumb: UserRoutes.breadcrumb(user),
                facts: [
                    Fact("User", user.username), Fact("Application", overview.clientName),
                    Fact(
                        "Last used", Moment(consent.lastUsedAt, now: visit.signedIn.now),
                        otherwise: "Never"),
                ],
                Confirmation(
                    "Withdraw",
                    to: "\(UserRoutes.address(user.id))/applications/\(consent.clientID)/withdraw",
                    [
                        dying,
                        "The application can no longer act for them. It may ask them again.",
                    ], cancel: UserRoutes.address(user.id))))
    }

    @Sendable static func withdraw(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let id: User.ID = try request.id()
        _ = try visit.services.oauth2.consents.withdraw(
            request.id("client_id"), of: id, by: visit.caller)
        return UserRoutes.done("application-withdrawn", of: id)
    }
}
