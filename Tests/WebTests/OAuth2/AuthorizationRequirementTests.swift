import Domain
import HTTP
import HTTPTypes
import JSON
import TestSupport
import Testing

@testable import Web

/// Requirements of RFC 6749, 7636, 9207 and 9700 on what people are sent through and what comes of it, that no other
/// suite has in passing; `Tests/Conformance` names them all.
@Suite struct AuthorizationRequirementTests {
    let scene: AuthorizationScene

    init() throws { scene = try AuthorizationScene() }

    private func metadata() -> JSON {
        scene.site.send(.get, "/.well-known/oauth-authorization-server").json
    }

    // MARK: RFC 6749

    @Test func `RFC 6749 4.1.2.1: an error is a known word, and keeps to its characters`() throws {
        let odd = "\"\\\u{e9}\n"
        let faults: [[(String, String?)]] = [
            [("response_type", nil)], [("response_type", odd)], [("response_mode", odd)],
            [("scope", odd)], [("scope", "models:read")], [("code_challenge", nil)],
            [("code_challenge", odd)], [("code_challenge_method", odd)], [("prompt", odd)],
            [("prompt", "none login")], [("prompt", "none")], [("max_age", odd)],
            [("claims", odd)], [("id_token_hint", odd)], [("request", odd)],
            [("request_uri", odd)], [("resource", odd)],
            [("nonce", String(repeating: odd, count: 1_000))],
        ]
        // RFC 6749 4.1.2.1, OpenID Connect Core 3.1.2.6, RFC 8707 2.
        let words: Set = [
            "invalid_request", "unauthorized_client", "access_denied", "unsupported_response_type",
            "invalid_scope", "server_error", "temporarily_unavailable", "interaction_required",
            "login_required", "account_selection_required", "consent_required",
            "invalid_request_uri", "invalid_request_object", "request_not_supported",
            "request_uri_not_supported", "registration_not_supported", "invalid_target",
        ]
        // %x20-21 / %x23-5B / %x5D-7E
        let allowed = Set((UInt8(0x20)...0x7E).filter { $0 != 0x22 && $0 != 0x5C })

        for changes in faults {
            scene.authorize(changes)
            let answer = try scene.answer()
            #expect(words.contains(answer["error"] ?? ""), "\(changes)")
            #expect(allowed.isSuperset(of: (answer["error_description"] ?? "\"").utf8))
            #expect(answer["code"] == nil && answer["state"] == "xyz")
        }
    }

