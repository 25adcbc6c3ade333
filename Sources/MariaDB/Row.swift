/// One row of an answer, copied out of the library.
///
/// Columns are read by name and type. A missing column, a `NULL` where none is expected and another
/// type are a ``MariaDBError`` that names the column, never the value.
package struct Row: Sendable {
    /// What all rows of an answer share.
    final class Columns: Sendable {
        let names: [String]
        let sql: String

        init(names: [String], sql: String) {
            self.names = names
            self.sql = sql
        }
    }

    let columns: Columns
    let values: [SQLValue]

    package func string(_ column: String) throws(MariaDBError) -> String {
        guard case .string(let text) = try value(column) else {
            throw mismatch(column, "text")
        }
        return text
    }

    package func optionalString(_ column: String) throws(MariaDBError) -> String? {
        switch try value(column) {
        case .null: nil
        case .string(let text): text
        default: throw mismatch(column, "text")
        }
    }

    package func int(_ column: String) throws(MariaDBError) -> Int {
        guard case .int(let number) = try value(column) else {
            throw mismatch(column, "an integer")
        }
        return Int(number)
    }

    package func optionalInt(_ column: String) throws(MariaDBError) -> Int? {
        switch try value(column) {
        case .null: nil
        case .int(let number): Int(number)
        default: throw mismatch(column, "an integer")
        }
    }

    /// 0 or 1: MariaDB's `BOOLEAN` is a small integer.
    package func bool(_ column: String) throws(MariaDBError) -> Bool {
        guard let bool = try optionalBool(column) else { throw mismatch(column, "0 or 1") }
        return bool
    }

    package func optionalBool(_ column: String) throws(MariaDBError) -> Bool? {
        switch try value(column) {
        case .null: nil
        case .int(0): false
        case .int(1): true
        default: throw mismatch(column, "0 or 1")
        }
    }

    package func double(_ column: String) throws(MariaDBError) -> Double {
        guard case .double(let number) = try value(column) else {
            throw mismatch(column, "a floating-point number")
        }
        return number
    }

    package func bytes(_ column: String) throws(MariaDBError) -> [UInt8] {
        guard case .bytes(let bytes) = try value(column) else {
            throw mismatch(column, "binary")
        }
        return bytes
    }

    package func optionalBytes(_ column: String) throws(MariaDBError) -> [UInt8]? {
        switch try value(column) {
        case .null: nil
        case .bytes(let bytes): bytes
        default: throw mismatch(column, "binary")
        }
    }

    /// Milliseconds since 1970-01-01 00:00 UTC; parts of a millisecond are cut off.
    package func time(_ column: String) throws(MariaDBError) -> Int64 {
        guard case .time(let milliseconds) = try value(column) else {
            throw mismatch(column, "a time")
        }
        return milliseconds
    }

    package func optionalTime(_ column: String) throws(MariaDBError) -> Int64? {
        switch try value(column) {
        case .null: nil
        case .time(let milliseconds): milliseconds
        default: throw mismatch(column, "a time")
        }
    }

    /// Whatever the column holds.
    package func value(_ column: String) throws(MariaDBError) -> SQLValue {
        // A handful of columns: walking them is faster than a dictionary.
        for index in columns.names.indices where columns.names[index] == column {
            return values[index]
        }
        throw problem("the answer has no column \(column)")
    }

    private func mismatch(_ column: String, _ expected: String) -> MariaDBError {
        do {
            let found =
                switch try value(column) {
                case .null: "NULL"
                case .int: "an integer"
                case .double: "a floating-point number"
                case .string: "text"
                case .bytes: "binary"
                case .time: "a time"
                }
            return problem("column \(column) is \(found), not \(expected)")
        } catch {
            return error
        }
    }

    private func problem(_ message: String) -> MariaDBError {
        MariaDBError(operation: .read, message: message, sql: columns.sql)
    }
}
