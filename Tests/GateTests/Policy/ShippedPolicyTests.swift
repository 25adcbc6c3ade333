import Domain
import FoundationEssentials
import Testing

@testable import Gate

/// The policy that is shipped, against the table of wire.md 9.
@Suite struct ShippedPolicyTests {
    private static let resources: [(name: String, group: PlatformScope.Group)] = [
        ("pipelines", .pipelines), ("models", .models), ("connectors", .connectors),
        ("uns", .uns), ("dashboards", .dashboards),
    ]

    /// What the table asks for; nil where it has no row.
    private static func needed(
        _ method: GateMethod, _ group: PlatformScope.Group, _ rest: String
    ) -> String? {
        if method == .post {
            switch (group, rest) {
            case (.pipelines, "/1/execute"), (.pipelines, "/1/test"), (.pipelines, "/1/retry"),
                (.pipelines, "/1/executions/2/retry"):
                return "pipelines:execute"
            case (.connectors, "/1/start"), (.connectors, "/1/stop"), (.connectors, "/1/test"),
                (.connectors, "/1/functions/f/execute"):
                return "connectors:execute"
            case (.uns, "/publish"), (.uns, "/publish/a/b"): return "uns:publish"
            default: break
            }
        }
        switch method {
        case .get, .head: return "\(group.rawValue):read"
        case .options where group == .pipelines: return nil
        default: return "\(group.rawValue):write"
        }
    }

    private static let rests = [
        "", "/", "/1", "/1/executions", "/1/executions/2", "/1/execute", "/1/test", "/1/retry",
        "/1/executions/2/retry", "/1/executions/retry", "/1/start", "/1/stop",
        "/1/functions/f/execute", "/1/functions/f", "/execute", "/publish", "/publish/a/b",
        "/1/2/3/4/5/6/7/8",
    ]

    /// Methods × routes × scopes: 1,200 requests with each of 16 permissions (security.md 23).
    @Test func `each route opens to its scope alone`() throws {
        let policy = try ShippedPolicy.read()
        let single = PlatformScope.allCases.map { Permissions([$0]) } + [Permissions.none]
        for method in GateMethod.allCases {
            for (name, group) in Self.resources {
                for rest in Self.rests {
                    let path = try GatePath("/api/v1/engine/\(name)\(rest)")
                    let needed = Self.needed(method, group, rest == "/" ? "" : rest)
                    let rule = policy.rule(for: method, path)
                    #expect((rule == nil) == (needed == nil), "\(method) \(name)\(rest)")
                    for permissions in single {
                        let isAllowed = rule?.isMet(by: permissions, for: path) ?? false
                        #expect(
                            isAllowed == (permissions.text == needed),
                            "\(method) \(name)\(rest) with \(permissions.text)")
                    }
                }
            }
        }
    }

    @Test(arguments: ["/machhub", "/machhub/", "/machhub/a/b"])
    func `below machhub a signed-in caller needs no scope`(path: String) throws {
        let policy = try ShippedPolicy.read()
        for method in GateMethod.allCases {
            let rule = try #require(policy.rule(for: method, try GatePath(path)))
            #expect(rule.need == .nothingFurther)
            #expect(rule.isMet(by: .none, for: try GatePath(path)))
        }
    }

    @Test(arguments: [
        "/", "/api", "/api/v1", "/api/v1/engine", "/api/v1/engine/", "/api/v1/engine/other",
        "/api/v2/engine/pipelines", "/API/v1/engine/pipelines", "/api/v1/engine/Pipelines",
        "/api/v1/engine/pipelinesx", "/machhubx", "/healthz", "/metrics", "/oauth2/token",
    ])
    func `what no row matches is refused`(path: String) throws {
        let policy = try ShippedPolicy.read()
        for method in GateMethod.allCases {
            #expect(policy.rule(for: method, try GatePath(path)) == nil)
        }
    }

    @Test func `explaining says rule, scope and captures`() throws {
        let policy = try ShippedPolicy.read()

        let execute = policy.explain("POST", "/api/v1/engine/pipelines/4%31/execute?x=y")
        #expect(execute.contains("pipelines:execute"))
        #expect(execute.contains("id         41\n"))
        #expect(execute.contains("captured   {id} = 41\n"))
        #expect(execute.contains("not asked"))
        let publish = policy.explain("POST", "/api/v1/engine/uns/publish/plant1/line")
        #expect(publish.contains("topic      plant1/line\n"))
        #expect(policy.explain("GET", "/machhub/x").contains("no scope"))
        #expect(policy.explain("GET", "/nowhere").contains("403 route_not_allowed"))
        #expect(policy.explain("BREW", "/machhub").contains("403 route_not_allowed"))
        #expect(
            policy.explain("GET", "/machhub/..%2fx").contains("400 ambiguous_path"))
        #expect(policy.explain("GET", "machhub").contains("400 ambiguous_path"))
    }
}

/// `nginx/gate.policy` of this checkout.
enum ShippedPolicy {
    static func read() throws -> GatePolicy {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appending(path: "nginx/gate.policy")
        return try GatePolicy(String(contentsOf: file, encoding: .utf8))
    }
}