    @Test func `RFC 6749 3.2.1: a public client names itself, and gets its own alone`() throws {
        let spa = try scene.services.application("spa") { $0.kind = .public }
        let other = try scene.services.application("other") { $0.kind = .public }
        let code = try scene.code(of: spa)

        #expect(scene.redeem(code, [("client_id", nil)], as: spa).summary == "401 invalid_client")
        #expect(scene.redeem(code, as: spa).status == 200)
        #expect(
            scene.redeem(try scene.code(of: spa), as: other).summary == "400 invalid_grant")
    }

    // MARK: RFC 7636

    @Test func `RFC 7636 4.4: the challenge stands in nothing that is handed out`() throws {
        scene.authorize()
        scene.decide("allow")
        let location = try #require(scene.browser.page.location)

        let tokens = scene.redeem(try #require(try scene.answer()["code"]))
        let told = scene.post(
            "/oauth2/introspect", [("token", tokens.text("access_token"))],
            headers: [.authorization: OAuth2Scene.basic(scene.client).1])

        #expect(tokens.status == 200 && told.json["active"] == true)
        let texts =
            [location] + [tokens, told].map { String(decoding: $0.response.body, as: UTF8.self) }
            + (try ["access_token", "id_token"].map {
                try AuthorizationScene.part(1, of: tokens.text($0)).text
            })
        for text in texts {
            #expect(!text.contains(SamplePKCE.challenge) && !text.contains(SamplePKCE.verifier))
        }
    }

    // MARK: RFC 9207 and RFC 9700

    @Test func `RFC 9207 2.3: the answer names the issuer of the metadata`() throws {
        let issuer = metadata()["issuer"]?.string

        scene.authorize([("scope", "models:read")])
        #expect(try scene.answer()["iss"] == issuer)
        scene.authorize()
        scene.decide("allow")
        #expect(try scene.answer()["iss"] == issuer)

        #expect(issuer != nil)
        #expect(metadata()["authorization_response_iss_parameter_supported"] == true)
    }

    @Test func `RFC 9700 2.1.1: the metadata tell of PKCE`() {
        #expect(metadata()["code_challenge_methods_supported"] == ["S256"])
    }

    /// OpenID Connect Core 16.22 asks for the same.
    @Test func `RFC 9700 4.12: nothing that was sent is sent on`() throws {
        let scene = try AuthorizationScene(signedIn: false)
        var redirects: [TestBrowser.Shown] = []
        func step(_ page: TestBrowser.Shown) { redirects.append(page) }

        step(
            scene.browser.postBare(
                "/oauth2/authorize", scene.client.request().map { ($0.name, $0.value) }))
        step(try scene.browser.follow())
        let login = try scene.browser.follow()
        step(
            scene.browser.post(
                "/login",
                [
                    ("return_to", login.hidden("return_to") ?? ""), ("username", "olga"),
                    ("password", TestServices.password),
                ]))
        try scene.browser.follow()
        let token = try #require(scene.browser.page.hidden("csrf_token"))
        step(scene.decide("allow"))
        scene.authorize([("prompt", "consent")])
        step(scene.decide("deny"))

        for page in redirects {
            // Not 307, nor 308, which send a form once more, to wherever it goes.
            #expect(page.status == 303)
            let location = try #require(page.location)
            #expect(!location.contains(PercentCoding.encode(TestServices.password)))
            #expect(!location.contains("password") && !location.contains(token))
            #expect(page.response.body.isEmpty)
        }
    }

    // MARK: RFC 9126 and RFC 8628

    @Test func `RFC 9126 4: what was pushed is judged as the client is by then`() throws {
        func pushed() throws -> String {
            let answer = scene.post(
                "/oauth2/par", scene.client.request().map { ($0.name, $0.value) },
                headers: [.authorization: OAuth2Scene.basic(scene.client).1])
            #expect(answer.status == 201)
            return AuthorizationScene.target([
                (name: "client_id", value: scene.client.id),
                (name: "request_uri", value: answer.text("request_uri")),
            ])
        }
        let (first, second) = (try pushed(), try pushed())
        var fields = ClientFields()
        fields.scopes = ["openid"]
        _ = try scene.services.clients.update(scene.client.client.id, fields, by: .test())

        scene.browser.get(first)
        #expect(scene.summary() == "invalid_scope")
        fields.redirectURIs = ["https://app.example/elsewhere"]
        _ = try scene.services.clients.update(scene.client.client.id, fields, by: .test())
        scene.browser.get(second)
        #expect(scene.summary() == "400")
    }

    private static let deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

    private func device() throws -> TestClient {
        try scene.services.application(
            "device", scopes: ["openid", "pipelines:read"], redirectURIs: []
        ) { $0.grantTypes = [Self.deviceGrant] }
    }

    @Test func `RFC 8628 3.1: a device that has credentials proves who it is`() throws {
        let client = try device()
        let path = "/oauth2/device_authorization"
        let proof: HTTPFields = [.authorization: OAuth2Scene.basic(client).1]
        let name = [("client_id", client.id)]

        #expect(scene.post(path, []).summary == "401 invalid_client")
        #expect(scene.post(path, name).summary == "401 invalid_client")
        let wrong = scene.post(
            path, [], headers: [.authorization: OAuth2Scene.basic(client.id, "wrong").1])
        #expect(wrong.summary == "401 invalid_client")
        #expect(wrong.header("WWW-Authenticate")?.hasPrefix("Basic realm=") == true)
        let begun = scene.post(path, [], headers: proof)
        #expect(begun.status == 200)

        // RFC 8628 3.4: and once more for its tokens.
        let form = [
            ("grant_type", Self.deviceGrant), ("device_code", begun.text("device_code")),
        ]
        #expect(scene.post("/oauth2/token", form).summary == "401 invalid_client")
        #expect(scene.post("/oauth2/token", form + name).summary == "401 invalid_client")
        #expect(
            scene.post("/oauth2/token", form, headers: proof).summary
                == "400 authorization_pending")
    }

    @Test func `RFC 8628 3.1: empty parameters count as left out, unknown ones are ignored`() throws
    {
        let client = try device()
        func ask(_ form: [(String, String)]) -> OAuth2Answer {
            scene.post(
                "/oauth2/device_authorization", form,
                headers: [.authorization: OAuth2Scene.basic(client).1])
        }

        #expect(ask([("scope", ""), ("resource", ""), ("client_id", "")]).status == 200)
        #expect(ask([("scope", "openid"), ("unknown", "1")]).status == 200)
        #expect(ask([("unknown", "1"), ("unknown", "1")]).summary == "400 invalid_request")
    }
}
