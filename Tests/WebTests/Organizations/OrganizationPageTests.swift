import Domain
import FoundationEssentials
import HTTP
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import Web

/// `/settings/organizations`, as members, owners and system administrators walk through it.
@Suite struct OrganizationPageTests {
    private static let home = "/settings/organizations"

    private let site: TestSite
    private let browser: TestBrowser
    private let olga: User
    private let vera: User
    private let plant: Organization
    private let other: Organization

    init() throws {
        site = try TestSite()
        browser = TestBrowser(site)
        olga = try site.services.person("olga")
        vera = try site.services.person("vera")
        plant = try site.services.organization("plant", ownedBy: olga)
        other = try site.services.organization(
            "other", ownedBy: site.services.person("sten"))
        try site.services.add(vera, to: plant, .viewer)
        browser.signIn("olga")
    }

    private var services: TestServices { site.services }
    private var own: String { "\(Self.home)/\(plant.id)" }

    private func now() throws -> Organization {
        try #require(try services.stores.organizations.find(plant.id))
    }

    private func signedIn(_ name: String) -> TestBrowser {
        let browser = TestBrowser(site)
        browser.signIn(name)
        return browser
    }

    // MARK: The list

    @Test func `the list shows one's own organizations with the id to copy`() {
        let text = browser.get(Self.home).text

        #expect(text.contains("<bdi>plant</bdi>"))
        #expect(!text.contains("<bdi>other</bdi>"))
        #expect(text.contains("data-copy=\"Copy ID\">\(plant.id)</code>"))
        for action in ["", "/members", "/maintenance"] {
            #expect(text.contains("<li><a href=\"\(own)\(action)\">"))
        }
        #expect(text.contains(">Maintenance on</a>"))
        #expect(!text.contains("Create organization"))
    }

    @Test func `the menu of a viewer leads to what a viewer may open`() {
        let text = signedIn("vera").get(Self.home).text

        #expect(text.contains("<li><a href=\"\(own)\">Settings</a></li>"))
        #expect(!text.contains("\(own)/members"))
        #expect(!text.contains("\(own)/maintenance"))
    }

    @Test func `a system administrator sees all and manages none of others`() throws {
        try services.person("root", administrator: true)
        let root = signedIn("root")

        let text = root.get(Self.home).text
        #expect(text.contains("<bdi>plant</bdi>"))
        #expect(text.contains("<bdi>other</bdi>"))
        #expect(root.get(own).status == 200)
        #expect(!root.page.text.contains("Review the change"))
        for path in ["/members", "/roles", "/maintenance", "/level?level=none"] {
            #expect(root.get(own + path).status == 403, "\(path)")
        }
        root.get(Self.home + "/new")
        #expect(root.post(own, [("name", "Taken")]).status == 403)
        #expect(try now().name == "plant")
    }

    @Test func `the empty list leads who can't make one to their profile`() throws {
        try services.person("nora")

        let text = signedIn("nora").get(Self.home).text

        #expect(text.contains("class=\"empty\""))
        #expect(text.contains("You belong to none yet"))
        #expect(text.contains("<a class=\"button primary\" href=\"/profile\">"))
    }

    @Test func `another's organization is not there`() {
        browser.get(own)
        for path in ["", "/members", "/roles", "/maintenance", "/level?level=none"] {
            #expect(browser.get("\(Self.home)/\(other.id)\(path)").status == 404, "\(path)")
        }
        browser.get(own)
        #expect(browser.post("\(Self.home)/\(other.id)", [("name", "x")]).status == 404)
        #expect(browser.get("\(Self.home)/nonsense").status == 404)
    }

    // MARK: Making

    @Test func `an administrator makes an organization and owns it`() throws {
        let root = try services.person("root", administrator: true)
        let browser = signedIn("root")
        #expect(browser.get(Self.home + "/new").status == 200)

        let made = browser.post(
            Self.home, [("name", " Werk Süd "), ("slug", ""), ("level", "basic")])

        #expect(made.status == 303)
        #expect(try browser.follow().text.contains("The organization is made, and you own it."))
        let mine = try services.organizations.memberships(of: root.id)
        #expect(mine.map(\.name) == ["Werk Süd"])
        #expect(mine.map(\.slug) == ["werk-sud"])
        #expect(mine.map(\.level) == [.basic])
    }

