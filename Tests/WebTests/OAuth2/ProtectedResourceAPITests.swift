import HTTP
import HTTPTypes
import JSON
import TestSupport
import Testing

@testable import Web

/// What an API behind the gate tells of itself (RFC 9728), and what tokens for it alone open here.
@Suite struct ProtectedResourceAPITests {
    let scene: OAuth2Scene

    init() throws { scene = try OAuth2Scene() }

    private static let wellKnown = "/.well-known/oauth-protected-resource"

    @Test func `RFC 9728 3.1: the metadata stands at the path of the API`() {
        let answer = scene.send(.get, Self.wellKnown + "/api/v1/engine")

        #expect(answer.status == 200)
        #expect(answer.text("resource") == TestServices.issuer + "/api/v1/engine")
        #expect(answer.json["authorization_servers"] == [.string(TestServices.issuer)])
        #expect(answer.json["bearer_methods_supported"] == ["header"])
        #expect(answer.json["scopes_supported"]?.strings?.contains("pipelines:read") == true)
        #expect(answer.header("Access-Control-Allow-Origin") == "*")
        // RFC 9728 3.2: «Zero-element lists MUST be omitted».
        #expect(scene.send(.get, Self.wellKnown + "/machhub").json["scopes_supported"] == nil)
    }

    @Test(arguments: [
        "", "/", "/api", "/api/v1/engine/", "/api/v1/engine/models", "/api/v1/tokens", "//machhub",
    ])
    func `what is no API has none`(path: String) {
        #expect(scene.send(.get, Self.wellKnown + path).status == 404)
    }

    @Test func `RFC 9728 4: the server names its APIs`() {
        let metadata = scene.send(.get, "/.well-known/oauth-authorization-server").json

        #expect(
            metadata["protected_resources"]?.strings
                == ["/api/v1/engine", "/machhub"].map { TestServices.issuer + $0 })
    }

    @Test func `RFC 8707 2: a token for an API opens nothing here`() throws {
        let client = try scene.services.machine(as: scene.robot)
        let engine = PercentCoding.encode(TestServices.issuer + "/api/v1/engine")
        let token = scene.token(of: client, "&resource=\(engine)").text("access_token")
        let free = scene.token(of: client).text("access_token")

        for path in ["/auth/me", "/api/v1/organizations", "/api/v1/audit-events"] {
            let answer = scene.send(.get, path, [("Authorization", "Bearer " + token)])
            #expect(answer.summary == "401 invalid_token")
        }
        #expect(scene.send(.get, "/auth/me", [("Authorization", "Bearer " + free)]).status == 200)
    }

    @Test func `RFC 8707 2: two values, or an unknown one, are no target`() throws {
        let client = try scene.services.machine(as: scene.robot)
        let engine = PercentCoding.encode(TestServices.issuer + "/api/v1/engine")

        for more in [
            "&resource=\(engine)&resource=\(engine)", "&resource=x", "&resource=\(engine)%2F",
            "&resource=" + PercentCoding.encode(TestServices.issuer),
        ] {
            #expect(scene.token(of: client, more).summary == "400 invalid_target")
        }
        #expect(scene.token(of: client, "&resource=").status == 200)
    }
}
