import Domain
import HTTP
import HTTPTypes
import JSON
import Storage
import TestSupport
import Testing

@testable import Web

/// Devices without a browser (RFC 8628): what they ask, and the page where people allow it.
@Suite struct DeviceTests {
    static let grant = "urn:ietf:params:oauth:grant-type:device_code"

    let scene: AuthorizationScene
    let client: TestClient

    init() throws {
        scene = try AuthorizationScene()
        client = try Self.television(scene)
    }

    private static func television(
        _ scene: AuthorizationScene, _ change: (inout ClientFields) -> Void = { _ in }
    ) throws -> TestClient {
        try scene.services.application(
            "television",
            scopes: ["openid", "profile", "offline_access", "pipelines:read", "models:read"],
            redirectURIs: []
        ) { fields in
            fields.kind = .public
            fields.grantTypes = [grant, "refresh_token"]
            change(&fields)
        }
    }

    private func begin(
        _ form: [(String, String)] = [("scope", "openid pipelines:read")],
        as client: TestClient? = nil
    ) -> OAuth2Answer {
        scene.post(
            "/oauth2/device_authorization", [("client_id", (client ?? self.client).id)] + form)
    }

    private func poll(_ code: String, as client: TestClient? = nil) -> OAuth2Answer {
        scene.post(
            "/oauth2/token",
            [
                ("grant_type", Self.grant), ("device_code", code),
                ("client_id", (client ?? self.client).id),
            ])
    }

    @discardableResult
    private func type(_ code: String) -> TestBrowser.Shown {
        scene.browser.get("/device")
        return scene.browser.post("/device", [("user_code", code)])
    }

    @discardableResult
    private func decide(_ decision: String) -> TestBrowser.Shown {
        scene.browser.post(
            "/device/decision",
            [("question", scene.browser.page.hidden("question") ?? ""), ("decision", decision)])
    }

    private func advance(_ seconds: Int64) { scene.site.platform.time.advance(seconds: seconds) }

    // MARK: The device

