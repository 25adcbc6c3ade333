import Domain
import HTTP
import HTTPTypes
import JSON
import Storage
import TestSupport
import Testing

@testable import Web

/// RFC 6749 §3.1, §4.1.1, §4.1.2; RFC 9207; RFC 9700 §4.11, §4.12; OpenID Connect Core §3.1.2; security E, F.
@Suite struct AuthorizationRoutesTests {
    @Test func `a person signs in, consents, and the client gets a code (RFC 6749, 4.1.2)`() throws
    {
        let scene = try AuthorizationScene(signedIn: false)

        scene.authorize([("login_hint", "olga")])
        let login = try #require(scene.browser.page.location)
        #expect(login.hasPrefix("/login?return_to=/oauth2/authorize?"))
        #expect(login.contains("login_hint=olga"))
        let page = try scene.browser.follow()
        scene.browser.post(
            "/login",
            [
                ("return_to", page.hidden("return_to") ?? ""), ("username", "olga"),
                ("password", TestServices.password),
            ])
        let consent = try scene.browser.follow()
        scene.decide("allow")

        #expect(page.text.contains("value=\"olga\""))
        #expect(consent.status == 200)
        for words in [
            "app", "app.example", "olga", "Switch account", ">Allow<", ">Deny<",
            "Know who you are", "View pipelines and execution history",
        ] {
            #expect(consent.text.contains(words), "\(words)")
        }
        #expect(!consent.text.contains(">New<"))
        let policy = consent.response.headers[.contentSecurityPolicy]
        #expect(policy?.contains("form-action 'self' https://app.example;") == true)
        #expect(scene.browser.page.status == 303)
        #expect(scene.browser.page.response.headers[.cacheControl] == "no-store")
        let answer = try scene.answer()
        #expect(Set(answer.keys) == ["code", "state", "iss"])
        #expect(answer["state"] == "xyz" && answer["iss"] == TestServices.issuer)
        // RFC 6749 §10.10: not to be guessed. 256 bits.
        #expect(answer["code"]?.utf8.count == 47)
    }

    @Test func `a no is told to the client (RFC 6749, 4.1.2.1 access_denied)`() throws {
        let scene = try AuthorizationScene()

        scene.authorize()
        scene.decide("deny")

        let answer = try scene.answer()
        #expect(Set(answer.keys) == ["error", "error_description", "state", "iss"])
        #expect(answer["error"] == "access_denied" && answer["state"] == "xyz")
        #expect(answer["iss"] == TestServices.issuer)
        // It is not remembered.
        #expect(scene.authorize().status == 200)
    }

    @Test func `a state comes back to the byte (RFC 6749, 4.1.2)`() throws {
        let scene = try AuthorizationScene()
        _ = try scene.code()

        for state in [
            " a+b%20c ", "\u{0}x", "\u{e9}\u{65}\u{301}\u{1F600}", "<script>&amp;\"'", "\r\nX: y",
            "a=b&code=evil&iss=evil", String(repeating: "s", count: 2_048),
        ] {
            scene.authorize([("state", state)])
            let answer = try scene.answer()
            #expect(answer["state"].map { Array($0.utf8) } == Array(state.utf8))
            #expect(answer["iss"] == TestServices.issuer)
        }
        scene.authorize([("state", nil)])
        #expect(Set(try scene.answer().keys) == ["code", "iss"])
    }

    @Test func `what is wrong before the client is known is a page (RFC 6749, 4.1.2.1)`() throws {
        let scene = try AuthorizationScene()
        let evil = "https://evil.example/<script>"

        for changes: [(String, String?)] in [
            [("client_id", nil)], [("client_id", "nobody")], [("redirect_uri", nil)],
            [("redirect_uri", evil)], [("redirect_uri", evil), ("prompt", "none")],
        ] {
            let page = scene.authorize(changes)
            #expect(page.status == 400 && page.location == nil)
            #expect(page.response.headers[.contentType] == "text/html; charset=utf-8")
            #expect(page.response.headers[.frameOptions] == "DENY")
            #expect(!page.text.contains("evil"))
        }
        for name in ["client_id", "redirect_uri"] {
            let value = scene.client.request().first { $0.name == name }?.value ?? ""
            #expect(scene.authorize(adding: [(name, value)]).status == 400)
        }
        #expect(scene.browser.get("/oauth2/authorize?client_id=%zz").status == 400)
    }

