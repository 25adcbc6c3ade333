import Domain
import FoundationEssentials
import HTTP
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import Web

/// The tab *Security*: password, sessions and connected applications.
@Suite struct SecurityPageTests {
    private let site: TestSite
    private let browser: TestBrowser
    private let ada: User

    private static let firefox =
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

    init() throws {
        site = try TestSite()
        browser = TestBrowser(site)
        ada = try site.services.person("ada")
        browser.signIn("ada")
        browser.get("/profile/security")
    }

    private func change(
        _ current: String, _ new: String, _ more: [(String, String)] = []
    ) -> TestBrowser.Shown {
        browser.post(
            "/profile/security/password",
            [("current_password", current), ("new_password", new)] + more)
    }

    // MARK: Password

    @Test func `everywhere else is signed out unless told otherwise`() throws {
        let phone = TestBrowser(site)
        phone.signIn("ada")
        #expect(
            browser.page.text.contains("name=\"sign_out_others\" value=\"true\" checked"))

        #expect(change(TestServices.password, "another long secret").status == 303)
        #expect(phone.get("/profile").status == 200)
        try #expect(browser.follow().text.contains("Your password was changed."))
        let second = change(
            "another long secret", "yet another long one", [("sign_out_others", "true")])
        #expect(second.status == 303)

        #expect(phone.get("/profile").status == 303)
        #expect(browser.get("/profile").status == 200)
        phone.signIn("ada", password: "yet another long one")
        #expect(phone.get("/profile").status == 200)
    }

    @Test func `a wrong or a weak password is told at its field, and none stands in the page`() {
        let wrong = change("not this one, surely", "another long secret")
        #expect(wrong.status == 422)
        #expect(wrong.text.contains("id=\"field-current_password-error\">This is not your"))
        #expect(!wrong.text.contains("not this one"))
        #expect(!wrong.text.contains("another long secret"))
        #expect(!wrong.text.contains("value=\"true\" checked"))

        let weak = change(TestServices.password, "short", [("sign_out_others", "true")])
        #expect(weak.status == 422)
        #expect(weak.text.contains("id=\"field-new_password-error\">A password has at least 12"))
        #expect(weak.text.contains("value=\"true\" checked"))
    }

    @Test func `guesses are throttled, on the page`() {
        var answer = browser.page
        for _ in 0..<12 { answer = change("a wrong guess", "another long secret") }

        #expect(answer.status == 429)
        #expect(answer.response.headers[.retryAfter] != nil)
        #expect(answer.text.contains("There were too many wrong tries."))
    }

    // MARK: Sessions

    @Test func `each session says with what it was begun, and which one this is`() throws {
        let phone = TestBrowser(site)
        phone.get("/login")
        phone.post(
            "/login", [("username", "ada"), ("password", TestServices.password)],
            headers: [.userAgent: Self.firefox])

        let page = browser.get("/profile/security")

        #expect(page.text.contains("Firefox on Linux"))
        #expect(page.text.components(separatedBy: "This session").count == 2)
        #expect(page.text.components(separatedBy: ">End</a>").count == 2)
        #expect(page.text.contains("192.0.2.1"))
        let own = phone.get("/profile/security").text
        let row = try #require(own.components(separatedBy: "Firefox on Linux").dropFirst().first)
        #expect(row.hasPrefix("</bdi> <span class=\"badge green\">This session"))
    }

    @Test func `a session is ended after a question, and only one's own`() throws {
        let phone = TestBrowser(site)
        phone.signIn("ada")
        let eve = TestBrowser(site)
        try site.services.person("eve")
        eve.signIn("eve")
        let text = browser.get("/profile/security").text
        let address = try #require(
            text.firstMatch(of: /href="(\/profile\/security\/sessions\/[-0-9a-f]{36}\/end)"/)
        ).output.1

        #expect(eve.get(String(address)).status == 404)
        eve.get("/profile")
        #expect(eve.post(String(address), []).status == 404)
        #expect(phone.get("/profile").status == 200)
        let question = browser.get(String(address))
        #expect(question.text.contains("End this session?"))
        #expect(phone.get("/profile").status == 200)
        #expect(browser.post(String(address), []).status == 303)

        #expect(phone.get("/profile").status == 303)
        #expect(browser.get(String(address)).status == 404)
    }

    @Test func `all others end at once`() throws {
        let others = (0..<12).map { _ in TestBrowser(site) }
        for other in others { other.signIn("ada") }
        let page = browser.get("/profile/security")
        #expect(page.text.contains("More sessions"))
        #expect(page.text.contains("This session"))

        browser.get("/profile/security/sessions/end-others")
        browser.post("/profile/security/sessions/end-others", [])

        #expect(try browser.follow().text.contains("You are signed out everywhere else."))
        #expect(!browser.page.text.contains("End all others"))
        #expect(others.allSatisfy { $0.get("/profile").status == 303 })
    }

    @Test func `a device is named as far as it says itself`() {
        let cases = [
            (Self.firefox, "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                    + "Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0", "Edge on Windows"
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
                    + "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone"
            ),
            ("curl/8.14.1", "curl"), ("", "Unknown device"), ("<script>", "<script>"),
        ]
        for (agent, words) in cases {
            #expect(Device(userAgent: agent).words == words)
        }
    }

    // MARK: Connected applications

    @Test func `an application is withdrawn after its tokens were counted`() throws {
        let app = try site.services.application("ERP <Portal>")
        let session = try site.services.browserSession(of: ada)
        try site.services.stores.atomically {
            try site.services.stores.consents.put(
                Consent(
                    userID: ada.id, clientID: app.client.id, organizationID: nil,
                    scopes: ScopeWords(["openid", "pipelines:read"]),
                    grantedAt: site.services.clock.now, lastUsedAt: site.services.clock.now))
        }
        for _ in 0..<2 {
            _ = try site.services.firstTokens(
                of: app, for: ada, in: session, scope: "openid pipelines:read")
        }
        let tokens = try site.services.stores.grants.countTokens(
            ofUser: ada.id, byClient: app.client.id, at: site.services.clock.now)
        #expect(tokens >= 2)

        let list = browser.get("/profile/security").text
        #expect(list.contains("ERP &lt;Portal&gt;"))
        #expect(list.contains("View pipelines and execution history"))
        #expect(list.contains("Know who you are"))
        let address = "/profile/security/applications/\(app.id)/withdraw"
        let question = browser.get(address)
        #expect(question.text.contains("\(tokens) tokens that it holds stop working at once."))
        #expect(browser.post(address, []).status == 303)

        #expect(
            try site.services.stores.grants.countTokens(
                ofUser: ada.id, byClient: app.client.id, at: site.services.clock.now) == 0)
        #expect(try !browser.follow().text.contains("Portal"))
        #expect(browser.get(address).status == 404)
    }

    @Test func `what another allowed is not there`() throws {
        let app = try site.services.application()
        let eve = try site.services.person("eve")
        try site.services.stores.atomically {
            try site.services.stores.consents.put(
                Consent(
                    userID: eve.id, clientID: app.client.id, organizationID: nil, scopes: .none,
                    grantedAt: site.services.clock.now, lastUsedAt: site.services.clock.now))
        }
        let address = "/profile/security/applications/\(app.id)/withdraw"

        #expect(browser.get(address).status == 404)
        browser.get("/profile/security")
        #expect(browser.post(address, []).status == 404)
        #expect(try site.services.stores.consents.find(of: eve.id, for: app.client.id) != nil)
    }
}
