import Domain
import HTTP
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import Web

/// `/settings/users`, as a system administrator walks through it.
@Suite struct UserPageTests {
    private static let home = "/settings/users"

    private let site: TestSite
    private let browser: TestBrowser
    private let root: User

    init() throws {
        site = try TestSite()
        browser = TestBrowser(site)
        root = try site.services.person("root", administrator: true)
        browser.signIn("root")
    }

    private var services: TestServices { site.services }

    private func address(_ user: User) -> String { "\(Self.home)/\(user.id)" }

    /// The form as the page would send it for a person.
    private func form(_ username: String, _ more: [(String, String)] = []) -> [(String, String)] {
        let fields = [
            ("kind", "person"), ("username", username), ("display_name", ""), ("email", ""),
            ("password", TestServices.password),
        ]
        return fields.filter { field in !more.contains { $0.0 == field.0 } } + more
    }

    /// The form of one that is there, as it would be sent with nothing typed.
    private func unchanged(_ user: User, _ more: [(String, String)] = []) -> [(String, String)] {
        let fields = [
            ("username", user.username), ("display_name", user.displayName),
            ("email", user.email ?? ""), ("password", ""),
        ]
        return fields.filter { field in !more.contains { $0.0 == field.0 } } + more
    }

    // MARK: The list

    @Test func `people who are no system administrators get a 403 page`() throws {
        let ada = try services.person("ada")
        let owner = TestBrowser(site)
        _ = try services.organization("plant", ownedBy: ada)
        owner.signIn("ada")
        let token = try #require(owner.get("/profile").hidden("csrf_token"))

        for path in ["", "/new", "/\(root.id)", "/\(root.id)/disable", "/\(root.id)/delete"] {
            let shown = owner.get(Self.home + path)
            #expect(shown.status == 403, "\(path)")
            #expect(shown.text.contains("<h1>This is not open to you</h1>"))
        }
        for path in ["", "/\(root.id)", "/\(root.id)/disable", "/\(root.id)/delete"] {
            let answer = owner.postBare(
                Self.home + path, form("eve") + [("csrf_token", token)])
            #expect(answer.status == 403, "\(path)")
        }
        #expect(!owner.get("/profile").text.contains("href=\"\(Self.home)\""))
        #expect(browser.get("/profile").text.contains("href=\"\(Self.home)\""))
        #expect(try services.users.list(.first).items.count == 2)
        #expect(try !services.users.show(root.id).isDisabled)
    }

    @Test func `the list shows each user, and finds one by name or e-mail`() throws {
        let ada = try services.person("ada", email: "ada@example.com")
        let robot = try services.serviceUser("robot")
        for slug in ["one", "two", "three", "four"] {
            _ = try services.organization(slug, ownedBy: ada)
        }
        try services.disable(robot)

        let text = browser.get(Self.home).text
        #expect(text.contains("ada@example.com"))
        #expect(text.contains("and more"))
        #expect(text.contains(">Service</span>"))
        #expect(text.contains(">Disabled</span>"))
        #expect(text.contains(">Never<"))
        #expect(text.ranges(of: "class=\"button primary\"").count == 1)

        func found(_ name: String) -> [String] {
            let text = browser.get(Address.make(Self.home, [("name", name)])).text
            return [ada, robot, root].map(\.username).filter {
                text.contains("<span class=\"hint\"><bdi>\($0)</bdi></span>")
            }
        }
        #expect(found(" ADA ") == ["ada"])
        #expect(found("ada@example.com") == ["ada"])
        #expect(found("' OR 1=1 --") == [])
        #expect(browser.page.text.contains("Nobody has this user name or e-mail."))
    }

    @Test func `a long list goes on on another page`() throws {
        for number in 0..<21 {
            site.platform.time.advance(seconds: 1)
            try services.person("person-\(number)")
        }

        let first = browser.get(Self.home)
        let next = try #require(first.text.firstMatch(of: /href="([^"]*after=[^"]*)"/)).output.1
        let second = browser.get(String(next).unescaped)

        #expect(first.text.contains("<bdi>person-20</bdi>"))
        #expect(!first.text.contains("<bdi>person-0</bdi>"))
        #expect(second.text.contains("<bdi>person-0</bdi>"))
    }

