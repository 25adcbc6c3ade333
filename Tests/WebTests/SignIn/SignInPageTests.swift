import Domain
import HTTP
import HTTPTypes
import Storage
import TestSupport
import Testing

/// `/login`, `/logout` and the session's cookie, as a browser meets them.
@Suite struct SignInPageTests {
    private let site: TestSite
    private let browser: TestBrowser

    init() throws {
        site = try TestSite()
        browser = TestBrowser(site)
        try site.services.person("ada", email: "ada@example.com")
        try site.services.person("grace")
    }

    private static let session = "__Host-gatehouse-session"
    private static let form = "__Host-gatehouse-form"

    @Test(arguments: ["ada", "ADA", " ada@example.com "])
    func `a person signs in by name or e-mail and lands on the profile`(_ name: String) throws {
        let shown = browser.get("/login")
        #expect(shown.status == 200)
        #expect(shown.text.contains(">User name or e-mail</label>"))
        #expect(shown.text.contains(">Password</label>"))

        let answer = browser.post(
            "/login", [("username", name), ("password", TestServices.password)])

        #expect(answer.status == 303)
        #expect(answer.location == "/profile")
        #expect(try browser.follow().text.contains("ada@example.com"))
    }

    @Test func `the session's cookie is a secret for this host alone`() throws {
        browser.get("/login")
        let answer = browser.post(
            "/login", [("username", "ada"), ("password", TestServices.password)])

        let cookie = try #require(
            answer.response.headers[fields: .setCookie].first {
                $0.value.hasPrefix("\(Self.session)=")
            }?.value)
        let parts = cookie.split(separator: ";").map { $0.drop { $0 == " " } }
        #expect(
            parts.dropFirst() == ["Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=604800"])
        #expect(parts[0].count == Self.session.count + 1 + 43)
    }

    @Test(arguments: [
        ("ada", "guess-77"), ("nobody", TestServices.password), ("", ""),
        ("grace", TestServices.password),
    ])
    func `a failure says the same whatever was wrong, and keeps the name`(
        _ name: String, _ password: String
    ) throws {
        if name == "grace" {
            let grace = try #require(
                try site.services.stores.users.findForSignIn(SignInName("grace")))
            try site.services.disable(grace.user)
        }
        browser.get("/login")

        let answer = browser.post("/login", [("username", name), ("password", password)])

        #expect(answer.status == 422)
        #expect(answer.text.contains("User name or password is wrong."))
        #expect(answer.text.contains("value=\"\(name)\""))
        #expect(password.isEmpty || !answer.text.contains(password))
        #expect(answer.text.split(separator: "aria-invalid=\"true\"").count == 3)
        #expect(answer.text.split(separator: "aria-describedby=\"sign-in-error\"").count == 3)
        #expect(browser.cookies[Self.session] == nil)
    }

    @Test func `too many tries are a page that says how long to wait`() throws {
        browser.get("/login")
        var last = browser.page
        for _ in 0..<12 {
            last = browser.post("/login", [("username", "ada"), ("password", "wrong")])
        }

        #expect(last.status == 429)
        #expect(last.response.headers[.retryAfter] == "900")
        #expect(last.text.contains("Try again in 15 minutes."))
        #expect(last.text.contains("value=\"ada\""))
    }

    @Test func `a sign-in gives another session, and what was planted before is worth nothing`()
        throws
    {
        let planted = String(repeating: "A", count: 43)
        browser.setCookie(Self.session, planted)
        browser.get("/login")
        #expect(browser.cookies[Self.session] == nil)

        browser.post("/login", [("username", "ada"), ("password", TestServices.password)])
        let first = try #require(browser.cookies[Self.session])
        #expect(first != planted)
        #expect(browser.cookies[Self.form] == nil)

        // The same person again: the session goes on, its cookie does not.
        browser.signIn("ada")
        let second = try #require(browser.cookies[Self.session])
        #expect(second != first)
        let sessions = try site.services.sessions.list(of: user("ada").id, .first).items
        #expect(sessions.count == 1)
        browser.setCookie(Self.session, first)
        #expect(browser.get("/profile").location?.hasPrefix("/login?") == true)
    }

    @Test
    func `somebody else's sign-in ends the session that the browser had, cancelling it does not`()
        throws
    {
        browser.signIn("ada")
        let before = try #require(browser.cookies[Self.session])

        let asked = browser.get("/login?prompt=login")
        #expect(asked.text.contains("You are signed in as <strong><bdi>ada</bdi></strong>"))
        #expect(browser.get("/profile").status == 200)
        browser.signIn("grace", password: "wrong")
        #expect(browser.cookies[Self.session] == before)
        #expect(browser.get("/profile").text.contains("<bdi>ada</bdi>"))

        browser.signIn("grace")
        #expect(browser.get("/profile").text.contains("<bdi>grace</bdi>"))
        #expect(try site.services.sessions.list(of: user("ada").id, .first).items == [])
        browser.setCookie(Self.session, before)
        #expect(browser.get("/profile").status == 303)
    }

    @Test func `who is signed in is not asked again, unless that is wanted`() throws {
        browser.signIn("ada")

        #expect(browser.get("/login").location == "/profile")
        #expect(browser.get("/login?return_to=/profile?a=b").location == "/profile?a=b")
        let asked = browser.get("/login?prompt=login&return_to=/profile")
        #expect(asked.status == 200)
        #expect(asked.text.contains("value=\"ada\""))
        #expect(
            browser.get("/login?prompt=login&login_hint=grace").text.contains("value=\"grace\""))
    }

    @Test func `signing out ends the session at once, and only a form does it`() throws {
        browser.signIn("ada")
        browser.get("/profile")
        let before = try #require(browser.cookies[Self.session])

        #expect(browser.get("/logout").status == 405)
        #expect(browser.get("/profile").status == 200)
        let answer = browser.post("/logout", [])

        #expect(answer.status == 303)
        #expect(answer.location == "/login")
        #expect(browser.cookies[Self.session] == nil)
        browser.setCookie(Self.session, before)
        #expect(browser.get("/profile").location == "/login?return_to=/profile")
    }

    @Test
    func `a password change, the end of all sessions or a disabled person shuts the browser out`()
        throws
    {
        browser.signIn("ada")
        let ada = try user("ada")
        let other = TestBrowser(site)
        other.signIn("ada")
        let session = try site.services.sessions.list(of: ada.id, .first).items[0].id

        _ = try site.services.sessions.endOthers(of: ada.id, keeping: session, by: .test())
        #expect(
            [browser.get("/profile").status, other.get("/profile").status].sorted() == [200, 303])
        try site.services.disable(ada)

        #expect(browser.get("/profile").status == 303)
        #expect(other.get("/profile").status == 303)
    }

    @Test(arguments: [
        "//evil.example", "/\\evil.example", "/%09/evil.example", "https:evil.example",
        "https://evil.example/", "\\evil.example", "javascript:alert(1)", "@evil.example",
        "/profile@evil.example", "/unknown", "/api/v1/tokens", "/auth/me", "/login", "/logout",
        "/../profile", "/profile/../x", "/%2e%2e/profile", "/profile#x", "/profile\n", "profile",
        "",
        " /profile", "/pro\u{0}file", "///evil.example", "/profile\\..",
    ])
    func `nobody is led to another site or to no page after the sign-in`(_ returnTo: String) throws
    {
        let answer = browser.get("/login?return_to=\(PercentCoding.encode(returnTo))")
        #expect([200, 400].contains(answer.status))
        #expect(answer.hidden("return_to") == nil)
        browser.get("/login")

        let signedIn = browser.post(
            "/login",
            [("username", "ada"), ("password", TestServices.password), ("return_to", returnTo)])

        #expect([303, 400].contains(signedIn.status))
        #expect(signedIn.location == (signedIn.status == 303 ? "/profile" : nil))
    }

    @Test func `a page that needs a person comes back after the sign-in`() throws {
        #expect(browser.get("/profile?tab=a%20b&c=%26").status == 303)
        let shown = try browser.follow()
        #expect(shown.hidden("return_to") == "/profile?tab=a%20b&c=%26")

        let wrong = browser.post(
            "/login",
            [
                ("username", "ada"), ("password", "no"),
                ("return_to", shown.hidden("return_to") ?? ""),
            ])
        #expect(wrong.hidden("return_to") == "/profile?tab=a%20b&c=%26")
        let answer = browser.post(
            "/login",
            [
                ("username", "ada"), ("password", TestServices.password),
                ("return_to", wrong.hidden("return_to") ?? ""),
            ])

        #expect(answer.location == "/profile?tab=a%20b&c=%26")
    }

    @Test func `what is written into the page is text`() throws {
        let hostile = "\"><script>alert(1)</script>'&"

        let shown = browser.get("/login?login_hint=\(PercentCoding.encode(hostile))")

        #expect(!shown.text.contains("<script"))
        #expect(shown.text.contains("value=\"&quot;&gt;&lt;script&gt;"))
    }

    // MARK: Forms of others

    @Test func `a form without our token, with another's, or from elsewhere signs nobody in`()
        throws
    {
        let right = [("username", "ada"), ("password", TestServices.password)]
        let other = TestBrowser(site)
        other.get("/login")
        let foreign = try #require(other.page.hidden("csrf_token"))
        let own = try #require(browser.get("/login").hidden("csrf_token"))
        let origins: [HTTPFields] = [
            [.origin: "https://evil.example"], [.origin: "null"],
            [.origin: "http://gatehouse.test"], [.origin: "https://gatehouse.test:8443"],
            [.origin: "https://gatehouse.test.evil.example"],
            [TestBrowser.secFetchSite: "cross-site"], [TestBrowser.secFetchSite: "same-site"],
            [.contentType: "text/plain"], [.contentType: "application/json"],
            [.contentType: "multipart/form-data; boundary=x"],
        ]

        #expect(browser.postBare("/login", right).status == 403)
        #expect(browser.postBare("/login", [("csrf_token", foreign)] + right).status == 403)
        #expect(browser.postBare("/login", [("csrf_token", "")] + right).status == 403)
        let doubled = [("csrf_token", own), ("csrf_token", foreign)]
        #expect(browser.postBare("/login", doubled + right).status == 403)
        for headers in origins {
            let answer = browser.postBare(
                "/login", [("csrf_token", own)] + right, headers: headers)
            #expect([403, 415].contains(answer.status))
            #expect(answer.text.contains("<h1>"))
        }
        #expect(browser.cookies[Self.session] == nil)
        #expect(try site.services.sessions.list(of: user("ada").id, .first).items == [])

        let genuine: HTTPFields = [
            .origin: "https://gatehouse.test", TestBrowser.secFetchSite: "same-origin",
        ]
        let answer = browser.postBare("/login", [("csrf_token", own)] + right, headers: genuine)
        #expect(answer.status == 303)
    }

    @Test func `a token belongs to its session and dies with it`() throws {
        browser.signIn("ada")
        let token = try #require(browser.get("/profile").hidden("csrf_token"))
        let other = TestBrowser(site)
        other.signIn("ada")

        #expect(other.postBare("/logout", [("csrf_token", token)]).status == 403)
        browser.signIn("ada")
        #expect(browser.postBare("/logout", [("csrf_token", token)]).status == 403)
        #expect(other.get("/profile").status == 200)
        #expect(browser.get("/profile").status == 200)
    }

    @Test func `cookies that stand twice or have another form open nothing`() throws {
        browser.signIn("ada")
        let secret = try #require(browser.cookies[Self.session])

        for value in [
            "\(Self.session)=\(secret); \(Self.session)=\(secret)",
            "\(Self.session)=x; \(Self.session)=\(secret)",
        ] {
            let answer = site.ask(.get, "/profile", headers: [.cookie: value])
            #expect(answer.status == .badRequest)
        }
        for value in [
            "", "x", "\(secret)A", String(secret.dropLast()), "\(secret.dropLast())%41",
            String(repeating: "a", count: 8_000), secret.uppercased() + "=",
        ] {
            let answer = site.ask(
                .get, "/profile", headers: [.cookie: "\(Self.session)=\(value)"])
            #expect(answer.status == .seeOther)
        }
    }

    @Test func `a bearer decides nothing at a page`() throws {
        let token = try site.signIn("ada").token

        let answer = site.send(.get, "/profile", bearer: token)

        #expect(answer.status == 303)
    }

    private func user(_ name: String) throws -> User {
        try #require(try site.services.stores.users.findForSignIn(SignInName(name))).user
    }
}
