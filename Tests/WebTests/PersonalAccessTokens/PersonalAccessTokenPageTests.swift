import Domain
import FoundationEssentials
import HTTP
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import Web

/// Personal access tokens as people make, see and revoke them.
@Suite struct PersonalAccessTokenPageTests {
    private let site: TestSite
    private let browser: TestBrowser
    private let ada: User
    private let plant: Organization

    private static let new = "/profile/security/tokens/new"
    private static let create = "/profile/security/tokens"

    init() throws {
        site = try TestSite()
        browser = TestBrowser(site)
        ada = try site.services.person("ada")
        plant = try site.services.organization(
            "plant", ownedBy: site.services.person("olga"))
        try site.services.add(ada, to: plant, .editor)
        browser.signIn("ada")
        browser.get(Self.new)
    }

    private func send(
        name: String = "ERP Data Sync", days: String = "90", reach: String = "organization",
        scopes: [String] = ["pipelines:read", "uns:publish"], organization: Organization? = nil
    ) -> TestBrowser.Shown {
        browser.post(
            Self.create,
            [
                ("organization", (organization ?? plant).id.description), ("name", name),
                ("expires_in_days", days), ("reach", reach),
            ] + scopes.map { ("scopes", $0) })
    }

    private func tokens() throws -> [PersonalAccessToken] {
        try site.services.personalAccessTokens.list(of: ada.id, .first).items
    }

    /// The one row of the list that has the text.
    private func row(_ text: String) throws -> String {
        let rows = browser.get("/profile/security").text.components(separatedBy: "<tr>")
        return try #require(rows.first { $0.contains("<bdi>\(text)</bdi>") })
    }

    // MARK: The list