    @Test func `faults are told to the client, but not before sign-in (RFC 9700, 4.11.2)`() throws {
        let faults: [([(String, String?)], String)] = [
            ([("response_type", "token")], "unsupported_response_type"),
            ([("response_type", nil)], "invalid_request"),
            ([("scope", "models:read")], "invalid_scope"),
            ([("code_challenge", nil)], "invalid_request"),
            ([("code_challenge_method", "plain")], "invalid_request"),
            ([("response_mode", "fragment")], "invalid_request"),
            ([("request", "a.b.c")], "request_not_supported"),
            ([("request_uri", "https://evil.example/r")], "request_uri_not_supported"),
            ([("resource", "https://evil.example")], "invalid_target"),
            ([("claims", "[]")], "invalid_request"),
            (
                [("claims", "{\"id_token\":{\"acr\":{\"essential\":true,\"value\":\"gold\"}}}")],
                "unmet_authentication_requirements"
            ),
            ([("id_token_hint", "a.b.c")], "invalid_request"),
            ([("max_age", "soon")], "invalid_request"),
        ]
        let stranger = try AuthorizationScene(signedIn: false)
        let scene = try AuthorizationScene()

        for (changes, code) in faults {
            stranger.authorize(changes)
            #expect(stranger.summary() == "/login", "\(changes)")
            stranger.authorize(changes + [("prompt", "none")])
            #expect(stranger.summary() == code, "\(changes)")
            scene.authorize(changes)
            #expect(scene.summary() == code, "\(changes)")
            let answer = try scene.answer()
            #expect(answer["state"] == "xyz" && answer["iss"] == TestServices.issuer)
            // RFC 6749 §4.1.2.1: %x20-21 / %x23-5B / %x5D-7E.
            let description = try #require(answer["error_description"])
            #expect(
                description.utf8.allSatisfy {
                    (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C
                })
        }
        scene.authorize(adding: [("scope", "openid")])
        #expect(scene.summary() == "invalid_request")
        scene.authorize([("prompt", "none login")])
        #expect(scene.summary() == "invalid_request")
    }

    @Test func `prompt=none asks nobody anything (OpenID Connect Core 3.1.2.1, 3.1.2.6)`() throws {
        let scene = try AuthorizationScene(signedIn: false)
        let silent: [(String, String?)] = [("prompt", "none")]

        scene.authorize(silent)
        #expect(scene.summary() == "login_required")
        scene.browser.signIn("olga")
        scene.authorize(silent)
        #expect(scene.summary() == "consent_required")
        _ = try scene.code()
        scene.authorize(silent)
        #expect(scene.summary() == "code")
        scene.authorize(silent + [("scope", "openid email")])
        #expect(scene.summary() == "consent_required")
        scene.authorize(silent + [("max_age", "60")])
        #expect(scene.summary() == "code")
        scene.site.platform.time.advance(seconds: 61)
        scene.authorize(silent + [("max_age", "60")])
        #expect(scene.summary() == "login_required")
        scene.authorize(silent + [("max_age", "0")])
        #expect(scene.summary() == "login_required")
    }

    @Test func `consent is remembered, new scopes are marked, and asked for when told so`() throws {
        let scene = try AuthorizationScene()

        _ = try scene.code([("scope", "openid pipelines:read")])
        scene.authorize([("scope", "openid")])
        #expect(scene.summary() == "code")
        let more = scene.authorize([("scope", "openid email")]).text
        #expect(more.contains("<code>email</code> <span class=\"badge blue\">New</span>"))
        #expect(!more.contains("<code>openid</code> <span"))
        scene.decide("allow")
        scene.authorize([("scope", "openid email pipelines:read")])
        #expect(scene.summary() == "code")
        for prompt in ["consent", "select_account", "login consent"] {
            scene.authorize([("prompt", prompt)])
            if prompt.contains("login") {
                #expect(scene.summary() == "/login")
            } else {
                #expect(scene.browser.page.status == 200, "\(prompt)")
            }
        }
    }

    @Test func `whoever may be another program asks each time (RFC 8252, 8.6; security 78)`() throws
    {
        let scene = try AuthorizationScene()
        for uri in ["http://127.0.0.1:8123/cb", "http://[::1]:9/cb", "com.example.app:/cb"] {
            let native = try scene.services.application(redirectURIs: [uri]) { $0.kind = .public }
            for _ in 0..<2 {
                #expect(scene.authorize(of: native).status == 200)
                #expect(scene.browser.page.text.contains("this device"))
                scene.decide("allow")
                #expect(try scene.answer(at: uri)["code"] != nil)
            }
            scene.authorize([("prompt", "none")], of: native)
            #expect(try scene.answer(at: uri)["error"] == "consent_required")
        }
        // A public client at an https address that nobody else can have.
        let spa = try scene.services.application("spa") { $0.kind = .public }
        _ = try scene.code(of: spa)
        scene.authorize(of: spa)
        #expect(scene.summary() == "code")
    }

