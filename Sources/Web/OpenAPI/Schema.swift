import JSON

/// A JSON Schema (2020-12, as OpenAPI 3.1 has it), put together from what is to be said about a value. The
/// schemas that it refers to by name come along with it, for `components/schemas`.
struct Schema: Sendable {
    /// One member of an object.
    struct Field: Sendable {
        let name: String
        let schema: Schema
        let isRequired: Bool

        static func required(_ name: String, _ schema: Schema, _ meaning: String? = nil) -> Field {
            Field(name: name, schema: schema.meaning(meaning), isRequired: true)
        }

        static func optional(_ name: String, _ schema: Schema, _ meaning: String? = nil) -> Field {
            Field(name: name, schema: schema.meaning(meaning), isRequired: false)
        }
    }

    private(set) var keywords: JSON.Object
    private(set) var named: [String: JSON]

    private init(_ keywords: JSON.Object, named: [String: JSON] = [:]) {
        self.keywords = keywords
        self.named = named
    }

    private init(type: String, _ more: [(String, JSON)] = []) {
        self.init(JSON.Object([("type", .string(type))] + more))
    }

    var json: JSON { .object(keywords) }
}

/// Values without parts.
extension Schema {
    /// Nothing is said of it.
    static let anything = Schema([:])
    static let bool = Schema(type: "boolean")
    static let text = Schema(type: "string")
    /// A UUID in lower case.
    static let id = Schema(type: "string", [("format", "uuid")])
    /// A moment in RFC 3339.
    static let time = Schema(type: "string", [("format", "date-time")])

    /// What people call something. White space at its ends is taken off, so one of nothing else is empty.
    static func name(_ length: ClosedRange<Int>) -> Schema {
        .text(length).matching(#"\S"#)
    }

    /// A text whose length counts in characters (Unicode scalars).
    static func text(_ length: ClosedRange<Int>) -> Schema {
        let least: [(String, JSON)] =
            length.lowerBound > 0 ? [("minLength", .integer(length.lowerBound))] : []
        return Schema(
            type: "string", least + [("maxLength", .integer(length.upperBound))])
    }

    static func integer(_ range: ClosedRange<Int>) -> Schema {
        Schema(
            type: "integer",
            [
                ("minimum", .integer(range.lowerBound)), ("maximum", .integer(range.upperBound)),
            ])
    }

    static func integer(atLeast least: Int) -> Schema {
        Schema(type: "integer", [("minimum", .integer(least))])
    }

    static func integer(of values: [Int]) -> Schema {
        Schema(type: "integer", [("enum", .array(values.map(JSON.integer)))])
    }

    static func choice(of values: [String]) -> Schema {
        Schema(type: "string", [("enum", JSON(values))])
    }

    static func choice<Value: RawRepresentable & CaseIterable>(of _: Value.Type) -> Schema
    where Value.RawValue == String {
        choice(of: Value.allCases.map(\.rawValue))
    }

    /// This value and no other.
    static func constant(_ text: String) -> Schema { Schema(["const": .string(text)]) }

    static func constant(_ bool: Bool) -> Schema { Schema(["const": .bool(bool)]) }
}

/// Values with parts.
extension Schema {
    static func list(of element: Schema, _ count: ClosedRange<Int>? = nil) -> Schema {
        var list = Schema(type: "array", [("items", element.json)])
        list.named = element.named
        guard let count else { return list }
        if count.lowerBound > 0 { list = list.with("minItems", .integer(count.lowerBound)) }
        return list.with("maxItems", .integer(count.upperBound))
    }

    /// An object of an answer: a client must bear fields that are new to it.
    static func object(_ fields: Field...) -> Schema { object(fields) }

    static func object(_ fields: [Field]) -> Schema {
        let required = fields.filter(\.isRequired).map(\.name)
        var schema = Schema(
            type: "object",
            [
                (
                    "properties",
                    .object(JSON.Object(fields.map { ($0.name, $0.schema.json) }))
                )
            ] + (required.isEmpty ? [] : [("required", JSON(required))]))
        for field in fields { schema.bring(field.schema) }
        return schema
    }

    /// An object of a request: unknown fields are refused, and null counts as left out.
    static func input(_ fields: Field...) -> Schema { input(fields) }

    static func input(_ fields: [Field]) -> Schema {
        object(
            fields.map { field in
                field.isRequired
                    ? field
                    : Field(name: field.name, schema: field.schema.orNull, isRequired: false)
            }
        ).with("additionalProperties", false)
    }

    /// An object whose members have names that nobody knows beforehand.
    static func map(of value: Schema) -> Schema {
        var map = Schema(type: "object", [("additionalProperties", value.json)])
        map.named = value.named
        return map
    }

    /// A page of a list.
    static func page(of item: Schema) -> Schema {
        object(
            .required("data", .list(of: item)),
            .required(
                "next_cursor", text.orNull,
                "Sent as `cursor` it gives the next page; null on the last one."))
    }
}

/// What else may be said.
extension Schema {
    /// The same, under a name in `components/schemas` that generated clients make a type of.
    static func named(_ name: String, _ schema: Schema) -> Schema {
        var reference = Schema(["$ref": .string("#/components/schemas/\(name)")])
        reference.bring(schema)
        reference.named[name] = schema.json
        return reference
    }

    /// The same or null, as JSON Schema 2020-12 says it.
    var orNull: Schema {
        var schema = self
        guard let type = keywords["type"]?.string else {
            schema.keywords = ["anyOf": [json, ["type": "null"]]]
            return schema
        }
        schema.keywords["type"] = [.string(type), "null"]
        if let values = keywords["enum"]?.array {
            schema.keywords["enum"] = .array(values + [.null])
        }
        return schema
    }

    private func with(_ keyword: String, _ value: JSON) -> Schema {
        var schema = self
        schema.keywords[keyword] = value
        return schema
    }

    func meaning(_ text: String?) -> Schema {
        text.map { with("description", .string($0)) } ?? self
    }

    /// A regular expression of ECMA-262, which need not take in the whole text.
    func matching(_ pattern: String) -> Schema { with("pattern", .string(pattern)) }

    func format(_ name: String) -> Schema { with("format", .string(name)) }

    func examples(_ values: String...) -> Schema { with("examples", JSON(values)) }

    /// What a field that is left out counts as.
    func byDefault(_ value: Int) -> Schema { with("default", .integer(value)) }

    private mutating func bring(_ other: Schema) {
        named.merge(other.named) { mine, theirs in
            precondition(mine == theirs, "two schemas have one name")
            return mine
        }
    }
}
