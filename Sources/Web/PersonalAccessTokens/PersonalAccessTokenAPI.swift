import Domain
import HTTP
import HTTPTypes
import JSON

/// A person's own tokens. A token never makes, shows or revokes tokens: the visits are of a person who sits
/// there.
struct PersonalAccessTokenAPI {
    static func register(in interactive: inout Router<InteractiveVisit>) {
        interactive.get("/api/v1/tokens", index)
        interactive.get("/api/v1/tokens/{id}", show)
        interactive.post("/api/v1/tokens/{id}/revoke", revoke)
    }

    static func register(in organization: inout Router<InteractiveOrganizationVisit>) {
        organization.post("/api/v1/tokens", create)
    }

    @Sendable static func index(_ request: Request, _ visit: InteractiveVisit) throws -> Response {
        let tokens = visit.services.personalAccessTokens
        return .page(try tokens.list(of: visit.user.id, PageRequest(request))) { token in
            .members(members(of: token, tokens.status(of: token)))
        }
    }

    @Sendable static func create(
        _ request: Request, _ visit: InteractiveOrganizationVisit
    ) throws -> Response {
        let tokens = visit.services.personalAccessTokens
        var body = try JSONBody(request)
        let new = NewPersonalAccessToken(
            name: body.text("name", Naming.length),
            lifetimeDays: body.optionalInteger(
                "expires_in_days", of: PersonalAccessToken.lifetimes)
                ?? PersonalAccessToken.defaultLifetime,
            scopes: body.optionalTexts("scopes"),
            allOrganizations: body.optionalBool("all_organizations") ?? false)
        try body.finish { try tokens.check(new, in: visit.context) }
        let issued = try tokens.issue(
            new, for: visit.user, in: visit.context, by: visit.caller)
        return .json(
            .members(
                members(of: issued.token, tokens.status(of: issued.token)) + [
                    ("token", .string(issued.text.text))
                ]), status: .created)
    }

    @Sendable static func show(_ request: Request, _ visit: InteractiveVisit) throws -> Response {
        let tokens = visit.services.personalAccessTokens
        let token = try tokens.show(request.id(), of: visit.user.id)
        return .json(.members(members(of: token, tokens.status(of: token))))
    }

    @Sendable static func revoke(_ request: Request, _ visit: InteractiveVisit) throws -> Response {
        let tokens = visit.services.personalAccessTokens
        let token = try tokens.revoke(request.id(), of: visit.user.id, by: visit.caller)
        return .json(.members(members(of: token, tokens.status(of: token))))
    }

    private static func members(
        of token: PersonalAccessToken, _ status: PersonalAccessToken.Status
    ) -> [(String, JSON)] {
        [
            ("id", .id(token.id)),
            ("name", .string(token.name)),
            ("scopes", token.permissions.map(JSON.scopes) ?? .null),
            ("organization_id", .id(token.reach.organization)),
            ("created_at", .time(token.createdAt)),
            ("last_used_at", .time(token.lastUsedAt)),
            ("expires_at", .time(token.expiresAt)),
            ("status", .string(status.rawValue)),
            ("revoked_at", .time(token.revokedAt)),
        ]
    }
}
