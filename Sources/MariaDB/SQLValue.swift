/// A value that goes into a statement or comes out of a row.
package enum SQLValue: Sendable, Equatable {
    case null
    /// Every integer type; also what MariaDB makes of a Boolean.
    case int(Int64)
    case double(Double)
    /// Text; also `UUID`, `JSON` and `DECIMAL`, which MariaDB sends as text.
    case string(String)
    /// Text without a character set: `BINARY`, `VARBINARY`, `BLOB`.
    case bytes([UInt8])
    /// `DATETIME`, `TIMESTAMP` and `DATE`: milliseconds since 1970-01-01 00:00 UTC.
    case time(Int64)
}

/// What may stand in an interpolation of ``SQL``.
///
/// A type of the domain (an id, a moment) becomes one by an extension beside its store.
package protocol SQLBindable {
    var sqlValue: SQLValue { get }
}

extension SQLValue: SQLBindable {
    package var sqlValue: SQLValue { self }
}

extension String: SQLBindable {
    package var sqlValue: SQLValue { .string(self) }
}

extension Int: SQLBindable {
    package var sqlValue: SQLValue { .int(Int64(self)) }
}

extension Int64: SQLBindable {
    package var sqlValue: SQLValue { .int(self) }
}

extension Int32: SQLBindable {
    package var sqlValue: SQLValue { .int(Int64(self)) }
}

extension Double: SQLBindable {
    package var sqlValue: SQLValue { .double(self) }
}

extension Bool: SQLBindable {
    package var sqlValue: SQLValue { .int(self ? 1 : 0) }
}

extension Array: SQLBindable where Element == UInt8 {
    package var sqlValue: SQLValue { .bytes(self) }
}

extension Optional: SQLBindable where Wrapped: SQLBindable {
    package var sqlValue: SQLValue {
        switch self {
        case .some(let value): value.sqlValue
        case .none: .null
        }
    }
}
