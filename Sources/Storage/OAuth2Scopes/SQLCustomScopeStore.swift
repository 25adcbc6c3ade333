import Domain
import MariaDB

struct SQLCustomScopeStore: CustomScopeStore {
    let stores: SQLStores

    func find(_ id: CustomScope.ID) throws -> CustomScope? {
        try stores.connection.first(
            """
            SELECT id, name, description, created_at, updated_at FROM oauth2_scopes
            WHERE id = \(id)
            """
        ).map(CustomScope.init)
    }

    func find(name: String) throws -> CustomScope? {
        try stores.connection.first(
            """
            SELECT id, name, description, created_at, updated_at FROM oauth2_scopes
            WHERE name = \(name)
            """
        ).map(CustomScope.init)
    }

    func list(_ page: PageRequest) throws -> ListPage<CustomScope> {
        let rows = try stores.connection.query(
            """
            SELECT id, name, description, created_at, updated_at FROM oauth2_scopes
            WHERE id < \(page.end)
            ORDER BY id DESC
            LIMIT \(page.rowLimit)
            """)
        return ListPage(try rows.map(CustomScope.init), limit: page.limit, id: \.id.value)
    }

    func known(among names: [String]) throws -> Set<String> {
        if names.isEmpty { return [] }
        return Set(
            try stores.connection.query(
                "SELECT name FROM oauth2_scopes WHERE name IN (\(list: names))"
            ).map { try $0.string("name") })
    }

    func insert(_ scope: CustomScope) throws {
        try stores.change()
        do {
            try stores.connection.execute(
                """
                INSERT INTO oauth2_scopes (id, name, description, created_at, updated_at)
                VALUES (\(scope.id), \(scope.name), \(scope.description), \(scope.createdAt),
                    \(scope.updatedAt))
                """)
        } catch {
            guard error.isDuplicate(onKey: "oauth2_scopes_name") else { throw error }
            throw Refusal(.conflict, code: "name_taken", "There is a scope of this name.")
        }
    }

    func update(_ scope: CustomScope) throws {
        try stores.change()
        try stores.connection.execute(
            """
            UPDATE oauth2_scopes
            SET description = \(scope.description), updated_at = \(scope.updatedAt)
            WHERE id = \(scope.id)
            """)
    }

    func delete(_ id: CustomScope.ID) throws -> Bool {
        try stores.change()
        return try stores.connection.execute("DELETE FROM oauth2_scopes WHERE id = \(id)")
            .affectedRows > 0
    }
}

extension CustomScope {
    fileprivate init(_ row: Row) throws {
        self.init(
            id: try row.id("id"), name: try row.string("name"),
            description: try row.string("description"),
            createdAt: try row.instant("created_at"), updatedAt: try row.instant("updated_at"))
    }
}
