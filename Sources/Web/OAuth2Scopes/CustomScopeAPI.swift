import Domain
import HTTP
import HTTPTypes
import JSON

/// Where system administrators describe scopes of their own. A scope is found by its id or its name.
struct CustomScopeAPI {
    static func register(in administrator: inout Router<AdministratorVisit>) {
        administrator.get("/api/v1/oauth2/scopes", index)
        administrator.post("/api/v1/oauth2/scopes", create)
        administrator.get("/api/v1/oauth2/scopes/{scope}", show)
        administrator.patch("/api/v1/oauth2/scopes/{scope}", update)
        administrator.delete("/api/v1/oauth2/scopes/{scope}", delete)
    }

    @Sendable static func index(_ request: Request, _ visit: AdministratorVisit) throws -> Response
    {
        .page(try visit.services.oauth2.customScopes.list(PageRequest(request))) { $0.json }
    }

    @Sendable static func create(_ request: Request, _ visit: AdministratorVisit) throws -> Response
    {
        var body = try JSONBody(request)
        let name = body.text("name", 1...100)
        let description = body.text("description", 1...CustomScope.descriptionLimit)
        try body.finish()
        return .json(
            try visit.services.oauth2.customScopes.create(
                name: name, description: description, by: visit.caller
            ).json, status: .created)
    }

    @Sendable static func show(_ request: Request, _ visit: AdministratorVisit) throws -> Response {
        .json(try visit.services.oauth2.customScopes.show(request.captures["scope"] ?? "").json)
    }

    @Sendable static func update(_ request: Request, _ visit: AdministratorVisit) throws -> Response
    {
        var body = try JSONBody(request)
        let description = body.optionalText("description", 1...CustomScope.descriptionLimit)
        try body.finish()
        return .json(
            try visit.services.oauth2.customScopes.update(
                request.captures["scope"] ?? "", description: description, by: visit.caller
            ).json)
    }

    @Sendable static func delete(_ request: Request, _ visit: AdministratorVisit) throws -> Response
    {
        try visit.services.oauth2.customScopes.delete(
            request.captures["scope"] ?? "", by: visit.caller)
        return .noContent
    }
}

extension CustomScope {
    fileprivate var json: JSON {
        [
            "id": .id(id), "name": .string(name), "description": .string(description),
            "created_at": .time(createdAt), "updated_at": .time(updatedAt),
        ]
    }
}