    // MARK: Creating

    @Test func `a person is made and can sign in`() throws {
        browser.get("\(Self.home)/new")
        let answer = browser.post(
            Self.home,
            form("ada", [("email", "ada@example.com"), ("display_name", "  Ada <b> ")]))

        let ada = try #require(try services.users.find(named: "ada"))
        #expect(answer.location == "\(address(ada))?done=created")
        #expect(ada.displayName == "Ada <b>")
        #expect(!ada.emailVerified && !ada.isSystemAdministrator)
        let shown = try browser.follow()
        #expect(shown.text.contains("The user was created."))
        #expect(shown.text.contains("Ada &lt;b&gt;"))
        #expect(!shown.text.contains(TestServices.password))
        #expect(try services.token("ada@example.com") != nil)
    }

    @Test func `a service user has no password`() throws {
        browser.get("\(Self.home)/new")

        let refused = browser.post(Self.home, form("robot", [("kind", "service")]))
        #expect(refused.status == 422)
        #expect(
            refused.text.contains("id=\"field-password-error\">A service user has no password."))
        #expect(refused.text.contains("value=\"service\" checked"))
        #expect(!refused.text.contains(TestServices.password))
        let made = browser.post(
            Self.home, form("robot", [("kind", "service"), ("password", "")]))

