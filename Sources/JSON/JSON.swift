/// A JSON value: what a request body, a token's claims or an answer consists of.
///
/// Numbers written without fraction and exponent that fit 64 bits are kept exactly
/// (`integer`); all others are `number`.
package enum JSON: Sendable, Hashable {
    case object(Object)
    case array([JSON])
    case string(String)
    case integer(Int)
    case number(Double)
    case bool(Bool)
    case null
}

extension JSON {
    /// A text, or `null` where there is none.
    package init(_ text: String?) {
        self = text.map(JSON.string) ?? .null
    }

    /// An integer, or `null` where there is none.
    package init(_ integer: Int?) {
        self = integer.map(JSON.integer) ?? .null
    }

    /// A list of texts, or `null` where there is none.
    package init(_ texts: [String]?) {
        self = texts.map { .array($0.map(JSON.string)) } ?? .null
    }
}

/// Typed access; each answers nil where the value is of another kind.
extension JSON {
    /// The member of an object; nil where there is none, or where this is no object.
    package subscript(name: String) -> JSON? {
        object?[name]
    }

    package var object: Object? {
        if case .object(let object) = self { object } else { nil }
    }

    package var array: [JSON]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The texts of an array that holds nothing but texts.
    package var strings: [String]? {
        guard let array else { return nil }
        var texts: [String] = []
        texts.reserveCapacity(array.count)
        for element in array {
            guard let text = element.string else { return nil }
            texts.append(text)
        }
        return texts
    }

    /// An integer that was written as one: `1.0` and `1e3` are none.
    package var int: Int? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// Any number, integers included.
    package var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    package var isNull: Bool {
        self == .null
    }
}

extension JSON: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
    package init(dictionaryLiteral members: (String, JSON)...) {
        self = .object(Object(members))
    }

    package init(arrayLiteral elements: JSON...) {
        self = .array(elements)
    }
}

// Not ExpressibleByNilLiteral: `json["a"] == nil` would then have two meanings.
extension JSON: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral
{
    package init(stringLiteral text: String) {
        self = .string(text)
    }

    package init(integerLiteral value: Int) {
        self = .integer(value)
    }

    package init(floatLiteral value: Double) {
        self = .number(value)
    }

    package init(booleanLiteral value: Bool) {
        self = .bool(value)
    }
}
