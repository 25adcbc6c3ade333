import Domain
import HTTP
import HTTPTypes
import JSON

/// The JSON object of a request's body, read field by field. Problems are gathered, so that an answer tells
/// of every bad field at once; `finish()` throws them, and any field that nobody asked for.
///
/// ```swift
/// var body = try JSONBody(request)
/// let name = body.text("name", 1...255)
/// try body.finish()
/// ```
struct JSONBody {
    private let object: JSON.Object
    /// Stands before the names of a nested object's fields: `maintenance.`
    private let path: String
    private var asked: Set<String> = []
    private(set) var problems: [Refusal.Problem] = []

    /// Refuses another media type (415) and what is no JSON object (400).
    init(_ request: Request) throws {
        guard request.mediaType == "application/json" else {
            throw UnsupportedMediaType(expected: "application/json")
        }
        do {
            guard case .object(let object) = try JSON(parsing: request.body) else {
                throw Self.malformed("The body must be a JSON object.")
            }
            self.init(object, path: "")
        } catch let error as JSONError {
            throw Self.malformed("The body is not proper JSON: \(error).")
        }
    }

    private init(_ object: JSON.Object, path: String) {
        self.object = object
        self.path = path
    }

    private static func malformed(_ detail: String) -> Refusal {
        Refusal(.malformed, code: "malformed_json", detail)
    }

    /// Whether the field was sent, even as null.
    func has(_ field: String) -> Bool { object[field] != nil }

    /// Whether the field was sent as null.
    func isNull(_ field: String) -> Bool { object[field]?.isNull ?? false }

    var isEmpty: Bool { object.isEmpty }

    /// Throws one refusal with every problem, the unknown fields among them.
    func finish() throws {
        let unknown = object.names.filter { !asked.contains($0) }.map { name in
            Refusal.Problem(
                field: path + name, code: "unknown_field",
                detail: "\(path)\(name) is not known here.")
        }
        if !problems.isEmpty || !unknown.isEmpty { throw Refusal.invalid(problems + unknown) }
    }

    mutating func refuse(_ field: String, code: String, _ detail: String) {
        problems.append(Refusal.Problem(field: path + field, code: code, detail: detail))
    }

    /// Adds what the rules have against the values, except of fields that have a problem already.
    mutating func refuse(_ others: [Refusal.Problem]) {
        let known = Set(problems.map(\.field))
        problems += others.filter { !known.contains($0.field) }
    }

    // MARK: Required fields; a stand-in where there is a problem

    /// Text without white space at its ends and without control characters; length in Unicode scalars.
    mutating func text(_ field: String, _ length: ClosedRange<Int>) -> String {
        guard let value = present(field) else { return missing(field, "") }
        return check(value, field, length) ?? ""
    }

    /// Text to the letter, such as a password; at most 4 KiB.
    mutating func rawText(_ field: String) -> String {
        guard let value = present(field) else { return missing(field, "") }
        guard let text = value.string else { return wrongType(field, "a text", "") }
        guard text.utf8.count <= 4096 else {
            refuse(field, code: "too_long", "\(path)\(field) is longer than 4096 bytes.")
            return ""
        }
        return text
    }

    mutating func choice<Value: RawRepresentable & CaseIterable>(_ field: String, as _: Value.Type)
        -> Value? where Value.RawValue == String
    {
        guard present(field) != nil else { return missing(field, nil) }
        return optionalChoice(field, as: Value.self)
    }

    mutating func bool(_ field: String) -> Bool {
        guard present(field) != nil else { return missing(field, false) }
        return optionalBool(field) ?? false
    }

    mutating func id<ID: Identifier>(_ field: String, as _: ID.Type) -> ID? {
        guard present(field) != nil else { return missing(field, nil) }
        return optionalID(field, as: ID.self)
    }

    // MARK: Fields that may be left out; null counts as left out

    mutating func optionalText(_ field: String, _ length: ClosedRange<Int>) -> String? {
        guard let value = present(field) else { return nil }
        return check(value, field, length)
    }

    mutating func optionalRawText(_ field: String) -> String? {
        present(field) == nil ? nil : rawText(field)
    }

    mutating func optionalBool(_ field: String) -> Bool? {
        guard let value = present(field) else { return nil }
        guard let bool = value.bool else { return wrongType(field, "true or false", nil) }
        return bool
    }

    mutating func optionalInteger(_ field: String, _ range: ClosedRange<Int>) -> Int? {
        guard let value = present(field) else { return nil }
        guard let integer = value.int else { return wrongType(field, "a whole number", nil) }
        guard range.contains(integer) else {
            refuse(
                field, code: "out_of_range",
                "\(path)\(field) must be between \(range.lowerBound) and \(range.upperBound).")
            return nil
        }
        return integer
    }

    mutating func optionalInteger(_ field: String, of allowed: [Int]) -> Int? {
        guard let value = present(field) else { return nil }
        guard let integer = value.int else { return wrongType(field, "a whole number", nil) }
        guard allowed.contains(integer) else {
            let list = allowed.map(String.init).joined(separator: ", ")
            refuse(field, code: "not_allowed", "\(path)\(field) must be one of \(list).")
            return nil
        }
        return integer
    }

