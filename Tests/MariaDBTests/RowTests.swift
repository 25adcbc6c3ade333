import MariaDB
import TestSupport
import Testing

@Suite struct RowTests {
    let row: Row

    init() throws {
        let connection = Connection(try TestServer.shared())
        row = try #require(
            try connection.first(
                """
                SELECT 'secret-value' AS name, 2 AS level, NULL AS nothing,
                    CAST('1' AS BINARY) AS raw
                """))
    }

    @Test func `a missing column is named`() {
        let error = #expect(throws: MariaDBError.self) { try row.string("nam") }

        #expect(error?.message == "the answer has no column nam")
        #expect(error?.operation == .read)
    }

    @Test func `NULL where a value must be is named`() {
        let error = #expect(throws: MariaDBError.self) { try row.int("nothing") }

        #expect(error?.message == "column nothing is NULL, not an integer")
    }

    @Test func `another type is named, and its value is not`() {
        let errors = [
            #expect(throws: MariaDBError.self) { try row.int("name") },
            #expect(throws: MariaDBError.self) { try row.string("level") },
            #expect(throws: MariaDBError.self) { try row.bool("level") },
            #expect(throws: MariaDBError.self) { try row.optionalBool("name") },
            #expect(throws: MariaDBError.self) { try row.string("raw") },
            #expect(throws: MariaDBError.self) { try row.optionalBytes("name") },
            #expect(throws: MariaDBError.self) { try row.time("name") },
            #expect(throws: MariaDBError.self) { try row.optionalTime("level") },
        ]

        #expect(
            errors.map { $0?.message } == [
                "column name is text, not an integer",
                "column level is an integer, not text",
                "column level is an integer, not 0 or 1",
                "column name is text, not 0 or 1",
                "column raw is binary, not text",
                "column name is text, not binary",
                "column name is text, not a time",
                "column level is an integer, not a time",
            ])
        #expect(errors.allSatisfy { $0?.isUnavailable == false && $0?.isConflict == false })
    }
}
