import Domain
import Testing

@Suite struct PermissionsTests {
    @Test func `the platform has the fifteen scopes of the reference`() {
        #expect(
            PlatformScope.allCases.map(\.name) == [
                "pipelines:read", "pipelines:write", "pipelines:execute", "models:read",
                "models:write", "connectors:read", "connectors:write", "connectors:execute",
                "uns:read", "uns:write", "uns:publish", "dashboards:read", "dashboards:write",
                "organizations:read", "organizations:manage",
            ])
        #expect(PlatformScope.allCases.allSatisfy { PlatformScope(name: $0.name) == $0 })
    }

    @Test(arguments: [
        "pipelines:execute:0192f1d0-0000-7000-8000-000000000001", "pipelines:read:line_4",
        "uns:publish:plant1/#", "uns:read:+/temperature", "uns:write:a:b", "dashboards:read",
    ])
    func `a scope reads and writes its wire form`(text: String) throws {
        #expect(try #require(Scope(text)).description == text)
    }

    @Test(arguments: [
        "", "pipelines", "pipelines:", ":read", "pipelines:fly", "Pipelines:read",
        "pipelines:read:", "pipelines:read:a/b", "pipelines:read:*", "pipelines:read:a b",
        "pipelines: read", " pipelines:read", "pipelines:read\n", "uns:publish:", "uns:publish:a#",
        "organizations:read:x", "openid", "uns:publish:\u{e4}",
        "pipelines:read:" + String(repeating: "x", count: 129),
    ])
    func `what is no scope of the platform is none`(text: String) {
        #expect(Scope(text) == nil)
    }

    @Test func `a scope in full swallows its narrowed ones, a wide filter the narrow ones`() {
        #expect(
            Permissions(text: "uns:publish:a/b uns:publish uns:publish:c").text == "uns:publish")
        #expect(
            Permissions(text: "uns:publish:a/b uns:publish:a/# uns:publish:a/c").text
                == "uns:publish:a/#")
        #expect(
            Permissions(text: "pipelines:read:b pipelines:read:a nonsense").text
                == "pipelines:read:a pipelines:read:b")
    }

    @Test func `what narrow roles give is put together, each topic once`() {
        let roles = (0..<5).map { role in
            Permissions(
                text: (0..<10).map { "uns:write:r\(role)/\($0)/+" }.joined(separator: " "))
        }
        let other = Permissions(
            text: "uns:write:r1/# uns:write:r2/7/+ uns:write:r3/7/x pipelines:read")

        let met = roles.reduce(Permissions.none) { $0.union($1) }

        #expect(met.scopes.count == 50)
        #expect(met.union(other).scopes.count == 42)
        #expect(met.union(other) == other.union(met))
        #expect(met.intersection(other).scopes.count == 12)
        #expect(met.intersection(other) == other.intersection(met))
        #expect(other.union(Permissions(text: "uns:write")).text == "pipelines:read uns:write")
        #expect(Permissions(text: "uns:write").union(other).text == "pipelines:read uns:write")
    }

    @Test func `nobody who holds # holds the topics behind a dollar sign`() throws {
        let held = Permissions(text: "uns:publish:#")
        let wanted = try #require(Scope("uns:publish:$SYS/#"))

        #expect(!held.covers(wanted))
        #expect(held.intersection(Permissions([wanted])).isEmpty)
        #expect(!held.permits(.unsPublish, id: nil, topic: "$SYS/up"))
        #expect(Permissions(text: "uns:publish").permits(.unsPublish, id: nil, topic: "$SYS/up"))
    }

    @Test func `a narrowed scope allows what it names and nothing where the path names nothing`() {
        let held = Permissions(text: "pipelines:execute:K1 uns:read:plant1/+")

        #expect(held.permits(.pipelinesExecute, id: "K1", topic: nil))
        #expect(!held.permits(.pipelinesExecute, id: "k1", topic: nil))
        #expect(!held.permits(.pipelinesExecute, id: "\u{212A}1", topic: nil))
        #expect(!held.permits(.pipelinesExecute, id: nil, topic: nil))
        #expect(!held.permits(.pipelinesRead, id: "K1", topic: nil))
        #expect(held.permits(.unsRead, id: nil, topic: "plant1/a"))
        #expect(!held.permits(.unsRead, id: nil, topic: "plant1"))
        #expect(!held.permits(.unsRead, id: nil, topic: nil))
        #expect(!held.holds(.pipelinesExecute))
    }

    @Test func `union, intersection and cover agree with what each request is allowed`() {
        let sets = Self.someSets()
        let requests = Self.allRequests()
        let allowed = sets.map { set in requests.map { set.allows($0) } }
        for (left, leftAllowed) in zip(sets, allowed) {
            for (right, rightAllowed) in zip(sets, allowed) {
                let union = left.union(right)
                let intersection = left.intersection(right)

                #expect(
                    requests.map { union.allows($0) }
                        == zip(leftAllowed, rightAllowed).map { $0 || $1 },
                    "\(left.text) ∪ \(right.text)")
                #expect(
                    requests.map { intersection.allows($0) }
                        == zip(leftAllowed, rightAllowed).map { $0 && $1 },
                    "\(left.text) ∩ \(right.text)")
                #expect(union == right.union(left))
                #expect(intersection == right.intersection(left))
                #expect(intersection.scopes.allSatisfy { left.covers($0) && right.covers($0) })
                #expect(left.scopes.allSatisfy { union.covers($0) })
            }
            #expect(left.intersection(.all) == left)
            #expect(left.intersection(.none).isEmpty)
            #expect(left.union(.none) == left)
            #expect(Permissions(text: left.text) == left)
        }
    }

    @Test func `removing a scope takes its narrowed ones along`() {
        #expect(
            Permissions(text: "uns:read:a uns:read:b pipelines:read").removing(.unsRead).text
                == "pipelines:read")
        #expect(!Permissions.all.removing(.organizationsManage).holds(.organizationsManage))
    }

    /// All sets of these scopes with up to three members.
    private static func someSets() -> [Permissions] {
        let scopes = [
            "pipelines:execute", "pipelines:execute:p1", "pipelines:execute:p2", "uns:publish",
            "uns:publish:#", "uns:publish:a/#", "uns:publish:+/b", "uns:publish:$x/b",
            "models:read",
        ]
        var sets = [Permissions.none]
        for first in scopes.indices {
            sets.append(Permissions(text: scopes[first]))
            for second in scopes.indices.dropFirst(first + 1) {
                sets.append(Permissions(text: scopes[first] + " " + scopes[second]))
                for third in scopes.indices.dropFirst(second + 1).prefix(2) {
                    sets.append(
                        Permissions(
                            text: "\(scopes[first]) \(scopes[second]) \(scopes[third])"))
                }
            }
        }
        return sets
    }

    fileprivate struct Attempt {
        let scope: PlatformScope
        var id: String?
        var topic: String?
    }

    private static func allRequests() -> [Attempt] {
        ["p1", "p2", "p3", nil].map { Attempt(scope: .pipelinesExecute, id: $0) }
            + ["a", "b", "a/b", "c/b", "a/b/c", "$x/b", "$x", nil].map {
                Attempt(scope: .unsPublish, topic: $0)
            } + [Attempt(scope: .modelsRead), Attempt(scope: .modelsWrite)]
    }
}

extension Permissions {
    fileprivate func allows(_ attempt: PermissionsTests.Attempt) -> Bool {
        permits(attempt.scope, id: attempt.id, topic: attempt.topic)
    }
}
