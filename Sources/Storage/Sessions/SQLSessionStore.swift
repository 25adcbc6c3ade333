import Domain
import MariaDB

struct SQLSessionStore: SessionStore {
    let stores: SQLStores

    func insert(_ session: Session, cookie: Secret.Digest?) throws {
        try stores.change(.credential(session.id.value))
        try stores.connection.execute(
            """
            INSERT INTO sessions (id, user_id, kind, cookie_digest, user_agent, address, created_at,
                last_active_at, expires_at, ended_at, authenticated_at)
            VALUES (\(session.id), \(session.userID), \(session.kind.rawValue), \(cookie.sqlValue),
                \(session.userAgent), \(session.address), \(session.createdAt),
                \(session.lastActiveAt), \(session.expiresAt), \(session.endedAt.sqlValue),
                \(session.authenticatedAt))
            """)
    }

    func find(_ id: Session.ID) throws -> Session? {
        try stores.connection.first(
            """
            SELECT id, user_id, kind, user_agent, address, created_at, last_active_at, expires_at,
                ended_at, authenticated_at
            FROM sessions WHERE id = \(id)
            """
        ).map(Session.init)
    }

    func find(cookie: Secret.Digest) throws -> Session? {
        try stores.connection.first(
            """
            SELECT id, user_id, kind, user_agent, address, created_at, last_active_at, expires_at,
                ended_at, authenticated_at
            FROM sessions WHERE cookie_digest = \(cookie)
            """
        ).map(Session.init)
    }

    func list(of user: User.ID, aliveAt time: Instant, _ page: PageRequest) throws -> ListPage<
        Session
    > {
        let sessions = try stores.connection.query(
            """
            SELECT id, user_id, kind, user_agent, address, created_at, last_active_at, expires_at,
                ended_at, authenticated_at
            FROM sessions
            WHERE user_id = \(user) AND ended_at IS NULL AND expires_at > \(time)
                AND id < \(page.end)
            ORDER BY id DESC LIMIT \(page.rowLimit)
            """
        ).map(Session.init)
        return ListPage(sessions, limit: page.limit, id: \.id.value)
    }

    func end(_ id: Session.ID, of user: User.ID, at time: Instant) throws -> Bool {
        try stores.change(.credential(id.value))
        let isEnded =
            try stores.connection.execute(
                """
                UPDATE sessions SET ended_at = \(time), expires_at = \(time)
                WHERE id = \(id) AND user_id = \(user) AND ended_at IS NULL
                    AND expires_at > \(time)
                """
            ).affectedRows > 0
        if isEnded { try noteEnd(of: "s.id = \(id)", at: time) }
        return isEnded
    }

    func endAll(of user: User.ID, except kept: Session.ID?, at time: Instant) throws -> Int {
        try stores.change(.user(user))
        let count = try stores.connection.execute(
            """
            UPDATE sessions SET ended_at = \(time), expires_at = \(time)
            WHERE user_id = \(user) AND ended_at IS NULL AND expires_at > \(time)
                AND (\(kept.sqlValue) IS NULL OR id <> \(kept.sqlValue))
            """
        ).affectedRows
        if count > 0 {
            try noteEnd(of: "s.user_id = \(user) AND s.ended_at = \(time)", at: time)
        }
        return count
    }

    func endExpired(at time: Instant, limit: Int) throws -> Int {
        // Touches no generation: what has expired is dead already.
        try stores.change()
        let ids: [Session.ID] = try stores.connection.query(
            """
            SELECT id FROM sessions WHERE ended_at IS NULL AND expires_at <= \(time)
            ORDER BY expires_at LIMIT \(limit)
            FOR UPDATE
            """
        ).map { try $0.id("id") }
        if ids.isEmpty { return 0 }
        try stores.connection.execute(
            "UPDATE sessions SET ended_at = expires_at WHERE id IN (\(list: ids))")
        try noteEnd(of: "s.id IN (\(list: ids))", at: time)
        return ids.count
    }

