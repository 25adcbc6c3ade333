import Domain
import MariaDB

struct SQLOAuth2GrantStore: OAuth2GrantStore {
    let stores: SQLStores

    func insert(_ grant: OAuth2Grant) throws {
        try stores.change(.credential(grant.id.value))
        try stores.connection.execute(
            """
            INSERT INTO oauth2_grants (id, client_id, user_id, kind, session_id, scopes, resource,
                organization_id, offline, auth_time, created_at, expires_at, ended_at)
            VALUES (\(grant.id), \(grant.clientID), \(grant.userID), \(grant.kind.rawValue),
                \(grant.sessionID), \(grant.scopes.text), \(grant.resource?.path),
                \(grant.organizationID), \(grant.isOffline), \(grant.authenticatedAt),
                \(grant.createdAt), \(grant.expiresAt), \(grant.endedAt))
            """)
        if let session = grant.sessionID { try note(grant.clientID, in: session) }
    }

    /// So that the client can be told when the session ends, which may be long after the grant is gone. Whoever
    /// ends the session waits for this, or came before: then nothing is left to tell of.
    private func note(_ client: Client.ID, in session: Session.ID) throws {
        let isOpen =
            try stores.connection.first(
                """
                SELECT id FROM sessions WHERE id = \(session) AND ended_at IS NULL
                LOCK IN SHARE MODE
                """) != nil
        guard isOpen else { return }
        try stores.connection.execute(
            """
            INSERT INTO oauth2_session_clients (session_id, client_id)
            VALUES (\(session), \(client))
            ON DUPLICATE KEY UPDATE client_id = oauth2_session_clients.client_id
            """)
    }

    func findWithClient(_ id: OAuth2Grant.ID) throws -> (grant: OAuth2Grant, client: Client)? {
        guard
            let row = try stores.connection.first(
                """
                SELECT g.id, g.client_id AS grant_client_id, g.user_id, g.kind, g.session_id,
                    g.scopes, g.resource, g.organization_id, g.offline, g.auth_time, g.created_at,
                    g.expires_at, g.ended_at, \(fragment: SQL.clientColumns)
                FROM oauth2_grants g
                JOIN oauth2_clients c ON c.id = g.client_id
                WHERE g.id = \(id)
                """)
        else { return nil }
        return (try OAuth2Grant(row), try Client(row))
    }

    func insert(_ token: AccessToken) throws {
        try stores.change(.credential(token.id.value))
        try stores.connection.execute(
            """
            INSERT INTO oauth2_access_tokens (id, grant_id, expires_at, revoked_at)
            VALUES (\(token.id), \(token.grantID), \(token.expiresAt), \(token.revokedAt))
            """)
    }

    func findAccessToken(_ id: AccessToken.ID) throws -> AccessToken? {
        try stores.connection.first(
            """
            SELECT id, grant_id, expires_at, revoked_at FROM oauth2_access_tokens
            WHERE id = \(id)
            """
        ).map(AccessToken.init)
    }

    func revoke(_ id: AccessToken.ID, at time: Instant) throws -> Bool {
        try stores.change(.credential(id.value))
        return try stores.connection.execute(
            """
            UPDATE oauth2_access_tokens SET revoked_at = \(time)
            WHERE id = \(id) AND revoked_at IS NULL
            """
        ).affectedRows > 0
    }

    func end(_ id: OAuth2Grant.ID, at time: Instant) throws -> Bool {
        try stores.change(.credential(id.value))
        return try stores.connection.execute(
            "UPDATE oauth2_grants SET ended_at = \(time) WHERE id = \(id) AND ended_at IS NULL"
        ).affectedRows > 0
    }

    func endAll(ofClient client: Client.ID, kind: OAuth2Grant.Kind?, at time: Instant) throws -> Int
    {
        try stores.change(.client(client.description))
        return try stores.connection.execute(
            """
            UPDATE oauth2_grants SET ended_at = \(time)
            WHERE client_id = \(client) AND ended_at IS NULL
                AND (\(kind?.rawValue) IS NULL OR kind = \(kind?.rawValue))
            """
        ).affectedRows
    }

    func endAll(ofUser user: User.ID, at time: Instant) throws -> Int {
        try stores.change(.user(user))
        return try stores.connection.execute(
            """
            UPDATE oauth2_grants SET ended_at = \(time)
            WHERE user_id = \(user) AND ended_at IS NULL
            """
        ).affectedRows
    }

    func endAll(
        ofUser user: User.ID, boundTo organization: Organization.ID, at time: Instant
    ) throws -> Int {
        try stores.change(.user(user))
        return try stores.connection.execute(
            """
            UPDATE oauth2_grants SET ended_at = \(time)
            WHERE organization_id = \(organization) AND user_id = \(user) AND ended_at IS NULL
            """
        ).affectedRows
    }

    func endAllOfFormerMembers(boundTo organization: Organization.ID, at time: Instant) throws
        -> Int
    {
        try stores.change(.organization(organization))
        return try stores.connection.execute(
            """
            UPDATE oauth2_grants t
            SET t.ended_at = \(time)
            WHERE t.organization_id = \(organization) AND t.ended_at IS NULL
                AND NOT EXISTS (
                    SELECT 1 FROM organization_members m
                    WHERE m.organization_id = t.organization_id AND m.user_id = t.user_id)
                AND NOT EXISTS (
                    SELECT 1 FROM group_members g
                    JOIN organization_members m
                        ON m.organization_id = t.organization_id AND m.group_id = g.group_id
                    WHERE g.user_id = t.user_id)
            """
        ).affectedRows
    }

