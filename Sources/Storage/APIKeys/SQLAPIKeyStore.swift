import Domain
import MariaDB

struct SQLAPIKeyStore: APIKeyStore {
    let stores: SQLStores

    func insert(_ key: APIKey, digest: Secret.Digest) throws {
        try stores.change(.credential(key.id.value))
        do {
            try stores.connection.execute(
                """
                INSERT INTO api_keys (id, organization_id, name, digest, permissions, created_by,
                    created_at, expires_at, revoked_at, last_used_at)
                VALUES (\(key.id), \(key.organizationID), \(key.name), \(digest),
                    \(key.permissions.text), \(key.createdBy.sqlValue), \(key.createdAt), \(key.expiresAt),
                    \(key.revokedAt.sqlValue), \(key.lastUsedAt.sqlValue))
                """)
        } catch {
            if error.isForeignKeyViolation(of: "api_keys_organization") { throw Refusal.notFound }
            throw error
        }
    }

    func findForAuthentication(_ id: APIKey.ID) throws -> (key: APIKey, digest: Secret.Digest)? {
        guard
            let row = try stores.connection.first(
                """
                SELECT id, organization_id, name, digest, permissions, created_by, created_at,
                    expires_at, revoked_at, last_used_at
                FROM api_keys
                WHERE id = \(id)
                """)
        else { return nil }
        return (try APIKey(row), Secret.Digest(try row.bytes("digest")))
    }

    func find(_ id: APIKey.ID, in organization: Organization.ID) throws -> APIKey? {
        try stores.connection.first(
            """
            SELECT id, organization_id, name, permissions, created_by, created_at, expires_at,
                revoked_at, last_used_at
            FROM api_keys
            WHERE id = \(id) AND organization_id = \(organization)
            """
        ).map(APIKey.init)
    }

    func list(in organization: Organization.ID, _ page: PageRequest) throws -> ListPage<APIKey> {
        let rows = try stores.connection.query(
            """
            SELECT id, organization_id, name, permissions, created_by, created_at, expires_at,
                revoked_at, last_used_at
            FROM api_keys
            WHERE organization_id = \(organization) AND id < \(page.end)
            ORDER BY id DESC
            LIMIT \(page.rowLimit)
            """)
        return ListPage(try rows.map(APIKey.init), limit: page.limit, id: \.id.value)
    }

    func revoke(_ id: APIKey.ID, in organization: Organization.ID, at time: Instant) throws -> Bool
    {
        try stores.change(.credential(id.value))
        return try stores.connection.execute(
            """
            UPDATE api_keys
            SET revoked_at = \(time)
            WHERE id = \(id) AND organization_id = \(organization) AND revoked_at IS NULL
            """
        ).affectedRows > 0
    }

    func recordUse(_ uses: [APIKey.ID: Instant]) throws {
        if uses.isEmpty { return }
        // In the order of the ids, so that two workers lock the rows in the same order.
        let used = uses.sorted { $0.key < $1.key }.map { id, time -> SQL in
            "SELECT CAST(\(id) AS UUID) AS id, CAST(\(time) AS DATETIME(3)) AS used_at"
        }
        try stores.connection.execute(
            """
            UPDATE (\(fragment: used.joined(by: " UNION ALL "))) AS used
            STRAIGHT_JOIN api_keys k ON k.id = used.id
            SET k.last_used_at = used.used_at
            WHERE k.last_used_at IS NULL OR k.last_used_at < used.used_at
            """)
    }
}

extension APIKey {
    fileprivate init(_ row: Row) throws {
        self.init(
            id: try row.id("id"), organizationID: try row.id("organization_id"),
            name: try row.string("name"),
            permissions: Permissions(text: try row.string("permissions")),
            createdBy: try row.optionalID("created_by"),
            createdAt: try row.instant("created_at"), expiresAt: try row.instant("expires_at"),
            revokedAt: try row.optionalInstant("revoked_at"),
            lastUsedAt: try row.optionalInstant("last_used_at"))
    }
}