    mutating func optionalChoice<Value: RawRepresentable & CaseIterable>(
        _ field: String, as _: Value.Type
    ) -> Value? where Value.RawValue == String {
        guard let value = present(field) else { return nil }
        guard let text = value.string else { return wrongType(field, "a text", nil) }
        guard let choice = Value(rawValue: text) else {
            let list = Value.allCases.map(\.rawValue).joined(separator: ", ")
            refuse(field, code: "not_allowed", "\(path)\(field) must be one of \(list).")
            return nil
        }
        return choice
    }

    mutating func optionalID<ID: Identifier>(_ field: String, as _: ID.Type) -> ID? {
        guard let value = present(field) else { return nil }
        guard let text = value.string, let id = ID(text: text) else {
            return wrongType(field, "an id (UUID)", nil)
        }
        return id
    }

    /// A moment in RFC 3339.
    mutating func optionalTime(_ field: String) -> Instant? {
        guard let value = present(field) else { return nil }
        guard let text = value.string, let time = Instant(rfc3339: text) else {
            return wrongType(field, "a time as in RFC 3339, such as 2026-11-22T12:00:00Z", nil)
        }
        return time
    }

    /// A list of texts; more than `limit` are refused.
    mutating func optionalTexts(_ field: String, limit: Int = 200) -> [String]? {
        guard let value = present(field) else { return nil }
        guard let texts = value.strings else { return wrongType(field, "a list of texts", nil) }
        guard texts.count <= limit else {
            refuse(field, code: "too_many", "\(path)\(field) may have at most \(limit) entries.")
            return nil
        }
        return texts
    }

    mutating func optionalIDs<ID: Identifier>(_ field: String, as _: ID.Type, limit: Int = 10_000)
        -> [ID]?
    {
        guard let texts = optionalTexts(field, limit: limit) else { return nil }
        var ids: [ID] = []
        for text in texts {
            guard let id = ID(text: text) else {
                return wrongType(field, "a list of ids (UUID)", nil)
            }
            ids.append(id)
        }
        return ids
    }

    /// An object as JSON text, for whoever reads it himself.
    mutating func optionalJSON(_ field: String) -> String? {
        guard let value = present(field) else { return nil }
        guard value.object != nil else { return wrongType(field, "an object", nil) }
        return value.text
    }

    /// Reads a nested object; its problems and unknown fields count with those of this one.
    mutating func optionalObject<Result>(
        _ field: String, _ read: (inout JSONBody) -> Result
    ) -> Result? {
        guard let value = present(field) else { return nil }
        guard case .object(let inner) = value else { return wrongType(field, "an object", nil) }
        var body = JSONBody(inner, path: path + field + ".")
        let result = read(&body)
        problems += body.problems
        do { try body.finish() } catch let refusal as Refusal {
            problems += refusal.problems.dropFirst(body.problems.count)
        } catch {
            preconditionFailure("finish() throws refusals alone")
        }
        return result
    }

    // MARK: Helpers

    private mutating func present(_ field: String) -> JSON? {
        asked.insert(field)
        guard let value = object[field], !value.isNull else { return nil }
        return value
    }

    private mutating func missing<Value>(_ field: String, _ standIn: Value) -> Value {
        refuse(field, code: "required", "\(path)\(field) is required.")
        return standIn
    }

    private mutating func wrongType<Value>(
        _ field: String, _ expected: String, _ standIn: Value
    ) -> Value {
        refuse(field, code: "wrong_type", "\(path)\(field) must be \(expected).")
        return standIn
    }

    private mutating func check(_ value: JSON, _ field: String, _ length: ClosedRange<Int>)
        -> String?
    {
        guard let raw = value.string else { return wrongType(field, "a text", nil) }
        let text = raw.trimmingWhiteSpace()
        let count = text.unicodeScalars.count
        if count < length.lowerBound {
            refuse(
                field, code: length.lowerBound == 1 ? "required" : "too_short",
                length.lowerBound == 1
                    ? "\(path)\(field) must not be empty."
                    : "\(path)\(field) must have at least \(length.lowerBound) characters.")
            return nil
        }
        if count > length.upperBound {
            refuse(
                field, code: "too_long",
                "\(path)\(field) must have at most \(length.upperBound) characters.")
            return nil
        }
        if text.unicodeScalars.contains(where: \.isControl) {
            refuse(
                field, code: "control_character",
                "\(path)\(field) must not hold control characters.")
            return nil
        }
        return text
    }
}

/// The body is of another media type: 415.
struct UnsupportedMediaType: Error {
    let expected: String
}

extension String {
    /// Without white space (Unicode White_Space) at either end.
    func trimmingWhiteSpace() -> String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }
}

extension Unicode.Scalar {
    /// A control character, or one that breaks a line or turns the direction of the text around it (which
    /// could make a name read as another).
    var isControl: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
        }
    }
}
