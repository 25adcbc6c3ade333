import Domain
import HTTP
import HTTPTypes

/// Pages where people find their organizations, administrators make them, and those who manage one change it.
struct OrganizationRoutes {
    static func register(in signedIn: inout Router<SignedInVisit>) {
        signedIn.get("/settings/organizations", index)
    }

    static func register(in administrator: inout Router<AdministratorPageVisit>) {
        administrator.get("/settings/organizations/new", new)
        administrator.post("/settings/organizations", create)
    }

    static func register(in settings: inout Router<OrganizationSettingsVisit>) {
        settings.get("/settings/organizations/{id}", show)
        settings.post("/settings/organizations/{id}", update)
        settings.get("/settings/organizations/{id}/maintenance", editMaintenance)
        settings.post("/settings/organizations/{id}/maintenance", updateMaintenance)
    }

    static func register(in owned: inout Router<OwnedOrganizationVisit>) {
        owned.get("/settings/organizations/{id}/level", reviewLevel)
        owned.post("/settings/organizations/{id}/level", updateLevel)
    }

    static let home = "/settings/organizations"
    static let link = Link("Organizations", home)

    static func address(_ id: Organization.ID) -> String { "\(home)/\(id)" }

    static func breadcrumb(_ organization: Organization) -> [Link] {
        [link, Link(organization.name, address(organization.id))]
    }

    /// Settings, Members and Roles, as far as they are for the person.
    static func tabs(
        _ organization: Organization, isOwner: Bool, isMember: Bool, current: String
    ) -> [Tab] {
        let own = address(organization.id)
        var tabs = [("Settings", own)]
        if isOwner { tabs.append(("Members", "\(own)/members")) }
        if isMember { tabs.append(("Roles", "\(own)/roles")) }
        return tabs.map { Tab(label: $0.0, address: $0.1, isCurrent: $0.0 == current) }
    }

    /// What was just done, as the address says it after a redirect.
    static func notice(_ request: Request) -> Notice? {
        let text: String? =
            switch request.queryFields?["done"] {
            case "created": "The organization is made, and you own it."
            case "saved": "Saved."
            case "level": "The access level is changed. It holds from now on."
            case "maintenance-on": "Maintenance is on. The API answers 503 here."
            case "maintenance-off": "Maintenance is off. The API answers again."
            case "member-added": "The member is added."
            case "member-removed": "The member is removed, and lost access at once."
            case "role-created": "The role is made. Give it to members to make use of it."
            case "role-deleted": "The role is deleted."
            default: nil
            }
        return text.map { Notice($0, .success) }
    }

    // MARK: The list

    @Sendable static func index(_ request: Request, _ visit: SignedInVisit) throws -> Response {
        let after = try request.pageQuery()["after"].flatMap { UniqueID($0) }
        let list = try visit.services.organizations.list(
            for: visit.authentication, PageRequest(limit: OrganizationsPage.limit, after: after))
        return try visit.page(
            OrganizationsPage(
                list, isAdministrator: visit.authentication.isSystemAdministrator,
                isFirst: after == nil, notice: notice(request), now: visit.now))
    }

    // MARK: Making

    @Sendable static func new(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        try visit.page(NewOrganizationPage(OrganizationDraft()))
    }

    @Sendable static func create(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let draft = OrganizationDraft(visit.form)
        do {
            let made = try visit.services.organizations.create(draft.new(), by: visit.caller)
            var response = Response.redirect(
                to: "\(address(made.organization.id))?done=created")
            // Whoever made it goes on with it.
            response.remember(made.organization.id)
            return response
        } catch let refusal as Refusal {
            let problems = try FormProblems(refusal, conflicts: ["slug_taken": "slug"])
            return try visit.page(
                NewOrganizationPage(draft, problems), status: .unprocessableContent)
        }
    }

    // MARK: Settings

    @Sendable static func show(
        _ request: Request, _ visit: OrganizationSettingsVisit
    ) throws -> Response {
        try visit.page(OrganizationPage(visit, notice: notice(request)))
    }

    @Sendable static func update(
        _ request: Request, _ visit: OrganizationSettingsVisit
    ) throws -> Response {
        let context = try visit.requireManager()
        let name = visit.form.text("name").trimmingWhiteSpace()
        do {
            _ = try visit.services.organizations.update(
                OrganizationChanges(name: name), in: context, by: visit.caller)
            return .redirect(to: "\(address(visit.organization.id))?done=saved")
        } catch let refusal as Refusal where refusal.kind == .invalid {
            return try visit.page(
                OrganizationPage(visit, typed: name, problems: FormProblems(refusal.problems)),
                status: .unprocessableContent)
        }
    }

    // MARK: The access level

    /// Says what the change would do. Nothing is saved before the form on this page is sent.
    @Sendable static func reviewLevel(
        _ request: Request, _ visit: OwnedOrganizationVisit
    ) throws -> Response {
        guard
            let level = request.queryFields?["level"].flatMap(Organization.Level.init),
            level != visit.organization.level
        else { return .redirect(to: address(visit.organization.id)) }
        return try levelPage(level, visit)
    }

    private static func levelPage(
        _ level: Organization.Level, _ visit: OwnedOrganizationVisit, notice: Notice? = nil
    ) throws -> Response {
        let review = try visit.services.organizations.review(level, in: visit.context)
        return try visit.page(
            LevelReviewPage(visit.organization, review, notice: notice),
            status: notice == nil ? .ok : .unprocessableContent)
    }

    @Sendable static func updateLevel(
        _ request: Request, _ visit: OwnedOrganizationVisit
    ) throws -> Response {
        guard let level = Organization.Level(rawValue: visit.form.text("level")) else {
            throw Refusal.invalid("level", code: "not_allowed", "There is no such access level.")
        }
        // What was read was about another level.
        guard visit.form.text("from") == visit.organization.level.rawValue else {
            if level == visit.organization.level {
                return .redirect(to: address(visit.organization.id))
            }
            return try levelPage(
                level, visit,
                notice: Notice(
                    "Meanwhile somebody changed the level. Look once more at what would change.",
                    .warning))
        }
        _ = try visit.services.organizations.update(
            OrganizationChanges(level: level), in: visit.context, by: visit.caller)
        return .redirect(to: "\(address(visit.organization.id))?done=level")
    }

    // MARK: Maintenance

    @Sendable static func editMaintenance(
        _ request: Request, _ visit: OrganizationSettingsVisit
    ) throws -> Response {
        _ = try visit.requireManager()
        return try visit.page(
            MaintenancePage(visit.organization, MaintenanceDraft(visit.organization.maintenance)))
    }

    @Sendable static func updateMaintenance(
        _ request: Request, _ visit: OrganizationSettingsVisit
    ) throws -> Response {
        let context = try visit.requireManager()
        let draft = MaintenanceDraft(visit.form)
        do {
            let updated = try visit.services.organizations.update(
                OrganizationChanges(maintenance: draft.changes), in: context, by: visit.caller
            ).organization
            let done =
                updated.maintenance.isEnabled == visit.organization.maintenance.isEnabled
                ? "saved"
                : updated.maintenance.isEnabled ? "maintenance-on" : "maintenance-off"
            return .redirect(to: "\(address(updated.id))?done=\(done)")
        } catch let refusal as Refusal where refusal.kind == .invalid {
            return try visit.page(
                MaintenancePage(visit.organization, draft, FormProblems(refusal.problems)),
                status: .unprocessableContent)
        }
    }
}
