import Domain
import HTTP
import HTTPTypes
import JSON

/// Organizations: listed and read by their members, changed by who manages them, made by administrators.
struct OrganizationAPI {
    static func register(in authenticated: inout Router<AuthenticatedVisit>) {
        authenticated.get("/api/v1/organizations", index)
        authenticated.get("/api/v1/organizations/{id}", show)
        authenticated.patch("/api/v1/organizations/{id}", update)
        authenticated.delete("/api/v1/organizations/{id}", delete)
    }

    static func register(in administrator: inout Router<AdministratorVisit>) {
        administrator.post("/api/v1/organizations", create)
    }

    @Sendable static func index(_ request: Request, _ visit: AuthenticatedVisit) throws -> Response
    {
        .page(
            try visit.services.organizations.list(
                for: visit.authentication, PageRequest(request)), json)
    }

    @Sendable static func create(_ request: Request, _ visit: AdministratorVisit) throws -> Response
    {
        var body = try JSONBody(request)
        let new = NewOrganization(
            name: body.text("name", Naming.length), slug: body.optionalText("slug", 1...63),
            level: body.optionalChoice("rbac_level", as: Organization.Level.self) ?? .basic)
        try body.finish { try visit.services.organizations.check(new) }
        return .json(
            json(try visit.services.organizations.create(new, by: visit.caller)), status: .created)
    }

    @Sendable static func show(_ request: Request, _ visit: AuthenticatedVisit) throws -> Response {
        switch try named(by: request, visit) {
        case .member(let context): .json(json(try visit.services.organizations.show(context)))
        case .administrator(let overview): .json(json(overview))
        }
    }

    @Sendable static func update(_ request: Request, _ visit: AuthenticatedVisit) throws -> Response
    {
        guard case .member(let context) = try named(by: request, visit) else {
            // An administrator sees every organization, but manages those alone that say so.
            throw Refusal.missingScope(PlatformScope.organizationsManage.name)
        }
        try context.checkHolds(.organizationsManage)
        var body = try JSONBody(request)
        var changes = OrganizationChanges(
            name: body.optionalText("name", Naming.length),
            level: body.optionalChoice("rbac_level", as: Organization.Level.self))
        changes.maintenance =
            body.optionalObject("maintenance") { body in
                OrganizationChanges.Maintenance(
                    isEnabled: body.optionalBool("enabled"),
                    message: body.optionalText(
                        "message", 0...Organization.Maintenance.messageLimit),
                    retryAfter: body.optionalInteger(
                        "retry_after", Organization.Maintenance.retryAfterRange))
            } ?? changes.maintenance
        try body.finish()
        return .json(
            json(try visit.services.organizations.update(changes, in: context, by: visit.caller)))
    }

    @Sendable static func delete(_ request: Request, _ visit: AuthenticatedVisit) throws -> Response
    {
        let organizations = visit.services.organizations
        switch try named(by: request, visit) {
        case .administrator(let overview):
            try organizations.delete(overview.organization.id, byAdministrator: visit.caller)
        case .member(let context) where visit.authentication.isSystemAdministrator:
            try organizations.delete(context.organization.id, byAdministrator: visit.caller)
        case .member(let context):
            try organizations.delete(context, by: visit.caller)
        }
        return .noContent
    }

    /// How the asker comes to the organization of the path.
    private enum Named {
        case member(OrganizationContext)
        /// A system administrator who is no member.
        case administrator(OrganizationOverview)
    }

    private static func named(
        by request: Request, _ visit: AuthenticatedVisit
    ) throws -> Named {
        do {
            return .member(try visit.organization(inPath: request))
        } catch let refusal as Refusal
            where refusal.kind == .notFound && visit.authentication.isSystemAdministrator
        {
            let overview = try visit.services.organizations.show(
                request.id(), toAdministrator: visit.authentication)
            try AuthenticatedVisit.check(
                visit.organizationReference(of: request), names: overview.organization)
            return .administrator(overview)
        }
    }

    private static func json(_ overview: OrganizationOverview) -> JSON {
        let organization = overview.organization
        return [
            "id": .id(organization.id),
            "name": .string(organization.name),
            "slug": .string(organization.slug),
            "rbac_level": .string(organization.level.rawValue),
            "maintenance": [
                "enabled": .bool(organization.maintenance.isEnabled),
                "message": .string(organization.maintenance.message),
                "retry_after": .integer(organization.maintenance.retryAfter),
            ],
            "member_count": .integer(overview.memberCount),
            "your_role": overview.membership.map { membership in
                [
                    "owner": .bool(membership.isOwner),
                    "roles": .array(membership.roles.map { .string($0.name) }),
                ]
            } ?? .null,
            "created_at": .time(organization.createdAt),
            "updated_at": .time(organization.updatedAt),
        ]
    }
}
