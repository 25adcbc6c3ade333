import Domain
import MariaDB

struct SQLOrganizationStore: OrganizationStore {
    let stores: SQLStores

    func find(_ id: Organization.ID) throws -> Organization? {
        try stores.connection.first(
            """
            SELECT id, slug, name, rbac_level, maintenance_enabled, maintenance_message,
                maintenance_retry_after, created_at, updated_at
            FROM organizations
            WHERE id = \(id)
            """
        ).map(Organization.init)
    }

    func lockedFind(_ id: Organization.ID) throws -> Organization? {
        try stores.connection.first(
            """
            SELECT id, slug, name, rbac_level, maintenance_enabled, maintenance_message,
                maintenance_retry_after, created_at, updated_at
            FROM organizations
            WHERE id = \(id)
            FOR UPDATE
            """
        ).map(Organization.init)
    }

    func find(slug: String) throws -> Organization? {
        try stores.connection.first(
            """
            SELECT id, slug, name, rbac_level, maintenance_enabled, maintenance_message,
                maintenance_retry_after, created_at, updated_at
            FROM organizations
            WHERE slug = \(slug)
            """
        ).map(Organization.init)
    }

    func list(_ page: PageRequest) throws -> ListPage<Organization> {
        let rows = try stores.connection.query(
            """
            SELECT id, slug, name, rbac_level, maintenance_enabled, maintenance_message,
                maintenance_retry_after, created_at, updated_at
            FROM organizations
            WHERE id < \(page.end)
            ORDER BY id DESC
            LIMIT \(page.rowLimit)
            """)
        return ListPage(try rows.map(Organization.init), limit: page.limit, id: \.id.value)
    }

    func list(ofUser id: User.ID, _ page: PageRequest) throws -> ListPage<Organization> {
        // What is sorted are the organizations of this one user, never the table.
        let rows = try stores.connection.query(
            """
            SELECT o.id, o.slug, o.name, o.rbac_level, o.maintenance_enabled, o.maintenance_message,
                o.maintenance_retry_after, o.created_at, o.updated_at
            FROM (
                SELECT m.organization_id
                FROM organization_members m
                WHERE m.user_id = \(id) AND m.organization_id < \(page.end)
                UNION
                SELECT m.organization_id
                FROM group_members g
                JOIN organization_members m ON m.group_id = g.group_id
                WHERE g.user_id = \(id) AND m.organization_id < \(page.end)
                ORDER BY organization_id DESC
                LIMIT \(page.rowLimit)
            ) AS mine
            STRAIGHT_JOIN organizations o ON o.id = mine.organization_id
            ORDER BY mine.organization_id DESC
            """)
        return ListPage(try rows.map(Organization.init), limit: page.limit, id: \.id.value)
    }

    func slugs(ofUser id: User.ID, limit: Int) throws -> [String] {
        try stores.connection.query(
            """
            SELECT o.slug
            FROM (
                SELECT m.organization_id
                FROM organization_members m
                WHERE m.user_id = \(id)
                UNION
                SELECT m.organization_id
                FROM group_members g
                JOIN organization_members m ON m.group_id = g.group_id
                WHERE g.user_id = \(id)
            ) AS mine
            STRAIGHT_JOIN organizations o ON o.id = mine.organization_id
            ORDER BY o.slug
            LIMIT \(limit)
            """
        ).map { try $0.string("slug") }
    }

    func countAll() throws -> Int {
        let row = try stores.connection.first("SELECT COUNT(*) AS count FROM organizations")
        return try row?.int("count") ?? 0
    }

    func lockedCount() throws -> Int {
        // The first two by id, so that all who ask lock the same rows in the same order.
        try stores.connection.query(
            "SELECT id FROM organizations ORDER BY id LIMIT 2 FOR UPDATE"
        ).count
    }

    func memberCounts(of ids: [Organization.ID]) throws -> [Organization.ID: Int] {
        let rows = try stores.connection.query(
            """
            SELECT organization_id, COUNT(*) AS count
            FROM organization_members
            WHERE organization_id IN (\(list: ids))
            GROUP BY organization_id
            """)
        var counts: [Organization.ID: Int] = [:]
        for row in rows { counts[try row.id("organization_id")] = try row.int("count") }
        return counts
    }

    func insert(_ organization: Organization) throws {
        try stores.change(.organization(organization.id))
        do {
            try stores.connection.execute(
                """
                INSERT INTO organizations (id, slug, name, rbac_level, maintenance_enabled,
                    maintenance_message, maintenance_retry_after, created_at, updated_at)
                VALUES (\(organization.id), \(organization.slug), \(organization.name),
                    \(organization.level.rawValue), \(organization.maintenance.isEnabled),
                    \(organization.maintenance.message), \(organization.maintenance.retryAfter),
                    \(organization.createdAt), \(organization.updatedAt))
                """)
        } catch {
            guard error.isDuplicate(onKey: "organizations_slug") else { throw error }
            throw Refusal(
                .conflict, code: "slug_taken", "Another organization has this slug.",
                problems: [
                    Refusal.Problem(
                        field: "slug", code: "slug_taken",
                        detail: "Another organization has this slug.")
                ])
        }
    }

    func update(_ organization: Organization) throws {
        try stores.change(.organization(organization.id))
        try stores.connection.execute(
            """
            UPDATE organizations
            SET name = \(organization.name), rbac_level = \(organization.level.rawValue),
                maintenance_enabled = \(organization.maintenance.isEnabled),
                maintenance_message = \(organization.maintenance.message),
                maintenance_retry_after = \(organization.maintenance.retryAfter),
                updated_at = \(organization.updatedAt)
            WHERE id = \(organization.id)
            """)
    }

    func delete(_ id: Organization.ID) throws -> Bool {
        try stores.change(.organization(id))
        // Before the organization: the cascade would come to the roles first, which members hold on to.
        try stores.connection.execute(
            "DELETE FROM organization_members WHERE organization_id = \(id)")
        return try stores.connection.execute("DELETE FROM organizations WHERE id = \(id)")
            .affectedRows > 0
    }
}

extension Organization {
    fileprivate init(_ row: Row) throws {
        guard let level = Level(rawValue: try row.string("rbac_level")) else {
            throw UnreadableRow(column: "rbac_level")
        }
        self.init(
            id: try row.id("id"), slug: try row.string("slug"), name: try row.string("name"),
            level: level,
            maintenance: Maintenance(
                isEnabled: try row.bool("maintenance_enabled"),
                message: try row.string("maintenance_message"),
                retryAfter: try row.int("maintenance_retry_after")),
            createdAt: try row.instant("created_at"), updatedAt: try row.instant("updated_at"))
    }
}
