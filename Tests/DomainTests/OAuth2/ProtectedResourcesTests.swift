import Domain
import TestSupport
import Testing

/// Which API a token is for (RFC 8707), and what its path is (RFC 9728).
@Suite struct ProtectedResourcesTests {
    let resources = TestServices.resources
    let engine = TestServices.issuer + "/api/v1/engine"
    let machhub = TestServices.issuer + "/machhub"

    @Test func `RFC 8707 2: a resource is named to the letter`() {
        #expect(resources.named(engine) == .engine)
        for other in [
            "", TestServices.issuer, TestServices.issuer + "/", engine + "/", engine + "#",
            engine + "?x", engine.uppercased(), "https://evil.test/api/v1/engine",
            "/api/v1/engine", engine + "s", engine + "/models",
        ] {
            #expect(resources.named(other) == nil)
        }
    }

    @Test func `RFC 8707 2: two values, or an unknown one, are no target`() throws {
        #expect(try resources.target([]) == nil)
        #expect(try resources.target([engine]) == .engine)
        for named in [[engine, engine], [engine, machhub], [""], ["x", engine]] {
            #expect(throws: OAuthError.self) { try resources.target(named) }
        }
    }

    @Test func `RFC 8707 2.2: a token is for no other API than the grant`() throws {
        #expect(try resources.target([], within: .engine) == .engine)
        #expect(try resources.target([engine], within: .engine) == .engine)
        #expect(try resources.target([engine], within: nil) == .engine)
        #expect(throws: OAuthError.self) { try resources.target([machhub], within: .engine) }
        #expect(throws: OAuthError.self) {
            try resources.target([TestServices.issuer], within: .engine)
        }
    }

    @Test func `what belongs to an API is at or below its path`() {
        #expect(ProtectedResource.engine.contains(path: "/api/v1/engine"))
        #expect(ProtectedResource.engine.contains(path: "/api/v1/engine/models"))
        for other in ["/api/v1/engines", "/api/v1", "/machhub/x", ""] {
            #expect(!ProtectedResource.engine.contains(path: other))
        }
        #expect(resources.api(containing: "/api/v1/engine/x")?.resource == .engine)
        #expect(resources.api(containing: "/api/v1/tokens") == nil)
    }

    @Test func `RFC 9728 3.1: the well-known part stands between host and path`() {
        #expect(
            resources.metadataAddress(of: .engine)
                == "https://gatehouse.test/.well-known/oauth-protected-resource/api/v1/engine")
    }
}