    @Test(arguments: [
        ("", "fine", "basic"), ("Name", "Not Fine", "basic"), ("Name", "plant", "basic"),
        ("Name", "fine", "absurd"), (String(repeating: "n", count: 256), "fine", "basic"),
    ])
    func `a form with mistakes comes back filled in`(
        name: String, slug: String, level: String
    ) throws {
        try services.person("root", administrator: true)
        let browser = signedIn("root")
        browser.get(Self.home + "/new")

        let shown = browser.post(
            Self.home, [("name", name), ("slug", slug), ("level", level)])

        #expect(shown.status == 422)
        #expect(shown.text.contains("class=\"error\""))
        #expect(shown.text.contains("value=\"\(slug)\""))
        #expect(try services.stores.organizations.countAll() == 2)
    }

    @Test func `nobody else makes one`() {
        #expect(browser.get(Self.home + "/new").status == 403)
        browser.get(own)
        #expect(
            browser.post(Self.home, [("name", "Mine"), ("level", "basic")]).status == 403)
    }

    // MARK: Settings

    @Test func `an owner renames the organization`() throws {
        browser.get(own)

        #expect(browser.post(own, [("name", " Plant <1> ")]).status == 303)

        #expect(try browser.follow().text.contains("Plant &lt;1&gt;"))
        #expect(browser.page.text.contains("Saved."))
        #expect(try now().name == "Plant <1>")
        let refused = browser.post(own, [("name", "")])
        #expect(refused.status == 422)
        #expect(refused.text.contains("aria-invalid=\"true\""))
        #expect(try now().name == "Plant <1>")
    }

    @Test func `a viewer reads the settings and changes nothing`() throws {
        let vera = signedIn("vera")

        let text = vera.get(own).text
        #expect(text.contains("data-copy=\"Copy ID\">\(plant.id)</code>"))
        #expect(!text.contains("action=\"\(own)"))
        for path in ["", "/maintenance", "/level", "/members"] {
            let answer = vera.post(own + path, [("name", "x"), ("level", "none")])
            #expect(answer.status == 403, "\(path)")
            vera.get(own)
        }
        #expect(try now() == plant)
    }

    // MARK: The level

    @Test func `a change of level is reviewed before it is saved`() throws {
        browser.get(own)
        #expect(browser.page.text.contains("action=\"\(own)/level\""))

        let review = browser.get("\(own)/level?level=none").text

        #expect(review.contains("<bdi>vera</bdi>"))
        // A viewer only reads; at the level none members also write.
        #expect(review.contains("Pipelines: Write, Execute"))
        #expect(review.contains("1 member keeps what it has."))
        #expect(try now().level == .basic)

        browser.post("\(own)/level", [("level", "none"), ("from", "basic")])
        #expect(try browser.follow().text.contains("The access level is changed."))
        #expect(try now().level == .none)

        let back = browser.get("\(own)/level?level=basic").text
        #expect(back.contains("class=\"primary danger\""))
        #expect(back.contains("Pipelines: Write, Execute"))
    }

    @Test func `a review of another level than the present is made anew`() throws {
        browser.get("\(own)/level?level=none")
        try services.setLevel(.enterprise, of: plant)

        let shown = browser.post("\(own)/level", [("level", "none"), ("from", "basic")])

        #expect(shown.status == 422)
        #expect(shown.text.contains("Meanwhile somebody changed the level."))
        #expect(try now().level == .enterprise)
    }

    @Test func `leaving enterprise takes what custom roles gave`() throws {
        try services.setLevel(.enterprise, of: plant)
        let context = try services.context(of: olga, in: plant)
        let caller = Caller.test(services.session(of: olga))
        _ = try services.roles.create(
            NewRole(name: "line", scopes: ["pipelines:execute:line-1"]), in: context, by: caller)
        _ = try services.members.update(
            vera.id.value, MemberChanges(roles: ["viewer", "line"]), in: context, by: caller)

        let review = browser.get("\(own)/level?level=basic").text

        #expect(review.contains("Execute (line-1)"))
        #expect(review.contains("Roles of your own stay in the list, but give nothing"))
    }

    @Test func `a level that is no other leads back`() {
        for query in ["", "?level=basic", "?level=absurd"] {
            #expect(browser.get("\(own)/level\(query)").location == own)
        }
    }

    // MARK: Maintenance

    @Test func `maintenance is switched on with a message, and off again`() throws {
        #expect(browser.get("\(own)/maintenance").text.contains("503"))

        browser.post(
            "\(own)/maintenance",
            [("maintenance", "on"), ("message", "Back at noon"), ("retry_after", "600")])

        #expect(try browser.follow().text.contains("Maintenance is on."))
        #expect(
            try now().maintenance
                == Organization.Maintenance(
                    isEnabled: true, message: "Back at noon", retryAfter: 600))
        #expect(browser.get(Self.home).text.contains(">Maintenance</span>"))
        #expect(signedIn("vera").get(own).status == 503)

        browser.get("\(own)/maintenance")
        browser.post(
            "\(own)/maintenance",
            [("maintenance", "off"), ("message", "Back at noon"), ("retry_after", "600")])
        #expect(try browser.follow().text.contains("Maintenance is off."))
        #expect(try !now().maintenance.isEnabled)
        #expect(signedIn("vera").get(own).status == 200)
    }

    @Test(arguments: ["0", "86401", "soon", "99999999999999999999", ""])
    func `a time that is none is refused at its field`(seconds: String) throws {
        browser.get("\(own)/maintenance")

        let shown = browser.post(
            "\(own)/maintenance",
            [("maintenance", "on"), ("message", "Later"), ("retry_after", seconds)])

        #expect(shown.status == 422)
        #expect(shown.text.contains("id=\"field-retry_after-error\""))
        #expect(shown.text.contains("value=\"Later\""))
        #expect(try !now().maintenance.isEnabled)
    }

    // MARK: Roles

    @Test func `roles of one's own need the level enterprise`() throws {
        #expect(browser.get("\(own)/roles").text.contains("need the level enterprise"))
        #expect(browser.page.text.contains("<bdi>operator</bdi>"))
        #expect(!browser.page.text.contains("New role"))
        #expect(browser.get("\(own)/roles/new").status == 409)
        #expect(signedIn("vera").get("\(own)/roles").status == 200)
    }

    @Test func `an owner makes a role with whole and narrowed permissions`() throws {
        try services.setLevel(.enterprise, of: plant)
        browser.get("\(own)/roles/new")
        let typed = [
            ("name", "Line 1"), ("scopes", "models:read"),
            ("parts_pipelines", "pipelines:execute:line-1"),
            ("parts_uns", " uns:publish:plant1/# "),
            ("parts_models", ""),
        ]

        let more = browser.post("\(own)/roles", typed + [("add", "parts_pipelines")])
        #expect(more.status == 200)
        #expect(more.text.contains("id=\"rows-parts_pipelines-2\""))
        #expect(more.text.contains("value=\"pipelines:execute:line-1\""))
        browser.post("\(own)/roles", typed)
        #expect(try browser.follow().text.contains("The role is made."))

        let context = try services.context(of: olga, in: plant)
        let role = try #require(
            try services.roles.list(in: context, .first).items.first { !$0.isBuiltIn })
        #expect(role.name == "Line 1")
        #expect(
            role.permissions.text == "pipelines:execute:line-1 models:read uns:publish:plant1/#")

        let edit = browser.get("\(own)/roles/\(role.id)").text
        #expect(edit.contains("value=\"uns:publish:plant1/#\""))
        #expect(edit.contains("value=\"models:read\" checked"))
        browser.post("\(own)/roles/\(role.id)", [("name", "Line 2"), ("scopes", "models:read")])
        #expect(try services.roles.show(role.id, in: context).name == "Line 2")
    }

    @Test func `what is no scope is marked in its row`() throws {
        try services.setLevel(.enterprise, of: plant)
        browser.get("\(own)/roles/new")

        let shown = browser.post(
            "\(own)/roles", [("name", ""), ("parts_uns", "uns:publish:a/#/b")])

        #expect(shown.status == 422)
        #expect(shown.text.contains("This is no narrowed permission of UNS."))
        #expect(shown.text.contains("id=\"field-name-error\""))
        let none = browser.post("\(own)/roles", [("name", "Empty")])
        #expect(none.status == 422)
        #expect(none.text.contains("Choose at least one permission."))
        let taken = browser.post("\(own)/roles", [("name", "Viewer"), ("scopes", "models:read")])
        #expect(taken.status == 422)
        #expect(taken.text.contains("Another role of the organization has this name."))
    }

    @Test func `a role that a member has is not deleted, and a built-in one never`() throws {
        try services.setLevel(.enterprise, of: plant)
        let context = try services.context(of: olga, in: plant)
        let caller = Caller.test(services.session(of: olga))
        let role = try services.roles.create(
            NewRole(name: "line", scopes: ["models:read"]), in: context, by: caller)
        _ = try services.members.update(
            vera.id.value, MemberChanges(roles: ["line"]), in: context, by: caller)
        let address = "\(own)/roles/\(role.id)"

        browser.get("\(address)/delete")
        let refused = browser.post("\(address)/delete", [])
        #expect(refused.status == 422)
        #expect(refused.text.contains("Take it from them first."))

        _ = try services.members.update(
            vera.id.value, MemberChanges(roles: []), in: context, by: caller)
        browser.post("\(address)/delete", [])
        #expect(try browser.follow().text.contains("The role is deleted."))
        #expect(browser.get(address).status == 404)
        #expect(browser.get("\(own)/roles/\(BuiltInRole.viewer.id)").status == 403)
    }
}
