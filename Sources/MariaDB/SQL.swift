/// One statement, written out where it is used; every interpolation becomes a bound value.
///
/// ```swift
/// "SELECT name FROM users WHERE id = \(id) AND level IN (\(list: levels))"
/// ```
///
/// It is made of literals only. The literal's type is `StaticString`, so that not even
/// `SQL(stringLiteral:)` takes a text that was put together at run time.
package struct SQL: ExpressibleByStringInterpolation, Sendable {
    /// The statement with `?` where values go.
    package let text: String
    /// The values, in the order of their `?`.
    package let values: [SQLValue]
    /// Whether the text is one of few, so that keeping it prepared pays.
    let isReusable: Bool

    package init(stringLiteral literal: StaticString) {
        text = literal.description
        values = []
        isReusable = true
    }

    package init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
        values = stringInterpolation.values
        isReusable = stringInterpolation.isReusable
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        package typealias StringLiteralType = StaticString

        fileprivate var text = ""
        fileprivate var values: [SQLValue] = []
        fileprivate var isReusable = true

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount)
            values.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: StaticString) {
            text += literal.description
        }

        /// One value: `WHERE id = \(id)`.
        package mutating func appendInterpolation(_ value: some SQLBindable) {
            text += "?"
            values.append(value.sqlValue)
        }

        /// One value, or `NULL`. (Its own overload: the compiler warns of an optional that becomes a
        /// part of a text, unless the parameter is one, too.)
        package mutating func appendInterpolation<Value: SQLBindable>(_ value: Value?) {
            text += "?"
            values.append(value.sqlValue)
        }

        /// The values between the parentheses of an `IN`: `WHERE id IN (\(list: ids))`.
        ///
        /// An empty list becomes `NULL`, which nothing equals: `IN` finds no row, and neither does
        /// `NOT IN`, which is the harmless answer for a `DELETE`.
        package mutating func appendInterpolation(list: [some SQLBindable]) {
            guard let last = list.last else {
                text += "NULL"
                return
            }
            // Repeated up to a round number, which changes nothing of what `IN` means, so that
            // lists of all lengths share a few prepared statements.
            let count = Self.roundedListCount(list.count)
            text += "?"
            for _ in 1..<count { text += ", ?" }
            values.reserveCapacity(values.count + count)
            for value in list { values.append(value.sqlValue) }
            values.append(contentsOf: repeatElement(last.sqlValue, count: count - list.count))
        }

        /// A part of a statement with its own values: `SELECT … \(fragment: condition)`.
        package mutating func appendInterpolation(fragment: SQL) {
            text += fragment.text
            values += fragment.values
            isReusable = isReusable && fragment.isReusable
        }

        /// Powers of two up to 1,024, then multiples of 1,024.
        private static func roundedListCount(_ count: Int) -> Int {
            guard count <= 1_024 else { return (count + 1_023) / 1_024 * 1_024 }
            var rounded = 1
            while rounded < count { rounded *= 2 }
            return rounded
        }
    }
}

extension SQL: CustomStringConvertible, CustomDebugStringConvertible {
    /// The text without the values.
    package var description: String { text }
    package var debugDescription: String { text }
}

extension Array where Element == SQL {
    /// As many parts as there are: `VALUES \(fragment: rows.joined(by: ", "))`.
    ///
    /// The statement is prepared for this one execution and not kept. An empty array makes an empty
    /// text, which hardly a statement allows: ask before.
    package func joined(by separator: SQL) -> SQL {
        var interpolation = SQL.StringInterpolation(literalCapacity: 0, interpolationCount: 0)
        for (index, part) in enumerated() {
            if index > 0 { interpolation.appendInterpolation(fragment: separator) }
            interpolation.appendInterpolation(fragment: part)
        }
        interpolation.markAsOneOfMany()
        return SQL(stringInterpolation: interpolation)
    }
}

extension SQL.StringInterpolation {
    fileprivate mutating func markAsOneOfMany() {
        isReusable = false
    }
}
