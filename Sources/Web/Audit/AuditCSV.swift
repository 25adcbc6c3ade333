import Domain

/// Events of the audit trail as a file for spreadsheets (RFC 4180).
struct AuditCSV {
    /// How many events a file holds: it is made in memory.
    static let limit = 10_000
    static let limitInWords = "10,000"

    private(set) var bytes: [UInt8] = []

    init() {
        append([
            "time", "actor_kind", "actor_name", "actor_id", "credential_kind", "credential_name",
            "credential_id", "organization_name", "organization_id", "address", "user_agent",
            "action", "meaning", "target_kind", "target_name", "target_id", "outcome", "reason",
            "request_id", "changes",
        ])
    }

    mutating func append(_ event: AuditEvent, organization: String?) {
        func cells(_ reference: AuditEvent.Reference?) -> [String] {
            [reference?.kind ?? "", reference?.name ?? "", reference?.id ?? ""]
        }
        let changes = event.changes.map { change in
            "\(change.field): \(change.old ?? "") → \(change.new ?? "")"
        }
        append(
            [event.time.description] + cells(event.actor) + cells(event.credential)
                + [
                    organization ?? "", event.organizationID?.description ?? "", event.address,
                    event.userAgent, event.action, AuditWords.words(of: event.action),
                ] + cells(event.target)
                + [
                    event.outcome.rawValue, event.reason ?? "", event.requestID,
                    changes.joined(separator: "; "),
                ])
    }

    private mutating func append(_ cells: [String]) {
        bytes += cells.map(Self.cell).joined(separator: ",").utf8
        bytes += "\r\n".utf8
    }

    /// A spreadsheet takes a text that begins with one of these for a formula, quoted or not, and somebody's name
    /// may be one: behind an apostrophe it is a text.
    static func cell(_ text: String) -> String {
        let isFormula = text.utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
        let guarded = isFormula ? "'\(text)" : text
        // By scalars: to Swift a return and the line feed behind it are one character.
        guard guarded.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) })
        else { return guarded }
        return "\"\(guarded.replacing("\"", with: "\"\""))\""
    }
}
