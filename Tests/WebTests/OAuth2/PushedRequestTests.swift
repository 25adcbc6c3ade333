import Domain
import HTTP
import HTTPTypes
import JSON
import Storage
import TestSupport
import Testing

@testable import Web

/// Authorization requests that clients push (RFC 9126), on the site.
@Suite struct PushedRequestTests {
    let scene: AuthorizationScene

    init() throws { scene = try AuthorizationScene() }

    private func push(
        _ changes: [(String, String?)] = [], adding: [(String, String)] = [],
        of client: TestClient? = nil, headers: HTTPFields? = nil
    ) -> OAuth2Answer {
        let client = client ?? scene.client
        return scene.post(
            "/oauth2/par",
            client.request(changes).map { ($0.name, $0.value) } + adding,
            headers: headers ?? (client.secret.isEmpty ? [:] : Self.basic(client)))
    }

    private static func basic(_ client: TestClient) -> HTTPFields {
        [.authorization: OAuth2Scene.basic(client).1]
    }

    /// Comes with the request as a browser does.
    @discardableResult
    private func open(
        _ uri: String, of client: TestClient? = nil, adding: [(String, String)] = []
    ) -> TestBrowser.Shown {
        scene.browser.get(
            AuthorizationScene.target(
                [("client_id", (client ?? scene.client).id), ("request_uri", uri)]
                    + adding.map { (name: $0.0, value: $0.1) }))
    }

    @Test func `RFC 9126 2.2: what is pushed is named by a request_uri for a short time`() throws {
        let answer = push()

        #expect(answer.status == 201)
        #expect(answer.header("Cache-Control") == "no-store")
        #expect(answer.json["expires_in"] == 90)
        let uri = answer.text("request_uri")
        #expect(uri.hasPrefix("urn:ietf:params:oauth:request_uri:"))
        // §7.1: not to be guessed.
        #expect(uri.utf8.count == "urn:ietf:params:oauth:request_uri:".utf8.count + 43)
        #expect(uri != push().text("request_uri"))
    }

    @Test func `RFC 9126 4: the pushed request is answered like one that a browser brings`() throws
    {
        let uri = push([("state", "pushed")]).text("request_uri")

        open(uri)
        #expect(scene.browser.page.status == 200)
        scene.decide("allow")

        let answer = try scene.answer()
        #expect(answer["state"] == "pushed" && answer["iss"] == TestServices.issuer)
        let tokens = scene.redeem(try #require(answer["code"]))
        #expect(tokens.status == 200)
        #expect(tokens.text("scope") == "openid pipelines:read")
    }

    @Test func `RFC 9126 5: the server says where`() {
        let metadata = OAuth2Answer(
            response: scene.site.ask(.get, "/.well-known/oauth-authorization-server"))

        #expect(
            metadata.text("pushed_authorization_request_endpoint")
                == TestServices.issuer + "/oauth2/par")
    }

    @Test func `it is used up when a code is given, and not before`() throws {
        let uri = push().text("request_uri")
        open(uri)
        scene.decide("deny")
        #expect(try scene.answer()["error"] == "access_denied")
        #expect(open(uri).status == 200)
        scene.decide("allow")
        #expect(try scene.answer()["code"] != nil)

        #expect(open(uri).status == 400)
        #expect(scene.browser.page.location == nil)
    }

    @Test func `two that are asked about the same one get one code`() throws {
        let uri = push().text("request_uri")
        open(uri)
        let first = scene.browser.page.hidden("question")
        open(uri)
        let second = scene.browser.page.hidden("question")

        var codes = 0
        for question in [first, second] {
            scene.browser.get("/profile")
            scene.browser.post(
                "/consent", [("question", question ?? ""), ("decision", "allow")])
            codes += scene.browser.page.location?.contains("code=") == true ? 1 : 0
        }

        #expect(first != second && codes == 1)
    }

    @Test func `whoever came in time can sign in; who comes late can't`() throws {
        let late = push().text("request_uri")
        let inTime = push().text("request_uri")
        scene.site.platform.time.advance(seconds: 89)
        #expect(open(inTime).status == 200)
        scene.site.platform.time.advance(seconds: 1)

        #expect(open(late).status == 400)
        scene.site.platform.time.advance(seconds: 600)
        #expect(open(inTime).status == 200)
        scene.site.platform.time.advance(seconds: 3_000)
        #expect(open(inTime).status == 400)
    }

