import MariaDB
import Storage
import TestSupport
import Testing

/// The comparison that says whether `schema.sql` and the migrations come to the same.
@Suite struct SchemaTests {
    private static let reference = """
        CREATE TABLE owners (
            id UUID NOT NULL,
            name VARCHAR(99) NOT NULL,
            PRIMARY KEY (id),
            UNIQUE KEY owners_name (name)
        );
        CREATE TABLE things (
            id UUID NOT NULL,
            owner_id UUID NOT NULL,
            state VARCHAR(20) NOT NULL DEFAULT 'new',
            used_at DATETIME(3),
            PRIMARY KEY (id),
            KEY things_used_at (used_at),
            CONSTRAINT things_owner FOREIGN KEY (owner_id) REFERENCES owners (id) ON DELETE CASCADE,
            CONSTRAINT things_state CHECK (state IN ('new', 'old'))
        );
        """

    private func schema(_ text: String) throws -> Schema {
        let database = try TestDatabase.make()
        let connection = database.connect()
        return try withExtendedLifetime(database) {
            try SQLScript(text).run(on: connection)
            return try Schema(of: connection)
        }
    }

    @Test func `the same schema by another way is the same`() throws {
        let reference = try schema(Self.reference)

        let grown = try schema(
            """
            CREATE TABLE owners (name VARCHAR(99) NOT NULL);
            ALTER TABLE owners ADD UNIQUE KEY owners_name (name);
            ALTER TABLE owners ADD COLUMN id UUID NOT NULL FIRST, ADD PRIMARY KEY (id);
            CREATE TABLE schema_migrations (version INT);
            CREATE TABLE things (
                id UUID NOT NULL PRIMARY KEY,
                owner_id UUID NOT NULL,
                used_at DATETIME(3)
            );
            ALTER TABLE things ADD CONSTRAINT things_owner
                FOREIGN KEY (owner_id) REFERENCES owners (id) ON DELETE CASCADE;
            CREATE INDEX things_used_at ON things (used_at);
            ALTER TABLE things ADD COLUMN state VARCHAR(20) NOT NULL DEFAULT 'new' AFTER owner_id;
            ALTER TABLE things ADD CONSTRAINT things_state CHECK (state IN ('new', 'old'));
            """)

        #expect(grown.differences(to: reference) == [])
        #expect(reference.lines.count > 15)
    }

    @Test(arguments: [
        "ALTER TABLE owners MODIFY name VARCHAR(100) NOT NULL",
        "ALTER TABLE owners MODIFY name VARCHAR(99)",
        "ALTER TABLE owners MODIFY name VARCHAR(99) COLLATE utf8mb4_bin NOT NULL",
        "ALTER TABLE owners MODIFY name VARCHAR(99) NOT NULL FIRST",
        "ALTER TABLE owners DROP KEY owners_name",
        "ALTER TABLE owners DROP KEY owners_name, ADD KEY owners_name (name)",
        "ALTER TABLE owners RENAME KEY owners_name TO owners_by_name",
        "ALTER TABLE owners COMMENT 'changed'",
        "ALTER TABLE owners ENGINE = Aria ROW_FORMAT = DYNAMIC",
        "ALTER TABLE things MODIFY state VARCHAR(20) NOT NULL DEFAULT 'old'",
        "ALTER TABLE things MODIFY state VARCHAR(20) NOT NULL",
        "ALTER TABLE things MODIFY used_at DATETIME(6)",
        "ALTER TABLE things DROP CONSTRAINT things_state",
        "ALTER TABLE things DROP FOREIGN KEY things_owner",
        """
        ALTER TABLE things DROP FOREIGN KEY things_owner, ADD CONSTRAINT things_owners
            FOREIGN KEY (owner_id) REFERENCES owners (id) ON DELETE RESTRICT
        """,
        "CREATE TABLE more (id INT)",
        "CREATE VIEW more AS SELECT id FROM things",
        "CREATE TRIGGER more BEFORE INSERT ON things FOR EACH ROW SET NEW.state = 'old'",
    ])
    func `every change shows`(change: String) throws {
        let reference = try schema(Self.reference)

        let needsNoReferences = change.contains("ENGINE = Aria")
        let changed = try schema(
            Self.reference
                + (needsNoReferences ? "ALTER TABLE things DROP FOREIGN KEY things_owner;" : "")
                + change)

        #expect(changed.differences(to: reference) != [])
    }
}