    /// OpenID Connect Back-Channel Logout 1.0 §2.3: every client that was used in the session and wants to know.
    private func noteEnd(of sessions: SQL, at time: Instant) throws {
        try stores.connection.execute(
            """
            INSERT INTO oauth2_logout_notices (session_id, client_id, user_id, created_at, tries,
                next_try_at)
            SELECT s.id, c.id, s.user_id, \(time), 0, \(time)
            FROM sessions s
            JOIN oauth2_session_clients sc ON sc.session_id = s.id
            JOIN oauth2_clients c ON c.id = sc.client_id AND c.disabled = FALSE
                AND c.backchannel_logout_uri IS NOT NULL
            WHERE \(fragment: sessions)
            ON DUPLICATE KEY UPDATE tries = oauth2_logout_notices.tries
            """)
    }

    func update(_ session: Session) throws -> Bool {
        try stores.change(.credential(session.id.value))
        return try stores.connection.execute(
            """
            UPDATE sessions SET last_active_at = GREATEST(last_active_at, \(session.lastActiveAt)),
                expires_at = \(session.expiresAt), authenticated_at = \(session.authenticatedAt)
            WHERE id = \(session.id) AND ended_at IS NULL
            """
        ).affectedRows > 0
    }

    func update(_ session: Session, cookie: Secret.Digest) throws -> Bool {
        try stores.change(.credential(session.id.value))
        return try stores.connection.execute(
            """
            UPDATE sessions SET cookie_digest = \(cookie),
                last_active_at = GREATEST(last_active_at, \(session.lastActiveAt)),
                expires_at = \(session.expiresAt), authenticated_at = \(session.authenticatedAt)
            WHERE id = \(session.id) AND kind = 'browser' AND ended_at IS NULL
            """
        ).affectedRows > 0
    }

    func addRefreshToken(
        _ digest: Secret.Digest, to session: Session.ID, at time: Instant, expiresAt: Instant
    ) throws {
        // Touches no generation: no decision rests on a refresh token.
        try stores.change()
        try stores.connection.execute(
            """
            INSERT INTO session_refresh_tokens (digest, session_id, created_at, expires_at, used_at)
            VALUES (\(digest), \(session), \(time), \(expiresAt), NULL)
            """)
    }

    func consumeRefreshToken(_ digest: Secret.Digest, at time: Instant) throws -> Session.ID? {
        try stores.change()
        let consumed = try stores.connection.execute(
            """
            UPDATE session_refresh_tokens SET used_at = \(time)
            WHERE digest = \(digest) AND used_at IS NULL AND expires_at > \(time)
            """
        ).affectedRows
        return consumed == 1 ? try session(ofRefreshToken: digest) : nil
    }

    func session(ofRefreshToken digest: Secret.Digest) throws -> Session.ID? {
        try stores.connection.first(
            "SELECT session_id FROM session_refresh_tokens WHERE digest = \(digest)"
        )?.id("session_id")
    }

    func recordActivity(_ activity: [Session.ID: Instant]) throws {
        guard !activity.isEmpty else { return }
        // In the order of the ids, so that two workers that write at once do not lock crosswise.
        let rows = activity.sorted { $0.key < $1.key }.map { id, time -> SQL in
            "SELECT \(id) AS id, \(time) AS at"
        }
        try stores.connection.execute(
            """
            UPDATE (\(fragment: rows.joined(by: " UNION ALL "))) AS used
            STRAIGHT_JOIN sessions ON sessions.id = CAST(used.id AS UUID)
            SET last_active_at = used.at
            WHERE last_active_at < used.at AND ended_at IS NULL
            """)
    }

    func purge(before time: Instant, limit: Int) throws -> Int {
        // An end is an expiry, too, so one index finds them all; refresh tokens go with the session.
        try stores.connection.execute(
            """
            DELETE FROM sessions WHERE expires_at < \(time) ORDER BY expires_at LIMIT \(limit)
            """
        ).affectedRows
    }
}

extension Session {
    init(_ row: Row) throws {
        guard let kind = Kind(rawValue: try row.string("kind")) else {
            throw UnreadableRow(column: "kind")
        }
        self.init(
            id: try row.id("id"), userID: try row.id("user_id"), kind: kind,
            userAgent: try row.string("user_agent"), address: try row.string("address"),
            createdAt: try row.instant("created_at"),
            lastActiveAt: try row.instant("last_active_at"),
            expiresAt: try row.instant("expires_at"),
            endedAt: try row.optionalInstant("ended_at"),
            authenticatedAt: try row.instant("authenticated_at"))
    }
}
