import Domain
import Testing

@testable import Gate

/// Scopes with a selector, against the id or the topic that a path names (wire.md 3 and 11).
@Suite struct NarrowedScopeTests {
    private let policy: GatePolicy

    init() throws {
        policy = try ShippedPolicy.read()
    }

    private func allows(_ scopes: String, _ method: GateMethod, _ path: String) throws -> Bool {
        let path = try GatePath("/api/v1/engine" + path)
        let rule = try #require(policy.rule(for: method, path))
        return rule.isMet(by: Permissions(text: scopes), for: path)
    }

    @Test(arguments: [
        ("pipelines:execute:7", GateMethod.post, "/pipelines/7/execute", true),
        ("pipelines:execute:7", .post, "/pipelines/7/execute/", true),
        ("pipelines:execute:7", .post, "/pipelines/8/execute", false),
        ("pipelines:execute:7", .post, "/pipelines/77/execute", false),
        ("pipelines:execute:7", .post, "/pipelines/8/executions/7/retry", false),
        ("pipelines:execute:7", .post, "/pipelines/7/executions/8/retry", true),
        ("pipelines:execute:7", .post, "/pipelines/7", false),
        ("pipelines:read:7", .get, "/pipelines/7", true),
        ("pipelines:read:7", .get, "/pipelines/7/executions", true),
        ("pipelines:read:7", .get, "/pipelines", false),
        ("pipelines:read:7", .get, "/pipelines/", false),
        ("pipelines:read:7", .get, "/pipelines/8/7", false),
        ("pipelines:read:7", .delete, "/pipelines/7", false),
        ("models:write:m", .patch, "/models/m", true),
        ("models:write:m", .patch, "/models/M", false),
        ("models:write:K", .patch, "/models/K", true),
        ("connectors:execute:c", .post, "/connectors/c/functions/f/execute", true),
        ("connectors:execute:f", .post, "/connectors/c/functions/f/execute", false),
        ("uns:publish:plant1/#", .post, "/uns/publish/plant1/line/2", true),
        ("uns:publish:plant1/#", .post, "/uns/publish/plant1", true),
        ("uns:publish:plant1/#", .post, "/uns/publish/plant2/line", false),
        ("uns:publish:plant1/#", .post, "/uns/publish", false),
        ("uns:publish:#", .post, "/uns/publish", false),
        ("uns:publish:#", .post, "/uns/publish/$SYS/x", false),
        ("uns:publish:+/temperature", .post, "/uns/publish/a/temperature", true),
        ("uns:publish:+/temperature", .post, "/uns/publish/a/b/temperature", false),
        ("uns:publish:a", .post, "/uns/publish/a/", false),
        ("uns:publish:a/+", .post, "/uns/publish/a/", true),
        ("uns:read:plant1/#", .get, "/uns/plant1/line", true),
        ("uns:read:plant1/#", .get, "/uns/publish/plant1/line", false),
        ("uns:write:publish/x", .put, "/uns/publish/x", true),
        ("uns:write:x", .put, "/uns/publish/x", false),
    ])
    func `a narrowed scope opens what its selector names and nothing else`(
        scopes: String, method: GateMethod, path: String, isAllowed: Bool
    ) throws {
        #expect(try allows(scopes, method, path) == isAllowed)
    }

    @Test func `a topic with wildcards needs a scope that covers all it stands for`() throws {
        func allows(_ scope: String, _ topic: String) throws -> Bool {
            let uri = "/api/v1/engine/uns/" + topic
            let target = uri.replacing("#", with: "%23")
            let path = try GatePath(uri: ArraySlice(uri.utf8), target: ArraySlice(target.utf8))
            let rule = try #require(policy.rule(for: .get, path))
            return rule.isMet(by: Permissions(text: scope), for: path)
        }

        #expect(try allows("uns:read:plant1/#", "plant1/#"))
        #expect(try allows("uns:read:plant1/#", "plant1/+/temperature"))
        #expect(try !allows("uns:read:+/temperature", "#"))
        #expect(try !allows("uns:read:plant1/+", "plant1/#"))
        #expect(try !allows("uns:read:+", "#"))
        #expect(try !allows("uns:read:#", "a#b"))
        #expect(try allows("uns:read", "a#b"))
    }
}
