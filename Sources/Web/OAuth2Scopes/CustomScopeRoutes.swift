import Domain
import HTTP
import HTTPTypes

/// Pages where system administrators describe scopes of their own.
struct CustomScopeRoutes {
    static func register(in administrator: inout Router<AdministratorPageVisit>) {
        administrator.get("/settings/oauth2-clients/scopes", index)
        administrator.get("/settings/oauth2-clients/scopes/new", new)
        administrator.post("/settings/oauth2-clients/scopes", create)
        administrator.get("/settings/oauth2-clients/scopes/{scope}", edit)
        administrator.post("/settings/oauth2-clients/scopes/{scope}", update)
        administrator.get("/settings/oauth2-clients/scopes/{scope}/delete", confirmDeletion)
        administrator.post("/settings/oauth2-clients/scopes/{scope}/delete", delete)
    }

    static let home = "\(ClientRoutes.home)/scopes"
    static let breadcrumb = [ClientRoutes.link, Link("Custom scopes", home)]

    @Sendable static func index(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let after = try request.pageQuery()["after"].flatMap { UniqueID($0) }
        let list = try visit.services.oauth2.customScopes.list(PageRequest(after: after))
        return try visit.page(
            CustomScopesPage(
                list, isFirst: after == nil, notice: ClientRoutes.notice(request),
                now: visit.signedIn.now))
    }

    @Sendable static func new(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        try visit.page(CustomScopePage(nil, name: "", description: ""))
    }

    @Sendable static func create(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let name = visit.form.text("name").trimmingWhiteSpace()
        let description = visit.form.text("description").trimmingWhiteSpace()
        func again(_ problems: [Refusal.Problem]) throws -> Response {
            try visit.page(
                CustomScopePage(
                    nil, name: name, description: description,
                    problems: FormProblems(problems)),
                status: .unprocessableContent)
        }
        do {
            _ = try visit.services.oauth2.customScopes.create(
                name: name, description: description, by: visit.caller)
            return .redirect(to: "\(home)?done=saved")
        } catch let refusal as Refusal where refusal.kind == .invalid {
            return try again(refusal.problems)
        } catch let refusal as Refusal where refusal.kind == .conflict {
            return try again([
                Refusal.Problem(field: "name", code: refusal.code, detail: refusal.message)
            ])
        }
    }

    @Sendable static func edit(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let scope = try scope(request, visit)
        return try visit.page(
            CustomScopePage(scope, name: scope.name, description: scope.description))
    }

    @Sendable static func update(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let scope = try scope(request, visit)
        let description = visit.form.text("description").trimmingWhiteSpace()
        do {
            _ = try visit.services.oauth2.customScopes.update(
                scope.id.description, description: description, by: visit.caller)
            return .redirect(to: "\(home)?done=saved")
        } catch let refusal as Refusal where refusal.kind == .invalid {
            return try visit.page(
                CustomScopePage(
                    scope, name: scope.name, description: description,
                    problems: FormProblems(refusal.problems)),
                status: .unprocessableContent)
        }
    }

    @Sendable static func confirmDeletion(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let scope = try scope(request, visit)
        let confirmation = Confirmation(
            "Delete", to: "\(home)/\(scope.id)/delete",
            [
                "Clients can't ask for it any more. Tokens that carry it keep the word until they "
                    + "expire. This cannot be undone."
            ], cancel: "\(home)/\(scope.id)")
        return try visit.page(
            ConfirmPage(
                "Delete scope",
                breadcrumb: breadcrumb + [Link(scope.name, "\(home)/\(scope.id)")],
                facts: [Fact("Scope", scope.name), Fact("Description", scope.description)],
                confirmation))
    }

    @Sendable static func delete(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let scope = try scope(request, visit)
        do {
            try visit.services.oauth2.customScopes.delete(scope.id.description, by: visit.caller)
            return .redirect(to: "\(home)?done=scope-deleted")
        } catch let refusal as Refusal where refusal.kind == .conflict {
            return try visit.page(
                CustomScopePage(
                    scope, name: scope.name, description: scope.description,
                    notice: Notice(
                        "\(refusal.message) Take it from the client's scopes first.", .error)),
                status: .unprocessableContent)
        }
    }

    private static func scope(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> CustomScope {
        let id: CustomScope.ID = try request.id("scope")
        return try visit.services.oauth2.customScopes.show(id.description)
    }
}
