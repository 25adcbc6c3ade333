package import MariaDB

/// Brings a database's schema up to date, one migration after the other.
///
/// The table `schema_migrations` says what was applied. A migration is recorded after it succeeded;
/// one that failed halfway is run again as a whole.
package struct Migrator: Sendable {
    /// How the schema stands to the migrations that this program knows.
    package enum Status: Sendable, Equatable {
        case current
        /// Migrations wait to be applied.
        case behind([Migration])
        /// A newer program was here; its version of the schema.
        case ahead(version: Int)
    }

    private let migrations: [Migration]

    /// - Parameter migrations: in any order, numbered from 1 without a gap.
    package init(_ migrations: [Migration]) throws(MigrationError) {
        let migrations = migrations.sorted { $0.version < $1.version }
        for (index, migration) in migrations.enumerated() where migration.version != index + 1 {
            throw MigrationError(
                migration.version <= index
                    ? "There are two migrations with the number \(migration.version)."
                    : "Migration \(index + 1) is missing; the next is \(migration.title).")
        }
        self.migrations = migrations
    }

    /// Reads the migrations of a folder.
    package init(folder path: String) throws(MigrationError) {
        try self.init(Migration.all(inFolder: path))
    }

    /// Compares the database with the migrations; needs no more than to read `schema_migrations`.
    ///
    /// It throws a ``MigrationError`` where the database has another history than this program.
    package func status(on connection: Connection) throws -> Status {
        let applied = try appliedMigrations(on: connection)
        for (record, migration) in zip(applied, migrations) {
            guard record.name == migration.name else {
                throw MigrationError(
                    "The database had \(record.title) applied where this program has "
                        + "\(migration.title): they have different histories.")
            }
            guard try record.digest == digest(of: migration, on: connection) else {
                throw MigrationError(
                    "The migration \(migration.title) was changed after it had been applied. "
                        + "Restore its file and put the change into a new migration.")
            }
        }
        if applied.count > migrations.count { return .ahead(version: applied.count) }
        let pending = Array(migrations.dropFirst(applied.count))
        return pending.isEmpty ? .current : .behind(pending)
    }

    /// Whether the schema is exactly what this program knows.
    package func isCurrent(on connection: Connection) throws -> Bool {
        try status(on: connection) == .current
    }

    /// What ``apply(on:announcing:)`` would apply. A database that is newer is an error.
    package func pending(on connection: Connection) throws -> [Migration] {
        switch try status(on: connection) {
        case .current: []
        case .behind(let pending): pending
        case .ahead(let version):
            throw MigrationError(
                "The database is at version \(version) and this program knows only "
                    + "\(migrations.count): it is older than the database. Use the newer program.")
        }
    }

    /// Applies what is pending and returns it. Two that do so at once take turns.
    ///
    /// - Parameters:
    ///   - connection: one without a read time-out, for a change of a large table takes its time.
    ///   - announcing: told each migration before it is run.
    @discardableResult
    package func apply(
        on connection: Connection, announcing: (Migration) -> Void = { _ in }
    ) throws -> [Migration] {
        // The lock belongs to the session: on a new one, nobody would hold it.
        try connection.pinned {
            try lock(connection)
            do {
                let applied = try applyUnderLock(on: connection, announcing: announcing)
                try connection.execute("DO RELEASE_LOCK(\(fragment: Self.lockName))")
                return applied
            } catch {
                // Hanging up lets go of the lock, whatever state the session is in.
                connection.close()
                throw error
            }
        }
    }

    private func applyUnderLock(
        on connection: Connection, announcing: (Migration) -> Void
    ) throws -> [Migration] {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                version INT NOT NULL,
                name VARCHAR(190) NOT NULL,
                digest CHAR(64) NOT NULL,
                applied_at DATETIME(3) NOT NULL,
                PRIMARY KEY (version)
            ) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
            """)
        let pending = try pending(on: connection)
        for migration in pending {
            announcing(migration)
            try run(migration, on: connection)
            try connection.execute(
                """
                INSERT INTO schema_migrations (version, name, digest, applied_at)
                VALUES (\(migration.version), \(migration.name), SHA2(\(migration.text), 256),
                    UTC_TIMESTAMP(3))
                """)
        }
        return pending
    }

    private func run(_ migration: Migration, on connection: Connection) throws {
        let statements = migration.script.statements
        for (index, statement) in statements.enumerated() {
            do throws(MariaDBError) {
                try connection.execute(trustedText: statement)
            } catch {
                throw MigrationError(
                    "The migration \(migration.title) failed at statement \(index + 1) of "
                        + "\(statements.count) and is not recorded. \(error)")
            }
        }
    }

    // MARK: What was applied

    private struct Record {
        let version: Int
        let name: String
        let digest: String

        var title: String { "\(version) (\(name))" }
    }

    private func appliedMigrations(on connection: Connection) throws -> [Record] {
        let table = try connection.first(
            """
            SELECT table_name FROM information_schema.tables
            WHERE table_schema = DATABASE() AND table_name = 'schema_migrations'
            """)
        guard table != nil else { return [] }
        let records = try connection.query(
            "SELECT version, name, digest FROM schema_migrations ORDER BY version"
        ).map { row in
            Record(
                version: try row.int("version"), name: try row.string("name"),
                digest: try row.string("digest"))
        }
        for (index, record) in records.enumerated() where record.version != index + 1 {
            throw MigrationError(
                "The database had \(record.title) applied, but not migration \(index + 1).")
        }
        return records
    }

    /// MariaDB computes it: the digest says whether a file was changed and is no secret.
    private func digest(of migration: Migration, on connection: Connection) throws -> String? {
        try connection.first("SELECT SHA2(\(migration.text), 256) AS digest")?.string("digest")
    }

    // MARK: One at a time

    /// Names of locks are the whole server's and have 64 characters at most.
    private static let lockName: SQL = "CONCAT('gatehouse.migrations.', SHA1(DATABASE()))"

    private func lock(_ connection: Connection) throws {
        let row = try connection.first(
            "SELECT GET_LOCK(\(fragment: Self.lockName), 60) AS is_ours")
        guard try row?.optionalInt("is_ours") == 1 else {
            throw MigrationError(
                "Somebody else has been migrating this database for a minute. Try again later.")
        }
    }
}
