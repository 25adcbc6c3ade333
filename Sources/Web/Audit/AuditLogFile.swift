import Domain
import HTTP

/// All events of a filter as a file, made while it is sent.
///
/// Each piece is a page of the list, looked for by the key where the one before ended: between two of them no statement
/// and no transaction is open, however slowly somebody reads, and events that come meanwhile are newer than the file.
final class AuditLogFile {
    /// Some hundred kilobytes.
    static let eventsInPiece = 500

    private let filter: AuditFilter
    private let visit: AuditLogVisit
    private var names: OrganizationNames
    private var after: UniqueID?
    /// Whether there are events that no piece had yet.
    private(set) var hasMore = true

    init(_ filter: AuditFilter, _ visit: AuditLogVisit) {
        self.filter = filter
        self.visit = visit
        names = OrganizationNames(visit)
    }

    /// The lines of the next events.
    func next() throws -> [UInt8] {
        let list = try visit.services.audit.list(
            filter, PageRequest(limit: Self.eventsInPiece, after: after))
        var lines: [UInt8] = []
        for event in list.items {
            try names.learn(event.organizationID)
            lines += AuditCSV.line(
                event, organization: event.organizationID.flatMap { names.known[$0] })
        }
        after = list.next
        hasMore = after != nil
        return lines
    }

    /// What is left, to be read once.
    ///
    /// A file takes long, and whoever may no longer read the trail (was signed out, disabled, is owner no more) is not
    /// to have the rest of it.
    /// - Parameter place: given back when all is read, or nobody wants it any more.
    func rest(_ place: LongAnswers.Place) -> BodyPieces {
        BodyPieces { [self] in
            try withExtendedLifetime(place) {
                guard hasMore else { return nil }
                try visit.checkAgain()
                return try next()
            }
        }
    }
}
