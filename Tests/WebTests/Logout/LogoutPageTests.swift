import Domain
import HTTP
import HTTPTypes
import JSON
import TestSupport
import Testing

@testable import Web

/// OpenID Connect RP-Initiated Logout 1.0; security 108.
@Suite struct LogoutPageTests {
    let site: TestSite
    let browser: TestBrowser
    let pia: User
    let client: TestClient

    init() throws {
        site = try TestSite()
        browser = TestBrowser(site)
        pia = try site.services.person("pia")
        client = try site.services.application {
            $0.postLogoutRedirectURIs = [Self.target, "http://127.0.0.1/out"]
        }
        browser.signIn("pia")
    }

    private static let target = "https://app.example/out?a=b"

    private var isSignedIn: Bool { browser.get("/profile").status == 200 }

    /// An ID token of the client's, as the code grant would have given it.
    private func hint(
        for user: User? = nil, of client: TestClient? = nil, expiresIn seconds: Int64 = 60
    ) throws -> String {
        let now = site.services.clock.now.wholeSecond
        return try site.services.tokens.sign(
            IDTokenClaims(
                subject: (user ?? pia).id, clientID: (client ?? self.client).client.id,
                issuedAt: now, expiresAt: now.adding(seconds: seconds), authenticatedAt: now,
                sessionID: nil, nonce: nil, accessTokenHash: nil, userClaims: [:]), with: .rs256)
    }

    private func address(_ fields: [(String, String?)]) -> String {
        Address.make("/oauth2/logout", fields.map { (name: $0.0, value: $0.1) })
    }

    @discardableResult
    private func ask(_ fields: (String, String?)...) -> TestBrowser.Shown {
        browser.get(address(fields))
    }

    private func expectRefusal(
        _ fields: [(String, String?)], _ place: SourceLocation = #_sourceLocation
    ) {
        let page = browser.get(address(fields))
        #expect(page.status == 400, sourceLocation: place)
        #expect(page.location == nil, sourceLocation: place)
        #expect(page.text.contains("<html"), sourceLocation: place)
        #expect(isSignedIn, sourceLocation: place)
    }

    // MARK: Signed out at once

    @Test func `2: with one's own ID token one is signed out, and sent on with the state`() throws {
        let page = ask(
            ("id_token_hint", try hint()), ("post_logout_redirect_uri", Self.target),
            ("state", "x y&z=é"))

        #expect(page.status == 303)
        #expect(page.location == Self.target + "&state=x%20y%26z%3D%C3%A9")
        #expect(page.response.headers[.cacheControl] == "no-store")
        #expect(browser.cookies["__Host-gatehouse-session"] == nil)
        #expect(!isSignedIn)
    }

    @Test func `2: an expired ID token will do`() throws {
        let text = try hint(expiresIn: 60)
        site.platform.time.advance(seconds: 86_400)
        browser.signIn("pia")

        let page = ask(("id_token_hint", text), ("post_logout_redirect_uri", Self.target))

        #expect(page.location == Self.target)
        #expect(!isSignedIn)
    }

    @Test func `2: without an address to go on to, a page says so`() throws {
        let page = ask(("id_token_hint", try hint()))

        #expect(page.status == 200 && page.text.contains("You are signed out"))
        #expect(!isSignedIn)
    }

    @Test func `the session is over, not only the cookie gone`() throws {
        let cookie = browser.cookies["__Host-gatehouse-session"]
        ask(("id_token_hint", try hint()))

        browser.setCookie("__Host-gatehouse-session", cookie)

        #expect(!isSignedIn)
    }