    @Test func `prompt=login and max_age want the password once more, and once (Core 3.1.2.1)`()
        throws
    {
        let scene = try AuthorizationScene()
        _ = try scene.code()
        scene.site.platform.time.advance(seconds: 100)

        for changes: [(String, String?)] in [
            [("prompt", "login")], [("max_age", "0")], [("max_age", "99")],
        ] {
            scene.authorize(changes)
            #expect(scene.summary() == "/login")
            let back = try #require(try scene.browser.follow().hidden("return_to"))
            // Coming back without it asks again, and a text of one's own making helps nobody.
            scene.browser.get(back)
            #expect(scene.summary() == "/login")
            scene.browser.get(
                back.replacing(/gatehouse_start=[0-9]+/, with: "gatehouse_start=0"))
            #expect(scene.summary() == "/login")
            scene.browser.get("/login?prompt=login")
            scene.browser.post(
                "/login",
                [
                    ("return_to", back), ("username", "olga"), ("password", TestServices.password),
                    ("prompt", "login"),
                ])
            try scene.browser.follow()
            #expect(scene.summary() == "code", "\(changes)")
            // It was for that request; the next one asks anew.
            scene.site.platform.time.advance(seconds: 100)
        }
        scene.authorize([("max_age", "1000")])
        #expect(scene.summary() == "code")
    }

    @Test func `another person than the client means is not let in (Core 3.1.2.1 id_token_hint)`()
        throws
    {
        let scene = try AuthorizationScene()
        try scene.services.person("ada")
        let hint = scene.redeem(try scene.code()).text("id_token")
        let ada = TestBrowser(scene.site)
        ada.signIn("ada")
        let request = AuthorizationScene.target(scene.client.request([("id_token_hint", hint)]))

        scene.authorize([("id_token_hint", hint)])
        #expect(scene.summary() == "code")
        scene.authorize([
            ("claims", "{\"id_token\":{\"sub\":{\"value\":\"\(scene.olga.id)\"}}}")
        ])
        #expect(scene.summary() == "code")
        #expect(ada.get(request).location?.hasPrefix("/login") == true)
        #expect(ada.get(request + "&prompt=none").location?.contains("login_required") == true)
        // Ada signs in once more, as herself.
        ada.get(request)
        let back = try #require(try ada.follow().hidden("return_to"))
        ada.post(
            "/login",
            [("return_to", back), ("username", "ada"), ("password", TestServices.password)])
        #expect(try ada.follow().location?.contains("error=login_required") == true)
    }

