import Domain
import HTTP
import HTTPTypes

/// Pages where a person makes and revokes their tokens; the list stands on the Security tab.
struct PersonalAccessTokenRoutes {
    static func register(in signedIn: inout Router<SignedInVisit>) {
        signedIn.get("/profile/security/tokens/{id}/revoke", confirm)
        signedIn.post("/profile/security/tokens/{id}/revoke", revoke)
    }

    static func register(in organization: inout Router<OrganizationPageVisit>) {
        organization.get("/profile/security/tokens/new", new)
        organization.post("/profile/security/tokens", create)
    }

    private static let formAddress = "/profile/security/tokens/new"

    @Sendable static func new(_ request: Request, _ visit: OrganizationPageVisit) throws -> Response
    {
        let form =
            try visit.signedIn.resumedForm().map { NewPersonalAccessTokenForm($0) }
            ?? NewPersonalAccessTokenForm()
        return try visit.page(NewPersonalAccessTokenPage(form, visit))
    }

    @Sendable static func create(
        _ request: Request, _ visit: OrganizationPageVisit
    ) throws -> Response {
        try visit.signedIn.requireRecentPassword(formAddress: formAddress)
        let form = NewPersonalAccessTokenForm(visit.form)
        func again(_ problems: FormProblems, _ notice: Notice? = nil) throws -> Response {
            try visit.page(
                NewPersonalAccessTokenPage(form, visit, problems, notice: notice),
                status: .unprocessableContent)
        }
        guard form.organization == visit.context.organization.id.description else {
            return try again(
                .none,
                Notice(
                    "Meanwhile you switched to another organization. Look once more at what the token may do here.",
                    .warning))
        }
        let tokens = visit.services.personalAccessTokens
        let issued: IssuedPersonalAccessToken
        do {
            issued = try tokens.issue(
                form.token(at: visit.context.organization.level), for: visit.user,
                in: visit.context, by: visit.caller)
        } catch let refusal as Refusal {
            if refusal.code == "token_limit_reached" {
                return try again(.none, Notice(refusal.message, .error))
            }
            return try again(FormProblems(refusal))
        }
        let secret = ShownToken.sealed(issued, usedIn: visit.context.organization)
        let id = try visit.signedIn.leaveSecret(secret)
        return .redirect(
            to: Address.make(Profile.security, [(ShownToken.parameter, id.description)]))
    }

    @Sendable static func confirm(_ request: Request, _ visit: SignedInVisit) throws -> Response {
        let token = try visit.services.personalAccessTokens.show(request.id(), of: visit.user.id)
        let lastUsed = token.lastUsedAt.map { Moment($0, now: visit.now) }
        return try visit.page(
            ConfirmPage(
                "Revoke this token?",
                breadcrumb: [
                    Link("Profile", Profile.address), Link("Security", Profile.security),
                ],
                facts: [
                    Fact("Name", token.name), Fact("Last used", lastUsed, otherwise: "Never"),
                ],
                Confirmation(
                    "Revoke", to: "/profile/security/tokens/\(token.id)/revoke",
                    [
                        "Applications that use it lose access at once. This cannot be undone."
                    ], cancel: Profile.security)))
    }

    @Sendable static func revoke(_ request: Request, _ visit: SignedInVisit) throws -> Response {
        _ = try visit.services.personalAccessTokens.revoke(
            request.id(), of: visit.user.id, by: visit.caller)
        return Profile.done("token-revoked", at: Profile.security)
    }
}
