import Domain
import HTTP
import HTTPTypes
import JSON

/// Where people see which clients act for them, and take that back (wire §8: one's own).
struct ConsentAPI {
    static func register(in interactive: inout Router<InteractiveVisit>) {
        interactive.get("/api/v1/consents", index)
        interactive.delete("/api/v1/consents/{client_id}", delete)
    }

    @Sendable static func index(_ request: Request, _ visit: InteractiveVisit) throws -> Response {
        let page = try visit.services.oauth2.consents.list(
            of: visit.user.id, PageRequest(request))
        return .page(page, json)
    }

    @Sendable static func delete(_ request: Request, _ visit: InteractiveVisit) throws -> Response {
        guard let id = Client.ID(text: request.captures["client_id"] ?? "") else {
            throw Refusal.notFound
        }
        _ = try visit.services.oauth2.consents.withdraw(id, of: visit.user.id, by: visit.caller)
        return .noContent
    }

    /// There is one of each client, so the client's id is the consent's, too.
    private static func json(_ overview: ConsentOverview) -> JSON {
        let consent = overview.consent
        return [
            "id": .id(consent.clientID), "client_id": .id(consent.clientID),
            "client_name": .string(overview.clientName),
            "scopes": JSON(consent.scopes.words), "created_at": .time(consent.grantedAt),
            "granted_at": .time(consent.grantedAt), "last_used_at": .time(consent.lastUsedAt),
        ]
    }
}
