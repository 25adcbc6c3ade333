import Domain
import HTTP
import HTTPTypes
import JSON

/// Who belongs to an organization, for its owners.
struct MemberAPI {
    static func register(in authenticated: inout Router<AuthenticatedVisit>) {
        authenticated.get("/api/v1/organizations/{id}/members", index)
        authenticated.post("/api/v1/organizations/{id}/members", create)
        authenticated.patch("/api/v1/organizations/{id}/members/{member}", update)
        authenticated.delete("/api/v1/organizations/{id}/members/{member}", delete)
    }

    @Sendable static func index(_ request: Request, _ visit: AuthenticatedVisit) throws -> Response
    {
        .page(
            try visit.services.members.list(in: owned(request, visit), PageRequest(request)), json)
    }

    @Sendable static func create(_ request: Request, _ visit: AuthenticatedVisit) throws -> Response
    {
        let context = try owned(request, visit)
        var body = try JSONBody(request)
        let user = body.optionalID("user_id", as: User.ID.self)
        let group = body.optionalID("group_id", as: Group.ID.self)
        let roles = body.optionalTexts("roles", limit: Member.roleLimit) ?? []
        let isOwner = body.optionalBool("owner") ?? false
        if user != nil, group != nil {
            body.refuse(
                "group_id", code: "not_allowed", "Send user_id or group_id, not both.")
        } else if ["user_id", "group_id"].allSatisfy({ !body.has($0) || body.isNull($0) }) {
            body.refuse("user_id", code: "required", "user_id or group_id is required.")
        }
        let named = user.map(Member.Principal.user) ?? group.map(Member.Principal.group)
        try body.finish {
            try visit.services.members.check(named, roles: roles, in: context)
        }
        guard let principal = named
        else { throw Refusal.invalid("user_id", code: "required", "user_id is required.") }
        let member = try visit.services.members.create(
            NewMember(principal: principal, roles: roles, isOwner: isOwner), in: context,
            by: visit.caller)
        return .json(json(member), status: .created)
    }

    @Sendable static func update(_ request: Request, _ visit: AuthenticatedVisit) throws -> Response
    {
        let context = try owned(request, visit)
        let id = try member(of: request)
        var body = try JSONBody(request)
        let changes = MemberChanges(
            roles: body.optionalTexts("roles", limit: Member.roleLimit),
            isOwner: body.optionalBool("owner"))
        try body.finish { try visit.services.members.check(changes, in: context) }
        return .json(
            json(try visit.services.members.update(id, changes, in: context, by: visit.caller)))
    }

    @Sendable static func delete(_ request: Request, _ visit: AuthenticatedVisit) throws -> Response
    {
        let context = try owned(request, visit)
        try visit.services.members.delete(member(of: request), in: context, by: visit.caller)
        return .noContent
    }

    /// Before the body is read: who is no owner learns nothing of what is wrong with it.
    private static func owned(
        _ request: Request, _ visit: AuthenticatedVisit
    ) throws -> OrganizationContext {
        let context = try visit.organization(inPath: request)
        try context.checkIsOwner()
        return context
    }

    /// The id of a user, or of a group that is a member.
    private static func member(of request: Request) throws -> UniqueID {
        guard let id = UniqueID(request.captures["member"] ?? "") else { throw Refusal.notFound }
        return id
    }

    private static func json(_ member: Member) -> JSON {
        let principal: (String, JSON) =
            switch member.principal {
            case .user(let id):
                (
                    "user",
                    [
                        "id": .id(id), "username": .string(member.name),
                        "display_name": .string(member.displayName),
                    ]
                )
            case .group(let id): ("group", ["id": .id(id), "name": .string(member.name)])
            }
        return .members([
            ("id", .id(member.id)),
            principal,
            ("roles", .array(member.roles.map { .string($0.name) })),
            ("owner", .bool(member.isOwner)),
            ("created_at", .time(member.createdAt)),
            ("updated_at", .time(member.updatedAt)),
        ])
    }
}