        #expect(made.status == 303)
        let robot = try #require(try services.users.find(named: "robot"))
        #expect(robot.kind == .service)
        let shown = try browser.follow()
        #expect(!shown.text.contains("name=\"password\""))
        #expect(!shown.text.contains("name=\"system_administrator\""))
        #expect(!shown.text.contains("Personal Access Tokens"))
    }

    @Test func `a form that fails comes back filled in, with the message at its field`() throws {
        try services.person("ada", email: "ada@example.com")
        let cases: [(String, String, at: String)] = [
            ("username", "no spaces", "field-username-error"),
            ("username", "ADA", "field-username-error"),
            ("username", "", "field-username-error"),
            ("email", "nowhere", "field-email-error"),
            ("email", "Ada@example.com", "field-email-error"),
            ("password", "short", "field-password-error"),
            ("password", "", "field-password-error"),
            ("display_name", "a\u{7}b", "field-display_name-error"),
        ]
        for (name, value, place) in cases {
            browser.get("\(Self.home)/new")
            let shown = browser.post(Self.home, form("grace", [(name, value)]))

            #expect(shown.status == 422, "\(name)=\(value)")
            #expect(shown.text.contains("id=\"\(place)\""), "\(name)=\(value)")
            #expect(shown.text.contains("aria-invalid=\"true\""))
            if name != "username" { #expect(shown.text.contains("value=\"grace\"")) }
        }
        #expect(try services.users.find(named: "grace") == nil)
    }

    // MARK: Changing

    @Test func `what is typed is written, and nothing else`() throws {
        let ada = try services.person("ada", email: "ada@example.com")
        browser.get(address(ada))

        let answer = browser.post(
            address(ada),
            unchanged(ada, [("display_name", "Countess"), ("email_verified", "true")]))

        #expect(answer.location == "\(address(ada))?done=saved")
        var changed = try services.users.show(ada.id)
        #expect(changed.displayName == "Countess" && changed.emailVerified)
        #expect(changed.username == "ada" && changed.email == "ada@example.com")
        // Another address is not known to be theirs, though the box was left ticked.
        browser.get(address(ada))
        browser.post(
            address(ada),
            unchanged(changed, [("email", "other@example.com"), ("email_verified", "true")]))
        changed = try services.users.show(ada.id)
        #expect(changed.email == "other@example.com" && !changed.emailVerified)
        browser.get(address(ada))
        browser.post(address(ada), unchanged(changed, [("email", "")]))
        #expect(try services.users.show(ada.id).email == nil)
    }

    @Test func `a new password ends the sessions of the user`() throws {
        let ada = try services.person("ada")
        let theirs = TestBrowser(site)
        theirs.signIn("ada")
        browser.get(address(ada))

        browser.post(address(ada), unchanged(ada, [("password", "another long secret")]))

        #expect(theirs.get("/profile").status == 303)
        #expect(try services.token("ada", "another long secret") != nil)
        #expect(try services.token("ada") == nil)
    }

    @Test func `the kind never changes`() throws {
        let ada = try services.person("ada")
        browser.get(address(ada))

        browser.post(address(ada), unchanged(ada, [("kind", "service")]))

        #expect(try services.users.show(ada.id).kind == .person)
    }

    @Test func `what lets somebody in asks for the password when it is old, other things don't`()
        throws
    {
        let ada = try services.person("ada")
        site.platform.time.advance(seconds: 16 * 60)

        browser.get(address(ada))
        let named = browser.post(address(ada), unchanged(ada, [("display_name", "Al")]))
        #expect(named.location == "\(address(ada))?done=saved")

        let changed = try services.users.show(ada.id)
        let cases: [(String, [(String, String)])] = [
            (Self.home, form("grace")),
            (address(ada), unchanged(changed, [("system_administrator", "true")])),
            (address(ada), unchanged(changed, [("email", "eve@example.com")])),
            (address(ada), unchanged(changed, [("password", "another long secret")])),
            ("\(address(ada))/delete", []),
            ("\(address(ada))/enable", []),
        ]
        for (target, fields) in cases {
            browser.get(address(ada))
            let answer = browser.post(target, fields)
            #expect(answer.location?.hasPrefix("/confirm-password?") == true, "\(target)")
        }
        #expect(try services.users.show(ada.id) == changed)
        #expect(try services.users.find(named: "grace") == nil)

        // Disabling is quick.
        browser.get("\(address(ada))/disable")
        browser.post("\(address(ada))/disable", [])
        #expect(try services.users.show(ada.id).isDisabled)
    }

    @Test
    func `the form is filled in again behind the question for the password, but for passwords`()
        throws
    {
        site.platform.time.advance(seconds: 16 * 60)
        browser.get("\(Self.home)/new")
        browser.post(Self.home, form("grace", [("display_name", "Grace")]))

        try browser.follow()
        browser.post(
            "/confirm-password",
            [
                ("password", TestServices.password),
                ("return_to", try #require(browser.page.hidden("return_to"))),
            ])
        let shown = try browser.follow()

        #expect(shown.status == 200)
        #expect(shown.text.contains("value=\"grace\""))
        #expect(shown.text.contains("value=\"Grace\""))
        #expect(!shown.text.contains(TestServices.password))
    }

    // MARK: Disabling and deleting

    @Test func `disabling says what ends, and ends it at once`() throws {
        let ada = try services.person("ada")
        let plant = try services.organization("plant", ownedBy: root)
        try services.add(ada, to: plant, .editor)
        let issued = try services.issue(for: ada, in: plant)
        let theirs = TestBrowser(site)
        theirs.signIn("ada")

        let question = browser.get("\(address(ada))/disable").text
        #expect(question.contains("<dt>Sessions</dt><dd><bdi>1</bdi>"))
        #expect(question.contains("<dt>Active tokens</dt><dd><bdi>1</bdi>"))
        #expect(question.contains("<dt>Connected applications</dt><dd><bdi>0</bdi>"))
        #expect(question.contains("at once, and for good"))
        #expect(theirs.get("/profile").status == 200)
        let answer = browser.post("\(address(ada))/disable", [])

        #expect(answer.location == "\(address(ada))?done=disabled")
        #expect(try browser.follow().text.contains(">Disabled</span>"))
        #expect(theirs.get("/profile").status == 303)
        #expect(try services.bearer(of: issued.text) == nil)
        browser.post("\(address(ada))/enable", [])
        #expect(try !services.users.show(ada.id).isDisabled)
        #expect(try services.bearer(of: issued.text) == nil)
    }

    @Test func `the last administrator and the last owner stay, and the page says why`() throws {
        let ada = try services.person("ada")
        _ = try services.organization("plant", ownedBy: ada)
        for (user, words) in [
            (root, "This is the last enabled system administrator."),
            (ada, "The user is the last owner of an organization."),
        ] {
            for path in ["disable", "delete"] {
                browser.get("\(address(user))/\(path)")
                let shown = browser.post("\(address(user))/\(path)", [])
                #expect(shown.status == 422)
                #expect(shown.text.contains(words))
            }
            #expect(try !services.users.show(user.id).isDisabled)
        }
        browser.get(address(root))
        let shown = browser.post(address(root), unchanged(root))
        #expect(shown.status == 422)
        #expect(shown.text.contains("id=\"group-system_administrator-error\""))
        #expect(try services.users.show(root.id).isSystemAdministrator)
    }

    @Test func `deleting asks first, and leaves nothing but the trail`() throws {
        let ada = try services.person("ada")

        let question = browser.get("\(address(ada))/delete").text
        #expect(question.contains("This cannot be undone."))
        #expect(try services.users.find(named: "ada") != nil)
        let answer = browser.post("\(address(ada))/delete", [])

        #expect(answer.location == "\(Self.home)?done=deleted")
        #expect(try services.users.find(named: "ada") == nil)
        #expect(browser.get(address(ada)).status == 404)
        #expect(try services.events("user.deleted").count == 1)
    }

    // MARK: What a user holds

    @Test
    func `tokens, sessions and applications are listed and ended, in the administrator's name`()
        throws
    {
        let ada = try services.person("ada")
        let plant = try services.organization("plant", ownedBy: root)
        try services.add(ada, to: plant, .editor)
        let issued = try services.issue("ERP <b>", for: ada, in: plant)
        let app = try services.application("Shop")
        let now = services.clock.now
        try services.stores.atomically {
            try services.stores.consents.put(
                Consent(
                    userID: ada.id, clientID: app.client.id, organizationID: nil,
                    scopes: ScopeWords(["openid"]), grantedAt: now, lastUsedAt: now))
        }
        let theirs = TestBrowser(site)
        theirs.signIn("ada")

        let page = browser.get(address(ada)).text
        #expect(page.contains("ERP &lt;b&gt;"))
        #expect(page.contains("1 of 50 active"))
        #expect(page.contains("<bdi>plant</bdi>"))
        #expect(page.contains("<bdi>Shop</bdi>"))
        #expect(!page.contains("This session"))
        for kind in ["tokens", "sessions", "applications"] {
            let link = try #require(
                browser.get(address(ada)).text.matches(
                    of: /href="(\/settings\/users\/[-0-9a-f]{36}\/[a-z]+\/[-\w]+\/[a-z]+)"/
                ).map { String($0.output.1) }.first { $0.contains("/\(kind)/") })
            let question = browser.get(link)
            #expect(question.status == 200)
            #expect(question.text.contains("<bdi>ada</bdi>"))
            let answer = browser.post(link, [])
            #expect(answer.location?.hasPrefix("\(address(ada))?done=") == true)
            #expect(try browser.follow().text.contains("class=\"notice success\""))
        }

        #expect(try services.bearer(of: issued.text) == nil)
        #expect(theirs.get("/profile").status == 303)
        #expect(try services.stores.consents.find(of: ada.id, for: app.client.id) == nil)
        for action in [
            "personal_access_token.revoked", "session.ended", "consent.withdrawn",
        ] {
            let event = try #require(try services.events(action).first)
            #expect(event.actor?.name == "root")
            #expect(
                event.changes.contains(
                    AuditEvent.Change("user_id", old: ada.id.description, new: nil)), "\(action)")
        }
        let after = browser.get(address(ada)).text
        #expect(after.contains(">Revoked</span>"))
        #expect(after.contains("0 of 50 active"))
    }

    @Test func `what belongs to somebody else is not there`() throws {
        let ada = try services.person("ada")
        let eve = try services.person("eve")
        let plant = try services.organization("plant", ownedBy: ada)
        let issued = try services.issue(for: ada, in: plant)
        let session = try services.browserSession(of: ada)
        browser.get(address(eve))

        for path in ["tokens/\(issued.token.id)/revoke", "sessions/\(session.id)/end"] {
            #expect(browser.get("\(address(eve))/\(path)").status == 404)
            browser.get(address(eve))
            #expect(browser.post("\(address(eve))/\(path)", []).status == 404)
        }

        #expect(try services.bearer(of: issued.text) != nil)
        #expect(try services.sessions.show(session.id, of: ada.id) == session)
    }
}
