import Domain
import HTTP
import JSON

/// Where a person is signed in.
struct SessionAPI {
    static func register(in interactive: inout Router<InteractiveVisit>) {
        interactive.get("/api/v1/sessions", index)
        interactive.delete("/api/v1/sessions", deleteOthers)
        interactive.delete("/api/v1/sessions/{id}", delete)
    }

    @Sendable static func index(_ request: Request, _ visit: InteractiveVisit) throws -> Response {
        let page = try visit.services.sessions.list(of: visit.user.id, PageRequest(request))
        return .page(page) { session in
            [
                "id": .id(session.id),
                "kind": .string(session.kind.rawValue),
                "user_agent": .string(session.userAgent),
                "address": .string(session.address),
                "created_at": .time(session.createdAt),
                "last_active_at": .time(session.lastActiveAt),
                "expires_at": .time(session.expiresAt),
                "current": .bool(session.id == visit.sessionID),
            ]
        }
    }

    @Sendable static func delete(_ request: Request, _ visit: InteractiveVisit) throws -> Response {
        try visit.services.sessions.end(request.id(), of: visit.user.id, by: visit.caller)
        return .noContent
    }

    @Sendable static func deleteOthers(
        _ request: Request, _ visit: InteractiveVisit
    ) throws -> Response {
        _ = try visit.services.sessions.endOthers(
            of: visit.user.id, keeping: visit.sessionID, by: visit.caller)
        return .noContent
    }
}
