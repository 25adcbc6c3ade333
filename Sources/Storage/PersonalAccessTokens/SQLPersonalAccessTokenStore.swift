import Domain
import MariaDB

struct SQLPersonalAccessTokenStore: PersonalAccessTokenStore {
    let stores: SQLStores

    func lockedActiveCount(of user: User.ID, at time: Instant) throws -> Int? {
        guard
            try stores.connection.first(
                "SELECT id FROM users WHERE id = \(user) AND disabled = FALSE FOR UPDATE") != nil
        else { return nil }
        // A second statement: it sees what was committed while the first waited.
        let row = try stores.connection.first(
            """
            SELECT COUNT(*) AS count
            FROM personal_access_tokens
            WHERE user_id = \(user) AND revoked_at IS NULL AND expires_at > \(time)
            """)
        return try row?.int("count") ?? 0
    }

    func insert(_ token: PersonalAccessToken) throws {
        try stores.change(.credential(token.id.value))
        let organization: Organization.ID? =
            if case .organization(let id) = token.reach { id } else { nil }
        try stores.connection.execute(
            """
            INSERT INTO personal_access_tokens (id, user_id, name, scopes, organization_id,
                all_organizations, created_at, expires_at, revoked_at, last_used_at)
            VALUES (\(token.id), \(token.userID), \(token.name), \((token.permissions?.text).sqlValue),
                \(organization.sqlValue), \(token.reach == .allOrganizations), \(token.createdAt),
                \(token.expiresAt), \(token.revokedAt.sqlValue), \(token.lastUsedAt.sqlValue))
            """)
    }

    func find(_ id: PersonalAccessToken.ID) throws -> PersonalAccessToken? {
        try stores.connection.first(
            """
            SELECT id, user_id, name, scopes, organization_id, all_organizations, created_at,
                expires_at, revoked_at, last_used_at
            FROM personal_access_tokens
            WHERE id = \(id)
            """
        ).map(PersonalAccessToken.init)
    }

    func find(_ id: PersonalAccessToken.ID, of user: User.ID) throws -> PersonalAccessToken? {
        try stores.connection.first(
            """
            SELECT id, user_id, name, scopes, organization_id, all_organizations, created_at,
                expires_at, revoked_at, last_used_at
            FROM personal_access_tokens
            WHERE id = \(id) AND user_id = \(user)
            """
        ).map(PersonalAccessToken.init)
    }

    func list(of user: User.ID, _ page: PageRequest) throws -> ListPage<PersonalAccessToken> {
        let rows = try stores.connection.query(
            """
            SELECT id, user_id, name, scopes, organization_id, all_organizations, created_at,
                expires_at, revoked_at, last_used_at
            FROM personal_access_tokens
            WHERE user_id = \(user) AND id < \(page.end)
            ORDER BY id DESC
            LIMIT \(page.rowLimit)
            """)
        return ListPage(try rows.map(PersonalAccessToken.init), limit: page.limit, id: \.id.value)
    }

    func listActive(of user: User.ID, at time: Instant) throws -> [PersonalAccessToken] {
        try stores.connection.query(
            """
            SELECT id, user_id, name, scopes, organization_id, all_organizations, created_at,
                expires_at, revoked_at, last_used_at
            FROM personal_access_tokens
            WHERE user_id = \(user) AND revoked_at IS NULL AND expires_at > \(time)
            ORDER BY expires_at, id
            """
        ).map(PersonalAccessToken.init)
    }

    func listOver(
        of user: User.ID, at time: Instant, _ page: PageRequest
    ) throws -> ListPage<PersonalAccessToken> {
        let rows = try stores.connection.query(
            """
            SELECT id, user_id, name, scopes, organization_id, all_organizations, created_at,
                expires_at, revoked_at, last_used_at
            FROM personal_access_tokens
            WHERE user_id = \(user) AND id < \(page.end)
                AND (revoked_at IS NOT NULL OR expires_at <= \(time))
            ORDER BY id DESC
            LIMIT \(page.rowLimit)
            """)
        return ListPage(try rows.map(PersonalAccessToken.init), limit: page.limit, id: \.id.value)
    }

    func revoke(_ id: PersonalAccessToken.ID, of user: User.ID, at time: Instant) throws -> Bool {
        try stores.change(.credential(id.value))
        return try stores.connection.execute(
            """
            UPDATE personal_access_tokens
            SET revoked_at = \(time)
            WHERE id = \(id) AND user_id = \(user) AND revoked_at IS NULL
            """
        ).affectedRows > 0
    }

    func revokeAll(of user: User.ID, at time: Instant) throws -> Int {
        try stores.change(.user(user))
        return try stores.connection.execute(
            """
            UPDATE personal_access_tokens
            SET revoked_at = \(time)
            WHERE user_id = \(user) AND revoked_at IS NULL
            """
        ).affectedRows
    }

    func revokeAll(of user: User.ID, boundTo organization: Organization.ID, at time: Instant) throws
        -> Int
    {
        try stores.change(.user(user))
        return try stores.connection.execute(
            """
            UPDATE personal_access_tokens
            SET revoked_at = \(time)
            WHERE organization_id = \(organization) AND user_id = \(user) AND revoked_at IS NULL
            """
        ).affectedRows
    }

    func revokeAll(boundTo organization: Organization.ID, at time: Instant) throws -> Int {
        try stores.change(.organization(organization))
        return try stores.connection.execute(
            """
            UPDATE personal_access_tokens
            SET revoked_at = \(time)
            WHERE organization_id = \(organization) AND revoked_at IS NULL
            """
        ).affectedRows
    }

    func revokeAllOfFormerMembers(boundTo organization: Organization.ID, at time: Instant) throws
        -> Int
    {
        try stores.change(.organization(organization))
        return try stores.connection.execute(
            """
            UPDATE personal_access_tokens t
            SET t.revoked_at = \(time)
            WHERE t.organization_id = \(organization) AND t.revoked_at IS NULL
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

    func recordUse(_ uses: [PersonalAccessToken.ID: Instant]) throws {
        if uses.isEmpty { return }
        // In the order of the ids, so that two workers lock the rows in the same order.
        let used = uses.sorted { $0.key < $1.key }.map { id, time -> SQL in
            "SELECT CAST(\(id) AS UUID) AS id, CAST(\(time) AS DATETIME(3)) AS used_at"
        }
        try stores.connection.execute(
            """
            UPDATE (\(fragment: used.joined(by: " UNION ALL "))) AS used
            STRAIGHT_JOIN personal_access_tokens t ON t.id = used.id
            SET t.last_used_at = used.used_at
            WHERE t.last_used_at IS NULL OR t.last_used_at < used.used_at
            """)
    }
}

extension PersonalAccessToken {
    fileprivate init(_ row: Row) throws {
        let reach: Reach
        if try row.bool("all_organizations") {
            reach = .allOrganizations
        } else {
            reach = try row.optionalID("organization_id").map(Reach.organization) ?? .nowhere
        }
        self.init(
            id: try row.id("id"), userID: try row.id("user_id"), name: try row.string("name"),
            permissions: try row.optionalString("scopes").map { Permissions(text: $0) },
            reach: reach, createdAt: try row.instant("created_at"),
            expiresAt: try row.instant("expires_at"),
            revokedAt: try row.optionalInstant("revoked_at"),
            lastUsedAt: try row.optionalInstant("last_used_at"))
    }
}
