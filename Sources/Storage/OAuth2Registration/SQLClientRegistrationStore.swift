import Domain
import MariaDB

struct SQLClientRegistrationStore: ClientRegistrationStore {
    let stores: SQLStores

    func insert(_ token: RegistrationToken, digest: Secret.Digest) throws {
        try stores.change()
        try stores.connection.execute(
            """
            INSERT INTO oauth2_registration_tokens (id, digest, created_by, created_at, expires_at)
            VALUES (\(token.id), \(digest), \(token.createdBy), \(token.createdAt),
                \(token.expiresAt))
            """)
    }

    func use(_ digest: Secret.Digest, at time: Instant) throws -> RegistrationToken.ID? {
        try stores.change()
        return try stores.connection.first(
            """
            DELETE FROM oauth2_registration_tokens
            WHERE digest = \(digest) AND expires_at > \(time)
            RETURNING id
            """
        )?.id("id")
    }

    func deleteTokens(createdBy user: User.ID) throws {
        try stores.change()
        try stores.connection.execute(
            "DELETE FROM oauth2_registration_tokens WHERE created_by = \(user)")
    }

    func purgeTokens(before time: Instant, limit: Int) throws -> Int {
        try stores.connection.execute(
            """
            DELETE FROM oauth2_registration_tokens WHERE expires_at < \(time)
            ORDER BY expires_at LIMIT \(limit)
            """
        ).affectedRows
    }

    func insert(_ registration: ClientRegistration, digest: Secret.Digest) throws {
        try stores.change()
        try stores.connection.execute(
            """
            INSERT INTO oauth2_registrations (client_id, digest, created_at, due_at)
            VALUES (\(registration.clientID), \(digest), \(registration.createdAt),
                \(registration.dueAt))
            """)
    }

    func find(_ id: Client.ID) throws -> (registration: ClientRegistration, digest: Secret.Digest)?
    {
        try stores.connection.first(
            """
            SELECT client_id, digest, created_at, due_at FROM oauth2_registrations
            WHERE client_id = \(id)
            """
        ).map { (try ClientRegistration($0), Secret.Digest(try $0.bytes("digest"))) }
    }

    func replace(_ old: Secret.Digest, of id: Client.ID, by new: Secret.Digest) throws -> Bool {
        try stores.change()
        return try stores.connection.execute(
            """
            UPDATE oauth2_registrations SET digest = \(new)
            WHERE client_id = \(id) AND digest = \(old)
            """
        ).affectedRows > 0
    }

    func due(at time: Instant, limit: Int) throws -> [DueRegistration] {
        try stores.connection.query(
            """
            SELECT r.client_id, r.created_at, r.due_at, c.last_used_at,
                EXISTS (
                    SELECT 1 FROM oauth2_grants g
                    WHERE g.client_id = r.client_id AND g.ended_at IS NULL
                        AND g.expires_at > \(time)) AS has_live_grant
            FROM oauth2_registrations r
            JOIN oauth2_clients c ON c.id = r.client_id
            WHERE r.due_at <= \(time)
            ORDER BY r.due_at
            LIMIT \(limit)
            """
        ).map { row in
            DueRegistration(
                registration: try ClientRegistration(row),
                lastUsedAt: try row.optionalInstant("last_used_at"),
                hasLiveGrant: try row.bool("has_live_grant"))
        }
    }

    func postpone(_ id: Client.ID, to time: Instant) throws {
        try stores.change()
        try stores.connection.execute(
            "UPDATE oauth2_registrations SET due_at = \(time) WHERE client_id = \(id)")
    }
}

extension ClientRegistration {
    fileprivate init(_ row: Row) throws {
        self.init(
            clientID: try row.id("client_id"), createdAt: try row.instant("created_at"),
            dueAt: try row.instant("due_at"))
    }
}
