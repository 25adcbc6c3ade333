import Domain
import HTTP
import HTTPTypes

/// The audit log as a page and as a file.
struct AuditLogRoutes {
    static func register(in reader: inout Router<AuditLogVisit>) {
        reader.get("/settings/audit-log", index)
        reader.get("/settings/audit-log/csv", download)
    }

    static let home = "/settings/audit-log"
    static let csv = "/settings/audit-log/csv"

    @Sendable static func index(_ request: Request, _ visit: AuditLogVisit) throws -> Response {
        let query = try AuditLogQuery(request)
        do {
            let list = try visit.services.audit.list(
                // A page stays light with the longest names.
                query.filter(visit), PageRequest(limit: 20, after: query.after))
            var names = OrganizationNames(visit)
            for event in list.items { try names.learn(event.organizationID) }
            return try visit.page(AuditLogPage(list, query, visit, names: names.known))
        } catch let refusal as Refusal where refusal.kind == .invalid {
            return try again(query, visit, refusal)
        }
    }

    /// The filter as it was typed, with what is wrong with it.
    private static func again(
        _ query: AuditLogQuery, _ visit: AuditLogVisit, _ refusal: Refusal
    ) throws -> Response {
        try visit.page(
            AuditLogPage(
                ListPage(items: [], next: nil), query, visit, names: [:],
                problems: FormProblems(refusal.problems)),
            status: .unprocessableContent)
    }

    @Sendable static func download(_ request: Request, _ visit: AuditLogVisit) throws -> Response {
        let query = try AuditLogQuery(request)
        do {
            let file = AuditLogFile(try query.filter(visit), visit)
            // The first events are looked for before anything is sent, so that most of what can go wrong still has an
            // answer of its own; later, all that is left is to break off.
            var response = Response(status: .ok, body: AuditCSV.header + (try file.next()))
            if file.hasMore {
                response.rest = file.rest(try visit.signedIn.browser.open.longAnswers.take())
            }
            // RFC 7111 §5.1; the header row is said to be one.
            response.headers[.contentType] = "text/csv; charset=utf-8; header=present"
            response.headers[.contentDisposition] = "attachment; filename=\"audit-log.csv\""
            response.headers[.cacheControl] = "no-store"
            return response
        } catch let refusal as Refusal where refusal.kind == .invalid {
            return try again(query, visit, refusal)
        }
    }
}

/// What the organizations of events are called, each asked for once.
struct OrganizationNames {
    /// More are forgotten, which costs some questions more.
    private static let capacity = 1_000

    private let visit: AuditLogVisit
    private var asked: Set<Organization.ID> = []
    private(set) var known: [Organization.ID: String] = [:]

    init(_ visit: AuditLogVisit) { self.visit = visit }

    /// One that was deleted keeps its id alone.
    mutating func learn(_ id: Organization.ID?) throws {
        guard let id, !asked.contains(id) else { return }
        if asked.count >= Self.capacity {
            asked.removeAll()
            known.removeAll()
        }
        asked.insert(id)
        known[id] = try visit.organization(named: id.description)?.name
    }
}
