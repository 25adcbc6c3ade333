import MariaDB
import TestSupport
import Testing

@Suite struct MariaDBErrorTests {
    let database: TestDatabase
    let connection: Connection

    init() throws {
        database = try TestDatabase.make()
        connection = database.connect()
        try connection.execute(
            """
            CREATE TABLE parents (
                id INT NOT NULL,
                name VARCHAR(190) NOT NULL,
                level INT NOT NULL DEFAULT 0,
                born DATETIME(3),
                PRIMARY KEY (id),
                UNIQUE KEY parents_name (name),
                CONSTRAINT parents_level CHECK (level < 10)
            )
            """)
        try connection.execute(
            """
            CREATE TABLE children (
                id INT NOT NULL PRIMARY KEY,
                parent_id INT NOT NULL,
                CONSTRAINT children_parent FOREIGN KEY (parent_id) REFERENCES parents (id)
                    ON DELETE RESTRICT
            )
            """)
        try connection.execute("INSERT INTO parents (id, name) VALUES (1, 'alice@example.org')")
    }

    private func failure(of sql: SQL) throws -> MariaDBError {
        try #require(throws: MariaDBError.self, "\(sql) must fail") { try connection.execute(sql) }
    }

    @Test func `bad SQL says what, with which code, where`() throws {
        let error = try failure(of: "SELEC 1")

        #expect(error.operation == .prepare)
        #expect(error.code == 1064)
        #expect(error.sqlState == "42000")
        #expect(error.message.contains("near 'SELEC 1'"))
        #expect(error.sql == "SELEC 1")
        #expect(
            error.description.hasPrefix(
                "MariaDB: prepare failed with 1064 (42000): You have an err"))
        #expect(error.description.hasSuffix(" in: SELEC 1"))
    }

    @Test func `a duplicate knows its key`() throws {
        let name = "alice@example.org"
        let error = try failure(of: "INSERT INTO parents (id, name) VALUES (\(2), \(name))")

        #expect(error.isDuplicate(onKey: "parents_name"))
        #expect(!error.isDuplicate(onKey: "parents"))
        #expect(!error.isDuplicate(onKey: "name"))
        #expect(!error.isDuplicate(onKey: "PRIMARY"))
        #expect(!error.isForeignKeyViolation())
        #expect(!error.isUnavailable)
        #expect(error.message == "Duplicate entry for key 'parents_name'")
    }

    @Test func `a duplicate of the primary key`() throws {
        let error = try failure(of: "INSERT INTO parents (id, name) VALUES (\(1), \("other"))")

        #expect(error.isDuplicate(onKey: "PRIMARY"))
        #expect(!error.isDuplicate(onKey: "parents_name"))
    }

    @Test func `a value cannot pose as another key`() throws {
        let name = "x' for key 'PRIMARY"
        try connection.execute("INSERT INTO parents (id, name) VALUES (5, \(name))")

        let error = try failure(of: "INSERT INTO parents (id, name) VALUES (6, \(name))")

        #expect(error.isDuplicate(onKey: "parents_name"))
        #expect(!error.isDuplicate(onKey: "PRIMARY"))
    }

    @Test func `a foreign key knows its name, from both sides`() throws {
        let missing = try failure(of: "INSERT INTO children (id, parent_id) VALUES (1, \(77))")
        try connection.execute("INSERT INTO children (id, parent_id) VALUES (1, 1)")
        let referenced = try failure(of: "DELETE FROM parents WHERE id = \(1)")

        for error in [missing, referenced] {
            #expect(error.isForeignKeyViolation())
            #expect(error.isForeignKeyViolation(of: "children_parent"))
            #expect(!error.isForeignKeyViolation(of: "children"))
            #expect(!error.isDuplicate(onKey: "children_parent"))
        }
        #expect(missing.code == 1452)
        #expect(referenced.code == 1451)
    }

    @Test func `a check knows its name`() throws {
        let error = try failure(of: "UPDATE parents SET level = \(11) WHERE id = 1")

        #expect(error.isCheckViolation(of: "parents_level"))
        #expect(!error.isCheckViolation(of: "level"))
        #expect(error.violatedConstraint == "parents_level")
    }

    @Test func `no error shows a bound value`() throws {
        let secret = "s3cret'with\"marks"
        let errors = [
            try failure(of: "INSERT INTO parents (id, name, born) VALUES (9, 'a', \(secret))"),
            try failure(of: "INSERT INTO parents (id, name, level) VALUES (9, 'a', \(secret))"),
            try failure(of: "INSERT INTO parents (id, name) VALUES (\(secret), 'a')"),
            try failure(of: "UPDATE parents SET level = level + CAST(\(secret) AS INTEGER)"),
            try failure(
                of: "INSERT INTO parents (id, name) VALUES (9, UNHEX(\("73336372657480")))"),
            try failure(
                of: """
                    INSERT INTO parents (id, name)
                    VALUES (9, \(String(repeating: secret, count: 20)))
                    """),
        ]

        for error in errors {
            #expect(error.code != 0)
            #expect(!error.description.contains("s3cret"), "\(error)")
            #expect(!String(reflecting: error).contains("s3cret"))
        }
    }

    @Test func `a table that does not exist is named`() throws {
        let error = try failure(of: "DELETE FROM nowhere WHERE id = \(1)")

        #expect(error.code == 1146)
        #expect(error.message.contains("nowhere"))
    }

    @Test func `a question mark that is no interpolation is noticed`() throws {
        let error = try failure(of: "DELETE FROM parents WHERE id = ?")

        #expect(error.message == "1 question marks and 0 values")
        #expect(try connection.query("SELECT id FROM parents").count == 1)
    }

    @Test func `two statements in one text are refused`() throws {
        let error = try failure(of: "DELETE FROM parents WHERE id = 1; SELECT 1")

        #expect(error.code == 1064)
        #expect(throws: MariaDBError.self) {
            try connection.execute(trustedText: "DELETE FROM parents WHERE id = 1; SELECT 1")
        }
        #expect(try connection.query("SELECT id FROM parents").count == 1)
    }

    @Test func `a wrong password is an error of the sign-in, and not a server that is away`() throws
    {
        var configuration = database.configuration
        configuration.user = "nobody-of-that-name"
        configuration.password = "wrong-password"

        let error = try #require(throws: MariaDBError.self) {
            try Connection(configuration).first("SELECT 1")
        }

        #expect(error.operation == .connect)
        #expect(error.code == 1045)
        #expect(!error.isUnavailable)
        #expect(!error.description.contains("wrong-password"))
        #expect(!"\(configuration)".contains("wrong-password"))
    }

    @Test func `no server is unavailable, at once`() throws {
        let configuration = ConnectionConfiguration(
            address: .socket(path: "/nonexistent/socket"), user: "root")
        let connection = Connection(configuration)

        let time = ContinuousClock().measure {
            for _ in 0..<20 {
                let error = #expect(throws: MariaDBError.self) { try connection.first("SELECT 1") }
                #expect(error?.isUnavailable == true)
                #expect(error?.code == 2002)
            }
        }

        #expect(time < .milliseconds(500))
    }
}
