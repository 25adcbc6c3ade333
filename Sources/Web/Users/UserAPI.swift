import Domain
import HTTP
import HTTPTypes
import JSON

/// Users, for system administrators.
struct UserAPI {
    static func register(in administrator: inout Router<AdministratorVisit>) {
        administrator.get("/api/v1/users", index)
        administrator.post("/api/v1/users", create)
        administrator.get("/api/v1/users/{id}", show)
        administrator.patch("/api/v1/users/{id}", update)
        administrator.delete("/api/v1/users/{id}", delete)
    }

    @Sendable static func index(_ request: Request, _ visit: AdministratorVisit) throws -> Response
    {
        .page(try visit.services.users.list(PageRequest(request)), json)
    }

    @Sendable static func show(_ request: Request, _ visit: AdministratorVisit) throws -> Response {
        .json(json(try visit.services.users.show(request.id())))
    }

    @Sendable static func create(_ request: Request, _ visit: AdministratorVisit) throws -> Response
    {
        var body = try JSONBody(request)
        let new = NewUser(
            username: body.text("username", 1...64),
            email: body.optionalText("email", 1...254),
            emailVerified: body.optionalBool("email_verified") ?? false,
            displayName: body.optionalText("display_name", 1...255),
            password: body.optionalRawText("password"),
            kind: body.optionalChoice("kind", as: User.Kind.self) ?? .person,
            isSystemAdministrator: body.optionalBool("system_administrator") ?? false)
        body.refuse(UserService.problems(with: new))
        try body.finish()
        let user = try visit.services.users.create(new, by: visit.caller)
        return .json(json(user), status: .created)
    }

    @Sendable static func update(_ request: Request, _ visit: AdministratorVisit) throws -> Response
    {
        let id: User.ID = try request.id()
        var body = try JSONBody(request)
        let changes = UserChanges(
            username: body.optionalText("username", 1...64),
            email: email(&body),
            emailVerified: body.optionalBool("email_verified"),
            displayName: body.optionalText("display_name", 1...255),
            password: body.optionalRawText("password"),
            kind: body.optionalChoice("kind", as: User.Kind.self),
            isSystemAdministrator: body.optionalBool("system_administrator"),
            isDisabled: body.optionalBool("disabled"))
        body.refuse(try visit.services.users.problems(with: changes, of: id))
        try body.finish()
        return .json(json(try visit.services.users.update(id, changes, by: visit.caller)))
    }

    @Sendable static func delete(_ request: Request, _ visit: AdministratorVisit) throws -> Response
    {
        try visit.services.users.delete(request.id(), by: visit.caller)
        return .noContent
    }

    /// Left out, it stays; null takes it away.
    private static func email(_ body: inout JSONBody) -> UserChanges.Email? {
        if let address = body.optionalText("email", 1...254) { return .address(address) }
        return body.isNull("email") ? UserChanges.Email.none : nil
    }

    private static func json(_ user: User) -> JSON {
        [
            "id": .id(user.id),
            "username": .string(user.username),
            "email": .text(user.email),
            "email_verified": .bool(user.emailVerified),
            "display_name": .string(user.displayName),
            "kind": .string(user.kind.rawValue),
            "system_administrator": .bool(user.isSystemAdministrator),
            "disabled": .bool(user.isDisabled),
            "last_sign_in_at": .time(user.lastSignInAt),
            "created_at": .time(user.createdAt),
            "updated_at": .time(user.updatedAt),
        ]
    }
}
