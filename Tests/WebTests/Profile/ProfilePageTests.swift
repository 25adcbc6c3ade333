import Domain
import HTTP
import HTTPTypes
import TestSupport
import Testing

@testable import Web

/// The tab *General*: what people change of themselves, and what they belong to.
@Suite struct ProfilePageTests {
    private let site: TestSite
    private let browser: TestBrowser
    private let ada: User

    init() throws {
        site = try TestSite()
        browser = TestBrowser(site)
        ada = try site.services.person("ada", email: "ada@example.com")
        browser.signIn("ada")
        browser.get("/profile")
    }

    private func stored() throws -> User { try site.services.users.show(ada.id) }

    @Test func `organizations stand there with what one is in them, and groups`() throws {
        let plant = try site.services.organization("plant", ownedBy: ada)
        let other = try site.services.organization(
            "other", ownedBy: site.services.person("olga"))
        try site.services.add(ada, to: other, .editor, .viewer)
        _ = try site.services.groups.create(name: "night shift", members: [ada.id], by: .test())

        let page = browser.get("/profile")

        #expect(page.text.contains("<bdi>\(plant.name)</bdi> <span class=\"badge violet\">Owner"))
        #expect(page.text.contains("<bdi>other</bdi> <span class=\"badge neutral\">editor</span>"))
        #expect(page.text.contains("<span class=\"badge neutral\">viewer</span>"))
        #expect(page.text.contains("<bdi>night shift</bdi>"))
    }

    @Test func `a name and an address are saved, and nothing else that is sent`() throws {
        let answer = browser.post(
            "/profile",
            [
                ("display_name", "  Ada L. "), ("email", "lovelace@example.com"),
                ("system_administrator", "true"), ("username", "root"), ("email_verified", "true"),
                ("disabled", "true"), ("kind", "service"),
            ])

        #expect(answer.location == "/profile?done=profile-saved")
        #expect(try browser.follow().text.contains("Your profile was saved."))
        let user = try stored()
        #expect(user.displayName == "Ada L.")
        #expect(user.email == "lovelace@example.com")
        #expect(!user.emailVerified)
        #expect(!user.isSystemAdministrator)
        #expect(user.username == "ada")
    }

    @Test func `an address can be taken away`() throws {
        browser.post("/profile", [("display_name", "Ada"), ("email", "")])

        #expect(try stored().email == nil)
    }

    @Test func `what is wrong is told at its field, and what was typed stays`() throws {
        try site.services.person("eve", email: "eve@example.com")
        let cases: [(String, String, String)] = [
            ("", "ada@example.com", "Display name must not be empty."),
            (String(repeating: "é", count: 256), "ada@example.com", "at most 255 characters"),
            ("Ada", "no address", "This is no e-mail address."),
            ("Ada", "EVE@example.com", "field-email-error"),
        ]
        for (name, email, words) in cases {
            let answer = browser.post("/profile", [("display_name", name), ("email", email)])

            #expect(answer.status == 422, "\(words)")
            #expect(answer.text.contains(words))
            #expect(answer.text.contains("aria-invalid=\"true\""))
            #expect(answer.text.contains("value=\"\(email)\""))
        }
        let kept = try stored()
        #expect(kept.displayName == ada.displayName && kept.email == ada.email)
        #expect(kept.updatedAt == ada.updatedAt)
    }

    @Test func `another address asks for the password, a name does not`() throws {
        site.platform.time.advance(seconds: 900)

        browser.post("/profile", [("display_name", "Countess"), ("email", "ada@example.com")])
        #expect(try stored().displayName == "Countess")
        browser.get("/profile")
        let asked = browser.post(
            "/profile", [("display_name", "Lady"), ("email", "lady@example.com")])
        #expect(asked.location?.hasPrefix("/confirm-password?") == true)
        #expect(try stored().email == "ada@example.com")

        let returnTo = try browser.follow().hidden("return_to")
        browser.post(
            "/confirm-password",
            [("password", TestServices.password), ("return_to", returnTo ?? "")])
        let form = try browser.follow()
        #expect(form.text.contains("value=\"Lady\""))
        #expect(form.text.contains("value=\"lady@example.com\""))
    }
}
