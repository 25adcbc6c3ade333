import HTTP
import HTTPTypes
import JSON
import Testing
import Web

/// The API's OpenAPI document, held against every request that a test of the site makes and every answer it
/// gets: what is answered must be described, and what is accepted must be allowed.
struct Contract {
    /// As a client gets it.
    let document: JSON

    init(_ document: JSON) {
        self.document = document
    }

    /// From the site itself, which has one document for as long as the program runs.
    init(of site: Site, _ services: Services) {
        let response = site.respond(
            to: Request(
                id: "request-0", method: .get, path: "/api/v1/openapi.json", host: "gatehouse.test"),
            services
        ) { Issue.record($0) }
        document = (try? JSON(parsing: response.body)) ?? .null
    }

    /// Fails the test where the exchange is not as described.
    func check(_ request: Request, _ response: Response) {
        for violation in violations(of: request, response) {
            Issue.record("\(request.method) \(request.path): \(violation)")
        }
    }

    /// Methods and paths of all operations.
    var operations: [(method: String, path: String)] {
        (document["paths"]?.object?.members ?? []).flatMap { path in
            (path.value.object?.names ?? []).map { ($0.uppercased(), path.name) }
        }
    }

    /// What the document has against an exchange; nothing where it does not know the path, for that is
    /// a page or is not there.
    func violations(of request: Request, _ response: Response) -> [String] {
        guard let operation = operation(request.method, request.path) else { return [] }
        // Before the route was asked: another host than ours.
        if response.status == .misdirectedRequest { return [] }
        guard let answer = resolved(operation["responses"]?[String(response.status.code)]) else {
            return ["\(response.status.code) is not described"]
        }
        return violations(of: response, answer) + violations(of: request, response, operation)
    }

    private func violations(of response: Response, _ answer: JSON) -> [String] {
        var found: [String] = []
        for header in answer["headers"]?.object?.names ?? [] {
            if HTTPField.Name(header).map({ response.headers[$0] == nil }) ?? true {
                found.append("the header \(header) is missing")
            }
        }
        guard let content = answer["content"]?.object else {
            if !response.body.isEmpty { found.append("a body is not described") }
            return found
        }
        let type = (response.headers[.contentType] ?? "").prefix { $0 != ";" }
        guard let schema = content[String(type)]?["schema"] else {
            return found + ["the media type \(type) is not described"]
        }
        guard type.hasSuffix("json") else { return found }
        return found
            + SchemaCheck(document: document, refusesUnknownFields: true).problems(
                with: (try? JSON(parsing: response.body)) ?? .null, schema, at: "answer")
    }

    /// What was accepted must be allowed; what was refused may be anything.
    private func violations(of request: Request, _ response: Response, _ operation: JSON)
        -> [String]
    {
        guard response.status.kind == .successful, !request.body.isEmpty else { return [] }
        guard let type = request.mediaType,
            let schema = operation["requestBody"]?["content"]?[type]?["schema"]
        else { return ["a body of the request is not described"] }
        guard type == "application/json" else { return [] }
        return SchemaCheck(document: document, refusesUnknownFields: false).problems(
            with: (try? JSON(parsing: request.body)) ?? .null, schema, at: "request")
    }

    private func operation(_ method: HTTPRequest.Method, _ path: String) -> JSON? {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        var best: (JSON, captures: Int)?
        for item in document["paths"]?.object?.members ?? [] {
            let pattern = item.name.split(separator: "/", omittingEmptySubsequences: false)
            guard pattern.count == segments.count else { continue }
            let isMatch = zip(pattern, segments).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
            guard isMatch, let operation = item.value[method.rawValue.lowercased()] else {
                continue
            }
            let captures = pattern.count { $0.hasPrefix("{") }
            if best.map({ captures < $0.captures }) ?? true { best = (operation, captures) }
        }
        return best?.0
    }

    private func resolved(_ value: JSON?) -> JSON? {
        guard let reference = value?["$ref"]?.string else { return value }
        return document.resolving(reference)
    }
}

/// Checks values against JSON Schemas, as far as the document uses them.
struct SchemaCheck {
    let document: JSON
    /// Whether an object that says nothing of further fields is meant to have none: an answer of ours may not
    /// say more than is described, though a client must bear it.
    let refusesUnknownFields: Bool

