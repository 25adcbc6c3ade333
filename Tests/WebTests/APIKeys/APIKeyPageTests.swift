import Domain
import FoundationEssentials
import HTTP
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import Web

/// `/settings/api-keys`, as an owner walks through it.
@Suite struct APIKeyPageTests {
    private static let home = "/settings/api-keys"

    private let site: TestSite
    private let browser: TestBrowser
    private let olga: User
    private let plant: Organization

    init() throws {
        site = try TestSite()
        browser = TestBrowser(site)
        olga = try site.services.person("olga")
        plant = try site.services.organization("plant", ownedBy: olga)
        browser.signIn("olga")
        browser.get("\(Self.home)/new")
    }

    private var services: TestServices { site.services }

    private func send(
        name: String = "Loader", days: String = "90",
        permissions: [String] = ["pipelines:read"]
    ) -> TestBrowser.Shown {
        browser.post(
            Self.home,
            [
                ("organization", plant.id.description), ("name", name),
                ("expires_in_days", days),
            ] + permissions.map { ("permissions", $0) })
    }

    private func keys() throws -> [APIKey] {
        try services.apiKeys.list(in: services.context(of: olga, in: plant), .first).items
    }

    @Test func `the empty list says what a key is for and has one button`() {
        let text = browser.get(Self.home).text

        #expect(text.contains("class=\"empty\""))
        #expect(text.components(separatedBy: "class=\"button primary\"").count == 2)
        #expect(text.contains("href=\"\(Self.home)/new\">Create API Key</a>"))
    }

    @Test func `a new key is shown once, with the header, and works`() throws {
        let made = send()
        #expect(made.status == 303)
        let address = try #require(made.location)
        let shown = try browser.follow()

        let value = try #require(shown.text.firstMatch(of: /mchx_[\w-]+/)).output
        #expect(shown.text.contains("X-Machhub-Api-Key: \(value)"))
        #expect(shown.text.contains("It will not be shown again."))
        #expect(shown.text.contains(">I have stored it</a>"))
        #expect(shown.response.headers[.cacheControl]?.contains("no-store") == true)
        #expect(!address.contains("mchx_"))
        #expect(try services.holder(of: Secret(String(value))) != nil)

        #expect(!browser.get(address).text.contains("mchx_"))
        #expect(browser.page.text.contains("<bdi>Loader</bdi>"))
        #expect(browser.page.text.contains("<bdi>olga</bdi>"))
        #expect(browser.page.text.contains(">Active</span>"))
        let key = try #require(try keys().first)
        #expect(key.permissions.text == "pipelines:read")
        #expect(key.expiresAt == key.createdAt.adding(days: 90))
    }

    @Test func `nobody else is shown the key`() throws {
        let address = try #require(send().location)
        let sten = try services.person("sten")
        try services.add(sten, to: plant, isOwner: true)
        let other = TestBrowser(site)
        other.signIn("sten")

        #expect(!other.get(address).text.contains("mchx_"))
        #expect(browser.get(address).text.contains("mchx_"))
    }

    @Test func `a form with mistakes comes back filled in`() throws {
        let shown = send(name: "", days: "12x", permissions: [])
        #expect(shown.status == 422)
        for error in ["field-name-error", "field-expires_in_days-error", "permissions-error"] {
            #expect(shown.text.contains("id=\"\(error)\""), "\(error)")
        }
        let named = send(name: "Kept", permissions: ["no:scope"])
        #expect(named.status == 422)
        #expect(named.text.contains("value=\"Kept\""))
        #expect(try keys().isEmpty)
    }

    @Test func `a form for another organization is shown anew`() throws {
        let another = try services.organization("another", ownedBy: olga)
        browser.setCookie("__Host-gatehouse-organization", another.id.description)

        let shown = send()

        #expect(shown.status == 422)
        #expect(shown.text.contains("Meanwhile you switched"))
        #expect(try keys().isEmpty)
    }

    @Test func `a stale password is asked for, and the form comes back filled in`() throws {
        site.platform.time.advance(seconds: 900)

        let asked = send(name: "Later")
        #expect(asked.location?.hasPrefix("/confirm-password") == true)
        try browser.follow()
        browser.post(
            "/confirm-password",
            [
                ("return_to", browser.page.hidden("return_to") ?? ""),
                ("password", TestServices.password),
            ])
        let form = try browser.follow()

        #expect(form.text.contains("value=\"Later\""))
        #expect(form.text.contains("value=\"pipelines:read\" checked"))
        #expect(try keys().isEmpty)
        #expect(send(name: "Later").status == 303)
        #expect(try keys().count == 1)
    }

    @Test func `revoking asks first, and the row stays`() throws {
        _ = send()
        let value = try #require(try browser.follow().text.firstMatch(of: /mchx_[\w-]+/)).output
        let key = try #require(try keys().first)
        let address = "\(Self.home)/\(key.id)/revoke"

        #expect(browser.get(address).text.contains("lose access at once. This cannot be undone."))
        #expect(try keys().first?.revokedAt == nil)
        browser.post(address, [])

        let list = try browser.follow().text
        #expect(list.contains(">Revoked</span>"))
        #expect(list.contains("<bdi>Loader</bdi>"))
        #expect(!list.contains(address))
        #expect(try services.holder(of: Secret(String(value))) == nil)
    }

    @Test func `who does not manage the organization gets a 403 page`() throws {
        let vera = try services.person("vera")
        try services.add(vera, to: plant, .editor)
        _ = send()
        let key = try #require(try keys().first)
        let editor = TestBrowser(site)
        editor.signIn("vera")

        for path in ["", "/new", "/\(key.id)/revoke"] {
            let shown = editor.get(Self.home + path)
            #expect(shown.status == 403, "\(path)")
            #expect(shown.text.contains("<h1>"))
        }
        #expect(!editor.get("/profile").text.contains("API Keys"))
        #expect(editor.post("\(Self.home)/\(key.id)/revoke", []).status == 403)
        editor.get("/profile")
        #expect(editor.post(Self.home, [("name", "x")]).status == 403)
        #expect(try keys().count == 1)
        #expect(try keys()[0].revokedAt == nil)
        #expect(browser.get("/profile").text.contains("API Keys"))
    }

    @Test func `another organization's key is not there`() throws {
        let sten = try services.person("sten")
        let other = try services.organization("other", ownedBy: sten)
        let key = try services.apiKeys.issue(
            NewAPIKey(name: "far", permissions: ["pipelines:read"], lifetimeDays: 30),
            in: services.context(of: sten, in: other),
            by: .test(services.session(of: sten))
        ).key

        #expect(browser.get("\(Self.home)/\(key.id)/revoke").status == 404)
        browser.get(Self.home)
        #expect(browser.post("\(Self.home)/\(key.id)/revoke", []).status == 404)
        #expect(browser.get(Self.home).text.contains("class=\"empty\""))
    }

    @Test func `expiry colours compare exact times`() throws {
        _ = send(name: "month", days: "30")
        browser.get(Self.home)
        #expect(!browser.page.text.contains("class=\"soon\""))
        site.platform.time.advance(seconds: 1)
        #expect(browser.get(Self.home).text.contains("class=\"soon\""))
        site.platform.time.advance(seconds: 23 * 86_400)
        browser.signIn("olga")
        #expect(browser.get(Self.home).text.contains("class=\"urgent\""))
    }
}
