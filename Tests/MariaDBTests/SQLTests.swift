import MariaDB
import TestSupport
import Testing

@Suite struct SQLTests {
    @Test func `an interpolation becomes a question mark and a value`() {
        let name = "o'brien"

        let sql: SQL = "SELECT id FROM users WHERE name = \(name) AND level > \(3)"

        #expect(sql.text == "SELECT id FROM users WHERE name = ? AND level > ?")
        #expect(sql.values == [.string("o'brien"), .int(3)])
    }

    @Test func `every bindable type has its value`() {
        let nothing: String? = nil
        let something: Int? = 7

        let sql: SQL =
            """
            \(nothing)\(something)\(true)\(Int64.min)\(Int32.max)\([1, 0, 255] as [UInt8])\
            \(SQLValue.time(-1))\(0.5)
            """

        #expect(
            sql.values == [
                .null, .int(7), .int(1), .int(.min), .int(2_147_483_647), .bytes([1, 0, 255]),
                .time(-1), .double(0.5),
            ])
    }

    @Test func `a list is as many question marks as the next power of two`() {
        let three: SQL = "id IN (\(list: [1, 2, 3]))"
        let one: SQL = "id IN (\(list: ["a"]))"

        #expect(three.text == "id IN (?, ?, ?, ?)")
        #expect(three.values == [.int(1), .int(2), .int(3), .int(3)])
        #expect(one.text == "id IN (?)")
    }

    @Test func `a long list is rounded to a multiple of 1024`() {
        let sql: SQL = "\(list: Array(0..<1_025))"

        #expect(sql.values.count == 2_048)
        #expect(sql.text.count { $0 == "?" } == 2_048)
    }

    @Test func `an empty list is NULL`() {
        let sql: SQL = "id IN (\(list: [String]()))"

        #expect(sql.text == "id IN (NULL)")
        #expect(sql.values.isEmpty)
    }

    @Test func `fragments keep their values in order`() {
        let condition: SQL = "b = \(2) AND c = \(3)"

        let sql: SQL = "SELECT a FROM t WHERE a = \(1) AND \(fragment: condition) AND d = \(4)"

        #expect(sql.text == "SELECT a FROM t WHERE a = ? AND b = ? AND c = ? AND d = ?")
        #expect(sql.values == [.int(1), .int(2), .int(3), .int(4)])
    }

    @Test func `parts are joined by a literal`() {
        let rows = [("a", 1), ("b", 2)].map { name, level in "(\(name), \(level))" as SQL }

        let sql: SQL = "INSERT INTO t (name, level) VALUES \(fragment: rows.joined(by: ", "))"

        #expect(sql.text == "INSERT INTO t (name, level) VALUES (?, ?), (?, ?)")
        #expect(sql.values == [.string("a"), .int(1), .string("b"), .int(2)])
    }

    @Test func `what is printed of a statement has no values`() {
        let sql: SQL = "SELECT \("a secret")"

        #expect("\(sql)" == "SELECT ?")
        #expect(String(reflecting: sql) == "SELECT ?")
    }
}
