import Domain
import Testing

@testable import Gate

@Suite struct GatePolicyTests {
    private func line(of policy: GatePolicy, _ method: GateMethod, _ path: String) throws -> Int? {
        policy.rule(for: method, try GatePath(path))?.line
    }

    @Test func `the first rule that matches decides`() throws {
        let policy = try GatePolicy(
            """
            # a comment, and an empty line

            GET,HEAD  /api/things/**              pipelines:read   # said by the side
            POST      /api/things/{id}/execute    pipelines:execute
            *         /api/things/**              pipelines:write
            GET       /{anything}                 -
            """)

        #expect(try line(of: policy, .get, "/api/things") == 3)
        #expect(try line(of: policy, .head, "/api/things/1/2/3/4/5/6/7/8/9") == 3)
        #expect(try line(of: policy, .post, "/api/things/1/execute") == 4)
        #expect(try line(of: policy, .post, "/api/things/1/executed") == 5)
        #expect(try line(of: policy, .post, "/api/things/1/execute/2") == 5)
        #expect(try line(of: policy, .put, "/api/things/1/execute") == 5)
        #expect(try line(of: policy, .options, "/api/things") == 5)
        #expect(try line(of: policy, .get, "/x") == 6)
        #expect(try line(of: policy, .head, "/x") == nil)
        #expect(try line(of: policy, .get, "/") == nil)
        #expect(try line(of: policy, .get, "/api/thing") == nil)
        #expect(try line(of: policy, .get, "/API/things") == nil)
        #expect(try line(of: policy, .get, "/api/thingss/1") == nil)
    }

    @Test func `a slash at the end opens no weaker rule`() throws {
        let policy = try GatePolicy(
            """
            POST /a/{id}/execute pipelines:execute
            *    /a/**           pipelines:write
            """)

        #expect(try line(of: policy, .post, "/a/1/execute/") == 1)
        #expect(try line(of: policy, .post, "/a/") == 2)
    }

    @Test func `a rule for the root, and one for everything`() throws {
        let policy = try GatePolicy("GET / -\nGET /** models:read")

        #expect(try line(of: policy, .get, "/") == 1)
        #expect(try line(of: policy, .get, "/a/b") == 2)
    }

    @Test(arguments: ["\n", "\r\n"])
    func `lines may end as on any system`(ending: String) throws {
        let policy = try GatePolicy(["GET /a -", "", "GET /b -"].joined(separator: ending))

        #expect(try line(of: policy, .get, "/b") == 3)
    }

    @Test(arguments: [
        ("GET /a", "methods, a path and a scope"),
        ("GET /a - -", "methods, a path and a scope"),
        ("get /a -", "get is no method"),
        ("GET,,POST /a -", "an empty word is no method"),
        ("TRACE /a -", "TRACE is no method"),
        ("CONNECT /a -", "CONNECT is no method"),
        ("GET,GET /a -", "GET stands twice"),
        ("GET,* /a -", "* is no method"),
        ("GET a -", "does not begin with /"),
        ("GET /a//b -", "empty segment"),
        ("GET /a/ -", "empty segment"),
        ("GET /**/a -", "** may only be the last segment"),
        ("GET /a* -", "matches nothing"),
        ("GET /{a -", "matches nothing"),
        ("GET /{} -", "is no name"),
        ("GET /{a}/{a} -", "{a} stands twice"),
        ("GET /%61 -", "matches nothing"),
        ("GET /.. -", "matches nothing"),
        ("GET /a pipelines:reed", "pipelines:reed is no scope"),
        ("GET /a pipelines:read:1", "pipelines:read:1 is no scope"),
        ("GET /a openid", "openid is no scope"),
        ("GET /a *", "* is no scope"),
    ])
    func `a rule that is wrong is named with its line and its reason`(rule: String, reason: String)
        throws
    {
        let error = #expect(throws: GatePolicyError.self) {
            try GatePolicy("# first\n\(rule)\n")
        }

