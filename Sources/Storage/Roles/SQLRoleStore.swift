import Domain
import MariaDB

struct SQLRoleStore: RoleStore {
    let stores: SQLStores

    func list(in organization: Organization.ID) throws -> [Role] {
        let rows = try stores.connection.query(
            """
            SELECT id AS role_id, organization_id AS role_organization_id, name AS role_name,
                scopes AS role_scopes, created_at AS role_created_at, updated_at AS role_updated_at
            FROM roles
            WHERE organization_id IS NULL
            UNION ALL
            SELECT id, organization_id, name, scopes, created_at, updated_at
            FROM roles
            WHERE organization_id = \(organization)
            """)
        // Built-in ones in the order of their ids, which is that of their power.
        return try rows.map(Role.init).sorted { left, right in
            switch (left.isBuiltIn, right.isBuiltIn) {
            case (true, true): left.id < right.id
            case (true, false): true
            case (false, true): false
            case (false, false): left.name < right.name
            }
        }
    }

    func find(_ id: Role.ID, in organization: Organization.ID) throws -> Role? {
        try stores.connection.first(
            """
            SELECT id AS role_id, organization_id AS role_organization_id, name AS role_name,
                scopes AS role_scopes, created_at AS role_created_at, updated_at AS role_updated_at
            FROM roles
            WHERE id = \(id) AND (organization_id = \(organization) OR organization_id IS NULL)
            """
        ).map(Role.init)
    }

    func lockedFind(_ id: Role.ID, in organization: Organization.ID) throws -> Role? {
        try stores.connection.first(
            """
            SELECT id AS role_id, organization_id AS role_organization_id, name AS role_name,
                scopes AS role_scopes, created_at AS role_created_at, updated_at AS role_updated_at
            FROM roles
            WHERE id = \(id) AND organization_id = \(organization)
            FOR UPDATE
            """
        ).map(Role.init)
    }

    func insert(_ role: Role) throws {
        guard let organization = role.organizationID else { throw BuiltInRoleIsFixed() }
        try stores.change(.organization(organization))
        try refusingTakenName { () throws(MariaDBError) in
            try stores.connection.execute(
                """
                INSERT INTO roles (id, organization_id, name, scopes, created_at, updated_at)
                VALUES (\(role.id), \(organization), \(role.name), \(role.permissions.text),
                    \(role.createdAt), \(role.updatedAt))
                """)
        }
    }

    func update(_ role: Role) throws {
        guard let organization = role.organizationID else { throw BuiltInRoleIsFixed() }
        try stores.change(.organization(organization))
        try refusingTakenName { () throws(MariaDBError) in
            try stores.connection.execute(
                """
                UPDATE roles
                SET name = \(role.name), scopes = \(role.permissions.text),
                    updated_at = \(role.updatedAt)
                WHERE id = \(role.id) AND organization_id = \(organization)
                """)
        }
    }

    func delete(_ id: Role.ID, in organization: Organization.ID) throws -> Bool {
        try stores.change(.organization(organization))
        do {
            return try stores.connection.execute(
                "DELETE FROM roles WHERE id = \(id) AND organization_id = \(organization)"
            ).affectedRows > 0
        } catch {
            guard error.isForeignKeyViolation(of: "organization_member_roles_role") else {
                throw error
            }
            throw Refusal(
                .conflict, code: "role_in_use", "Members have this role; take it from them first.")
        }
    }

    private func refusingTakenName(_ body: () throws(MariaDBError) -> Void) throws {
        do {
            try body()
        } catch {
            if error.isDuplicate(onKey: "roles_name") { throw Role.nameTaken }
            if error.isForeignKeyViolation(of: "roles_organization") { throw Refusal.notFound }
            throw error
        }
    }
}

/// A built-in role was to be written: a mistake in the program.
struct BuiltInRoleIsFixed: Error {}

extension Role {
    /// Reads the columns `role_…`. What a built-in role holds is decided in code, not in its row.
    init(_ row: Row) throws {
        let id: Role.ID = try row.id("role_id")
        let organizationID: Organization.ID? = try row.optionalID("role_organization_id")
        let permissions: Permissions
        if organizationID == nil {
            guard let builtIn = BuiltInRole.allCases.first(where: { $0.id == id }) else {
                throw UnreadableRow(column: "role_id")
            }
            permissions = builtIn.permissions
        } else {
            permissions = Permissions(text: try row.string("role_scopes"))
        }
        self.init(
            id: id, organizationID: organizationID, name: try row.string("role_name"),
            permissions: permissions, createdAt: try row.instant("role_created_at"),
            updatedAt: try row.instant("role_updated_at"))
    }
}
