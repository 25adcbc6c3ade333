import Domain
import TestSupport
import Testing

@testable import Gate

/// The APIs that the policy names (RFC 8707), and how the gate says where they tell about themselves (RFC 9728).
@Suite struct ProtectedAPITests {
    private static func apis(_ policy: String) throws -> [String: String] {
        let apis = try GatePolicy(policy).apis
        return Dictionary(
            uniqueKeysWithValues: apis.map {
                ($0.resource.path, $0.scopes.map(\.name).joined(separator: " "))
            })
    }

    @Test func `the shipped policy has two`() throws {
        let apis = try ShippedPolicy.read().apis

        #expect(apis.map(\.resource.path) == ["/api/v1/engine", "/machhub"])
        #expect(apis[0].scopes == PlatformScope.allCases.filter { $0.group != .organizations })
        #expect(apis[1].scopes == [])
    }

    @Test func `what no line names is found in front of the resources`() throws {
        #expect(
            try Self.apis(
                """
                GET  /api/v1/engine/pipelines/**           pipelines:read
                POST /api/v1/engine/pipelines/{id}/execute pipelines:execute
                *    /api/v1/engine/models/**              models:write
                GET  /reports/daily/{day}                  dashboards:read
                GET  /reports/**                           dashboards:read
                *    /machhub/**                           -
                *    /{anything}/**                        -
                """) == [
                    "/api/v1/engine": "pipelines:read pipelines:execute models:write",
                    "/reports": "dashboards:read", "/machhub": "",
                ])
    }

    @Test func `what a line names is one API, whatever lies in it`() throws {
        #expect(
            try Self.apis(
                """
                api /reports
                GET /reports/daily/** dashboards:read
                GET /reports/monthly/** -
                GET /other/x -
                """) == ["/reports": "dashboards:read", "/other/x": ""])
    }

    @Test(arguments: [
        "api", "api /a b", "api reports", "api /", "api /a/", "api /a//b", "api /a/../b",
        "api /a/{id}", "api /a/**", "api /a%20b", "api /a\"", "api /x/y\napi /x", "api /x\napi /x",
    ])
    func `a line of an API that can't be read in one way is refused`(line: String) {
        #expect(throws: GatePolicyError.self) {
            try GatePolicy(line + "\nGET /x/y/** models:read")
        }
    }

    @Test func `RFC 9728 5.1: 401 and 403 of an API name its metadata, others don't`() throws {
        let platform = try GatePlatform()
        let gate = try platform.gate()
        let good = try platform.accessToken("models:read").text
        let metadata =
            "resource_metadata=\"https://localhost:8443/.well-known/oauth-protected-resource"
        let engine = metadata + "/api/v1/engine\""
        let other = try platform.otherOrganization()

        #expect(gate.ask()["WWW-Authenticate"] == "Bearer realm=\"Gatehouse\", " + engine)
        #expect(
            gate.ask(with: [("HTTP_X_API_KEY", "mchx_x")])["WWW-Authenticate"]
                == "Bearer realm=\"Gatehouse\", " + engine)
        let bad = gate.ask(bearer: "x", in: nil)["WWW-Authenticate"] ?? ""
        #expect(bad.hasPrefix("Bearer realm=\"Gatehouse\", error=\"invalid_token\""))
        #expect(bad.hasSuffix(", " + engine))
        #expect(
            gate.ask(bearer: good, "POST", in: platform.organization)["WWW-Authenticate"]
                == "Bearer error=\"insufficient_scope\", scope=\"models:write\", " + engine)
        let plain = [
            gate.ask(bearer: good, "GET", "/api/v1/engine/x", in: platform.organization),
            gate.ask(bearer: good, in: other),
        ]
        for answer in plain {
            #expect(answer.status == 403)
            #expect(answer["WWW-Authenticate"] == "Bearer realm=\"Gatehouse\", " + engine)
        }
        #expect(
            gate.ask("GET", "/machhub/x")["WWW-Authenticate"]
                == "Bearer realm=\"Gatehouse\", \(metadata)/machhub\"")
        #expect(gate.ask("GET", "/other")["WWW-Authenticate"] == "Bearer realm=\"Gatehouse\"")
        #expect(gate.ask(bearer: good, in: nil)["WWW-Authenticate"] == nil)
    }

    @Test func `RFC 8707 2.2: of one grant a token for one API is none for another`() throws {
        let platform = try GatePlatform()
        let access = try platform.accessToken("models:read")
        let narrow = try platform.sign(
            BearerClaims(
                use: .access, id: access.id.value, subject: platform.user.id,
                issuedAt: platform.clock.clock.now.wholeSecond,
                expiresAt: platform.clock.clock.now.adding(seconds: 60).wholeSecond,
                scope: "models:read", clientID: access.client.id.description, resource: .engine))
        let gate = try platform.gate()

        #expect(gate.ask(bearer: narrow.text, in: platform.organization).status == 204)
        #expect(
            gate.ask(bearer: narrow.text, "GET", "/machhub/x", in: platform.organization).summary
                == "401 invalid_token")
    }
}