        let problem = try #require(error?.problems.first)
        #expect(problem.line == 2)
        #expect(problem.rule == rule)
        #expect(problem.reason.contains(reason), "\(problem.reason)")
    }

    @Test func `every wrong line is named at once`() throws {
        let error = #expect(throws: GatePolicyError.self) {
            try GatePolicy("GET a -\nGET /b -\nGET /c nothing")
        }

        #expect(error?.problems.map(\.line) == [1, 3])
        #expect(error?.description.contains("line 3: nothing is no scope") == true)
    }

    @Test(arguments: [
        ("GET /a -\nGET /a models:read", "stand in line 1"),
        ("GET /{a} -\nGET /{b} -", "stand in line 1"),
        ("GET /** -\nGET /a/{b} -", "never reached"),
        ("* /a/** -\nGET,POST /a/b -", "never reached"),
        ("GET /{a} -\nPOST /** -\nGET,POST /b -", "never reached"),
        ("GET /a/** -\nGET /a -", "never reached"),
    ])
    func `a rule that can never decide is refused`(text: String, reason: String) {
        let error = #expect(throws: GatePolicyError.self) { try GatePolicy(text) }

        #expect(error?.problems.last?.reason.contains(reason) == true)
    }

    @Test(arguments: [
        "GET /a -\nPOST /a -", "GET /a/b -\nGET /a/{c} -", "GET /a -\nGET /a/** -",
        "GET /{a} -\nGET,POST /b -", "GET /{a}/b -\nGET /c/{d} -",
    ])
    func `rules that overlap in part are not refused`(text: String) throws {
        _ = try GatePolicy(text)
    }

    @Test(arguments: ["", "\n\n", "# nothing but a comment"])
    func `a policy without a rule is refused`(text: String) {
        #expect(throws: GatePolicyError.self) { try GatePolicy(text) }
    }

    /// Rules and paths at random, matched as the table does and by the plainest way there is.
    @Test func `the table finds what trying one rule after the other finds`() throws {
        var chance = SmallRandom(seed: 9)
        let words = ["a", "b", "cc", "{x}", "dd"]
        for _ in 0..<100 {
            var rules: [GatePolicy.Rule] = []
            for line in 1...(1 + chance.next(150)) {
                var pattern = ""
                for place in 0..<chance.next(5) {
                    let word = words[chance.next(words.count)]
                    pattern += "/" + (word == "{x}" ? "{x\(["a", "b", "c", "d"][place])}" : word)
                }
                if chance.next(3) == 0 { pattern += "/**" }
                rules.append(
                    GatePolicy.Rule(
                        line: line,
                        methods: GateMethods(
                            GateMethod.allCases.filter { _ in chance.next(2) == 0 }),
                        pattern: try GatePattern(pattern.isEmpty ? "/" : pattern),
                        need: .nothingFurther))
            }
            let policy = GatePolicy(rules: rules)
            for _ in 0..<50 {
                var path = ""
                for _ in 0..<chance.next(6) {
                    path += "/" + ["a", "b", "cc", "dd", "e"][chance.next(5)]
                }
                if path.isEmpty || chance.next(4) == 0 { path += "/" }
                let method = GateMethod.allCases[chance.next(7)]

                let found = policy.rule(for: method, try GatePath(path))?.line

                let segments = path.split(separator: "/").map(String.init)
                let plain = rules.first { rule in
                    var wanted = rule.pattern.description.split(separator: "/").map(String.init)
                    let isOpen = wanted.last == "**"
                    if isOpen { wanted.removeLast() }
                    return rule.methods.contains(method)
                        && (isOpen
                            ? segments.count >= wanted.count : segments.count == wanted.count)
                        && zip(wanted, segments).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
                }
                if found != plain?.line { Issue.record("\(method) \(path)") }
            }
        }
    }

    @Test func `a long path against many rules costs no more than its length`() throws {
        let rules = (0..<500).map { "GET /a/{b}/{c}/{d}/{e}/{f}/{g}/{h}/\($0) -" }
        let policy = try GatePolicy((rules + ["GET /a/a/** -"]).joined(separator: "\n"))
        let path = try GatePath(String(repeating: "/a", count: 3_000))

        #expect(policy.rule(for: .get, path)?.line == 501)
    }
}

extension GatePath {
    /// A path that needs no decoding.
    init(_ plain: String) throws {
        try self.init(uri: ArraySlice(plain.utf8), target: ArraySlice(plain.utf8))
    }
}
