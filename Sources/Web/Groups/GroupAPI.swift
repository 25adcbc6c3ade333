import Domain
import HTTP
import HTTPTypes
import JSON

/// Groups, for system administrators.
struct GroupAPI {
    static func register(in administrator: inout Router<AdministratorVisit>) {
        administrator.get("/api/v1/groups", index)
        administrator.post("/api/v1/groups", create)
        administrator.patch("/api/v1/groups/{id}", update)
        administrator.delete("/api/v1/groups/{id}", delete)
    }

    @Sendable static func index(_ request: Request, _ visit: AdministratorVisit) throws -> Response
    {
        .page(try visit.services.groups.list(PageRequest(request)), json)
    }

    @Sendable static func create(_ request: Request, _ visit: AdministratorVisit) throws -> Response
    {
        var body = try JSONBody(request)
        let name = body.text("name", Naming.length)
        let members = body.optionalIDs("members", as: User.ID.self) ?? []
        try body.finish()
        let made = try visit.services.groups.create(
            name: name, members: members, by: visit.caller)
        return .json(json(made.group, made.members), status: .created)
    }

    @Sendable static func update(_ request: Request, _ visit: AdministratorVisit) throws -> Response
    {
        let id: Group.ID = try request.id()
        var body = try JSONBody(request)
        let name = body.optionalText("name", Naming.length)
        let members = body.optionalIDs("members", as: User.ID.self)
        try body.finish()
        let changed = try visit.services.groups.update(
            id, name: name, members: members, by: visit.caller)
        return .json(json(changed.group, changed.members))
    }

    @Sendable static func delete(_ request: Request, _ visit: AdministratorVisit) throws -> Response
    {
        try visit.services.groups.delete(request.id(), by: visit.caller)
        return .noContent
    }

    private static func json(_ group: Group, _ members: [User.ID]) -> JSON {
        [
            "id": .id(group.id),
            "name": .string(group.name),
            "members": .array(members.map { .id($0) }),
            "created_at": .time(group.createdAt),
            "updated_at": .time(group.updatedAt),
        ]
    }
}
