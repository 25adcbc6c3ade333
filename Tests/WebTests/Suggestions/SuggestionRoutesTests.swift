import Domain
import FoundationEssentials
import HTTP
import HTTPTypes
import JSON
import TestSupport
import Testing

@testable import Web

/// What text fields are told while somebody types: who may ask, and what they get to know.
@Suite struct SuggestionRoutesTests {
    private static let users = "/settings/suggestions/users"
    private static let serviceUsers = "/settings/suggestions/service-users"
    private static let actors = "/settings/audit-log/suggestions"

    private let site: TestSite
    private let plant: Organization
    private let members: String

    init() throws {
        site = try TestSite()
        let services = site.services
        let owner = try services.person("olga", email: "olga@example.com")
        plant = try services.organization("plant", ownedBy: owner)
        members = "/settings/organizations/\(plant.id)/members/suggestions"
        try services.add(services.person("egon"), to: plant, .admin)
        _ = try services.person("root", administrator: true)
        try services.organization("other", ownedBy: services.person("sten"))
        let vera = try services.users.create(
            NewUser(
                username: "vera", email: "boss@example.com", displayName: "Vera <b>Vogel",
                password: TestServices.password), by: .test())
        try services.add(vera, to: plant, .viewer)
        try services.disable(services.person("verena", email: "verena@example.com"))
        _ = try services.serviceUser("vera.robot")
        _ = try services.groups.create(name: "Verification", members: [], by: .test())
    }

    private func browser(_ name: String) -> TestBrowser {
        let browser = TestBrowser(site)
        browser.signIn(name)
        return browser
    }

