import Domain
import HTTP
import JSON

/// The audit trail: all of it for system administrators, that of their organization for owners.
struct AuditEventAPI {
    static func register(in authenticated: inout Router<AuthenticatedVisit>) {
        authenticated.get("/api/v1/audit-events", index)
    }

    @Sendable static func index(_ request: Request, _ visit: AuthenticatedVisit) throws -> Response
    {
        var filter = try AuditFilter(request)
        if !visit.authentication.isSystemAdministrator {
            let context = try context(of: request, visit, filter.organizationID)
            try context.checkIsOwner()
            filter.organizationID = context.organization.id
        }
        return .page(try visit.services.audit.list(filter, PageRequest(request)), json)
    }

    /// The organization that the filter names, else that of the request.
    private static func context(
        of request: Request, _ visit: AuthenticatedVisit, _ filtered: Organization.ID?
    ) throws -> OrganizationContext {
        if let filtered {
            var observer = NoDependencies()
            return try visit.services.authentication.context(
                of: visit.authentication, in: .id(filtered), observer: &observer)
        }
        guard let context = try visit.organizationContext(of: request) else {
            throw OrganizationReference.required
        }
        return context
    }

    private static func json(_ event: AuditEvent) -> JSON {
        [
            "id": .id(event.id),
            "created_at": .time(event.time),
            "time": .time(event.time),
            "action": .string(event.action),
            "outcome": .string(event.outcome.rawValue),
            "reason": .text(event.reason),
            "request_id": .string(event.requestID),
            "actor": event.actor.map { ["id": .string($0.id), "name": .string($0.name)] } ?? .null,
            "credential": reference(event.credential),
            "organization_id": .id(event.organizationID),
            "address": .string(event.address),
            "user_agent": .string(event.userAgent),
            "target": reference(event.target),
            "changes": .members(
                event.changes.map { change in
                    (change.field, ["old": .text(change.old), "new": .text(change.new)])
                }),
        ]
    }

    private static func reference(_ reference: AuditEvent.Reference?) -> JSON {
        reference.map {
            ["kind": .string($0.kind), "id": .string($0.id), "name": .string($0.name)]
        } ?? .null
    }
}

extension AuditFilter {
    /// From the query; refuses (422) every value that can't be what its name says.
    fileprivate init(_ request: Request) throws {
        guard let query = request.queryFields else {
            throw Refusal(.malformed, code: "malformed_query", "The query is not properly encoded.")
        }
        var problems: [Refusal.Problem] = []
        func read<Value>(
            _ name: String, _ expected: String, _ parse: (String) -> Value?
        ) -> Value? {
            let values = query.all(name).filter { !$0.isEmpty }
            guard let text = values.first else { return nil }
            if values.count == 1, let value = parse(text) { return value }
            problems.append(
                Refusal.Problem(
                    field: name, code: "invalid_filter", detail: "\(name) must be \(expected)."))
            return nil
        }
        self.init(
            organizationID: read("organization_id", "an id (UUID)") { Organization.ID(text: $0) },
            actor: read("actor", "one id or name") { $0 },
            action: read("action", "one action") { $0 },
            outcome: read("outcome", "one of success, denied, error") {
                AuditEvent.Outcome(rawValue: $0)
            },
            credential: read("credential", "one id or name") { $0 },
            from: read("from", "a time as in RFC 3339") { Instant(rfc3339: $0) },
            to: read("to", "a time as in RFC 3339") { Instant(rfc3339: $0) })
        if !problems.isEmpty { throw Refusal.invalid(problems) }
    }
}
