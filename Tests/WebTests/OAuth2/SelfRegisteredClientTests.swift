import Domain
import JSON
import TestSupport
import Testing

@testable import Web

/// How people meet a client that registered itself (RFC 7591 §5).
@Suite struct SelfRegisteredClientTests {
    let scene: AuthorizationScene

    init() throws { scene = try AuthorizationScene() }

    private func register(_ name: String, method: String? = nil) throws -> TestClient {
        var metadata = ClientMetadata()
        metadata.authenticationMethod = method
        metadata.name = name
        metadata.redirectURIs = [AuthorizationScene.callback]
        metadata.scope = "openid pipelines:read"
        let registered = try OAuth2Services(scene.services, registration: .open).registration
            .register(metadata, with: nil, by: .test())
        return TestClient(
            client: registered.client, secret: registered.secret?.text.text ?? "")
    }

    @Test func `a client that registered itself is called so on the consent page`() throws {
        let mine = try register("<b>ERP</b> \"&")

        let page = scene.authorize(of: mine)

        #expect(page.status == 200)
        #expect(page.text.contains("registered itself; its name is not verified"))
        #expect(page.text.contains("app.example"))
        #expect(!page.text.contains("<b>ERP"))
        scene.authorize()
        #expect(!scene.browser.page.text.contains("registered itself"))
    }

    @Test func `it signs people in like any other client, with PKCE or without`() throws {
        let mine = try register("ERP")
        let none: [(String, String?)] = [("code_challenge", nil), ("code_challenge_method", nil)]

        let code = try scene.code(of: mine)
        let without = scene.redeem(
            try scene.code(none, of: mine), [("code_verifier", nil)], as: mine)

        #expect(without.status == 200)
        // RFC 7636 4.6: whoever began with a challenge shows the verifier.
        #expect(
            scene.redeem(try scene.code(of: mine), [("code_verifier", nil)], as: mine).summary
                == "400 invalid_grant")
        let tokens = scene.redeem(code, as: mine)
        #expect(tokens.status == 200 && tokens.text("scope") == "openid pipelines:read")
        // RFC 7591 2: only what was registered, and nobody asked for that grant.
        #expect(tokens.json["refresh_token"] == nil)
    }

    @Test func `RFC 9700 2.1.1: a public one needs PKCE`() throws {
        let mine = try register("ERP", method: "none")

        scene.authorize([("code_challenge", nil), ("code_challenge_method", nil)], of: mine)

        #expect(scene.summary() == "invalid_request")
        let tokens = scene.redeem(try scene.code(of: mine), as: mine)
        #expect(tokens.status == 200)
    }
}
