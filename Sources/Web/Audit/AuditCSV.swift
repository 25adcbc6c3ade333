import Domain

/// Events of the audit trail as lines of a file for spreadsheets (RFC 4180).
enum AuditCSV {
    /// The first line, with the names of the columns.
    static let header = line([
        "time", "actor_kind", "actor_name", "actor_id", "credential_kind", "credential_name",
        "credential_id", "organization_name", "organization_id", "address", "user_agent",
        "action", "meaning", "target_kind", "target_name", "target_id", "outcome", "reason",
        "request_id", "changes",
    ])

    static func line(_ event: AuditEvent, organization: String?) -> [UInt8] {
        func cells(_ reference: AuditEvent.Reference?) -> [String] {
            [reference?.kind ?? "", reference?.name ?? "", reference?.id ?? ""]
        }
        let changes = event.changes.map { change in
            "\(change.field): \(change.old ?? "") → \(change.new ?? "")"
        }
        return line(
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

    private static func line(_ cells: [String]) -> [UInt8] {
        Array("\(cells.map(Self.cell).joined(separator: ","))\r\n".utf8)
    }

    /// A spreadsheet takes a text that begins with one of these for a formula, quoted or not, and somebody's name
    /// may be one: behind an apostrophe it is a text.
    static func cell(_ text: String) -> String {
        let isFormula = text.utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
        let guarded = isFormula ? "'\(text)" : text
        // By bytes: to Swift a return and the line feed behind it are one character.
        guard guarded.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return guarded }
        return "\"\(guarded.replacing("\"", with: "\"\""))\""
    }
}
