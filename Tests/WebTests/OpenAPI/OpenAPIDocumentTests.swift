import HTTP
import HTTPTypes
import JSON
import Testing

@Suite struct OpenAPIDocumentTests {
    private let site: TestSite
    private let contract: Contract

    init() throws {
        site = try TestSite()
        contract = Contract(site.send(.get, "/api/v1/openapi.json").json)
    }

    /// Where programs go; everything else is a page for people.
    private static let ofAPI = [
        "/api/", "/auth/", "/oauth2/", "/.well-known/", "/healthz", "/readyz", "/metrics",
    ]

    @Test func `every route but pages is described, and nothing else`() {
        let routes = site.routes.map { "\($0.method) \($0.pattern)" }.filter { route in
            Self.ofAPI.contains { route.contains(" \($0)") }
        }
        let operations = contract.operations.map { "\($0.method) \($0.path)" }

        let plain = routes.map { $0.split(separator: "...").joined() }
        #expect(plain.filter { !operations.contains($0) } == [])
        #expect(operations.filter { !plain.contains($0) } == [])
    }

    @Test func `nobody must sign in to read it, and it may be kept`() {
        let answer = site.send(.get, "/api/v1/openapi.json")

        #expect(answer.status == 200)
        #expect(answer["openapi"] == "3.1.0")
        #expect(answer.json["servers"] == [["url": "https://gatehouse.test"]])
        #expect(answer.response.headers[.cacheControl] == "public, max-age=300")
    }

    @Test func `every operation has a name of its own, and its path's parameters`() {
        var names: [String] = []
        for (method, path) in contract.operations {
            let operation = contract.document["paths"]?[path]?[method.lowercased()]
            names.append(operation?["operationId"]?.string ?? "")
            let described = (operation?["parameters"]?.array ?? [])
                .filter { $0["in"] == "path" }.compactMap { $0["name"]?.string }
            let captured = path.split(separator: "/").filter { $0.hasPrefix("{") }
                .map { String($0.dropFirst().dropLast()) }
            #expect(described == captured, "\(method) \(path)")
        }
        #expect(!names.contains(""))
        #expect(Set(names).count == names.count)
    }

    @Test func `what a request may hold is bounded, and nothing else is accepted`() {
        for (method, path) in contract.operations {
            let operation = contract.document["paths"]?[path]?[method.lowercased()]
            guard let content = operation?["requestBody"]?["content"]?["application/json"] else {
                continue
            }
            let place = "\(method) \(path)"
            // RFC 7591 §2: metadata that is not known is ignored.
            let open = path.hasPrefix("/oauth2/register") ? [place] : []
            #expect(unbounded(content["schema"], at: place) == open)
        }
    }

    private func unbounded(_ schema: JSON?, at place: String) -> [String] {
        guard let schema,
            let types = schema["type"]?.strings ?? schema["type"]?.string.map({ [$0] })
        else { return [] }
        if types.contains("object") {
            let fields = schema["properties"]?.object?.members ?? []
            return (schema["additionalProperties"] == false ? [] : [place])
                + fields.flatMap { unbounded($0.value, at: "\(place) \($0.name)") }
        }
        if types.contains("array") { return schema["maxItems"] == nil ? [place] : [] }
        let isBounded = ["maxLength", "format", "enum", "maximum"].contains { schema[$0] != nil }
        return isBounded || types.contains("boolean") ? [] : [place]
    }

    @Test func `an answer that says too much or too little is noticed`() throws {
        let request = Request(id: "request-1", method: .get, path: "/healthz")
        func violations(_ body: String, _ status: HTTPResponse.Status = .ok) throws -> [String] {
            let name = try #require(HTTPField.Name("X-Request-ID"))
            return contract.violations(
                of: request,
                Response(
                    status: status, headers: [.contentType: "application/json", name: "request-1"],
                    body: Array(body.utf8)))
        }

        #expect(try violations(#"{"status":"ok"}"#) == [])
        #expect(try violations(#"{"status":"fine"}"#).count == 1)
        #expect(try violations(#"{}"#) == ["answer.status is missing"])
        #expect(try violations(#"{"status":"ok","more":1}"#) == ["answer.more is not described"])
        #expect(try violations(#"{"status":"ok"}"#, .created) == ["201 is not described"])
    }
}