    @Test func `RFC 8628 3.2: the device is told what to show and how to ask`() throws {
        let answer = begin()

        #expect(answer.status == 200)
        #expect(answer.header("Cache-Control") == "no-store")
        #expect(answer.json["expires_in"] == 600 && answer.json["interval"] == 5)
        #expect(answer.text("verification_uri") == TestServices.issuer + "/device")
        let code = answer.text("user_code")
        #expect(
            code.wholeMatch(of: /[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}/) != nil)
        #expect(
            answer.text("verification_uri_complete")
                == TestServices.issuer + "/device?user_code=" + code)
        let device = answer.text("device_code")
        // §5.2: not to be guessed.
        #expect(device.hasPrefix("gdc_") && device.utf8.count == 47)
        let metadata = OAuth2Answer(
            response: scene.site.ask(.get, "/.well-known/oauth-authorization-server"))
        // RFC 8628 4
        #expect(
            metadata.text("device_authorization_endpoint")
                == TestServices.issuer + "/oauth2/device_authorization")
        #expect(metadata.json["grant_types_supported"]?.strings?.contains(Self.grant) == true)
    }

    @Test func `RFC 8628 3.1: only a client of this grant, for scopes and an API of its own`()
        throws
    {
        #expect(
            begin(as: try scene.services.application("spa") { $0.kind = .public }).summary
                == "400 unauthorized_client")
        #expect(begin([("scope", "uns:read")]).summary == "400 invalid_scope")
        #expect(begin([("resource", "https://evil.test")]).summary == "400 invalid_target")
        #expect(
            scene.post("/oauth2/device_authorization", [("client_id", "nobody")]).summary
                == "401 invalid_client")
        #expect(begin([("scope", "openid"), ("scope", "x")]).summary == "400 invalid_request")
        #expect(scene.site.ask(.get, "/oauth2/device_authorization").status.code == 405)
    }

    @Test func `RFC 8628 3.4: once the person has allowed it the device gets its tokens, once`()
        throws
    {
        let begun = begin([("scope", "openid offline_access pipelines:read")])
        let device = begun.text("device_code")
        #expect(poll(device).summary == "400 authorization_pending")

        #expect(type(begun.text("user_code")).status == 200)
        #expect(decide("allow").location == "/device/done")
        let tokens = poll(device)

        #expect(tokens.status == 200)
        #expect(tokens.text("scope") == "openid offline_access pipelines:read")
        #expect(!tokens.text("refresh_token").isEmpty)
        let identity = try AuthorizationScene.part(1, of: tokens.text("id_token"))
        #expect(identity["sub"]?.string == scene.olga.id.description)
        #expect(identity["aud"]?.string == client.id)
        let claims = try AuthorizationScene.part(1, of: tokens.text("access_token"))
        #expect(claims["client_id"]?.string == client.id)
        #expect(scene.userInfo(tokens.text("access_token")).status == 200)
        #expect(poll(device).summary == "400 invalid_grant")
    }

    @Test func `RFC 8628 3.5: who asks too soon has to wait longer from then on`() {
        let device = begin().text("device_code")

        #expect(poll(device).summary == "400 authorization_pending")
        advance(4)
        #expect(poll(device).summary == "400 slow_down")
        advance(9)
        #expect(poll(device).summary == "400 slow_down")
        advance(15)
        #expect(poll(device).summary == "400 authorization_pending")
    }

    @Test func `RFC 8628 3.5: a code that has expired, was refused, or is another's`() throws {
        let (expired, denied, mine) = (begin(), begin(), begin())
        let other = try scene.services.application("other", redirectURIs: []) { fields in
            fields.kind = .public
            fields.grantTypes = [Self.grant]
        }
        type(denied.text("user_code"))
        decide("deny")

        #expect(poll(denied.text("device_code")).summary == "400 access_denied")
        #expect(poll(mine.text("device_code"), as: other).summary == "400 invalid_grant")
        #expect(poll("gdc_nothing").summary == "400 invalid_grant")
        #expect(poll("").summary == "400 invalid_request")
        #expect(
            poll(
                mine.text("device_code"),
                as: try scene.services.application("spa") {
                    $0.kind = .public
                }
            ).summary == "400 unauthorized_client")
        advance(600)
        #expect(poll(expired.text("device_code")).summary == "400 expired_token")
        #expect(type(mine.text("user_code")).status == 422)
    }

    @Test func `20 at once with one device code get tokens once`() throws {
        let begun = begin()
        type(begun.text("user_code"))
        decide("allow")
        let (client, code) = (client, Secret(begun.text("device_code")))

        let given = try onThreads(20) { [platform = scene.site.platform] _ in
            let services = platform.connect()
            do {
                _ = try services.clientTokens.issue(
                    TokenRequest(kind: .deviceCode(code)),
                    to: services.authenticated(client), by: .test())
                return true
            } catch is OAuthError {
                return false
            }
        }

        #expect(given.count { $0 } == 1)
    }

    @Test(arguments: ["client", "user", "session", "consent"])
    func `what ends between yes and token ends the device code`(what: String) throws {
        let begun = begin()
        type(begun.text("user_code"))
        decide("allow")
        let services = scene.services

        switch what {
        case "client":
            var fields = ClientFields()
            fields.isEnabled = false
            _ = try services.clients.update(client.client.id, fields, by: .test())
            fields.isEnabled = true
            _ = try services.clients.update(client.client.id, fields, by: .test())
        case "user":
            _ = try services.users.update(
                scene.olga.id, UserChanges(isDisabled: true), by: .test())
        case "session":
            let now = services.clock.now
            try services.stores.atomically {
                _ = try services.stores.sessions.endAll(of: scene.olga.id, except: nil, at: now)
            }
        default:
            _ = try services.consents.withdraw(client.client.id, of: scene.olga.id, by: .test())
        }

        #expect(poll(begun.text("device_code")).summary == "400 invalid_grant")
    }

    @Test func `a device of an API gets tokens for that API`() throws {
        let engine = TestServices.issuer + "/api/v1/engine"
        let begun = begin([("scope", "pipelines:read"), ("resource", engine)])
        type(begun.text("user_code"))
        decide("allow")

        let tokens = poll(begun.text("device_code"))

        let claims = try AuthorizationScene.part(1, of: tokens.text("access_token"))
        #expect(claims["aud"]?.string == engine)
    }

    // MARK: The page

    @Test func `the code may be typed in any case, with spaces and dashes`() {
        for change: (String) -> String in [
            { $0 }, { $0.lowercased() }, { $0.replacing("-", with: "") },
            { $0.replacing("-", with: " ") }, { " " + $0.replacing("-", with: " – ") + "\t" },
            { $0.map { "\($0) " }.joined() },
        ] {
            let code = begin().text("user_code")
            #expect(type(change(code)).status == 200, "\(change(code))")
            #expect(scene.browser.page.text.contains("television"))
        }
    }

    @Test func `RFC 8628 3.3.1: a code in the address is filled in, and allows nothing`() throws {
        let begun = begin()
        let target = "/device?user_code=" + begun.text("user_code")

        let page = scene.browser.get(target)

        #expect(page.status == 200)
        #expect(page.text.contains("value=\"\(begun.text("user_code"))\""))
        #expect(!page.text.contains("television"))
        #expect(poll(begun.text("device_code")).summary == "400 authorization_pending")
    }

    @Test func `RFC 8628 5.4: the page shows the application, what it wants and who asked`() {
        let begun = begin([("scope", "openid offline_access pipelines:read")])

        let page = type(begun.text("user_code"))

        for text in [
            "television", "192.0.2.1", "Keep this access after you sign out", "pipelines:read",
            "olga", "Allow", "Deny", "Switch account",
        ] {
            #expect(page.text.contains(text), "\(text)")
        }
        #expect(page.response.headers[.cacheControl] == "no-store")
    }

    @Test func `who is not signed in signs in first and comes back with the code`() throws {
        let begun = begin()
        let stranger = TestBrowser(scene.site)

        stranger.get("/device?user_code=" + begun.text("user_code"))
        #expect(stranger.page.location?.hasPrefix("/login") == true)
        try stranger.follow()
        stranger.post(
            "/login",
            [
                ("username", "olga"), ("password", TestServices.password),
                ("return_to", stranger.page.hidden("return_to") ?? ""),
            ])
        try stranger.follow()

        #expect(stranger.page.status == 200)
        #expect(stranger.page.text.contains("value=\"\(begun.text("user_code"))\""))
    }

    @Test(arguments: ["BCDF-GHJK", "AEIO-UAEI", "", "x", "BCDF-GHJ", "<script>alert(1)</script>"])
    func `a code that nobody waits with is told at its field`(code: String) {
        let page = type(code)

        #expect(page.status == 422)
        #expect(page.text.contains("aria-invalid=\"true\""))
        #expect(!page.text.contains("<script>alert"))
    }

    @Test func `RFC 8628 5.1: who guesses has to wait`() {
        let good = begin().text("user_code")
        for _ in 0..<5 { #expect(type("BCDF-GHJK").status == 422) }

        let page = type(good)

        #expect(page.status == 429)
        #expect(page.response.headers[.retryAfter] == "900")
        advance(900)
        #expect(type(begin().text("user_code")).status == 200)
        for _ in 0..<10 { #expect(type(begin().text("user_code")).status == 200) }
    }

    @Test func `the question is answered once, in the session that it was put to`() throws {
        let begun = begin()
        type(begun.text("user_code"))
        let question = scene.browser.page.hidden("question") ?? ""
        _ = try scene.services.person("eve")
        let eve = TestBrowser(scene.site)
        eve.signIn("eve")

        eve.get("/device")
        eve.post("/device/decision", [("question", question), ("decision", "allow")])
        #expect(eve.page.status == 400)
        #expect(poll(begun.text("device_code")).summary == "400 authorization_pending")
        scene.browser.post("/device/decision", [("question", question), ("decision", "maybe")])
        #expect(scene.browser.page.status == 400)
        scene.browser.get("/device")
        scene.browser.post("/device/decision", [("question", question), ("decision", "deny")])
        #expect(scene.browser.page.location == "/device/done?denied=1")
        scene.browser.get("/device")
        scene.browser.post("/device/decision", [("question", question), ("decision", "allow")])

        #expect(scene.browser.page.status == 400)
        #expect(poll(begun.text("device_code")).summary == "400 access_denied")
    }

    @Test func `a form of another site, or without its token, decides nothing`() throws {
        let begun = begin()
        type(begun.text("user_code"))
        let question = scene.browser.page.hidden("question") ?? ""
        let fields = [("question", question), ("decision", "allow")]

        #expect(scene.browser.postBare("/device/decision", fields).status == 403)
        #expect(
            scene.browser.post(
                "/device/decision", fields, headers: [.secFetchSite: "cross-site"]
            ).status == 403)
        #expect(scene.browser.get("/device/decision").status == 405)
        #expect(poll(begun.text("device_code")).summary == "400 authorization_pending")
    }

    @Test func `who is no member of the client's organization can't allow it`() throws {
        let owner = try scene.services.person("owner")
        let plant = try scene.services.organization("plant", ownedBy: owner)
        let bound = try Self.television(scene) { $0.organizationID = .value(plant.id) }
        let begun = begin(as: bound)

        #expect(type(begun.text("user_code")).status == 403)
        let browser = TestBrowser(scene.site)
        browser.signIn("owner")
        browser.get("/device")
        browser.post("/device", [("user_code", begun.text("user_code"))])
        #expect(browser.page.status == 200)
        #expect(browser.page.text.contains("plant"))
    }

    @Test func `what was allowed to a device is among the consents`() throws {
        type(begin().text("user_code"))
        decide("allow")

        let consents = try scene.services.consents.list(of: scene.olga.id, .first).items

        #expect(consents.map(\.consent.clientID) == [client.client.id])
        #expect(consents.first?.consent.scopes.text == "openid pipelines:read")
    }
}
