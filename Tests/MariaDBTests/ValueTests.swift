import MariaDB
import TestSupport
import Testing

/// What goes in comes out, for every type, on a real server.
@Suite struct ValueTests {
    let database: TestDatabase
    let connection: Connection

    init() throws {
        database = try TestDatabase.make()
        connection = database.connect()
    }

    @Test(arguments: [
        "", "plain", "naïve – „quoted“", "👩🏽‍🚀 𝕊𝕎𝕀𝔽𝕋 🇪🇺", "with \0 inside", "two\nlines\r\n",
        "trailing   ",
        "' OR 1=1 -- ", "\"; DROP TABLE texts; --", "\\' OR ''='", "%_%", "`x`", "?",
        "/*! SELECT */",
    ])
    func `text stays the same text`(text: String) throws {
        try connection.execute("CREATE TABLE texts (body TEXT NOT NULL, tag VARCHAR(80))")

        try connection.execute("INSERT INTO texts (body, tag) VALUES (\(text), \(text))")

        let row = try #require(
            try connection.first("SELECT body, tag FROM texts WHERE body = \(text)"))
        #expect(try row.string("body") == text)
        #expect(try row.optionalString("tag") == text)
        #expect(try connection.query("SELECT body FROM texts").count == 1)
    }

    @Test func `an injection matches nothing but itself`() throws {
        try connection.execute("CREATE TABLE users (name VARCHAR(80) NOT NULL)")
        try connection.execute("INSERT INTO users (name) VALUES ('alice'), ('bob')")

        for attempt in ["' OR '1'='1", "alice' -- ", "alice'; DROP TABLE users; -- ", "%", "_____"]
        {
            #expect(
                try connection.query("SELECT name FROM users WHERE name = \(attempt)").isEmpty)
            #expect(
                try connection.query("SELECT name FROM users WHERE name IN (\(list: [attempt]))")
                    .isEmpty)
        }

        #expect(try connection.query("SELECT name FROM users").count == 2)
    }

    @Test func `binary keeps every byte`() throws {
        let all = (0...255).map { UInt8($0) }
        let digest = [UInt8](repeating: 0, count: 31) + [32]
        try connection.execute(
            "CREATE TABLE blobs (body BLOB NOT NULL, digest BINARY(32) NOT NULL)")

        try connection.execute("INSERT INTO blobs (body, digest) VALUES (\(all), \(digest))")

        let row = try #require(
            try connection.first("SELECT body, digest FROM blobs WHERE digest = \(digest)"))
        #expect(try row.bytes("body") == all)
        #expect(try row.bytes("digest") == digest)
    }

    @Test func `ten MiB are not cut off`() throws {
        let bytes = (0..<10 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let text = String(repeating: "0123456789abcdé", count: 100_000)
        try connection.execute(
            "CREATE TABLE blobs (body LONGBLOB NOT NULL, note LONGTEXT NOT NULL)")

        try connection.execute("INSERT INTO blobs (body, note) VALUES (\(bytes), \(text))")
        try connection.execute("INSERT INTO blobs (body, note) VALUES (\([] as [UInt8]), \(""))")

        let rows = try connection.query("SELECT note, body FROM blobs ORDER BY LENGTH(body) DESC")
        #expect(try rows[0].bytes("body") == bytes)
        #expect(try rows[0].string("note") == text)
        #expect(try rows[1].bytes("body") == [])
        #expect(try rows[1].string("note") == "")
    }

    @Test func `integers go to their ends`() throws {
        try connection.execute(
            "CREATE TABLE numbers (big BIGINT NOT NULL, small TINYINT NOT NULL, id INT UNSIGNED)")
        try connection.execute(
            "INSERT INTO numbers (big, small, id) VALUES (\(Int64.min), \(-128), \(4_294_967_295))")
        try connection.execute(
            "INSERT INTO numbers (big, small, id) VALUES (\(Int64.max), \(127), \(nil as Int?))")

        let rows = try connection.query("SELECT big, small, id FROM numbers ORDER BY big")

        #expect(try rows.map { row in try row.int("big") } == [.min, .max])
        #expect(try rows.map { row in try row.int("small") } == [-128, 127])
        #expect(try rows.map { row in try row.optionalInt("id") } == [4_294_967_295, nil])
    }

    @Test func `an unsigned number beyond Int64 is not mistaken for a negative one`() throws {
        let row = try #require(
            try connection.first("SELECT CAST(18446744073709551615 AS UNSIGNED) AS number"))

        #expect(try row.value("number") == .string("18446744073709551615"))
        #expect(throws: MariaDBError.self) { try row.int("number") }
    }

    @Test func `a sum and a count are integers, a fraction is text`() throws {
        try connection.execute("CREATE TABLE numbers (n BIGINT NOT NULL)")
        try connection.execute("INSERT INTO numbers (n) VALUES (1), (2), (-10)")

        let row = try #require(
            try connection.first(
                """
                SELECT SUM(n) AS total, COUNT(*) AS amount, CAST(1.50 AS DECIMAL(5, 2)) AS fraction,
                    CAST(0.25 AS DOUBLE) AS quarter
                FROM numbers
                """))

        #expect(try row.int("total") == -7)
        #expect(try row.int("amount") == 3)
        #expect(try row.string("fraction") == "1.50")
        #expect(try row.double("quarter") == 0.25)
    }

    @Test(arguments: [
        0, 1, -1, 1_700_000_000_123, 4_102_444_799_999, -1_000_000_000_001,
        253_402_300_799_999, -30_610_224_000_000,
    ])
    func `a time comes back to the millisecond`(time: Int64) throws {
        try connection.execute("CREATE TABLE moments (at DATETIME(3) NOT NULL, maybe DATETIME(3))")

        try connection.execute(
            "INSERT INTO moments (at, maybe) VALUES (\(SQLValue.time(time)), \(SQLValue.null))")

        let row = try #require(
            try connection.first(
                "SELECT at, maybe FROM moments WHERE at = \(SQLValue.time(time))"))
        #expect(try row.time("at") == time)
        #expect(try row.optionalTime("maybe") == nil)
    }

    @Test func `the server reads a time as we mean it`() throws {
        let row = try #require(
            try connection.first(
                """
                SELECT DATE_FORMAT(\(SQLValue.time(4_102_444_799_999)), '%Y-%m-%d %T.%f') AS late,
                    UNIX_TIMESTAMP(\(SQLValue.time(1_700_000_000_000))) AS seconds,
                    CAST('1969-12-31 23:59:59.999' AS DATETIME(3)) AS early,
                    CAST('2024-02-29' AS DATE) AS day
                """))

        #expect(try row.string("late") == "2099-12-31 23:59:59.999000")
        #expect(try row.value("seconds") == .int(1_700_000_000))
        #expect(try row.time("early") == -1)
        #expect(try row.time("day") == 1_709_164_800_000)
    }

    @Test func `a time that MariaDB cannot hold is refused before it is sent`() throws {
        let error = #expect(throws: MariaDBError.self) {
            try connection.first("SELECT \(SQLValue.time(.max)) AS at")
        }

        #expect(error?.message == "a time outside of the years 1 to 9999")
    }

    @Test func `a UUID column is text`() throws {
        let id = "0192f0c1-2345-7abc-8def-0123456789ab"
        try connection.execute("CREATE TABLE things (id UUID PRIMARY KEY, other UUID)")
        try connection.execute("INSERT INTO things (id) VALUES (\(id))")

        let row = try #require(
            try connection.first("SELECT id, other FROM things WHERE id = \(id)"))

        #expect(try row.string("id") == id)
        #expect(try row.optionalString("other") == nil)
    }

    @Test func `JSON is text, a Boolean is an integer`() throws {
        try connection.execute("CREATE TABLE things (body JSON NOT NULL, flag BOOLEAN)")
        try connection.execute("INSERT INTO things (body, flag) VALUES (\("{\"a\": 1}"), \(true))")

        let row = try #require(try connection.first("SELECT body, flag FROM things"))

        #expect(try row.string("body") == "{\"a\": 1}")
        #expect(try row.bool("flag"))
        #expect(try row.optionalBool("flag") == true)
        #expect(try row.int("flag") == 1)
    }

    @Test func `every type may be NULL`() throws {
        let row = try #require(
            try connection.first(
                """
                SELECT CAST(NULL AS CHAR) AS text, CAST(NULL AS SIGNED) AS number,
                    CAST(NULL AS BINARY) AS bytes, CAST(NULL AS DATETIME) AS time
                """))

        #expect(try row.optionalString("text") == nil)
        #expect(try row.optionalInt("number") == nil)
        #expect(try row.optionalBool("number") == nil)
        #expect(try row.optionalBytes("bytes") == nil)
        #expect(try row.optionalTime("time") == nil)
    }

    @Test func `a value after a NULL and a long one in the same statement are apart`() throws {
        let long = String(repeating: "x", count: 100_000)
        for (first, second) in [(nil, "b"), ("a", nil), (long, "b"), ("a", "b")] {
            let row = try #require(
                try connection.first("SELECT \(first) AS first, \(second) AS second"))

            #expect(try row.optionalString("first") == first)
            #expect(try row.optionalString("second") == second)
        }
    }

    @Test func `the same statement takes values of changing types`() throws {
        try connection.execute("CREATE TABLE things (id INT PRIMARY KEY, value VARCHAR(99))")
        let values: [any SQLBindable] = ["text", 17, nil as String?, true, "🦊"]

        for (id, value) in values.enumerated() {
            try connection.execute(
                "INSERT INTO things (id, value) VALUES (\(id), \(value.sqlValue))")
        }

        let rows = try connection.query("SELECT value FROM things ORDER BY id")
        #expect(
            try rows.map { row in try row.optionalString("value") } == [
                "text", "17", nil, "1", "🦊",
            ])
    }

    @Test func `an empty list finds nothing, whatever the operator`() throws {
        try connection.execute("CREATE TABLE things (id INT PRIMARY KEY)")
        try connection.execute("INSERT INTO things (id) VALUES (1), (2), (3)")

        #expect(
            try connection.query("SELECT id FROM things WHERE id IN (\(list: [Int]()))").isEmpty)
        #expect(
            try connection.execute("DELETE FROM things WHERE id NOT IN (\(list: [Int]()))")
                .affectedRows == 0)
        #expect(
            try connection.query("SELECT id FROM things WHERE id IN (\(list: [3, 1, 9]))").count
                == 2)
    }
}