    @Test func `RFC 9126 4: only what was pushed counts`() throws {
        let uri = push().text("request_uri")

        open(
            uri,
            adding: [
                ("scope", "openid email"), ("state", "evil"), ("redirect_uri", "https://evil.test"),
                ("response_mode", "form_post"),
            ])
        scene.decide("allow")

        let answer = try scene.answer()
        #expect(answer["state"] == "xyz")
        #expect(
            scene.redeem(try #require(answer["code"])).text("scope") == "openid pipelines:read")
    }

    @Test func `RFC 9126 2.2: it is bound to the client`() throws {
        let other = try scene.services.application("other")
        let uri = push().text("request_uri")

        #expect(open(uri, of: other).status == 400)
        #expect(scene.browser.page.location == nil)
        let none = scene.browser.get(AuthorizationScene.target([("request_uri", uri)]))
        #expect(none.status == 400)
        #expect(open(uri).status == 200)
    }

    @Test func `one that nobody pushed is a page, and a foreign one is not fetched`() throws {
        #expect(open("urn:ietf:params:oauth:request_uri:x").status == 400)
        #expect(open("urn:ietf:params:oauth:request_uri:").status == 400)
        scene.authorize([("request_uri", "https://evil.test/request")])
        #expect(scene.summary() == "request_uri_not_supported")
    }

    @Test func `RFC 9126 2.1: the same checks as at the authorization endpoint`() throws {
        let before = try Fingerprint(of: scene.services.stores)

        for (changes, error) in [
            ([("redirect_uri", "https://evil.test")], "400 invalid_request"),
            ([("redirect_uri", nil)], "400 invalid_request"),
            ([("response_type", "token")], "400 unsupported_response_type"),
            ([("response_type", nil)], "400 invalid_request"),
            ([("scope", "organizations:manage")], "400 invalid_scope"),
            ([("code_challenge", nil)], "400 invalid_request"),
            ([("code_challenge_method", "plain")], "400 invalid_request"),
            ([("resource", "https://evil.test")], "400 invalid_target"),
            ([("prompt", "none login")], "400 invalid_request"),
            ([("request", "a.b.c")], "400 request_not_supported"),
            // §2.1: «MUST NOT be provided in this case».
            ([("request_uri", "urn:ietf:params:oauth:request_uri:x")], "400 invalid_request"),
        ] as [([(String, String?)], String)] {
            #expect(push(changes).summary == error, "\(changes)")
        }
        #expect(push(adding: [("state", "twice")]).summary == "400 invalid_request")
        #expect(try Fingerprint(of: scene.services.stores) == before)
    }

    @Test func `RFC 9126 2: the client has to prove who it is`() throws {
        let other = try scene.services.application("other")

        #expect(push(headers: [:]).summary == "401 invalid_client")
        // Another client's client_id beside one's own proof.
        #expect(push(headers: Self.basic(other)).summary == "401 invalid_client")
        var wrong = OAuth2Scene.basic(scene.client.id, "wrong").1
        #expect(push(headers: [.authorization: wrong]).summary == "401 invalid_client")
        wrong = OAuth2Scene.basic(scene.client).1
        // The header names it already.
        #expect(push([("client_id", nil)], headers: [.authorization: wrong]).status == 201)
        #expect(scene.site.ask(.get, "/oauth2/par").status.code == 405)
    }

    @Test func `a public client pushes by its name`() throws {
        let app = try scene.services.application("spa") { $0.kind = .public }

        let answer = push(of: app)

        #expect(answer.status == 201)
        open(answer.text("request_uri"), of: app)
        scene.decide("allow")
        #expect(try scene.answer()["code"] != nil)
    }

    @Test func `who has to sign in first comes back to the same request`() throws {
        let scene = try AuthorizationScene(signedIn: false)
        let tests = Self(scene)
        let uri = tests.push([("prompt", "login")]).text("request_uri")

        tests.open(uri)
        #expect(scene.summary() == "/login")
        try scene.browser.follow()
        // Chromium holds form-action against the redirect behind the form.
        #expect(
            scene.browser.page.response.headers[.contentSecurityPolicy]?
                .contains("https://app.example") == true)
        scene.browser.post(
            "/login",
            [
                ("username", "olga"), ("password", TestServices.password),
                ("return_to", scene.browser.page.hidden("return_to") ?? ""),
            ])
        try scene.browser.follow()

        #expect(scene.browser.page.status == 200)
        scene.decide("allow")
        #expect(try scene.answer()["code"] != nil)
    }

    private init(_ scene: AuthorizationScene) { self.scene = scene }

    @Test func `a client that was disabled has pushed for nothing`() throws {
        let uri = push().text("request_uri")
        var fields = ClientFields()
        fields.isEnabled = false
        _ = try scene.services.clients.update(scene.client.client.id, fields, by: .test())

        #expect(open(uri).status == 400)
    }

    @Test func `nobody pushes without bounds`() throws {
        let bucket = scene.services.secrets.digest(
            of: "pushed by \(scene.client.id) from 192.0.2.1")
        for _ in 0..<300 {
            _ = try scene.services.stores.signInThrottle.count(
                bucket, windowSeconds: 900, at: scene.services.clock.now)
        }

        let answer = push()

        #expect(answer.summary == "429 temporarily_unavailable")
        #expect(answer.header("Retry-After") == "900")
    }
}