    @Test func `who switches accounts answers as the other person`() throws {
        let scene = try AuthorizationScene()
        let ada = try scene.services.person("ada")
        let page = scene.authorize().text
        let link = String(
            try #require(page.firstMatch(of: /href="([^"]*)">Switch account/)?.1)
        ).unescaped

        let login = scene.browser.get(link)
        scene.browser.post(
            "/login",
            [
                ("return_to", login.hidden("return_to") ?? ""), ("username", "ada"),
                ("password", TestServices.password), ("prompt", "login"),
            ])
        let consent = try scene.browser.follow()
        scene.decide("allow")

        #expect(login.status == 200 && consent.text.contains("<bdi>ada</bdi>"))
        let token = scene.redeem(try #require(try scene.answer()["code"])).text("id_token")
        #expect(try AuthorizationScene.part(1, of: token)["sub"] == .id(ada.id))
    }

    @Test func `a question is answered once, by whom it was put to (security 64, 79)`() throws {
        let scene = try AuthorizationScene()
        try scene.services.person("ada")
        scene.authorize()
        let question = try #require(scene.browser.page.hidden("question"))
        let ada = TestBrowser(scene.site)
        ada.signIn("ada")
        ada.get(AuthorizationScene.target(scene.client.request()))

        // Another's question, in one's own form.
        let stolen = ada.post(
            "/consent", [("question", question), ("decision", "allow")])
        #expect(stolen.status == 400 && stolen.location == nil)
        // More than was asked, slipped into the form, counts for nothing.
        let shown = scene.browser.page
        scene.browser.post(
            "/consent",
            [
                ("question", question), ("decision", "allow"), ("scope", "openid email profile"),
                ("redirect_uri", "https://evil.example"), ("client_id", "other"),
            ])
        let answer = try scene.answer()
        #expect(scene.redeem(answer["code"] ?? "").text("scope") == "openid pipelines:read")
        // Again: over.
        let token = try #require(shown.hidden("csrf_token"))
        let again = scene.browser.postBare(
            "/consent",
            [("csrf_token", token), ("question", question), ("decision", "allow")])
        #expect(again.status == 400 && again.location == nil)
    }

    @Test func `a question that waits too long is over`() throws {
        let scene = try AuthorizationScene()
        scene.authorize()
        scene.site.platform.time.advance(seconds: PendingAuthorization.lifetime)

        #expect(scene.decide("allow").status == 400)
    }

    @Test func `consent from elsewhere is none (RFC 6749, 10.12; RFC 9700, 4.16; security 56)`()
        throws
    {
        let scene = try AuthorizationScene()
        scene.authorize()
        let page = scene.browser.page
        let fields = [("question", page.hidden("question") ?? ""), ("decision", "allow")]
        let token = [("csrf_token", page.hidden("csrf_token") ?? "")]

        #expect(scene.browser.postBare("/consent", fields).status == 403)
        #expect(
            scene.browser.postBare(
                "/consent", [("csrf_token", "x")] + fields
            ).status == 403)
        for (name, value) in [
            ("Origin", "https://evil.example"), ("Origin", "null"),
            ("Sec-Fetch-Site", "cross-site"),
        ] {
            let headers: HTTPFields = [try #require(HTTPField.Name(name)): value]
            #expect(
                scene.browser.postBare(
                    "/consent", token + fields, headers: headers
                ).status == 403)
        }
        #expect(
            scene.browser.get("/consent?decision=allow").status == 405)
        #expect(
            scene.browser.postBare("/consent", token + fields).status == 303)
    }

    @Test func `somebody who signed out meanwhile is asked to sign in, and nothing is given`()
        throws
    {
        let scene = try AuthorizationScene()
        scene.authorize()
        let fields = [
            ("csrf_token", scene.browser.page.hidden("csrf_token") ?? ""),
            ("question", scene.browser.page.hidden("question") ?? ""), ("decision", "allow"),
        ]
        let session = try #require(
            try scene.services.stores.sessions.list(
                of: scene.olga.id, aliveAt: scene.services.clock.now, .first
            ).items.first)
        try scene.services.sessions.end(session.id, of: scene.olga.id, by: .test())

        scene.browser.postBare("/consent", fields)

        #expect(scene.summary() == "/login")
    }

    @Test func `form_post carries the answer in a form (OAuth 2.0 Form Post Response Mode)`() throws
    {
        let scene = try AuthorizationScene()
        let mode: [(String, String?)] = [("response_mode", "form_post"), ("state", "\"<&>'")]

        scene.authorize(mode)
        let allowed = scene.decide("allow")
        let refused = scene.authorize(mode + [("scope", "models:read")])

        for (page, fields) in [
            (allowed, ["code", "state", "iss"]),
            (refused, ["error", "error_description", "state", "iss"]),
        ] {
            #expect(page.status == 200 && page.location == nil)
            #expect(page.text.contains("action=\"https://app.example/callback\""))
            #expect(page.hidden("state") == "\"<&>'" && page.hidden("iss") == TestServices.issuer)
            for field in fields { #expect(page.hidden(field) != nil) }
            #expect(page.hidden("csrf_token") == nil)
            #expect(page.response.headers[.cacheControl] == "no-store")
            let policy = page.response.headers[.contentSecurityPolicy] ?? ""
            #expect(policy.contains("form-action 'self' https://app.example;"))
            #expect(policy.contains("script-src 'self'") && !policy.contains("unsafe"))
        }
        #expect(scene.redeem(allowed.hidden("code") ?? "").status == 200)
    }

    @Test func `a query of the redirect URI is kept (RFC 6749, 3.1.2)`() throws {
        let scene = try AuthorizationScene()
        let uri = "https://app.example/cb?tenant=a%2Fb"
        let client = try scene.services.application(redirectURIs: [uri])

        scene.authorize(of: client)
        scene.decide("allow")

        #expect(scene.browser.page.location?.hasPrefix(uri + "&code=") == true)
    }

    @Test func `POST is as good as GET, and doubles across both are seen (Core 3.1.2.1)`() throws {
        let scene = try AuthorizationScene()
        let fields = scene.client.request([("state", "a b&c")]).map { ($0.name, $0.value) }

        // A form of the client's own page: no cookie comes with it, no token of ours, another origin.
        let other = TestBrowser(scene.site)
        let sent = other.postBare(
            "/oauth2/authorize", fields, headers: [.origin: "https://app.example"])
        #expect(sent.status == 303)
        scene.browser.get(try #require(sent.location))
        #expect(scene.browser.page.status == 200)
        scene.decide("allow")
        #expect(try scene.answer()["state"] == "a b&c")
        scene.browser.postBare("/oauth2/authorize?client_id=\(scene.client.id)", fields)
        #expect(try scene.browser.follow().status == 400)
        #expect(
            scene.browser.postBare(
                "/oauth2/authorize", fields, headers: [.contentType: "application/json"]
            ).status == 415)
    }

    @Test func `no page of another site may read what is answered (RFC 9700, 2.6)`() throws {
        let scene = try AuthorizationScene()
        let request = AuthorizationScene.target(scene.client.request())

        for origin in ["https://app.example", "https://evil.example", "null"] {
            let page = scene.browser.get(request, headers: [.origin: origin])
            #expect(page.response.headers[.accessControlAllowOrigin] == nil)
        }
        #expect(scene.browser.ask(.options, request).status == 405)
    }

    @Test func `HEAD gives nothing (RFC 9110, 9.2.1)`() throws {
        let scene = try AuthorizationScene()
        _ = try scene.code()

        let head = scene.browser.ask(
            .head, AuthorizationScene.target(scene.client.request()))

        #expect(head.status == 204 && head.location == nil)
    }

    @Test func `who is no member of the client's organization is refused (wire 12)`() throws {
        let scene = try AuthorizationScene()
        let owner = try scene.services.person("owner")
        let plant = try scene.services.organization("plant", ownedBy: owner)
        let client = try scene.services.application { $0.organizationID = .value(plant.id) }

        scene.authorize(of: client)
        #expect(scene.summary() == "access_denied")
        scene.authorize([("prompt", "none")], of: client)
        #expect(scene.summary() == "access_denied")
        try scene.services.add(scene.olga, to: plant, .viewer)
        #expect(scene.authorize(of: client).text.contains("in <strong><bdi>plant</bdi>"))
        let code = try scene.code(of: client)
        #expect(scene.redeem(code, as: client).status == 200)
    }

    @Test func `where scopes restrict nothing the page says so (pages)`() throws {
        let scene = try AuthorizationScene()
        let plant = try scene.services.organization("plant", ownedBy: scene.olga)

        #expect(!scene.authorize().text.contains("do not restrict"))
        try scene.services.setLevel(.none, of: plant)
        #expect(scene.authorize().text.contains("In plant scopes do not restrict"))
        // Without a scope of the platform nothing is opened there, either.
        #expect(!scene.authorize([("scope", "openid")]).text.contains("do not restrict"))
    }

    @Test func `what a client calls itself is shown and never obeyed (security 58)`() throws {
        let scene = try AuthorizationScene()
        let name = "<script>alert(1)</script> \u{202E}evil"
        let client = try scene.services.application(name)

        let page = scene.authorize(of: client).text

        #expect(!page.contains("<script>alert"))
        #expect(page.contains("<bdi>&lt;script&gt;alert"))
    }

    @Test func `withdrawn consent is asked for anew, and what it gave is dead (wire 8)`() throws {
        let scene = try AuthorizationScene()
        let token = scene.redeem(try scene.code()).text("access_token")
        let unused = try scene.code()
        let session = try scene.site.signIn("olga").token
        #expect(scene.userInfo(token).status == 200)

        let list = scene.site.send(.get, "/api/v1/consents", bearer: session)
        let gone = scene.site.send(
            .delete, "/api/v1/consents/\(scene.client.id)", bearer: session)
        let again = scene.site.send(
            .delete, "/api/v1/consents/\(scene.client.id)", bearer: session)

        #expect(list.data.map { $0["client_id"] } == [.string(scene.client.id)])
        #expect(list.data.first?["scopes"]?.strings == ["openid", "pipelines:read"])
        #expect(list.data.first?["client_name"] == "app")
        #expect(gone.status == 204 && again.status == 404)
        #expect(scene.userInfo(token).summary == "401 invalid_token")
        #expect(scene.redeem(unused).summary == "400 invalid_grant")
        #expect(scene.authorize().status == 200)
        #expect(scene.site.send(.get, "/api/v1/consents", bearer: session).data.isEmpty)
    }
}
