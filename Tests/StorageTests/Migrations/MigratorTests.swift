import Foundation
import MariaDB
import Storage
import TestSupport
import Testing

@Suite struct MigratorTests {
    let database: TestDatabase
    let connection: Connection

    init() throws {
        database = try TestDatabase.make()
        connection = database.connect()
    }

    private static let users = (
        "0001_users.sql", "CREATE TABLE IF NOT EXISTS users (id INT NOT NULL PRIMARY KEY);"
    )
    private static let names = (
        "0002_names_of_users.sql",
        """
        ALTER TABLE users ADD COLUMN IF NOT EXISTS name VARCHAR(99) NOT NULL;
        UPDATE users SET name = 'nobody; yet';
        """
    )
    private static let broken = (
        "0003_broken.sql",
        "CREATE TABLE IF NOT EXISTS more (id INT);\nALTER TABLE nowhere ADD a INT;"
    )

    private func migrator(_ files: (String, String)...) throws -> Migrator {
        try Migrator(files.map { try Migration(file: $0.0, text: $0.1) })
    }

    private func recorded() throws -> [String] {
        try connection.query("SELECT version, name FROM schema_migrations ORDER BY version").map {
            row in "\(try row.int("version")) \(try row.string("name"))"
        }
    }

    @Test func `an empty database gets all migrations, in order`() throws {
        let migrator = try migrator(Self.names, Self.users)
        #expect(try migrator.pending(on: connection).map(\.version) == [1, 2])
        #expect(try !migrator.isCurrent(on: connection))
        var announced: [String] = []

        let applied = try migrator.apply(on: connection) { announced.append($0.title) }

        #expect(applied.map(\.version) == [1, 2])
        #expect(announced == ["0001_users", "0002_names_of_users"])
        #expect(try recorded() == ["1 users", "2 names_of_users"])
        #expect(try migrator.isCurrent(on: connection))
        #expect(try migrator.pending(on: connection).isEmpty)
        #expect(try connection.query("SELECT id, name FROM users").isEmpty)
    }

