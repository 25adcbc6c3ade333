import Domain
import HTTP
import HTTPTypes
import JSON

/// The roles of an organization: read by who reads it, changed by its owners.
struct RoleAPI {
    static func register(in authenticated: inout Router<AuthenticatedVisit>) {
        authenticated.get("/api/v1/organizations/{id}/roles", index)
        authenticated.post("/api/v1/organizations/{id}/roles", create)
        authenticated.patch("/api/v1/organizations/{id}/roles/{role}", update)
        authenticated.delete("/api/v1/organizations/{id}/roles/{role}", delete)
    }

    @Sendable static func index(_ request: Request, _ visit: AuthenticatedVisit) throws -> Response
    {
        .page(
            try visit.services.roles.list(
                in: visit.organization(inPath: request), PageRequest(request)), json)
    }

    @Sendable static func create(_ request: Request, _ visit: AuthenticatedVisit) throws -> Response
    {
        let context = try owned(request, visit)
        var body = try JSONBody(request)
        let name = body.text("name", Naming.length)
        let scopes = body.optionalTexts("scopes")
        if scopes == nil, body.problems.allSatisfy({ $0.field != "scopes" }) {
            body.refuse("scopes", code: "required", "scopes is required.")
        }
        let new = NewRole(name: name, scopes: scopes ?? [])
        try body.finish { try visit.services.roles.check(new, in: context) }
        return .json(
            json(try visit.services.roles.create(new, in: context, by: visit.caller)),
            status: .created)
    }

    @Sendable static func update(_ request: Request, _ visit: AuthenticatedVisit) throws -> Response
    {
        let context = try owned(request, visit)
        let id: Role.ID = try request.id("role")
        var body = try JSONBody(request)
        let changes = RoleChanges(
            name: body.optionalText("name", Naming.length), scopes: body.optionalTexts("scopes"))
        try body.finish { try visit.services.roles.check(changes, of: id, in: context) }
        return .json(
            json(try visit.services.roles.update(id, changes, in: context, by: visit.caller)))
    }

    @Sendable static func delete(_ request: Request, _ visit: AuthenticatedVisit) throws -> Response
    {
        let context = try owned(request, visit)
        try visit.services.roles.delete(request.id("role"), in: context, by: visit.caller)
        return .noContent
    }

    private static func owned(
        _ request: Request, _ visit: AuthenticatedVisit
    ) throws -> OrganizationContext {
        let context = try visit.organization(inPath: request)
        try context.checkIsOwner()
        return context
    }

    private static func json(_ role: Role) -> JSON {
        [
            "id": .id(role.id),
            "name": .string(role.name),
            "scopes": .scopes(role.permissions),
            "built_in": .bool(role.isBuiltIn),
            "created_at": .time(role.createdAt),
            "updated_at": .time(role.updatedAt),
        ]
    }
}
