import Domain
import MariaDB

struct SQLPushedRequestStore: PushedRequestStore {
    let stores: SQLStores

    func insert(_ request: PushedRequest, digest: Secret.Digest) throws {
        // Touches no generation: no decision rests on what is only asked.
        try stores.change()
        try stores.connection.execute(
            """
            INSERT INTO oauth2_pushed_requests (digest, client_id, parameters, opened, expires_at)
            VALUES (\(digest), \(request.clientID), \(request.parameters.stored), FALSE,
                \(request.expiresAt))
            """)
    }

    func open(
        _ digest: Secret.Digest, of client: Client.ID, until end: Instant, at time: Instant
    ) throws -> AuthorizationParameters? {
        try stores.change()
        // Assignments run from left to right, so the first still sees whether it was opened.
        let isThere =
            try stores.connection.execute(
                """
                UPDATE oauth2_pushed_requests
                SET expires_at = IF(opened, expires_at, \(end)), opened = TRUE
                WHERE digest = \(digest) AND client_id = \(client) AND expires_at > \(time)
                """
            ).affectedRows > 0
        guard isThere else { return nil }
        return try stores.connection.first(
            "SELECT parameters FROM oauth2_pushed_requests WHERE digest = \(digest)"
        ).map { try AuthorizationParameters(stored: try $0.string("parameters")) }
    }

    func use(_ digest: Secret.Digest) throws -> Bool {
        try stores.change()
        return try stores.connection.execute(
            "DELETE FROM oauth2_pushed_requests WHERE digest = \(digest)"
        ).affectedRows > 0
    }

    func purge(before time: Instant, limit: Int) throws -> Int {
        try stores.connection.execute(
            """
            DELETE FROM oauth2_pushed_requests WHERE expires_at < \(time)
            ORDER BY expires_at LIMIT \(limit)
            """
        ).affectedRows
    }
}
