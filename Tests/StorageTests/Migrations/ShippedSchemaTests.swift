import Foundation
import MariaDB
import Storage
import TestSupport
import Testing

/// What ships in `sql/`: the schema of today, and the migrations that lead to it.
@Suite struct ShippedSchemaTests {
    private func schema(_ fill: (Connection) throws -> Void) throws -> Schema {
        let database = try TestDatabase.make()
        let connection = database.connect()
        return try withExtendedLifetime(database) {
            try fill(connection)
            return try Schema(of: connection)
        }
    }

    /// Built-in rows come with the schema; they are compared by their text.
    private func roles(_ connection: Connection) throws -> [String] {
        try connection.query("SELECT id, name, scopes FROM roles ORDER BY id").map {
            try "\($0.string("id")) \($0.string("name")) \($0.string("scopes"))"
        }
    }

    @Test func `all migrations come to what schema.sql says`() throws {
        let root = Repository.root
        let text = try String(contentsOf: root.appending(path: "sql/schema.sql"), encoding: .utf8)
        var (written, grown): ([String], [String]) = ([], [])

        let today = try schema { connection in
            try SQLScript(text).run(on: connection)
            written = try roles(connection)
        }
        let migrated = try schema { connection in
            try Migrator(folder: root.appending(path: "sql/migrations").path).apply(on: connection)
            grown = try roles(connection)
        }

        #expect(migrated.differences(to: today) == [])
        #expect(written == grown)
        #expect(written.count == 4)
    }
}
