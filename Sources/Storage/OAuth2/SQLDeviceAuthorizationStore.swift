import Domain
import MariaDB

struct SQLDeviceAuthorizationStore: DeviceAuthorizationStore {
    let stores: SQLStores

    func insert(
        _ authorization: DeviceAuthorization, digest: Secret.Digest, userCode: Secret.Digest
    ) throws -> Bool {
        // Touches no generation, nor do the next ones: decisions rest on the grant.
        try stores.change()
        do {
            try stores.connection.execute(
                """
                INSERT INTO oauth2_device_codes (digest, user_code, client_id, scopes, resource,
                    address, poll_interval, created_at, expires_at)
                VALUES (\(digest), \(userCode), \(authorization.clientID),
                    \(authorization.scopes.text), \(authorization.resource?.path),
                    \(authorization.address), \(DeviceAuthorization.interval),
                    \(authorization.createdAt), \(authorization.expiresAt))
                """)
            return true
        } catch {
            if error.isDuplicate(onKey: "oauth2_device_codes_user_code") { return false }
            throw error
        }
    }

    func find(_ digest: Secret.Digest) throws -> DeviceAuthorization? {
        try stores.connection.first(
            """
            SELECT client_id, scopes, resource, address, created_at, expires_at, decided_at,
                grant_id, used_at
            FROM oauth2_device_codes WHERE digest = \(digest)
            """
        ).map(DeviceAuthorization.init)
    }

    func poll(_ digest: Secret.Digest, at time: Instant) throws -> Bool {
        try stores.change()
        let latest = Instant(milliseconds: time.milliseconds + DeviceAuthorization.tolerance)
        // Who comes second waits here for the first, and then sees what it wrote.
        let isInTime =
            try stores.connection.execute(
                """
                UPDATE oauth2_device_codes SET polled_at = \(time)
                WHERE digest = \(digest) AND (polled_at IS NULL
                    OR polled_at + INTERVAL poll_interval SECOND <= \(latest))
                """
            ).affectedRows > 0
        if isInTime { return true }
        try stores.connection.execute(
            """
            UPDATE oauth2_device_codes
            SET polled_at = \(time),
                poll_interval = LEAST(600, poll_interval + \(DeviceAuthorization.interval))
            WHERE digest = \(digest)
            """)
        return false
    }

    func use(_ digest: Secret.Digest, at time: Instant) throws -> Bool {
        try stores.change()
        return try stores.connection.execute(
            """
            UPDATE oauth2_device_codes SET used_at = \(time)
            WHERE digest = \(digest) AND used_at IS NULL AND grant_id IS NOT NULL
            """
        ).affectedRows > 0
    }

    func find(userCode: Secret.Digest, at time: Instant) throws -> DeviceAuthorization? {
        try stores.connection.first(
            """
            SELECT client_id, scopes, resource, address, created_at, expires_at, decided_at,
                grant_id, used_at
            FROM oauth2_device_codes
            WHERE user_code = \(userCode) AND decided_at IS NULL AND expires_at > \(time)
            """
        ).map(DeviceAuthorization.init)
    }

    func ask(
        _ question: Secret.Digest, in session: Session.ID, aboutUserCode userCode: Secret.Digest,
        at time: Instant
    ) throws -> Bool {
        try stores.change()
        return try stores.connection.execute(
            """
            UPDATE oauth2_device_codes SET question = \(question), session_id = \(session)
            WHERE user_code = \(userCode) AND decided_at IS NULL AND expires_at > \(time)
            """
        ).affectedRows > 0
    }

    func find(
        question: Secret.Digest, in session: Session.ID, at time: Instant
    ) throws -> DeviceAuthorization? {
        try stores.connection.first(
            """
            SELECT client_id, scopes, resource, address, created_at, expires_at, decided_at,
                grant_id, used_at
            FROM oauth2_device_codes
            WHERE question = \(question) AND session_id = \(session) AND decided_at IS NULL
                AND expires_at > \(time)
            """
        ).map(DeviceAuthorization.init)
    }

    func decide(
        _ question: Secret.Digest, in session: Session.ID, giving grant: OAuth2Grant.ID?,
        at time: Instant
    ) throws -> Bool {
        try stores.change()
        return try stores.connection.execute(
            """
            UPDATE oauth2_device_codes SET decided_at = \(time), grant_id = \(grant)
            WHERE question = \(question) AND session_id = \(session) AND decided_at IS NULL
                AND expires_at > \(time)
            """
        ).affectedRows > 0
    }

    func purge(before time: Instant, limit: Int) throws -> Int {
        try stores.connection.execute(
            """
            DELETE FROM oauth2_device_codes WHERE expires_at < \(time)
            ORDER BY expires_at LIMIT \(limit)
            """
        ).affectedRows
    }
}

extension DeviceAuthorization {
    fileprivate init(_ row: Row) throws {
        self.init(
            clientID: try row.id("client_id"),
            scopes: ScopeWords(text: try row.string("scopes")),
            resource: try row.optionalString("resource").map(ProtectedResource.init(at:)),
            address: try row.string("address"), createdAt: try row.instant("created_at"),
            expiresAt: try row.instant("expires_at"),
            decidedAt: try row.optionalInstant("decided_at"),
            grantID: try row.optionalID("grant_id"), usedAt: try row.optionalInstant("used_at"))
    }
}
