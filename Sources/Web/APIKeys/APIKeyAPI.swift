import Domain
import HTTP
import HTTPTypes
import JSON

/// The API keys of an organization, for who manages it and sits there.
struct APIKeyAPI {
    static func register(in organization: inout Router<InteractiveOrganizationVisit>) {
        organization.get("/api/v1/api-keys", index)
        organization.post("/api/v1/api-keys", create)
        organization.get("/api/v1/api-keys/{id}", show)
        organization.post("/api/v1/api-keys/{id}/revoke", revoke)
    }

    @Sendable static func index(
        _ request: Request, _ visit: InteractiveOrganizationVisit
    ) throws -> Response {
        let keys = visit.services.apiKeys
        return .page(try keys.list(in: visit.context, PageRequest(request))) { key in
            .members(members(of: key, keys.status(of: key)))
        }
    }

    @Sendable static func create(
        _ request: Request, _ visit: InteractiveOrganizationVisit
    ) throws -> Response {
        let keys = visit.services.apiKeys
        try keys.checkManages(visit.context)
        var body = try JSONBody(request)
        let name = body.text("name", Naming.length)
        let days = body.optionalInteger("expires_in_days", APIKey.lifetimeRange)
        let time = body.optionalTime("expires_at")
        let permissions = body.optionalTexts("permissions")
        // An end that can't be read is told as that, not as one that is missing.
        let isEndUnreadable = body.problems.contains { $0.field.hasPrefix("expires_") }
        let new = NewAPIKey(
            name: name, permissions: permissions ?? [],
            lifetimeDays: isEndUnreadable ? APIKey.lifetimeRange.lowerBound : days,
            expiresAt: isEndUnreadable ? nil : time)
        try body.finish { try keys.check(new, in: visit.context) }
        let issued = try keys.issue(new, in: visit.context, by: visit.caller)
        return .json(
            .members(
                members(of: issued.key, keys.status(of: issued.key)) + [
                    ("key", .string(issued.text.text))
                ]), status: .created)
    }

    @Sendable static func show(
        _ request: Request, _ visit: InteractiveOrganizationVisit
    ) throws -> Response {
        let keys = visit.services.apiKeys
        let key = try keys.show(request.id(), in: visit.context)
        return .json(.members(members(of: key, keys.status(of: key))))
    }

    @Sendable static func revoke(
        _ request: Request, _ visit: InteractiveOrganizationVisit
    ) throws -> Response {
        let keys = visit.services.apiKeys
        let key = try keys.revoke(request.id(), in: visit.context, by: visit.caller)
        return .json(.members(members(of: key, keys.status(of: key))))
    }

    private static func members(
        of key: APIKey, _ status: PersonalAccessToken.Status
    ) -> [(String, JSON)] {
        [
            ("id", .id(key.id)),
            ("name", .string(key.name)),
            ("permissions", .scopes(key.permissions)),
            ("organization_id", .id(key.organizationID)),
            ("created_by", .id(key.createdBy)),
            ("created_at", .time(key.createdAt)),
            ("last_used_at", .time(key.lastUsedAt)),
            ("expires_at", .time(key.expiresAt)),
            ("status", .string(status.rawValue)),
            ("revoked_at", .time(key.revokedAt)),
        ]
    }
}
