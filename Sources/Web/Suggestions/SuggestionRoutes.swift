import Domain
import HTTP
import HTTPTypes
import JSON

/// What text fields ask while somebody types, each behind the same door as the page that it is on.
struct SuggestionRoutes {
    static func register(in administrator: inout Router<AdministratorPageVisit>) {
        administrator.get("/settings/suggestions/users", users)
        administrator.get("/settings/suggestions/service-users", serviceUsers)
    }

    static func register(in owned: inout Router<OwnedOrganizationVisit>) {
        owned.get("/settings/organizations/{id}/members/suggestions", members)
    }

    static func register(in reader: inout Router<AuditLogVisit>) {
        reader.get("/settings/audit-log/suggestions", actors)
    }

    static let users = "/settings/suggestions/users"
    static let serviceUsers = "/settings/suggestions/service-users"
    static let actors = "/settings/audit-log/suggestions"

    static func members(of organization: Organization) -> String {
        "\(MemberRoutes.home(organization))/suggestions"
    }

    @Sendable static func users(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        try answer(request) { typed in
            try visit.services.suggestions.users(typed, among: .everybody, by: .usernameOrEmail)
                .map(Suggestion.init(inFull:))
        }
    }

    @Sendable static func serviceUsers(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        try answer(request) { typed in
            try visit.services.suggestions.users(
                typed, among: .enabledServiceUsers, by: .usernameOrEmail
            ).map(Suggestion.init(inFull:))
        }
    }

    @Sendable static func members(
        _ request: Request, _ visit: OwnedOrganizationVisit
    ) throws -> Response {
        let isGroup = try request.pageQuery()["kind"] == MemberDraft.group
        let suggestions = visit.services.suggestions
        return try answer(request) { typed in
            isGroup
                ? try suggestions.groups(typed).map { Suggestion($0) }
                : try suggestions.users(typed, among: .enabled, by: .username)
                    .map { Suggestion($0) }
        }
    }

    /// Somebody who was disabled is often whom one looks for.
    @Sendable static func actors(_ request: Request, _ visit: AuditLogVisit) throws -> Response {
        let suggestions = visit.services.suggestions
        return try answer(request) { typed in
            visit.organization == nil
                ? try suggestions.users(typed, among: .everybody, by: .usernameOrEmail)
                    .map(Suggestion.init(inFull:))
                : try suggestions.users(typed, among: .everybody, by: .username)
                    .map { Suggestion($0) }
        }
    }

    /// Suggestions for what was typed; refuses to be asked from another site, which could tell by the time that it
    /// takes how many there are.
    private static func answer(
        _ request: Request, _ find: (String) throws -> [Suggestion]
    ) throws -> Response {
        try FormToken.checkOrigin(of: request)
        let typed = try request.pageQuery()["q"] ?? ""
        return .json(["data": .array(try find(typed.trimmingWhiteSpace()).map(\.json))])
    }
}