    func endAll(ofUser user: User.ID, byClient client: Client.ID, at time: Instant) throws -> Int {
        try stores.change(.user(user))
        return try stores.connection.execute(
            """
            UPDATE oauth2_grants SET ended_at = \(time)
            WHERE user_id = \(user) AND ended_at IS NULL AND client_id = \(client)
                AND kind <> 'client_credentials'
            """
        ).affectedRows
    }

    func endAllOffline(ofUser user: User.ID, except kept: Session.ID?, at time: Instant) throws
        -> Int
    {
        try stores.change(.user(user))
        return try stores.connection.execute(
            """
            UPDATE oauth2_grants SET ended_at = \(time)
            WHERE user_id = \(user) AND ended_at IS NULL AND offline = TRUE
                AND kind <> 'client_credentials' AND NOT (session_id <=> \(kept))
            """
        ).affectedRows
    }

    // MARK: Refresh tokens

    func insertRefreshToken(_ digest: Secret.Digest, _ token: RefreshToken) throws -> Bool {
        // Touches no generation, nor do the next ones: no decision rests on a refresh token.
        try stores.change()
        do {
            try stores.connection.execute(
                """
                INSERT INTO oauth2_refresh_tokens (digest, grant_id, created_at, expires_at, used_at)
                VALUES (\(digest), \(token.grantID), \(token.createdAt), \(token.expiresAt),
                    \(token.usedAt))
                """)
            return true
        } catch {
            if error.isDuplicate(onKey: "PRIMARY") { return false }
            throw error
        }
    }

    func findRefreshToken(_ digest: Secret.Digest) throws -> RefreshToken? {
        try stores.connection.first(
            """
            SELECT grant_id, created_at, expires_at, used_at FROM oauth2_refresh_tokens
            WHERE digest = \(digest)
            """
        ).map(RefreshToken.init)
    }

    func useRefreshToken(
        _ digest: Secret.Digest, followedBy successor: Secret.Digest, retriesSince: Instant,
        at time: Instant
    ) throws -> Bool {
        try stores.change()
        // Who comes second waits here for the first, and then sees what it wrote.
        return try stores.connection.execute(
            """
            UPDATE oauth2_refresh_tokens t
            LEFT JOIN oauth2_refresh_tokens s ON s.digest = \(successor)
            SET t.used_at = COALESCE(t.used_at, \(time))
            WHERE t.digest = \(digest) AND t.expires_at > \(time)
                AND (t.used_at IS NULL OR (t.used_at > \(retriesSince) AND s.used_at IS NULL))
            """
        ).affectedRows > 0
    }

    func extend(_ id: OAuth2Grant.ID, until time: Instant) throws -> Bool {
        try stores.change()
        return try stores.connection.execute(
            """
            UPDATE oauth2_grants SET expires_at = GREATEST(expires_at, \(time))
            WHERE id = \(id) AND ended_at IS NULL
            """
        ).affectedRows > 0
    }

    func purge(before time: Instant, limit: Int) throws -> Int {
        let tokens = try stores.connection.execute(
            """
            DELETE FROM oauth2_access_tokens WHERE expires_at < \(time)
            ORDER BY expires_at LIMIT \(limit)
            """
        ).affectedRows
        let refreshTokens = try stores.connection.execute(
            """
            DELETE FROM oauth2_refresh_tokens WHERE expires_at < \(time)
            ORDER BY expires_at LIMIT \(limit)
            """
        ).affectedRows
        let grants = try stores.connection.execute(
            """
            DELETE FROM oauth2_grants WHERE expires_at < \(time)
            ORDER BY expires_at LIMIT \(limit)
            """
        ).affectedRows
        return tokens + refreshTokens + grants
    }
}

extension OAuth2Grant {
    fileprivate init(_ row: Row) throws {
        guard let kind = Kind(rawValue: try row.string("kind")) else {
            throw UnreadableRow(column: "kind")
        }
        self.init(
            id: try row.id("id"), clientID: try row.id("grant_client_id"),
            userID: try row.id("user_id"), kind: kind,
            sessionID: try row.optionalID("session_id"),
            scopes: ScopeWords(text: try row.string("scopes")),
            // One that is behind the gate no longer stays what it was: the policy opens nothing there.
            resource: try row.optionalString("resource").map(ProtectedResource.init(at:)),
            organizationID: try row.optionalID("organization_id"),
            isOffline: try row.bool("offline"),
            authenticatedAt: try row.optionalInstant("auth_time"),
            createdAt: try row.instant("created_at"), expiresAt: try row.instant("expires_at"),
            endedAt: try row.optionalInstant("ended_at"))
    }
}

extension AccessToken {
    fileprivate init(_ row: Row) throws {
        self.init(
            id: try row.id("id"), grantID: try row.id("grant_id"),
            expiresAt: try row.instant("expires_at"),
            revokedAt: try row.optionalInstant("revoked_at"))
    }
}

extension RefreshToken {
    fileprivate init(_ row: Row) throws {
        self.init(
            grantID: try row.id("grant_id"), createdAt: try row.instant("created_at"),
            expiresAt: try row.instant("expires_at"),
            usedAt: try row.optionalInstant("used_at"))
    }
}
