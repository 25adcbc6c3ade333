import Domain
import HTTP
import HTTPTypes
import JSON
import TestSupport
import Testing

@testable import Web

/// Requirements of OpenID Connect Core that no other suite has in passing; `Tests/Conformance` names them all.
@Suite struct OpenIDConnectRequirementTests {
    let scene: AuthorizationScene

    init() throws { scene = try AuthorizationScene() }

    /// What the ID token says that comes of the request.
    private func idToken(_ changes: [(String, String?)]) throws -> JSON {
        try AuthorizationScene.part(1, of: scene.redeem(try scene.code(changes)).text("id_token"))
    }

    @Test func `OpenID Connect Core 2: a sub is short ASCII, and never given again`() throws {
        let first = try #require(try idToken([])["sub"]?.string)
        #expect((1...255).contains(first.utf8.count) && first.utf8.allSatisfy { $0 < 0x80 })

        // Somebody else under the same name and address.
        try scene.services.users.delete(scene.olga.id, by: .test())
        try scene.services.person("olga", email: "olga@example.com")
        scene.browser.signIn("olga")

        let second = try #require(try idToken([])["sub"]?.string)
        #expect(second != first)
    }

    @Test func `OpenID Connect Core 2: auth_time is told whoever asks for it`() throws {
        let signedIn = JSON.integer(Int(scene.services.clock.now.seconds))
        scene.site.platform.time.advance(seconds: 30)

        for changes: [(String, String?)] in [
            [], [("max_age", "60")],
            [("claims", "{\"id_token\":{\"auth_time\":{\"essential\":true}}}")],
            [("claims", "{\"id_token\":{\"auth_time\":null}}")],
        ] {
            #expect(try idToken(changes)["auth_time"] == signedIn, "\(changes)")
        }
    }

    @Test func `OpenID Connect Core 2: a nonce comes back to the byte`() throws {
        for nonce in [
            "n-0S6_WzA2Mj", " a+b%20c ", "\u{e9}\u{65}\u{301}\u{1F600}", "\"\\\n\u{7f}",
            String(repeating: "n", count: 1_024),
        ] {
            let told = try idToken([("nonce", nonce)])["nonce"]?.string
            #expect(told.map { Array($0.utf8) } == Array(nonce.utf8))
        }
        #expect(try idToken([("nonce", nil)])["nonce"] == nil)
    }

    @Test func `OpenID Connect Core 3.1.3.3: a bearer token, kept by nobody`() throws {
        let answer = scene.redeem(try scene.code())

        #expect(answer.text("token_type") == "Bearer" && answer.json["id_token"] != nil)
        #expect(answer.header("Cache-Control") == "no-store")
        #expect(answer.header("Pragma") == "no-cache")
        #expect(answer.header("Content-Type") == "application/json")
    }

    @Test func `OpenID Connect Core 5.3.2: UserInfo is JSON about the sub of the ID token`() throws
    {
        let given = scene.redeem(try scene.code([("scope", "openid profile email")]))
        let subject = try AuthorizationScene.part(1, of: given.text("id_token"))["sub"]

        let bearer: HTTPFields = [.authorization: "Bearer " + given.text("access_token")]
        for answer in [
            scene.userInfo(given.text("access_token")),
            scene.post("/oauth2/userinfo", [], headers: bearer),
        ] {
            #expect(answer.status == 200 && answer.header("Content-Type") == "application/json")
            #expect(subject != nil && answer.json["sub"] == subject)
            #expect(answer.header("Cache-Control") == "no-store")
        }
    }

    @Test func `OpenID Connect Core 5.5.1: what can't be told is left out, essential or not`()
        throws
    {
        let claims = """
            {"userinfo": {"phone_number": {"essential": true}, "given_name": null,
                          "email": {"essential": true, "value": "other@example.com", "odd": [1]}},
             "id_token": {"phone_number": {"essential": true, "values": ["1"]},
                          "acr": {"essential": false, "values": ["gold"], "odd": {}},
                          "preferred_username": {"purpose": "to greet"}}}
            """
        let given = scene.redeem(try scene.code([("scope", "openid"), ("claims", claims)]))

        #expect(given.status == 200)
        let told = scene.userInfo(given.text("access_token")).json
        #expect(told["phone_number"] == nil && told["given_name"] == nil)
        #expect(told["email"] == "olga@example.com")
        let idToken = try AuthorizationScene.part(1, of: given.text("id_token"))
        #expect(idToken["phone_number"] == nil && idToken["acr"] == nil)
        #expect(idToken["preferred_username"] == "olga")
    }

    @Test func `OpenID Connect Core 7.2.1: a registration in the request is not supported`() throws
    {
        scene.authorize([("registration", "{\"client_name\":\"mine\"}")])

        #expect(scene.summary() == "registration_not_supported")
    }

    @Test func `OpenID Connect Core 11: offline access is given with consent alone`() throws {
        let client = try scene.services.application(
            "offline", scopes: ["openid", "offline_access"])
        _ = try scene.code([("scope", "openid")], of: client)
        let wish: [(String, String?)] = [("scope", "openid offline_access")]

        scene.authorize(wish + [("prompt", "none")], of: client)
        #expect(scene.summary() == "consent_required")
        #expect(scene.authorize(wish, of: client).text.contains("offline_access"))
        scene.decide("deny")
        #expect(scene.summary() == "access_denied")
        scene.authorize(wish + [("prompt", "none")], of: client)
        #expect(scene.summary() == "consent_required")

        let given = scene.redeem(try scene.code(wish, of: client), as: client)
        #expect(given.text("scope") == "openid offline_access")
        #expect(!given.text("refresh_token").isEmpty)
    }

    @Test func `OpenID Connect Core 14: texts that only look alike differ`() throws {
        // No space of another kind parts words, and no letter stands for another.
        for scope in ["openid\u{a0}email", "openid\temail", "openid\u{2003}email", "\u{ff4f}penid"]
        {
            scene.authorize([("scope", scope)])
            #expect(scene.summary() == "invalid_scope", "\(scope)")
        }
        for prompt in ["login\u{a0}consent", "login\tconsent", "LOGIN", "\u{ff4e}one"] {
            scene.authorize([("prompt", prompt)])
            #expect(scene.summary() == "invalid_request", "\(prompt)")
        }
        let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}")
        #expect(try idToken([("nonce", composed)])["nonce"]?.string?.utf8.count == 5)
        #expect(try idToken([("nonce", decomposed)])["nonce"]?.string?.utf8.count == 6)
        let upper = scene.olga.id.description.uppercased()
        scene.authorize([
            ("prompt", "none"), ("claims", "{\"id_token\":{\"sub\":{\"value\":\"\(upper)\"}}}"),
        ])
        #expect(scene.summary() == "login_required")
    }

    @Test func `OpenID Connect Core 15.1: wishes that change nothing are no errors`() throws {
        for (name, value) in [
            ("display", "page"), ("display", "popup"), ("display", "touch"), ("display", "wap"),
            ("display", "nonsense"), ("ui_locales", "fr-CA fr en"), ("ui_locales", "x"),
            ("claims_locales", "de ja-Kana-JP"), ("acr_values", "urn:mace:incommon:iap:silver 0"),
        ] {
            _ = try scene.code([(name, value)])
            #expect(scene.summary() == "code", "\(name)=\(value)")
        }
    }
}
