import MariaDB
import TestSupport
import Testing

@Suite struct ConnectionTests {
    let database: TestDatabase
    let connection: Connection

    init() throws {
        database = try TestDatabase.make()
        connection = database.connect()
    }

    @Test func `the session is set up whatever the server's settings are`() throws {
        let row = try #require(
            try connection.first(
                """
                SELECT @@session.time_zone AS zone, @@session.tx_isolation AS isolation,
                    @@session.character_set_client AS client,
                    @@session.character_set_results AS results,
                    @@session.sql_mode AS mode, @@session.autocommit AS autocommit,
                    @@session.innodb_lock_wait_timeout AS lock_wait,
                    @@session.max_statement_time AS statement_time
                """))

        #expect(try row.string("zone") == "+00:00")
        #expect(try row.string("isolation") == "READ-COMMITTED")
        #expect(try row.string("client") == "utf8mb4")
        #expect(try row.string("results") == "utf8mb4")
        #expect(try row.string("mode").contains("STRICT_ALL_TABLES"))
        #expect(try row.int("autocommit") == 1)
        #expect(try row.int("lock_wait") == 3)
        #expect(try row.double("statement_time") == 8)
    }

    @Test func `the count of rows is of those found, not of those changed`() throws {
        try connection.execute("CREATE TABLE things (id INT PRIMARY KEY, used_at DATETIME(3))")
        try connection.execute("INSERT INTO things (id) VALUES (1), (2)")

        let same = try connection.execute("UPDATE things SET id = id WHERE id = \(1)")
        let none = try connection.execute("UPDATE things SET id = id WHERE id = \(3)")

        #expect(same.affectedRows == 1)
        #expect(none.affectedRows == 0)
    }

    @Test func `single use succeeds once among twenty at the same time`() throws {
        try connection.execute("CREATE TABLE codes (id INT PRIMARY KEY, used_at DATETIME(3))")
        try connection.execute("INSERT INTO codes (id) VALUES (1)")
        let database = database

        let counts = try onThreads(20) { number in
            try database.connect().execute(
                """
                UPDATE codes SET used_at = \(SQLValue.time(Int64(number)))
                WHERE id = 1 AND used_at IS NULL
                """
            ).affectedRows
        }

        #expect(counts.reduce(0, +) == 1)
        #expect(counts.count == 20)
    }

    @Test func `rows that are changed and told about are both`() throws {
        try connection.execute("CREATE TABLE codes (id INT PRIMARY KEY, owner VARCHAR(9) NOT NULL)")
        try connection.execute("INSERT INTO codes (id, owner) VALUES (1, 'a'), (2, 'b')")

        let row = try connection.first("DELETE FROM codes WHERE id = \(2) RETURNING owner")

        #expect(try row?.string("owner") == "b")
        #expect(try connection.query("SELECT id FROM codes").count == 1)
    }

    @Test func `the first of many rows leaves the connection ready`() throws {
        let row = try connection.first("SELECT seq FROM seq_1_to_10000 ORDER BY seq")
        let next = try connection.first("SELECT 7 AS seven")

        #expect(try row?.int("seq") == 1)
        #expect(try next?.int("seven") == 7)
    }

    @Test func `an answer without rows is empty, without columns too`() throws {
        try connection.execute("CREATE TABLE things (id INT PRIMARY KEY)")

        #expect(try connection.query("SELECT id FROM things").isEmpty)
        #expect(try connection.first("SELECT id FROM things") == nil)
        #expect(try connection.query("INSERT INTO things (id) VALUES (1)").isEmpty)
    }

    @Test func `execute passes over rows that nobody asked for`() throws {
        try connection.execute("SELECT seq FROM seq_1_to_1000")
        try connection.execute(trustedText: "SELECT seq FROM seq_1_to_1000")

        #expect(try connection.first("SELECT 1 AS one")?.int("one") == 1)
    }

    @Test func `an error in the middle of an answer leaves the connection ready`() throws {
        try connection.execute("CREATE TABLE numbers (n BIGINT NOT NULL)")
        try connection.execute("INSERT INTO numbers (n) SELECT seq FROM seq_1_to_5000")

        let error = #expect(throws: MariaDBError.self) {
            try connection.query(
                "SELECT 9223372036854775807 - 4000 + n AS result FROM numbers ORDER BY n")
        }

        #expect(error?.code == 1690)
        #expect(try connection.first("SELECT 1 AS one")?.int("one") == 1)
    }

    // MARK: Prepared statements

    private func count(_ variable: StaticString) throws -> Int {
        let row = try connection.first(
            """
            SELECT CAST(variable_value AS INTEGER) AS value
            FROM information_schema.session_status WHERE variable_name = \(variable.description)
            """)
        return try #require(try row?.int("value"))
    }

    @Test func `a statement is prepared once`() throws {
        let before = try count("com_stmt_prepare")

        for number in 0..<10 { _ = try connection.first("SELECT \(number) AS number") }

        #expect(try count("com_stmt_prepare") == before + 1)
    }

    @Test func `the cache forgets what was not used for longest`() throws {
        var configuration = database.configuration
        configuration.statementCacheCapacity = 3
        let connection = Connection(configuration)
        func prepared() throws -> Int {
            let row = try connection.first(
                """
                SELECT CAST(variable_value AS INTEGER) AS value
                FROM information_schema.session_status WHERE variable_name = 'com_stmt_prepare'
                """)
            return try #require(try row?.int("value"))
        }

        _ = try connection.first("SELECT 1")
        _ = try connection.first("SELECT 2")
        let two = try prepared()
        _ = try connection.first("SELECT 1")  // newer than 2 now
        _ = try connection.first("SELECT 3")  // takes the place of 2
        let three = try prepared()
        _ = try connection.first("SELECT 1")
        let stillThree = try prepared()
        _ = try connection.first("SELECT 2")
        let four = try prepared()

        #expect([two, three, stillThree, four] == [3, 4, 4, 5])
    }

    @Test func `forgotten statements are closed on the server`() throws {
        var configuration = database.configuration
        configuration.statementCacheCapacity = 2
        let connection = Connection(configuration)

        _ = try connection.first("SELECT 1")
        _ = try connection.first("SELECT 2")
        _ = try connection.first("SELECT 3")
        _ = try connection.first("SELECT 4")
        let row = try connection.first(
            """
            SELECT CAST(variable_value AS INTEGER) AS value
            FROM information_schema.session_status WHERE variable_name = 'com_stmt_close'
            """)

        #expect(try row?.int("value") == 3)
    }

    @Test func `lists of many lengths share few statements`() throws {
        let before = try count("com_stmt_prepare")

        for length in 1...100 {
            _ = try connection.first(
                "SELECT seq FROM seq_1_to_10 WHERE seq IN (\(list: Array(1...length)))")
        }

        #expect(try count("com_stmt_prepare") == before + 8)
    }

    @Test func `a statement that is joined of many parts is not kept`() throws {
        try connection.execute("CREATE TABLE things (id INT PRIMARY KEY)")
        let before = try count("com_stmt_close")

        for length in 1...5 {
            let rows = (0..<length).map { "(\(length * 100 + $0))" as SQL }
            try connection.execute(
                "INSERT INTO things (id) VALUES \(fragment: rows.joined(by: ", "))")
        }

        #expect(try count("com_stmt_close") == before + 5)
        #expect(try connection.query("SELECT id FROM things").count == 15)
    }

    @Test func `a prepared statement survives that its table is altered`() throws {
        try connection.execute("CREATE TABLE things (id INT PRIMARY KEY, value INT)")
        try connection.execute("INSERT INTO things (id, value) VALUES (1, 5)")
        func value() throws -> SQLValue? {
            try connection.first("SELECT value FROM things WHERE id = \(1)")?.value("value")
        }

        let number = try value()
        try connection.execute("ALTER TABLE things MODIFY value VARCHAR(2000)")
        let text = try value()
        try connection.execute("ALTER TABLE things MODIFY value VARBINARY(20)")
        let bytes = try value()
        try connection.execute("ALTER TABLE things MODIFY value BIGINT UNSIGNED")

        #expect(number == .int(5))
        #expect(text == .string("5"))
        #expect(bytes == .bytes([0x35]))
        #expect(try value() == .int(5))
    }
}