    @Test func `2: who is signed out already is sent on, or told`() throws {
        browser.setCookie("__Host-gatehouse-session", nil)

        #expect(
            ask(("client_id", client.id), ("post_logout_redirect_uri", Self.target)).location
                == Self.target)
        #expect(ask().text.contains("You are signed out"))
    }

    // MARK: Asked first

    @Test func `2: without a hint one is asked, and the button signs out`() {
        let page = ask()
        #expect(page.status == 200 && page.text.contains(">Sign out</button>"))
        #expect(page.text.contains("pia") && isSignedIn)

        ask()
        let done = browser.post("/oauth2/logout", [])

        #expect(done.status == 200 && done.text.contains("You are signed out"))
        #expect(!isSignedIn)
    }

    @Test func `2: somebody else's hint: one is asked, and sent on afterwards`() throws {
        let text = try hint(for: try site.services.person("sten"))

        let page = ask(
            ("id_token_hint", text), ("post_logout_redirect_uri", Self.target), ("state", "s"))

        #expect(page.status == 200 && page.text.contains(">Sign out</button>"))
        let policy = try #require(page.response.headers[.contentSecurityPolicy])
        #expect(policy.contains("form-action 'self' https://app.example;"))
        let fields = ["id_token_hint", "post_logout_redirect_uri", "state"].compactMap { name in
            page.hidden(name).map { (name, $0) }
        }
        #expect(fields.count == 3)
        #expect(browser.post("/oauth2/logout", fields).location == Self.target + "&state=s")
        #expect(!isSignedIn)
    }

    @Test func `2: a client's name is no proof: one is asked`() throws {
        let page = ask(("client_id", client.id), ("post_logout_redirect_uri", Self.target))

        #expect(page.status == 200 && page.text.contains(">Sign out</button>"))
        #expect(isSignedIn)
    }

    @Test func `the button needs the page that it stands on`() {
        let page = ask()
        let token = page.hidden("csrf_token") ?? ""
        #expect(!token.isEmpty)

        for headers: HTTPFields in [
            [.origin: "https://evil.example"], [.origin: "null"],
            [.secFetchSite: "cross-site"],
        ] {
            let refused = browser.postBare(
                "/oauth2/logout", [("csrf_token", token)], headers: headers)
            #expect(refused.status == 403)
        }
        for wrong in ["", "x", String(token.dropLast()) + "g"] {
            #expect(browser.postBare("/oauth2/logout", [("csrf_token", wrong)]).status == 403)
        }
        #expect(isSignedIn)
    }

    // MARK: Refused

    @Test func `2: what is no ID token of ours is refused`() throws {
        let services = site.services
        let good = try hint()
        let parts = good.split(separator: ".").map(String.init)
        let other = try hint(for: try services.person("sten")).split(separator: ".").map(
            String.init)
        // {"alg":"none","typ":"JWT"}
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"
        let session = try #require(try services.token("pia")).token.text

        for wrong in [
            "\(none).\(parts[1]).", "\(none).\(parts[1]).\(parts[2])",
            "\(parts[0]).\(other[1]).\(parts[2])", "\(parts[0]).\(parts[1]).",
            good + "x", "x", "a.b.c", session,
            try services.tokens(of: services.machine(as: services.serviceUser("robot")))
                .accessToken.text,
        ] {
            expectRefusal([("id_token_hint", wrong)])
        }
    }

    @Test func `2: another client's ID token is refused`() throws {
        let other = try site.services.application("other") {
            $0.postLogoutRedirectURIs = ["https://other.example/out"]
        }
        let text = try hint(of: other)

        expectRefusal([("id_token_hint", text), ("client_id", client.id)])
        expectRefusal([("id_token_hint", text), ("post_logout_redirect_uri", Self.target)])
        expectRefusal([("client_id", "nobody")])
        expectRefusal([("client_id", UniqueID(high: 1, low: 1).description)])
    }

    @Test func `3.1: one goes on only to what was registered, byte for byte`() throws {
        let text = try hint()

        for wrong in [
            "https://app.example/out", Self.target + "&c=d", Self.target + "#x",
            "https://app.example/out?a=b/", "https://APP.example/out?a=b",
            "https://app.example:443/out?a=b", "http://app.example/out?a=b",
            "https://app.example.evil.example/out?a=b", "https://evil.example/",
            "javascript:alert(1)", "//app.example/out?a=b", "https://app.example/callback",
            "http://127.0.0.1:8080/out",
        ] {
            expectRefusal([("id_token_hint", text), ("post_logout_redirect_uri", wrong)])
        }
        // Nobody says whose it is.
        expectRefusal([("post_logout_redirect_uri", Self.target)])
    }

    @Test func `a parameter twice is refused, an empty one is none`() throws {
        let text = try hint()
        #expect(browser.get("/oauth2/logout?state=a&state=b").status == 400)
        #expect(isSignedIn)

        #expect(browser.get("/oauth2/logout?client_id=&state=&id_token_hint=\(text)").status == 200)
        #expect(!isSignedIn)
    }

    // MARK: Methods

    @Test func `2: a client may send a form; the browser comes back with its cookies`() throws {
        let text = try hint()
        let page = browser.postBare(
            "/oauth2/logout",
            [
                ("id_token_hint", text), ("post_logout_redirect_uri", Self.target),
                ("state", "s"), ("ui_locales", "de"),
            ], headers: [.origin: "https://app.example", .secFetchSite: "cross-site"])

        #expect(page.status == 303 && isSignedIn)
        #expect(browser.get(page.location ?? "").location == nil || !isSignedIn)
    }

    @Test func `a look at the head ends nothing`() throws {
        let text = try hint()

        #expect(browser.ask(.head, "/oauth2/logout?id_token_hint=\(text)").status == 200)

        #expect(isSignedIn)
    }

    @Test func `nobody is led here by signing in`() {
        let page = browser.get("/login?prompt=login&return_to=/oauth2/logout")

        #expect(page.hidden("return_to") == nil)
    }

    @Test func `RP-Initiated Logout 2.1, Back-Channel Logout 2.1: the metadata say so`() {
        let metadata = site.send(.get, "/.well-known/openid-configuration").json

        #expect(metadata["end_session_endpoint"] == "https://gatehouse.test/oauth2/logout")
        #expect(metadata["backchannel_logout_supported"] == true)
        #expect(metadata["backchannel_logout_session_supported"] == true)
    }
}
