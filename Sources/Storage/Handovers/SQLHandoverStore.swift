import Domain
import MariaDB

struct SQLHandoverStore: HandoverStore {
    let stores: SQLStores

    func insert(_ handover: Handover) throws {
        // Touches no generation: no decision rests on it.
        try stores.change()
        try stores.connection.execute(
            """
            INSERT INTO handovers (id, session_id, kind, sealed, expires_at)
            VALUES (\(handover.id), \(handover.sessionID), \(handover.kind.rawValue),
                \(handover.sealed), \(handover.expiresAt))
            """)
    }

    func find(
        _ id: Handover.ID, of session: Session.ID, kind: Handover.Kind, at time: Instant
    ) throws -> Handover? {
        try stores.connection.first(
            """
            SELECT sealed, expires_at FROM handovers
            WHERE id = \(id) AND session_id = \(session) AND kind = \(kind.rawValue)
                AND expires_at > \(time)
            """
        ).map { row in
            Handover(
                id: id, sessionID: session, kind: kind, sealed: try row.bytes("sealed"),
                expiresAt: try row.instant("expires_at"))
        }
    }

    func delete(_ id: Handover.ID, of session: Session.ID) throws -> Bool {
        try stores.change()
        return try stores.connection.execute(
            "DELETE FROM handovers WHERE id = \(id) AND session_id = \(session)"
        ).affectedRows > 0
    }

    func purge(before time: Instant, limit: Int) throws -> Int {
        try stores.connection.execute(
            """
            DELETE FROM handovers WHERE expires_at < \(time) ORDER BY expires_at LIMIT \(limit)
            """
        ).affectedRows
    }
}
