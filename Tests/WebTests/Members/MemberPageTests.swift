import Domain
import FoundationEssentials
import HTTP
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import Web

/// `/settings/organizations/…/members`, as an owner walks through it.
@Suite struct MemberPageTests {
    private let site: TestSite
    private let browser: TestBrowser
    private let olga: User
    private let vera: User
    private let plant: Organization
    private let home: String

    init() throws {
        site = try TestSite()
        browser = TestBrowser(site)
        olga = try site.services.person("olga")
        vera = try site.services.person("vera", email: "vera@example.com")
        plant = try site.services.organization("plant", ownedBy: olga)
        home = "/settings/organizations/\(plant.id)/members"
        browser.signIn("olga")
        browser.get(home)
    }

    private var services: TestServices { site.services }

    private func member(_ id: UniqueID) throws -> Member? {
        try services.members.list(in: services.context(of: olga, in: plant), .first).items
            .first { $0.principal.id == id }
    }

    private func send(_ fields: (String, String)...) -> TestBrowser.Shown {
        browser.get("\(home)/new")
        return browser.post(home, fields)
    }

    @Test(arguments: ["vera", "VERA", "vera@example.com", " vera "])
    func `a colleague is added by user name or e-mail`(typed: String) throws {
        #expect(send(("kind", "user"), ("name", typed), ("roles", "editor")).status == 303)

        #expect(try browser.follow().text.contains("<bdi>vera</bdi>"))
        let added = try #require(try member(vera.id.value))
        #expect(added.roles.map(\.name) == ["editor"])
        #expect(!added.isOwner)
    }

    @Test func `a group is added by its name, and never owns`() throws {
        let group = try services.groups.create(
            name: "Night shift", members: [vera.id], by: .test()
        ).group

        let refused = send(("kind", "group"), ("name", "Night shift"), ("owner", "1"))
        #expect(refused.status == 422)
        #expect(refused.text.contains("A group can&#39;t own an organization."))
        _ = send(("kind", "group"), ("name", "Night shift"), ("roles", "operator"))

        #expect(try member(group.id.value)?.roles.map(\.name) == ["operator"])
        #expect(!browser.get("\(home)/\(group.id)").text.contains("name=\"owner\""))
    }

    @Test(arguments: ["user", "group"])
    func `somebody who is not there is told at the field`(kind: String) throws {
        let shown = send(("kind", kind), ("name", "nobody"), ("roles", "editor"))

        #expect(shown.status == 422)
        #expect(shown.text.contains("id=\"field-name-error\""))
        #expect(shown.text.contains("value=\"nobody\""))
        #expect(shown.text.contains("value=\"editor\" checked"))
        #expect(shown.text.contains("value=\"\(kind)\" checked"))
    }

    @Test func `somebody who is a member already is told at the field`() throws {
        try services.add(vera, to: plant, .viewer)

        let shown = send(("kind", "user"), ("name", "vera"), ("roles", "editor"))

        #expect(shown.status == 422)
        #expect(shown.text.contains("id=\"field-name-error\""))
        #expect(try member(vera.id.value)?.roles.map(\.name) == ["viewer"])
    }

    @Test func `a role that is not there is refused`() throws {
        let shown = send(("kind", "user"), ("name", "vera"), ("roles", "emperor"))

        #expect(shown.status == 422)
        #expect(try member(vera.id.value) == nil)
    }

    @Test func `more roles than a member may have are refused`() throws {
        try services.add(vera, to: plant, .viewer)
        let address = "\(home)/\(vera.id)"
        browser.get(address)

        let shown = browser.post(address, Array(repeating: ("roles", "editor"), count: 21))

        #expect(shown.status == 422)
        #expect(shown.text.contains("Roles may have at most 20 entries."))
        #expect(try member(vera.id.value)?.roles.map(\.name) == ["viewer"])
    }

    @Test func `roles and ownership are changed`() throws {
        try services.add(vera, to: plant, .viewer)
        let address = "\(home)/\(vera.id)"
        let text = browser.get(address).text
        #expect(text.contains("value=\"viewer\" checked"))
        #expect(!text.contains("name=\"owner\" type=\"checkbox\" value=\"1\" checked"))

        browser.post(address, [("roles", "editor"), ("roles", "operator"), ("owner", "1")])

        #expect(try browser.follow().text.contains("Saved."))
        let changed = try #require(try member(vera.id.value))
        #expect(changed.roles.map(\.name) == ["editor", "operator"])
        #expect(changed.isOwner)
    }

    @Test func `the last owner stays`() throws {
        let address = "\(home)/\(olga.id)"
        browser.get(address)

        let shown = browser.post(address, [("roles", "admin")])
        #expect(shown.status == 422)
        #expect(shown.text.contains("id=\"owner-error\""))
        browser.get("\(address)/remove")
        let refused = browser.post("\(address)/remove", [])
        #expect(refused.status == 422)
        #expect(refused.text.contains("The last owner of an organization stays."))
        #expect(try member(olga.id.value)?.isOwner == true)
    }

    @Test func `removing asks first and takes effect at once`() throws {
        try services.add(vera, to: plant, .viewer)
        let token = try services.issue(for: vera, in: plant)
        let address = "\(home)/\(vera.id)/remove"

        #expect(browser.get(address).text.contains("at once"))
        #expect(try member(vera.id.value) != nil)
        browser.post(address, [])

        #expect(try browser.follow().text.contains("The member is removed"))
        #expect(try member(vera.id.value) == nil)
        let left = try services.personalAccessTokens.show(token.token.id, of: vera.id)
        #expect(left.revokedAt != nil)
        #expect(browser.get(address).status == 404)
    }

    @Test func `who is no owner sees and changes nothing`() throws {
        try services.add(vera, to: plant, .admin)
        let admin = TestBrowser(site)
        admin.signIn("vera")
        for path in ["", "/new", "/\(olga.id)", "/\(olga.id)/remove"] {
            #expect(admin.get(home + path).status == 403, "\(path)")
        }
        admin.get("/profile")
        let own = [("roles", "admin"), ("owner", "1")]
        #expect(admin.post("\(home)/\(vera.id)", own).status == 403)
        admin.get("/profile")
        #expect(admin.post("\(home)/\(olga.id)/remove", []).status == 403)
        #expect(try member(vera.id.value)?.isOwner == false)
    }

    @Test func `another organization's member is not there`() throws {
        let sten = try services.person("sten")
        try services.organization("other", ownedBy: sten)

        #expect(browser.get("\(home)/\(sten.id)").status == 404)
        #expect(browser.get("\(home)/\(sten.id)/remove").status == 404)
        browser.get(home)
        #expect(browser.post("\(home)/\(sten.id)", [("roles", "viewer")]).status == 404)
        #expect(browser.get("\(home)/nonsense").status == 404)
    }
}