    /// What is suggested, one line each: what comes into the field, then the rest.
    private func suggestions(
        _ target: String, _ typed: String, to name: String
    ) throws -> [String] {
        let separator = target.contains("?") ? "&" : "?"
        let shown = browser(name).get("\(target)\(separator)q=\(PercentCoding.encode(typed))")
        try #require(shown.status == 200)
        let answer = try JSON(parsing: shown.response.body)
        return try #require(answer["data"]?.array).map { suggestion in
            let details = (suggestion["details"]?.array ?? []).compactMap(\.string)
            return ([suggestion["value"]?.string ?? ""] + details).joined(separator: " | ")
        }
    }

    @Test func `who has no page with such a field is refused`() throws {
        let statuses: [(name: String, users: Int, members: Int, actors: Int)] = [
            ("root", 200, 403, 200),
            ("olga", 403, 200, 200),
            ("egon", 403, 403, 403),
            ("vera", 403, 403, 403),
            // An owner elsewhere.
            ("sten", 403, 404, 200),
        ]
        for (name, users, members, actors) in statuses {
            let browser = browser(name)
            #expect(browser.get("\(Self.users)?q=ve").status == users, "\(name)")
            #expect(browser.get("\(Self.serviceUsers)?q=ve").status == users, "\(name)")
            #expect(browser.get("\(self.members)?q=ve").status == members, "\(name)")
            #expect(browser.get("\(Self.actors)?q=ve").status == actors, "\(name)")
        }
    }

    @Test func `somebody who is not signed in is sent to sign in`() {
        let browser = TestBrowser(site)

        for target in [Self.users, Self.serviceUsers, Self.actors, members] {
            let shown = browser.get("\(target)?q=ve")
            #expect(shown.status == 303)
            #expect(shown.location?.hasPrefix("/login") == true)
        }
    }

    @Test func `nothing on the way keeps the answer`() {
        let shown = browser("root").get("\(Self.users)?q=ve")

        #expect(shown.response.headers[.cacheControl] == "no-store")
        #expect(shown.response.headers[.contentType] == "application/json")
    }

    @Test(arguments: ["cross-site", "same-site"])
    func `another site can't ask`(from: String) {
        let browser = browser("root")

        let shown = browser.get(
            "\(Self.users)?q=ve", headers: [TestBrowser.secFetchSite: from])

        #expect(shown.status == 403)
        #expect(!shown.text.contains("vera"))
    }

    @Test func `an administrator sees all that tells users apart`() throws {
        let all = [
            "vera | Vera <b>Vogel | boss@example.com", "vera.robot | Service user",
            "verena | verena@example.com | Disabled",
        ]
        #expect(try suggestions(Self.users, "VE", to: "root") == all)
        #expect(try suggestions(Self.actors, " ve ", to: "root") == all)
        #expect(try suggestions(Self.users, "boss@", to: "root") == [all[0]])
        #expect(
            try suggestions(Self.serviceUsers, "ve", to: "root") == ["vera.robot | Service user"])
    }

    @Test func `an owner sees neither addresses nor who is disabled, and finds nobody by them`()
        throws
    {
        #expect(
            try suggestions(members, "ve", to: "olga") == ["vera | Vera <b>Vogel", "vera.robot"])
        #expect(
            try suggestions(Self.actors, "ve", to: "olga")
                == ["vera | Vera <b>Vogel", "vera.robot", "verena"])
        for target in [members, Self.actors] {
            #expect(try suggestions(target, "boss", to: "olga") == [])
        }
    }

    @Test func `an owner who chose group gets groups`() throws {
        #expect(try suggestions("\(members)?kind=group", "ve", to: "olga") == ["Verification"])
        #expect(
            try suggestions("\(members)?kind=user", "ve", to: "olga")
                == ["vera | Vera <b>Vogel", "vera.robot"])
    }

    @Test func `too little finds nobody, and what can't be read is refused`() throws {
        let browser = browser("root")

        #expect(try suggestions(Self.users, "v", to: "root") == [])
        #expect(try suggestions(Self.users, " v ", to: "root") == [])
        #expect(browser.get(Self.users).status == 200)
        #expect(browser.get("\(Self.users)?q=%FF%FF").status == 400)
        #expect(
            browser.get("\(Self.users)?q=\(String(repeating: "a", count: 8_000))").status == 200)
    }

    @Test
    func `fields in which somebody is chosen say where to ask, and their pages load the script`()
        throws
    {
        let services = site.services
        let group = try services.groups.create(name: "staff", members: [], by: .test()).group
        let client = try services.machine(as: services.serviceUser("robot")).client
        let fields: [(who: String, page: String, name: String, address: String)] = [
            ("root", "/settings/users", "name", Self.users),
            ("root", "/settings/groups/new", "members", Self.users),
            ("root", "/settings/groups/\(group.id)", "member", Self.users),
            ("root", "/settings/audit-log", "person", Self.actors),
            ("olga", "/settings/audit-log", "person", Self.actors),
            (
                "root", "/settings/oauth2-clients/new?template=machine", "service_user_id",
                Self.serviceUsers
            ),
            (
                "root", "/settings/oauth2-clients/\(client.id)", "service_user_id",
                Self.serviceUsers
            ),
            ("olga", "/settings/organizations/\(plant.id)/members/new", "name", members),
        ]
        for (who, page, name, address) in fields {
            let text = browser(who).get(page).text
            let inputs = text.split(separator: "<input").filter {
                $0.prefix { $0 != ">" }.contains("data-suggestions=")
            }.map { String($0.prefix { $0 != ">" }) }
            #expect(inputs.count == 1, "\(page)")
            #expect(inputs.first?.contains("name=\"\(name)\"") == true, "\(page)")
            #expect(inputs.first?.contains("data-suggestions=\"\(address)\"") == true, "\(page)")
            // The browser's own suggestions would cover ours.
            #expect(inputs.first?.contains("autocomplete=\"off\"") == true, "\(page)")
            #expect(text.contains("src=\"/public/js/suggest.js\""), "\(page)")
        }
    }

    @Test func `a page without such a field does not load the script`() throws {
        let vera = try #require(try site.services.users.find(named: "vera"))
        let pages = [
            "/settings/organizations/\(plant.id)/members/\(vera.id)",
            "/settings/organizations/\(plant.id)/members",
            "/settings/organizations/\(plant.id)", "/profile/security",
        ]
        for page in pages {
            let text = browser("olga").get(page).text
            #expect(text.contains("<h1>"), "\(page)")
            #expect(!text.contains("suggest"), "\(page)")
        }
    }
}
