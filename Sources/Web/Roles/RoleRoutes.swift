import Domain
import HTTP
import HTTPTypes

/// Pages where members read what roles give, and owners put together roles of their own.
struct RoleRoutes {
    static func register(in settings: inout Router<OrganizationSettingsVisit>) {
        settings.get("/settings/organizations/{id}/roles", index)
    }

    static func register(in owned: inout Router<OwnedOrganizationVisit>) {
        owned.get("/settings/organizations/{id}/roles/new", new)
        owned.post("/settings/organizations/{id}/roles", create)
        owned.get("/settings/organizations/{id}/roles/{role}", edit)
        owned.post("/settings/organizations/{id}/roles/{role}", update)
        owned.get("/settings/organizations/{id}/roles/{role}/delete", confirmDeletion)
        owned.post("/settings/organizations/{id}/roles/{role}/delete", delete)
    }

    static func home(_ organization: Organization) -> String {
        "\(OrganizationRoutes.address(organization.id))/roles"
    }

    static func breadcrumb(_ organization: Organization) -> [Link] {
        OrganizationRoutes.breadcrumb(organization) + [Link("Roles", home(organization))]
    }

    @Sendable static func index(
        _ request: Request, _ visit: OrganizationSettingsVisit
    ) throws -> Response {
        let after = try request.pageQuery()["after"].flatMap { UniqueID($0) }
        let list = try visit.services.roles.list(
            in: visit.requireContext(), PageRequest(limit: RolesPage.limit, after: after))
        return try visit.page(
            RolesPage(
                list, of: visit.organization, isOwner: visit.isOwner, isFirst: after == nil,
                notice: OrganizationRoutes.notice(request)))
    }

    @Sendable static func new(
        _ request: Request, _ visit: OwnedOrganizationVisit
    ) throws -> Response {
        try requireEnterprise(visit)
        return try page(nil, RoleDraft(), visit)
    }

    private static func page(
        _ role: Role?, _ draft: RoleDraft, _ visit: OwnedOrganizationVisit,
        problems: FormProblems = .none, notice: Notice? = nil, growing: String? = nil
    ) throws -> Response {
        let isRefused = !problems.isEmpty || notice != nil
        return try visit.page(
            RolePage(
                role, draft, of: visit.organization, problems: problems, notice: notice,
                growing: growing),
            status: isRefused ? .unprocessableContent : .ok)
    }

    @Sendable static func create(
        _ request: Request, _ visit: OwnedOrganizationVisit
    ) throws -> Response {
        let draft = RoleDraft(visit.form)
        if visit.form.has(Rows.button) {
            return try page(nil, draft, visit, growing: visit.form.text(Rows.button))
        }
        do {
            _ = try visit.services.roles.create(
                NewRole(name: draft.name, scopes: draft.scopes), in: visit.context,
                by: visit.caller)
            return .redirect(to: "\(home(visit.organization))?done=role-created")
        } catch let refusal as Refusal {
            return try page(nil, draft, visit, problems: problems(refusal))
        }
    }

    @Sendable static func edit(
        _ request: Request, _ visit: OwnedOrganizationVisit
    ) throws -> Response {
        let role = try customRole(request, visit)
        return try page(role, RoleDraft(role), visit)
    }

    @Sendable static func update(
        _ request: Request, _ visit: OwnedOrganizationVisit
    ) throws -> Response {
        let role = try customRole(request, visit)
        let draft = RoleDraft(visit.form)
        if visit.form.has(Rows.button) {
            return try page(role, draft, visit, growing: visit.form.text(Rows.button))
        }
        do {
            _ = try visit.services.roles.update(
                role.id, RoleChanges(name: draft.name, scopes: draft.scopes), in: visit.context,
                by: visit.caller)
            return .redirect(to: "\(home(visit.organization))?done=saved")
        } catch let refusal as Refusal where refusal.code == "enterprise_required" {
            return try page(role, draft, visit, notice: Notice(refusal.message, .error))
        } catch let refusal as Refusal {
            return try page(role, draft, visit, problems: problems(refusal))
        }
    }

    private static func problems(_ refusal: Refusal) throws -> FormProblems {
        try FormProblems(refusal, conflicts: ["name_taken": "name"])
    }

    @Sendable static func confirmDeletion(
        _ request: Request, _ visit: OwnedOrganizationVisit
    ) throws -> Response {
        let role = try customRole(request, visit)
        let own = "\(home(visit.organization))/\(role.id)"
        return try visit.page(
            ConfirmPage(
                "Delete role",
                breadcrumb: breadcrumb(visit.organization),
                facts: [Fact("Role", role.name), Fact("Organization", visit.organization.name)],
                Confirmation(
                    "Delete", to: "\(own)/delete",
                    ["Only a role that no member has can be deleted. This cannot be undone."],
                    cancel: own)))
    }

    @Sendable static func delete(
        _ request: Request, _ visit: OwnedOrganizationVisit
    ) throws -> Response {
        let role = try customRole(request, visit)
        do {
            try visit.services.roles.delete(role.id, in: visit.context, by: visit.caller)
            return .redirect(to: "\(home(visit.organization))?done=role-deleted")
        } catch let refusal as Refusal where refusal.code == "role_in_use" {
            return try page(
                role, RoleDraft(role), visit,
                notice: Notice("\(refusal.message) Take it from them first.", .error))
        }
    }

    /// A form that could never be sent is not shown.
    private static func requireEnterprise(_ visit: OwnedOrganizationVisit) throws {
        guard visit.organization.level == .enterprise else {
            throw Refusal(
                .conflict, code: "enterprise_required",
                "Only an organization of the level enterprise has custom roles.")
        }
    }

    /// Refuses a built-in role, which nobody changes.
    private static func customRole(
        _ request: Request, _ visit: OwnedOrganizationVisit
    ) throws -> Role {
        let role = try visit.services.roles.show(request.id("role"), in: visit.context)
        guard !role.isBuiltIn else {
            throw Refusal.forbidden("built_in_role", "A built-in role can't be changed.")
        }
        return role
    }
}
