import Domain
import HTTP
import HTTPTypes
import TestSupport
import Testing

@testable import Web

/// What a stolen session is not enough for, and how the browser comes back.
@Suite struct RecentPasswordTests {
    private let site: TestSite
    private let browser: TestBrowser
    private static let session = "__Host-gatehouse-session"

    init() throws {
        site = try TestSite()
        browser = TestBrowser(site)
        try site.services.person("ada")
        browser.signIn("ada")
    }

    private func send(_ fields: [(String, String)]) throws -> BrowserVisit {
        let token = try browser.visit(.get, "/profile").formToken
        return try browser.visit(.post, "/profile", [("csrf_token", token)] + fields)
    }

    @Test func `a password of a moment ago is enough`() throws {
        site.platform.time.advance(seconds: 899)

        try send([("name", "ERP")]).requireRecentPassword(formAddress: "/profile")
    }

    @Test
    func `a form that was being sent comes back filled in, and nothing of it stands in an address`()
        throws
    {
        site.platform.time.advance(seconds: 900)
        let cookie = browser.cookies[Self.session]

        let needed = try #require(throws: PasswordNeeded.self) {
            try send([
                ("name", "ERP & Söhne"), ("scope", "a"), ("scope", "b"), ("new_password", "secret"),
            ]).requireRecentPassword(formAddress: "/profile")
        }
        #expect(!needed.address.contains("ERP"))
        let asked = browser.get(needed.address)
        #expect(asked.text.contains("<h1>Confirm your password</h1>"))
        #expect(asked.text.contains("<bdi>ada</bdi>"))
        let answer = browser.post(
            "/confirm-password",
            [
                ("password", TestServices.password),
                ("return_to", asked.hidden("return_to") ?? ""),
            ])

        #expect(answer.status == 303)
        #expect(browser.cookies[Self.session] != cookie)
        let address = try #require(answer.location)
        #expect(address.hasPrefix("/profile?resumed="))
        let form = try #require(try browser.visit(.get, address).resumedForm())
        #expect(form.text("name") == "ERP & Söhne")
        #expect(form.all("scope") == ["a", "b"])
        #expect(!form.has("csrf_token"))
        #expect(!form.has("new_password"))
        try send([("name", "ERP")]).requireRecentPassword(formAddress: "/profile")
    }

    @Test func `a form belongs to its session, and for minutes`() throws {
        site.platform.time.advance(seconds: 900)
        try site.services.person("eve")
        let needed = try #require(throws: PasswordNeeded.self) {
            try send([("name", "ERP")]).requireRecentPassword(formAddress: "/profile")
        }
        let address = try #require(needed.returnTo)
        let eve = TestBrowser(site)
        eve.signIn("eve")

        #expect(try browser.visit(.get, address).resumedForm()?.text("name") == "ERP")
        #expect(try eve.visit(.get, address).resumedForm() == nil)
        #expect(try TestBrowser(site).visit(.get, address).resumedForm() == nil)
        #expect(try browser.visit(.get, "/profile?resumed=x").resumedForm() == nil)
        site.platform.time.advance(seconds: 900)
        #expect(try browser.visit(.get, address).resumedForm() == nil)
    }

    @Test func `a page asks and comes back to itself`() throws {
        site.platform.time.advance(seconds: 900)

        let needed = try #require(throws: PasswordNeeded.self) {
            try browser.visit(.get, "/profile?a=b").requireRecentPassword()
        }

        #expect(needed.address == "/confirm-password?return_to=/profile?a=b")
    }

    @Test func `a wrong password is counted, throttled and told at its field`() throws {
        let before = try #require(browser.cookies[Self.session])
        browser.get("/confirm-password?return_to=/profile")
        var statuses: [Int] = []
        for _ in 0..<12 {
            let answer = browser.post("/confirm-password", [("password", "wrong")])
            statuses.append(answer.status)
            if answer.status == 422 {
                #expect(answer.text.contains("aria-describedby=\"field-password-error\""))
                #expect(answer.text.contains("This is not your password."))
            } else {
                #expect(answer.response.headers[.retryAfter] != nil)
            }
        }
        let right = browser.post("/confirm-password", [("password", TestServices.password)])

        #expect(statuses.filter { $0 == 422 }.count == 10)
        #expect(statuses.filter { $0 == 429 }.count == 2)
        #expect(right.status == 429)
        #expect(browser.cookies[Self.session] == before)
        #expect(try site.services.trail(AuditFilter(action: "sign_in.confirmed")).count == 11)
    }

    @Test func `somebody who is not signed in is asked for that first`() {
        let answer = TestBrowser(site).get("/confirm-password?return_to=/profile")

        #expect(answer.location?.hasPrefix("/login") == true)
    }

    // MARK: prompt=login

    @Test
    func `a fresh sign-in is one behind the first request (OpenID Connect Core 1.0, 3.1.2.1)`()
        throws
    {
        let target = "/oauth2/authorize?prompt=login&state=a%20b"
        let needed = try #require(throws: SignInNeeded.self) {
            try browser.visit(.get, target).requireFreshPerson(loginHint: "ada")
        }
        let address = try #require(needed.returnTo)

        #expect(
            needed.address.hasPrefix("/login?return_to=/oauth2/authorize?prompt=login%26state="))
        #expect(needed.address.hasSuffix("&login_hint=ada&prompt=login"))
        #expect(throws: SignInNeeded.self, "not yet") {
            try browser.visit(.get, address).requireFreshPerson()
        }
        site.platform.time.advance(seconds: 5)
        browser.signIn("ada")
        let person = try browser.visit(.get, address).requireFreshPerson()
        #expect(person.user.username == "ada")
        #expect(person.authenticatedAt == site.services.clock.now)

        #expect(throws: SignInNeeded.self, "another request is another question") {
            try browser.visit(.get, address.replacing("state=a", with: "state=b"))
                .requireFreshPerson()
        }
        let changed = String(address.dropLast()) + (address.hasSuffix("0") ? "1" : "0")
        #expect(throws: SignInNeeded.self, "a changed mark is none") {
            try browser.visit(.get, changed).requireFreshPerson()
        }
        #expect(throws: SignInNeeded.self) {
            try browser.visit(.get, target + "&fresh_sign_in=00").requireFreshPerson()
        }
        site.platform.time.advance(seconds: 900)
        #expect(throws: SignInNeeded.self, "kept too long") {
            try browser.visit(.get, address).requireFreshPerson()
        }
    }
}