    @Test func `the digest is SHA-256 of the file`() throws {
        try migrator(("0001_one.sql", "DO 1;\n")).apply(on: connection)

        let row = try connection.first("SELECT digest FROM schema_migrations WHERE version = 1")

        #expect(
            try row?.string("digest")
                == "d273f3f5d4ed78e5356c9d74effc128631e28fe25d0d686f187950f834441a4b")
    }

    @Test func `applying again does nothing`() throws {
        let migrator = try migrator(Self.users, Self.names)
        try migrator.apply(on: connection)

        let again = try migrator.apply(on: connection)

        #expect(again.isEmpty)
        #expect(try recorded().count == 2)
    }

    @Test func `a new migration is the only one applied`() throws {
        try migrator(Self.users).apply(on: connection)
        try connection.execute("INSERT INTO users (id) VALUES (1)")

        let applied = try migrator(Self.users, Self.names).apply(on: connection)

        #expect(applied.map(\.name) == ["names_of_users"])
        let row = try connection.first("SELECT name FROM users WHERE id = 1")
        #expect(try row?.string("name") == "nobody; yet")
    }

    @Test func `a migration that fails is named, not recorded, and runs again as a whole`() throws {
        let migrator = try migrator(Self.users, Self.names, Self.broken)

        let error = try #require(throws: MigrationError.self) {
            try migrator.apply(on: connection)
        }

        #expect(
            error.description.hasPrefix(
                "The migration 0003_broken failed at statement 2 of 2 and is not recorded."))
        #expect(error.description.contains("1146"))
        #expect(try recorded() == ["1 users", "2 names_of_users"])
        #expect(try migrator.pending(on: connection).map(\.version) == [3])

        try connection.execute("CREATE TABLE nowhere (id INT)")
        try migrator.apply(on: connection)

        #expect(try recorded().count == 3)
    }

    @Test func `a changed file of an applied migration is refused`() throws {
        try migrator(Self.users).apply(on: connection)
        let changed = try migrator((Self.users.0, Self.users.1 + " -- changed"), Self.names)

        let error = try #require(throws: MigrationError.self) { try changed.apply(on: connection) }

        #expect(
            error.description
                == "The migration 0001_users was changed after it had been applied. "
                + "Restore its file and put the change into a new migration.")
        #expect(throws: error) { try changed.isCurrent(on: connection) }
        #expect(try recorded() == ["1 users"])
    }

    @Test func `another history is refused`() throws {
        try migrator(Self.users).apply(on: connection)
        let other = try migrator(("0001_accounts.sql", Self.users.1))

        let error = try #require(throws: MigrationError.self) { try other.apply(on: connection) }

        #expect(
            error.description
                == "The database had 1 (users) applied where this program has 0001_accounts: "
                + "they have different histories.")
    }

    @Test func `a database that is newer than the program is refused, and said to be so`() throws {
        try migrator(Self.users, Self.names).apply(on: connection)
        let older = try migrator(Self.users)

        let error = try #require(throws: MigrationError.self) { try older.apply(on: connection) }

        #expect(
            error.description
                == "The database is at version 2 and this program knows only 1: "
                + "it is older than the database. Use the newer program.")
        #expect(try older.status(on: connection) == .ahead(version: 2))
        #expect(try !older.isCurrent(on: connection))
    }

    @Test func `a gap in what was applied is refused`() throws {
        let migrator = try migrator(Self.users, Self.names)
        try migrator.apply(on: connection)
        try connection.execute("DELETE FROM schema_migrations WHERE version = 1")

        let error = try #require(throws: MigrationError.self) {
            try migrator.apply(on: connection)
        }

        #expect(
            error.description
                == "The database had 2 (names_of_users) applied, but not migration 1.")
    }

    @Test func `a gap and a double number among the files are refused`() throws {
        let gap = try #require(throws: MigrationError.self) {
            try migrator(Self.users, Self.broken)
        }
        let double = try #require(throws: MigrationError.self) {
            try migrator(Self.users, Self.names, ("0002_other.sql", "DO 1"))
        }
        let late = try #require(throws: MigrationError.self) { try migrator(Self.names) }

        #expect(gap.description == "Migration 2 is missing; the next is 0003_broken.")
        #expect(double.description == "There are two migrations with the number 2.")
        #expect(late.description == "Migration 1 is missing; the next is 0002_names_of_users.")
    }

    @Test func `eight that migrate at the same time apply each migration once`() throws {
        // Not safe to run twice, so that a second run would be an error.
        let files = (1...5).map { number in
            ("000\(number)_table.sql", "CREATE TABLE table_\(number) (id INT);")
        }
        let migrator = try Migrator(files.map { try Migration(file: $0.0, text: $0.1) })
        let database = database

        let applied = try onThreads(8) { _ in
            try migrator.apply(on: database.connect()).count
        }

        #expect(applied.sorted() == [0, 0, 0, 0, 0, 0, 0, 5])
        #expect(try migrator.isCurrent(on: connection))
    }

    @Test func `the lock is let go after an error, too`() throws {
        let failing = try migrator(("0001_broken.sql", "ALTER TABLE nowhere ADD a INT"))
        #expect(throws: MigrationError.self) { try failing.apply(on: connection) }

        // Waiting for it, because the server notices the end of a connection a moment later.
        let row = try database.connect().first(
            """
            SELECT GET_LOCK(CONCAT('gatehouse.migrations.', SHA1(\(database.name))), 60) AS is_free
            """)

        #expect(try row?.bool("is_free") == true)
    }

    @Test(arguments: [
        "1_users.sql", "00001_users.sql", "0000_users.sql", "0001.sql", "0001_.sql",
        "0001-users.sql", "0001_Users.sql", "0001_users", "abcd_users.sql", "-001_users.sql",
    ])
    func `a file with another name is refused`(file: String) throws {
        let error = try #require(throws: MigrationError.self) {
            try Migration(file: file, text: "DO 1")
        }

        #expect(
            error.description == "The migration \(file) is not named like 0001_what_it_does.sql.")
    }

    @Test func `a file without a statement, or with half a one, is refused`() throws {
        let empty = try #require(throws: MigrationError.self) {
            try Migration(file: "0001_empty.sql", text: "-- nothing;\n")
        }
        let half = try #require(throws: MigrationError.self) {
            try Migration(file: "0001_half.sql", text: "DO 1;\nSELECT 'a;\n")
        }

        #expect(empty.description == "The migration 0001_empty.sql has no statement.")
        #expect(
            half.description
                == "The migration 0001_half.sql cannot be read: line 2: a quotation that does not end."
        )
    }

    @Test func `a folder is read in order, other files are passed over`() throws {
        let folder = NSTemporaryDirectory() + "gatehouse-migrations-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (file, text) in [Self.names, Self.users, ("README.md", "# Migrations")] {
            try text.write(toFile: "\(folder)/\(file)", atomically: false, encoding: .utf8)
        }

        let migrations = try Migration.all(inFolder: folder)
        try Migrator(folder: folder).apply(on: connection)

        #expect(migrations.map(\.title) == ["0001_users", "0002_names_of_users"])
        #expect(try recorded().count == 2)
    }

    @Test func `a folder that is not there is a sentence`() throws {
        let error = try #require(throws: MigrationError.self) {
            try Migrator(folder: "/nonexistent/migrations")
        }

        #expect(
            error.description
                == "The folder of migrations, /nonexistent/migrations, cannot be read.")
    }
}
