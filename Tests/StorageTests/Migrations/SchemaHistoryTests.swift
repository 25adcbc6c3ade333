import FoundationEssentials
import MariaDB
import Storage
import TestSupport
import Testing

/// `sql/schema.sql` is what `sql/migrations` come to.
@Suite struct SchemaHistoryTests {
    @Test func `the migrations, one after the other, make today's schema`() throws {
        let today = try TestStores.make()
        let history = try TestDatabase.make()
        let connection = history.connect()

        _ = try Migrator(folder: Repository.root.appending(path: "sql/migrations").path)
            .apply(on: connection) { _ in }

        let made = try Schema(of: connection)
        let wanted = try Schema(of: today.database.connect())
        #expect(made.differences(to: wanted) == [])
        withExtendedLifetime((today, history)) {}
    }
}
