import HTTP
import HTTPTypes
import Testing

@Suite struct RouterTests {
    private func router() -> Router<Int> {
        var router = Router<Int>()
        router.get("/tokens") { _, _ in .text("index") }
        router.post("/tokens") { _, _ in .text("create") }
        router.get("/tokens/{id}") { request, _ in .text("show \(request.captures["id"] ?? "")") }
        router.get("/tokens/new") { _, _ in .text("new") }
        router.get("/files/{path...}") { request, _ in .text(request.captures["path"] ?? "") }
        router.group({ _, visit in "visit \(visit)" }) { (group: inout Router<String>) in
            group.get("/inner") { _, visit in .text(visit) }
        }
        return router
    }

    private func answer(_ method: HTTPRequest.Method, _ path: String) throws -> String {
        switch router().match(method, path) {
        case .found(let route, let captures):
            var request = Request(id: "1", method: method, path: path)
            request.captures = captures
            return String(decoding: try route.respond(to: request, 7).body, as: UTF8.self)
        case .methodNotAllowed(let methods):
            return "405 " + methods.map(\.rawValue).sorted().joined(separator: ",")
        case .notFound:
            return "404"
        }
    }

    @Test func `a route is found by method and path, and captures are decoded`() throws {
        #expect(try answer(.get, "/tokens") == "index")
        #expect(try answer(.post, "/tokens") == "create")
        #expect(try answer(.get, "/tokens/a%20b") == "show a b")
        #expect(try answer(.get, "/files/a/b") == "a/b")
    }

    @Test func `a literal segment wins over a capture`() throws {
        #expect(try answer(.get, "/tokens/new") == "new")
    }

    @Test func `a HEAD request reaches the GET route`() throws {
        #expect(try answer(.head, "/tokens") == "index")
    }

    @Test func `a known path with another method names the allowed methods`() throws {
        #expect(try answer(.put, "/tokens") == "405 GET,HEAD,POST")
    }

    @Test func `unknown paths, empty captures, encoded slashes and bad encoding are not found`()
        throws
    {
        for path in [
            "/", "/token", "/tokens/", "/tokens/a%2Fb", "/tokens/%zz", "/tokens/%00", "tokens",
        ] {
            #expect(try answer(.get, path) == "404", "\(path)")
        }
    }

    @Test func `a group converts the visit before the handler sees it`() throws {
        #expect(try answer(.get, "/inner") == "visit 7")
    }
}

@Suite struct RequestTests {
    @Test func `meta-variables become a request with every header, doubled ones twice`() throws {
        let parameters = Parameters([
            ("REQUEST_METHOD", "POST"), ("REQUEST_URI", "/auth/login?next=%2Fa"),
            ("REQUEST_ID", "abc"), ("REMOTE_ADDR", "192.0.2.7"), ("HTTPS", "on"),
            ("HTTP_HOST", "localhost:8443"), ("CONTENT_TYPE", "Application/JSON; charset=utf-8"),
            ("HTTP_X_API_KEY", "one"), ("HTTP_X_API_KEY", "two"), ("HTTP_PROXY", "http://evil"),
        ])

        let request = try #require(Request(parameters, body: [1, 2]))

        #expect(request.id == "abc")
        #expect(request.method == .post)
        #expect(request.path == "/auth/login")
        #expect(request.queryFields?["next"] == "/a")
        #expect(request.mediaType == "application/json")
        #expect(request.headerValues(try #require(HTTPField.Name("X-API-Key"))) == ["one", "two"])
        #expect(request.remoteAddress == "192.0.2.7")
        #expect(request.isSecure)
        #expect(request.body == [1, 2])
    }

    @Test func `a request without method or with a target that is no path is refused`() {
        #expect(Request(Parameters([("REQUEST_URI", "/")]), body: []) == nil)
        #expect(Request(Parameters([("REQUEST_METHOD", "GET")]), body: []) == nil)
        #expect(
            Request(Parameters([("REQUEST_METHOD", "G T"), ("REQUEST_URI", "/")]), body: []) == nil)
        #expect(
            Request(
                Parameters([("REQUEST_METHOD", "GET"), ("REQUEST_URI", "http://x/")]), body: [])
                == nil)
    }
}

@Suite struct FormFieldsTests {
    @Test func `fields are decoded in order and keep their repetitions`() throws {
        let fields = try #require(FormFields(encoded: "a=1&b=x+y%26&a=2&c"))

        #expect(fields.all("a") == ["1", "2"])
        #expect(fields["b"] == "x y&")
        #expect(fields["c"] == "")
    }

    @Test func `bad percent signs, bytes that are not UTF-8, NULs and too many fields are refused`()
    {
        for text in ["a=%", "a=%g0", "a=%ff", "a=%00", "%c0%80=1"] {
            #expect(FormFields(encoded: text) == nil, "\(text)")
        }
        #expect(FormFields(encoded: "a=1&b=2&c=3", limit: 2) == nil)
    }

    @Test func `encoding keeps unreserved characters alone`() {
        #expect(PercentCoding.encode("a-Z_0.~ /é") == "a-Z_0.~%20%2F%C3%A9")
    }
}
