import Domain
import HTTP

/// What the address of the audit log asks for, as somebody typed it.
struct AuditLogQuery {
    let from: String
    let to: String
    let person: String
    let action: String
    /// An id or a slug; of a system administrator alone.
    let organization: String
    let outcome: String
    let after: UniqueID?

    init(_ request: Request) throws {
        let query = try request.pageQuery()
        func text(_ name: String) -> String { (query[name] ?? "").trimmingWhiteSpace() }
        from = text("from")
        to = text("to")
        person = text("person")
        action = text("action")
        organization = text("organization")
        outcome = text("outcome")
        after = query["after"].flatMap { UniqueID($0) }
    }

    var isFiltered: Bool { fields.contains { $0.value != nil } }

    private var fields: [(name: String, value: String?)] {
        [
            ("from", from), ("to", to), ("person", person), ("action", action),
            ("organization", organization), ("outcome", outcome),
        ].map { name, text in (name, text.isEmpty ? nil : text) }
    }

    /// The same filter from an event on.
    func address(after: UniqueID?) -> String {
        Address.make(AuditLogRoutes.home, fields + [("after", after?.description)])
    }

    /// The same filter as a file.
    var csvAddress: String { Address.make(AuditLogRoutes.csv, fields) }

    /// The filter for the rules; refuses every value that can't be what its field says. Whoever is no system
    /// administrator reads one organization, whatever the address says.
    func filter(_ visit: AuditLogVisit) throws -> AuditFilter {
        var problems: [Refusal.Problem] = []
        func read<Value>(
            _ name: String, _ text: String, _ problem: String, _ parse: (String) throws -> Value?
        ) rethrows -> Value? {
            if text.isEmpty { return nil }
            if let value = try parse(text) { return value }
            problems.append(
                Refusal.Problem(field: name, code: "invalid_filter", detail: problem))
            return nil
        }
        let time = "This is no time. Write it as 2026-11-22T09:30."
        let organization =
            try visit.organization?.id
            ?? read("organization", self.organization, "There is no such organization.") {
                // Of one that was deleted the trail is kept, and only its id is left to ask by.
                try Organization.ID(text: $0) ?? visit.organization(named: $0)?.id
            }
        let filter = AuditFilter(
            organizationID: organization, actor: try actor(visit),
            action: action.isEmpty ? nil : action,
            outcome: read("outcome", outcome, "Choose one of these.") {
                AuditEvent.Outcome(rawValue: $0)
            },
            from: read("from", from, time) { Self.span($0)?.lowerBound },
            to: read("to", to, time) { Self.span($0)?.upperBound })
        if !problems.isEmpty { throw Refusal.invalid(problems) }
        return filter
    }

    /// A user by name or e-mail, under every name that they had; else whatever has or had the name or id. To look
    /// somebody up by their e-mail is for system administrators.
    private func actor(_ visit: AuditLogVisit) throws -> String? {
        if person.isEmpty { return nil }
        guard visit.organization == nil, UniqueID(person) == nil else { return person }
        return try visit.services.users.find(named: person)?.id.description ?? person
    }

    /// The time that a text names, in UTC, from its first millisecond to its last: a day, a minute, a second, or a
    /// time as in RFC 3339. `datetime-local` sends the minute or the second (HTML 2.3.5.5).
    static func span(_ text: String) -> ClosedRange<Instant>? {
        let forms: [(suffix: String, milliseconds: Int64)] = [
            ("T00:00:00Z", 86_400_000), (":00Z", 60_000), ("Z", 1_000), ("", 1),
        ]
        for (suffix, milliseconds) in forms {
            // A day is as long as its text; what is longer has a time, which no suffix may double.
            if suffix.hasPrefix("T"), text.utf8.count != 10 { continue }
            guard let first = Instant(rfc3339: text + suffix) else { continue }
            return first...Instant(milliseconds: first.milliseconds + milliseconds - 1)
        }
        return nil
    }
}
