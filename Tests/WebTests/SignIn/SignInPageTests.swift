import Domain
import HTTP
import HTTPTypes
import TestSupport
import Testing

@Suite struct SignInPageTests {
    private let site: TestSite
    private let browser: TestBrowser

    init() throws {
        site = try TestSite()
        browser = TestBrowser(site)
        try site.services.person("ada", email: "ada@example.com")
        try site.services.person("grace")
    }

    @Test func `a person signs in and sees the profile`() throws {
        let page = browser.get("/login")
        print(page.text)
        #expect(page.status == 200)
        let answer = browser.post(
            "/login", [("username", "ada"), ("password", TestServices.password)])
        #expect(answer.status == 303, "\(answer.text)")
        let profile = try browser.follow()
        print(profile.text)
        #expect(profile.status == 200)
    }
}
