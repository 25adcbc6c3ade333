import Domain
import HTTP
import HTTPTypes
import TestSupport
import Testing

@testable import Web

/// What holds for every page.
@Suite struct PageFrameTests {
    private let site: TestSite

    init() throws {
        site = try TestSite()
        try site.services.person("ada")
    }

    @Test func `every page says what a browser may do with it`() throws {
        let browser = TestBrowser(site)
        var shown = [
            browser.get("/login"), browser.get("/nothing", headers: [.accept: "text/html"]),
        ]
        shown.append(browser.post("/login", []))
        browser.signIn("ada")
        shown.append(browser.get("/profile"))

        for page in shown {
            let headers = page.response.headers
            #expect(headers[.contentType] == "text/html; charset=utf-8")
            #expect(
                headers[.contentSecurityPolicy]
                    == "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
                    + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            )
            #expect(headers[.frameOptions] == "DENY")
            #expect(headers[.referrerPolicy] == "same-origin")
            #expect(headers[.xContentTypeOptions] == "nosniff")
            #expect(headers[.crossOriginOpenerPolicy] == "same-origin")
            #expect(headers[.cacheControl] == "no-store")
            #expect(headers[.requestID] == "request-1")
            #expect(!page.text.contains("style=\""))
            #expect(!page.text.contains("<script"))
            #expect(!page.text.contains("://"))
        }
    }

    @Test func `errors are pages for people and problems for programs`() {
        let html: HTTPFields = [.accept: "text/html,application/xhtml+xml,*/*;q=0.8"]
        let cases: [(HTTPRequest.Method, String, HTTPFields, Int, isPage: Bool)] = [
            (.get, "/nothing", html, 404, true),
            (.get, "/nothing", [:], 404, false),
            (.get, "/api/nothing", html, 404, false),
            (.get, "/auth/me", html, 401, false),
            (.get, "/logout", [:], 405, true),
            (.delete, "/profile", html, 405, true),
            (.put, "/auth/login", html, 405, false),
            (.post, "/login", [:], 415, true),
            (.get, "/login?%", [:], 400, true),
        ]
        for (method, target, headers, status, isPage) in cases {
            let response = site.ask(method, target, headers: headers)
            #expect(response.status.code == status, "\(method) \(target)")
            let type = response.headers[.contentType]
            #expect(
                type == (isPage ? "text/html; charset=utf-8" : "application/problem+json"),
                "\(method) \(target)")
            let text = String(decoding: response.body, as: UTF8.self)
            #expect(text.contains("request-1"))
            #expect(response.headers[.wwwAuthenticate] == nil || !isPage)
            #expect((response.headers[.allow] != nil) == (status == 405))
        }
    }

    @Test func `a form leads to this site alone, unless the page names where else`() throws {
        let targets: [(String, String?)] = [
            ("https://app.example/cb?x=1", "https://app.example"),
            ("https://App.Example:8443/cb", "https://app.example:8443"),
            ("http://127.0.0.1:49152/cb", "http://127.0.0.1:49152"),
            ("http://[::1]:49152/cb", "http:"),
            ("com.example.app:/cb", "com.example.app:"),
            ("https://a; script-src *", nil), ("https://user@evil/", nil), ("https:///x", nil),
            ("javascript:alert(1)", nil), ("data:x", nil), ("https://a b/", nil), ("/cb", nil),
            ("https://a'unsafe'/", nil), ("https://*/", nil), ("", nil),
        ]
        for (address, source) in targets {
            #expect(FormTarget(redirectURI: address)?.source == source, "\(address)")
        }
    }

    @Test func `before an authorization the form may lead on to the client`() {
        let query = "client_id=x&redirect_uri=https%3A%2F%2Fapp.example%2Fcb"

        #expect(
            FormTarget.behind("/oauth2/authorize?\(query)").map(\.source) == ["https://app.example"]
        )
        #expect(FormTarget.behind("/profile?\(query)") == [])
        #expect(FormTarget.behind("/oauth2/authorize") == [])
    }

    @Test func `the sidebar shows what is for the person, and the chosen organization`() throws {
        let ada = try site.services.person("owner")
        let alpha = try site.services.organization("alpha", ownedBy: ada)
        let beta = try site.services.organization("beta", ownedBy: ada)
        let other = try site.services.organization("other", ownedBy: site.services.person("x"))
        let browser = TestBrowser(site)
        browser.signIn("owner")

        let first = browser.get("/profile")
        #expect(first.text.contains("<span class=\"switcher-name\"><bdi>alpha</bdi>"))
        #expect(!first.text.contains("other"))
        let chosen = browser.post(
            "/profile/organization",
            [("organization", beta.id.description), ("return_to", "/profile?a=b")])
        #expect(chosen.location == "/profile?a=b")
        let second = browser.get("/profile")
        #expect(second.text.contains("<span class=\"switcher-name\"><bdi>beta</bdi>"))
        #expect(second.text.contains("value=\"\(alpha.id)\"><bdi>alpha</bdi>"))

        let refused = browser.post(
            "/profile/organization", [("organization", other.id.description)])
        #expect(refused.status == 404)
        browser.setCookie("__Host-gatehouse-organization", other.id.description)
        #expect(browser.get("/profile").text.contains("switcher-name\"><bdi>alpha</bdi>"))
    }

    @Test func `the current organization stays so when one is joined that comes before it`() throws
    {
        let ada = try site.services.person("owner", administrator: true)
        _ = try site.services.organization("beta", ownedBy: ada)
        let browser = TestBrowser(site)
        browser.signIn("owner")
        #expect(browser.get("/profile").text.contains("switcher-name\"><bdi>beta</bdi>"))

        _ = try site.services.organization("alpha", ownedBy: ada)
        #expect(browser.get("/profile").text.contains("switcher-name\"><bdi>beta</bdi>"))

        _ = browser.get("/settings/organizations/new")
        _ = browser.post("/settings/organizations", [("name", "gamma"), ("level", "basic")])
        #expect(browser.get("/profile").text.contains("switcher-name\"><bdi>gamma</bdi>"))
    }

    @Test func `of very many organizations some are a click away and all others are typed`() throws
    {
        let ada = try site.services.person("owner")
        let organizations = try (1...202).map { number in
            site.platform.time.advance(seconds: 1)
            return try site.services.organization(
                "org-\(number)" + String(repeating: "-", count: 50), ownedBy: ada)
        }
        let foreign = try site.services.organization(
            "foreign", ownedBy: site.services.person("x"))
        // The oldest is not among the first 200, which are the newest.
        let oldest = organizations[0]
        let browser = TestBrowser(site)
        browser.signIn("owner")

        for typed in [oldest.id.description, " \(oldest.slug) "] {
            browser.get("/profile")
            #expect(
                browser.post("/profile/organization", [("organization", typed)]).status == 303)
            let shown = browser.get("/profile")
            #expect(shown.text.contains("<span class=\"switcher-name\"><bdi>org-1-"))
            #expect(
                shown.text.contains("value=\"\(oldest.id)\" aria-current=\"true\"><bdi>org-1-"))
            #expect(
                shown.text.ranges(of: "<button type=\"submit\" name=\"organization\"").count == 20)
            #expect(shown.text.contains("Another (slug or ID)"))
            #expect(
                shown.text.contains("<a href=\"/settings/organizations\">All organizations</a>"))
            #expect(shown.response.body.count < 25_000)
            browser.setCookie("__Host-gatehouse-organization", "")
        }
        for typed in [foreign.id.description, foreign.slug, "nowhere", ""] {
            browser.get("/profile")
            #expect(
                browser.post("/profile/organization", [("organization", typed)]).status == 404)
        }
    }

    @Test func `a name of any kind stays a name`() throws {
        let hostile = "<img src=x onerror=alert(1)>\u{202E}{{brand}}"
        let user = try site.services.users.create(
            NewUser(
                username: "mallory", displayName: hostile, password: TestServices.password),
            by: .test())
        let browser = TestBrowser(site)
        browser.signIn(user.username)

        let page = browser.get("/profile")

        #expect(page.status == 200)
        #expect(!page.text.contains("<img"))
        #expect(page.text.contains("&lt;img src=x onerror=alert(1)&gt;"))
        #expect(page.text.contains("{{brand}}"))
    }

    @Test func `times are words, with the exact time behind them`() {
        let now = Instant(seconds: 1_795_349_096)
        let cases: [(Int64, String)] = [
            (0, "just now"), (-59, "just now"), (-60, "1 minute ago"), (-7_200, "2 hours ago"),
            (12 * 86_400, "in 12 days"), (90 * 86_400, "in 90 days"), (-400 * 86_400, "1 year ago"),
            (90 * 86_400 - 1, "in 90 days"), (365 * 86_400 - 1, "in 1 year"), (86_399, "in 1 day"),
            (89 * 86_400 + 40_000, "in 89 days"), (3_599, "in 1 hour"), (29, "just now"),
            (-90 * 86_400 + 1, "89 days ago"),
        ]
        for (seconds, words) in cases {
            #expect(Moment(now.adding(seconds: seconds), now: now).words == words)
        }
        let moment = Moment(now, now: now)
        #expect(moment.exact.hasSuffix(" UTC"))
        #expect(moment.exact.count == 23)
    }

    @Test func `a browser session works at the API, but only for requests from this site`() throws {
        let browser = TestBrowser(site)
        browser.signIn("ada")
        let own: HTTPFields = [.origin: "https://gatehouse.test"]

        #expect(browser.get("/auth/me").text.contains("\"kind\":\"browser_session\""))
        #expect(browser.ask(.delete, "/api/v1/sessions").status == 403)
        let foreign = browser.ask(
            .delete, "/api/v1/sessions", headers: [.origin: "https://evil.example"])
        #expect(foreign.status == 403)
        #expect(browser.ask(.delete, "/api/v1/sessions", headers: own).status == 204)
        #expect(browser.ask(.post, "/auth/logout", headers: own).status == 204)
        #expect(browser.get("/auth/me").status == 401)
    }
}