    func problems(with value: JSON, _ schema: JSON, at place: String) -> [String] {
        guard let keywords = schema.object?.members else { return [] }
        return keywords.flatMap { problems(with: value, $0.name, $0.value, schema, at: place) }
    }

    private func problems(
        with value: JSON, _ keyword: String, _ wanted: JSON, _ schema: JSON, at place: String
    ) -> [String] {
        func unless(_ isRight: Bool) -> [String] {
            isRight ? [] : ["\(place) is \(value.text), against \(keyword) \(wanted.text)"]
        }
        switch keyword {
        case "description", "examples", "default":
            return []
        case "$ref":
            return document.resolving(wanted.string ?? "").map {
                problems(with: value, $0, at: place)
            } ?? ["\(wanted.text) is not there"]
        case "anyOf":
            return unless(
                (wanted.array ?? []).contains { problems(with: value, $0, at: place).isEmpty })
        case "type":
            let types = wanted.strings ?? [wanted.string ?? ""]
            return unless(types.contains { value.isOf(type: $0) })
        case "const":
            return unless(value == wanted)
        case "enum":
            return unless(wanted.array?.contains(value) ?? false)
        case "format":
            return unless(value.string.map { $0.isOf(format: wanted.string ?? "") } ?? true)
        case "pattern":
            guard let text = value.string, let pattern = try? Regex(wanted.string ?? "") else {
                return unless(value.string == nil)
            }
            return unless(text.contains(pattern))
        case "minLength":
            return unless(value.string.map { $0.unicodeScalars.count >= wanted.int ?? 0 } ?? true)
        case "maxLength":
            // White space at the ends of what is sent is taken off before it counts.
            return unless(
                value.string.map { $0.trimmed.unicodeScalars.count <= wanted.int ?? 0 } ?? true)
        case "minimum":
            return unless(value.int.map { $0 >= wanted.int ?? 0 } ?? true)
        case "maximum":
            return unless(value.int.map { $0 <= wanted.int ?? 0 } ?? true)
        case "minItems":
            return unless(value.array.map { $0.count >= wanted.int ?? 0 } ?? true)
        case "maxItems":
            return unless(value.array.map { $0.count <= wanted.int ?? 0 } ?? true)
        case "items":
            return (value.array ?? []).enumerated().flatMap {
                problems(with: $1, wanted, at: "\(place)[\($0)]")
            }
        case "required":
            guard let object = value.object else { return [] }
            return (wanted.strings ?? []).filter { object[$0] == nil }.map {
                "\(place).\($0) is missing"
            }
        case "properties":
            return (value.object?.members ?? []).flatMap { member -> [String] in
                if let schema = wanted[member.name] {
                    return problems(with: member.value, schema, at: "\(place).\(member.name)")
                }
                let isRefused = refusesUnknownFields && schema["additionalProperties"] == nil
                return isRefused ? ["\(place).\(member.name) is not described"] : []
            }
        case "additionalProperties":
            let known = schema["properties"]?.object?.names ?? []
            return (value.object?.members ?? []).filter { !known.contains($0.name) }.flatMap {
                wanted == false
                    ? ["\(place).\($0.name) is not described"]
                    : problems(with: $0.value, wanted, at: "\(place).\($0.name)")
            }
        default:
            return ["the keyword \(keyword) is not checked"]
        }
    }
}

extension JSON {
    /// What a reference within this document refers to.
    fileprivate func resolving(_ reference: String) -> JSON? {
        guard reference.hasPrefix("#/") else { return nil }
        return reference.dropFirst(2).split(separator: "/").reduce(self as JSON?) {
            $0?[String($1)]
        }
    }

    fileprivate func isOf(type: String) -> Bool {
        switch self {
        case .object: type == "object"
        case .array: type == "array"
        case .string: type == "string"
        case .integer: type == "integer" || type == "number"
        case .number: type == "number"
        case .bool: type == "boolean"
        case .null: type == "null"
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        let scalars = unicodeScalars.drop { $0.properties.isWhitespace }.reversed()
            .drop { $0.properties.isWhitespace }
        return String(String.UnicodeScalarView(scalars.reversed()))
    }

    fileprivate func isOf(format: String) -> Bool {
        switch format {
        case "uuid":
            wholeMatch(of: /[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}/) != nil
        case "date-time":
            wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/) != nil
        case "email": wholeMatch(of: /[^@]+@[^@]+/) != nil
        case "uri-reference": !contains(" ")
        default: false
        }
    }
}