    @Test func `a token names its organization among very many, until its holder has left it`()
        throws
    {
        _ = try site.services.issue("far", for: ada, in: plant)
        for number in 1...201 {
            site.platform.time.advance(seconds: 1)
            _ = try site.services.organization("org-\(number)", ownedBy: ada)
        }
        try site.services.person("root", administrator: true)
        let root = TestBrowser(site)
        root.signIn("root")
        func reach(_ page: TestBrowser.Shown) throws -> Substring {
            let row = /<bdi>far<\/bdi><span class="hint"><bdi>([^<]*)<\/bdi>/
            return try #require(page.text.firstMatch(of: row)).output.1
        }
        func shown() throws -> [Substring] {
            // Another browser has not chosen any organization.
            let own = TestBrowser(site)
            own.signIn("ada")
            return try [
                reach(own.get("/profile/security")), reach(root.get("/settings/users/\(ada.id)")),
            ]
        }

        #expect(try shown() == ["plant", "plant"])

        let olga = try #require(try site.services.users.find(named: "olga"))
        try site.services.members.delete(
            ada.id.value, in: site.services.context(of: olga, in: plant), by: .test())
        #expect(
            try shown() == ["An organization that you left", "An organization that they left"])
    }

    // MARK: The form

    @Test func `every scope stands under its group, and what is not held can't be ticked`() {
        let text = browser.page.text

        for group in PlatformScope.Group.allCases {
            #expect(text.contains("<legend>\(group.title)</legend>"))
        }
        for scope in PlatformScope.allCases {
            #expect(text.contains("value=\"\(scope.name)\""))
            #expect(text.contains(scope.meaning))
        }
        #expect(text.components(separatedBy: " disabled").count == 2)
        #expect(text.contains("value=\"organizations:manage\" disabled"))
        #expect(text.contains("mode. You don&#39;t hold this in plant."))
        #expect(text.contains("selected>90 days ("))
        #expect(text.contains("name=\"reach\" value=\"organization\""))
    }

    @Test func `the lifetimes carry the day on which they end`() {
        let now = site.services.clock.now
        for (days, words) in [(30, "30 days"), (90, "90 days"), (180, "180 days"), (365, "1 year")]
        {
            let date = Moment.date(now.adding(days: days))
            #expect(browser.page.text.contains(">\(words) (\(date))</option>"))
        }
        #expect(Moment.date(Instant(seconds: 1_795_349_096)) == "22 November 2026")
    }

    @Test func `where there are no access levels, that is said instead of permissions`() throws {
        try site.services.setLevel(.none, of: plant)

        let text = browser.get(Self.new).text
        #expect(!text.contains("type=\"checkbox\" id=\"scopes"))
        #expect(text.contains("the token can do everything that you can do"))
        #expect(send(scopes: []).status == 303)

        #expect(try tokens().map(\.permissions) == [nil])
        #expect(try row("ERP Data Sync").contains("Everything you may do"))
        browser.get(Self.new)
        #expect(send(scopes: ["pipelines:read"]).status == 422)
    }

    @Test func `what is held in part can be given in part`() throws {
        try site.services.setLevel(.enterprise, of: plant)
        let owner = try #require(
            try site.services.users.list(.first).items.first {
                $0.username == "olga"
            })
        let role = try site.services.roles.create(
            NewRole(name: "line one", scopes: ["uns:publish:plant1/#"]),
            in: site.services.context(of: owner, in: plant),
            by: .test(site.services.session(of: owner)))
        let eve = try site.services.person("eve")
        try site.services.stores.atomically {
            let now = site.services.clock.now
            try site.services.stores.members.insert(
                Member(
                    id: site.services.secrets.newID(at: now), organizationID: plant.id,
                    principal: .user(eve.id), name: "eve", displayName: "eve", isOwner: false,
                    roles: [role], createdAt: now, updatedAt: now))
        }
        browser.signIn("eve")

        let text = browser.get(Self.new).text
        #expect(text.contains("You hold only parts of this in plant."))
        #expect(text.contains("value=\"uns:publish:plant1/#\""))
        #expect(send(scopes: ["uns:publish"]).status == 422)
        #expect(send(scopes: ["uns:publish:plant1/#"]).status == 303)

        #expect(try row("ERP Data Sync").contains("UNS: Publish (plant1/#)"))
    }

    @Test func `a form that fails comes back filled in, each problem at its field`() throws {
        let empty = send(name: " ", days: "31", reach: "all", scopes: [])
        #expect(empty.status == 422)
        #expect(empty.text.contains("id=\"field-name-error\">Token Name must not be empty."))
        #expect(empty.text.contains("id=\"expires_in_days-error\">Choose one of these."))
        #expect(empty.text.contains("id=\"scopes-error\">Choose at least one permission."))
        #expect(empty.text.contains("value=\"all\" data-place=\"all your organizations\" checked"))

        let beyond = send(name: "x\u{7}", scopes: ["models:read", "organizations:manage"])
        #expect(beyond.status == 422)
        #expect(beyond.text.contains("You don&#39;t hold organizations:manage"))
        #expect(beyond.text.contains("value=\"models:read\" checked aria-invalid=\"true\""))
        #expect(!beyond.text.contains("value=\"organizations:manage\" checked"))
        #expect(send(name: String(repeating: "ü", count: 256)).status == 422)
        #expect(send(days: "1e9").status == 422)
        #expect(try tokens().isEmpty)
        #expect(send(name: String(repeating: "ü", count: 255)).status == 303)
    }

    @Test func `another organization than the one that was shown is asked about anew`() throws {
        // The current one is the first by name while none was chosen.
        let other = try site.services.organization("zeta", ownedBy: ada)

        let answer = send(organization: other)

        #expect(answer.status == 422)
        #expect(answer.text.contains("you switched to another organization"))
        #expect(answer.text.contains("value=\"pipelines:read\" checked"))
        #expect(try tokens().isEmpty)
    }

    @Test func `the fifty-first is refused on the form`() throws {
        for number in 1...50 {
            _ = try site.services.issue("token \(number)", for: ada, in: plant)
        }

        let answer = send()

        #expect(answer.status == 422)
        #expect(answer.text.contains("You have 50 active tokens, which is the limit."))
        #expect(answer.text.contains("value=\"ERP Data Sync\""))
        #expect(browser.get("/profile/security").text.contains("50 of 50 active"))
    }

    @Test func `who belongs to no organization is told so`() throws {
        try site.services.person("eve")
        browser.signIn("eve")

        let page = browser.get(Self.new)

        #expect(page.status == 403)
        #expect(page.text.contains("You belong to no organization yet."))
    }

    @Test func `a password of long ago is asked for, and the form comes back filled in`() throws {
        site.platform.time.advance(seconds: 900)

        #expect(send().location?.hasPrefix("/confirm-password?") == true)
        #expect(try tokens().isEmpty)
        let returnTo = try browser.follow().hidden("return_to")
        browser.post(
            "/confirm-password",
            [("password", TestServices.password), ("return_to", returnTo ?? "")])
        let form = try browser.follow()

        #expect(form.text.contains("value=\"ERP Data Sync\""))
        #expect(form.text.contains("value=\"uns:publish\" checked"))
        #expect(send().status == 303)
        #expect(try tokens().count == 1)
    }

    // MARK: Shown once

    @Test func `the token is shown once, to its session alone, and stands in no address`() throws {
        let answer = send()
        let address = try #require(answer.location)
        #expect(address.hasPrefix("/profile/security?shown="))
        let stranger = TestBrowser(site)
        stranger.signIn("ada")
        #expect(!stranger.get(address).text.contains("shown-value"))
        #expect(!browser.ask(.head, address).text.contains("shown-value"))

        let shown = browser.get(address)
        let value = try #require(
            shown.text.firstMatch(of: /data-copy>(ey[-_.A-Za-z0-9]+)<\/textarea>/)
        ).output.1
        #expect(shown.response.headers[.cacheControl] == "no-store")
        #expect(try site.services.bearer(of: Secret(String(value))) != nil)
        #expect(shown.text.contains("It will not be shown again."))
        #expect(shown.text.contains("Authorization: Bearer \(value)"))
        #expect(shown.text.contains("X-Organization-ID: \(plant.id)"))
        #expect(shown.text.contains("https://gatehouse.test/api/v1/engine/pipelines"))
        #expect(shown.text.components(separatedBy: "primary").count == 2)

        let again = browser.get(address)
        #expect(again.status == 200)
        #expect(!again.text.contains(value))
        #expect(again.text.contains("<bdi>ERP Data Sync</bdi>"))
    }

    @Test func `the token waits for five minutes`() throws {
        let address = try #require(send().location)
        site.platform.time.advance(seconds: 300)

        #expect(!browser.get(address).text.contains("shown-value"))
    }

    // MARK: The list

    @Test func `an empty list says what tokens are for, with one button`() {
        let text = browser.get("/profile/security").text

        #expect(text.contains("0 of 50 active"))
        #expect(text.contains("without your password"))
        #expect(text.components(separatedBy: "primary").count == 2)
        #expect(text.components(separatedBy: ">Create Token</a>").count == 2)
    }

    @Test func `a row says all of a token`() throws {
        _ = try site.services.issue(
            "ERP <1>", scopes: ["uns:read", "uns:publish", "pipelines:read"], for: ada, in: plant)

        let row = try row("ERP &lt;1&gt;")

        #expect(row.contains("<span class=\"hint\"><bdi>plant</bdi>"))
        #expect(row.contains("<span class=\"badge blue\">Pipelines: Read</span>"))
        #expect(row.contains("<span class=\"badge green\">UNS: Read, Publish</span>"))
        #expect(row.contains("just now"))
        #expect(row.contains("Never"))
        #expect(row.contains("<span class=\"badge green\">Active</span>"))
        #expect(row.contains(">Revoke</a>"))
    }

    @Test func `active ones stand first by expiry, then those that are over`() throws {
        for (name, days) in [("year", 365), ("month", 30), ("quarter", 90)] {
            _ = try site.services.personalAccessTokens.issue(
                NewPersonalAccessToken(name: name, lifetimeDays: days, scopes: ["uns:read"]),
                for: ada, in: site.services.context(of: ada, in: plant),
                by: .test(site.services.session(of: ada)))
        }
        let gone = try site.services.issue("gone", for: ada, in: plant)
        _ = try site.services.personalAccessTokens.revoke(gone.token.id, of: ada.id, by: .test())
        site.platform.time.advance(seconds: 31 * 86_400)
        browser.signIn("ada")

        let text = browser.get("/profile/security").text
        let names = text.matches(of: /row"><bdi>(year|month|quarter|gone)<\/bdi>/).map(\.output.1)

        #expect(names.prefix(2) == ["quarter", "year"])
        #expect(Set(names.dropFirst(2)) == ["gone", "month"])
        #expect(text.contains("2 of 50 active"))
        #expect(try row("month").contains("Expired"))
        #expect(try row("gone").contains("Revoked"))
        #expect(try !row("gone").contains(">Revoke</a>"))
    }

    @Test func `the colour of an expiry goes by the exact time`() {
        let now = Instant(seconds: 1_795_349_096)
        let cases: [(Int64, String?)] = [
            (7 * 86_400 - 1, "urgent"), (7 * 86_400, "soon"), (30 * 86_400 - 1, "soon"),
            (30 * 86_400, nil), (1, "urgent"),
        ]
        for (seconds, urgency) in cases {
            #expect(
                Moment.urgency(of: now.adding(seconds: seconds), now: now)
                    == urgency)
        }
    }

    @Test func `many tokens stand on several pages, each once`() throws {
        for number in 1...50 {
            let issued = try site.services.issue("token \(number).", for: ada, in: plant)
            if number % 3 == 0 {
                _ = try site.services.personalAccessTokens.revoke(
                    issued.token.id, of: ada.id, by: .test())
            }
        }
        var seen: [String] = []
        var statuses: [String] = []
        var address: String? = "/profile/security"
        while let next = address {
            let text = browser.get(next).text
            seen += text.matches(of: /<bdi>(token \d+\.)<\/bdi>/).map { String($0.output.1) }
            statuses += text.matches(of: />(Active|Revoked)</).map { String($0.output.1) }
            address = text.firstMatch(of: /href="(\/profile\/security\?tokens_after=[^"#]+)/)
                .map { String($0.output.1) }
            #expect(browser.page.response.body.count < 40_000)
        }

        #expect(seen.count == 50)
        #expect(Set(seen).count == 50)
        #expect(
            statuses
                == Array(repeating: "Active", count: 34) + Array(repeating: "Revoked", count: 16))
    }

    // MARK: Revoking

    @Test func `a token is revoked after a question, at once and for good`() throws {
        let issued = try site.services.issue("ERP", for: ada, in: plant)
        let address = "/profile/security/tokens/\(issued.token.id)/revoke"

        let question = browser.get(address)
        #expect(question.text.contains("<bdi>ERP</bdi>"))
        #expect(question.text.contains("<bdi>Never</bdi>"))
        #expect(
            question.text.contains(
                "Applications that use it lose access at once. This cannot be undone."))
        #expect(try site.services.bearer(of: issued.text) != nil)
        #expect(browser.post(address, []).status == 303)

        #expect(try site.services.bearer(of: issued.text) == nil)
        #expect(try browser.follow().text.contains("The token was revoked."))
        #expect(try row("ERP").contains("<span class=\"badge red\">Revoked</span>"))
        #expect(browser.post(address, []).status == 303)
    }

    @Test func `nobody sees or revokes another's token`() throws {
        let issued = try site.services.issue(for: ada, in: plant)
        let address = "/profile/security/tokens/\(issued.token.id)/revoke"
        try site.services.person("eve")
        browser.signIn("eve")

        #expect(browser.get(address).status == 404)
        browser.get("/profile")
        #expect(browser.post(address, []).status == 404)
        #expect(browser.get("/profile/security/tokens/x/revoke").status == 404)
        #expect(try site.services.bearer(of: issued.text) != nil)
    }
}
