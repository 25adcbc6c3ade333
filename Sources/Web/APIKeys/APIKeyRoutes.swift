import Domain
import HTTP
import HTTPTypes

/// Pages where whoever manages the current organization gives machines an identity in it.
struct APIKeyRoutes {
    static func register(in organization: inout Router<OrganizationPageVisit>) {
        organization.get("/settings/api-keys", index)
        organization.get("/settings/api-keys/new", new)
        organization.post("/settings/api-keys", create)
        organization.get("/settings/api-keys/{id}/revoke", confirm)
        organization.post("/settings/api-keys/{id}/revoke", revoke)
    }

    static let home = "/settings/api-keys"
    static let link = Link("API Keys", home)

    @Sendable static func index(
        _ request: Request, _ visit: OrganizationPageVisit
    ) throws -> Response {
        let keys = visit.services.apiKeys
        try keys.checkManages(visit.context)
        let query = try request.pageQuery()
        let after = query["after"].flatMap { UniqueID($0) }
        let list = try keys.list(
            in: visit.context, PageRequest(limit: APIKeysPage.limit, after: after))
        let shown = try visit.signedIn.takeSecret(ShownAPIKey.parameter, of: request)
            .flatMap { try ShownAPIKey($0, visit) }
        return try visit.page(
            APIKeysPage(
                list, makers: keys.makers(of: list.items, in: visit.context),
                of: visit.context.organization, shown: shown, isFirst: after == nil,
                notice: query["done"] == "revoked"
                    ? Notice("The key was revoked. Nobody gets in with it any more.", .success)
                    : nil,
                now: visit.signedIn.now))
    }

    @Sendable static func new(
        _ request: Request, _ visit: OrganizationPageVisit
    ) throws -> Response {
        try visit.services.apiKeys.checkManages(visit.context)
        let draft = try visit.signedIn.resumedForm().map { APIKeyDraft($0) } ?? APIKeyDraft()
        return try visit.page(NewAPIKeyPage(draft, visit))
    }

    @Sendable static func create(
        _ request: Request, _ visit: OrganizationPageVisit
    ) throws -> Response {
        let keys = visit.services.apiKeys
        try keys.checkManages(visit.context)
        try visit.signedIn.requireRecentPassword(formAddress: "\(home)/new")
        let draft = APIKeyDraft(visit.form)
        func again(_ problems: FormProblems, _ notice: Notice? = nil) throws -> Response {
            try visit.page(
                NewAPIKeyPage(draft, visit, problems, notice: notice),
                status: .unprocessableContent)
        }
        guard draft.organization == visit.context.organization.id.description else {
            return try again(
                .none,
                Notice(
                    "Meanwhile you switched to another organization. Look once more at what the key may do here.",
                    .warning))
        }
        let issued: IssuedAPIKey
        do {
            issued = try keys.issue(draft.key, in: visit.context, by: visit.caller)
        } catch let refusal as Refusal where refusal.kind == .invalid {
            return try again(FormProblems(refusal.problems))
        }
        let id = try visit.signedIn.leaveSecret(ShownAPIKey.sealed(issued))
        return .redirect(to: Address.make(home, [(ShownAPIKey.parameter, id.description)]))
    }

    @Sendable static func confirm(
        _ request: Request, _ visit: OrganizationPageVisit
    ) throws -> Response {
        let key = try visit.services.apiKeys.show(request.id(), in: visit.context)
        let lastUsed = key.lastUsedAt.map { Moment($0, now: visit.signedIn.now) }
        return try visit.page(
            ConfirmPage(
                "Revoke this API key?", breadcrumb: [link],
                facts: [
                    Fact("Name", key.name), Fact("Last used", lastUsed, otherwise: "Never"),
                ],
                Confirmation(
                    "Revoke", to: "\(home)/\(key.id)/revoke",
                    ["Applications that use it lose access at once. This cannot be undone."],
                    cancel: home)))
    }

    @Sendable static func revoke(
        _ request: Request, _ visit: OrganizationPageVisit
    ) throws -> Response {
        _ = try visit.services.apiKeys.revoke(request.id(), in: visit.context, by: visit.caller)
        return .redirect(to: "\(home)?done=revoked")
    }
}
