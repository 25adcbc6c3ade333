import Domain
import HTTP
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import Web

/// `/settings/groups`, as a system administrator walks through it.
@Suite struct GroupPageTests {
    private static let home = "/settings/groups"

    private let site: TestSite
    private let browser: TestBrowser
    private let ada: User
    private let eve: User

    init() throws {
        site = try TestSite()
        browser = TestBrowser(site)
        try site.services.person("root", administrator: true)
        ada = try site.services.person("ada", email: "ada@example.com")
        eve = try site.services.person("eve")
        browser.signIn("root")
    }

    private var services: TestServices { site.services }

    private func address(_ group: Group) -> String { "\(Self.home)/\(group.id)" }

    private func make(_ name: String, _ members: User...) throws -> Group {
        try services.groups.create(name: name, members: members.map(\.id), by: .test()).group
    }

    private func members(_ group: Group) throws -> [User.ID] {
        try services.groups.show(group.id).members
    }

    @Test func `people who are no system administrators get a 403 page`() throws {
        let staff = try make("staff", eve)
        let other = TestBrowser(site)
        other.signIn("ada")
        let token = try #require(other.get("/profile").hidden("csrf_token"))

        for path in ["", "/new", "/\(staff.id)", "/\(staff.id)/delete"] {
            #expect(other.get(Self.home + path).status == 403, "\(path)")
        }
        for path in ["", "/\(staff.id)", "/\(staff.id)/members", "/\(staff.id)/delete"] {
            let answer = other.postBare(
                Self.home + path, [("csrf_token", token), ("member", "ada"), ("name", "x")])
            #expect(answer.status == 403, "\(path)")
        }
        #expect(!other.get("/profile").text.contains("href=\"\(Self.home)\""))
        #expect(try members(staff) == [eve.id])
    }

    @Test func `the empty list says what a group is for and has one button`() {
        let shown = browser.get(Self.home)

        #expect(shown.status == 200)
        #expect(shown.text.contains("class=\"empty\""))
        #expect(shown.text.ranges(of: "class=\"button primary\"").count == 1)
        #expect(shown.text.contains("href=\"\(Self.home)/new\">Create group</a>"))
    }

    @Test func `a group is made with members by user name and e-mail`() throws {
        browser.get("\(Self.home)/new")
        let grown = browser.post(
            Self.home, [("name", "Staff"), ("members", "EVE"), ("add", "members")])
        #expect(grown.status == 200)
        #expect(grown.text.contains("id=\"rows-members-2\""))
        #expect(grown.text.contains("value=\"EVE\""))

        let answer = browser.post(
            Self.home,
            [
                ("name", " Staff "), ("members", "EVE"), ("members", ""),
                ("members", "ada@example.com"),
            ])

        let made = try #require(try services.groups.list(.first).items.first)
        #expect(answer.location == "\(address(made.group))?done=created")
        #expect(made.group.name == "Staff")
        #expect(Set(made.members) == [ada.id, eve.id])
        #expect(try browser.follow().text.contains("2 members"))
        #expect(browser.get(Self.home).text.contains("<bdi>Staff</bdi>"))
    }

    @Test func `who is nobody is told at their row, with all else that is wrong`() throws {
        _ = try make("staff")
        browser.get("\(Self.home)/new")

        let shown = browser.post(
            Self.home, [("name", ""), ("members", "ada"), ("members", "nobody")])
        #expect(shown.status == 422)
        #expect(shown.text.contains("id=\"field-name-error\">Name must not be empty."))
        #expect(shown.text.contains("id=\"rows-members-2-error\">There is no such user."))
        #expect(!shown.text.contains("id=\"rows-members-1-error\""))
        let taken = browser.post(Self.home, [("name", "staff"), ("members", "ada")])
        #expect(taken.status == 422)
        #expect(taken.text.contains("id=\"field-name-error\">Another group has this name."))
        #expect(try services.groups.list(.first).items.count == 1)
    }

    @Test func `a group is named otherwise`() throws {
        let staff = try make("staff", ada)
        browser.get(address(staff))

        #expect(browser.post(address(staff), [("name", "")]).status == 422)
        let answer = browser.post(address(staff), [("name", "שלום")])

        #expect(answer.location == "\(address(staff))?done=saved")
        #expect(try services.groups.show(staff.id).group.name == "שלום")
        #expect(try members(staff) == [ada.id])
    }

    @Test func `a member is added and removed, and nobody else`() throws {
        let staff = try make("staff", ada)
        browser.get(address(staff))

        let unknown = browser.post("\(address(staff))/members", [("member", "nobody")])
        #expect(unknown.status == 422)
        #expect(unknown.text.contains("id=\"field-member-error\">There is no such user."))
        #expect(unknown.text.contains("value=\"nobody\""))
        let added = browser.post("\(address(staff))/members", [("member", "eve")])
        #expect(added.location == "\(address(staff))?done=added")
        #expect(try Set(members(staff)) == [ada.id, eve.id])
        // Once more changes nothing.
        browser.get(address(staff))
        browser.post("\(address(staff))/members", [("member", "eve")])
        #expect(try services.events("group.updated").count == 1)

        let removal = "\(address(staff))/members/\(ada.id)/remove"
        let question = browser.get(removal)
        #expect(question.text.contains("What only the group gives is lost at once"))
        #expect(try members(staff).contains(ada.id))
        #expect(browser.post(removal, []).location == "\(address(staff))?done=removed")
        #expect(try members(staff) == [eve.id])
        #expect(browser.get(removal).status == 404)
    }

    @Test func `putting somebody in asks for the password when it is old, taking out doesn't`()
        throws
    {
        let staff = try make("staff", ada)
        site.platform.time.advance(seconds: 16 * 60)

        browser.get(address(staff))
        let answer = browser.post("\(address(staff))/members", [("member", "eve")])
        #expect(answer.location?.hasPrefix("/confirm-password?") == true)
        try browser.follow()
        browser.post(
            "/confirm-password",
            [
                ("password", TestServices.password),
                ("return_to", try #require(browser.page.hidden("return_to"))),
            ])
        let resumed = try browser.follow()
        #expect(resumed.text.contains("value=\"eve\""))
        #expect(try members(staff) == [ada.id])
        site.platform.time.advance(seconds: 16 * 60)

        browser.get(address(staff))
        browser.post("\(address(staff))/members/\(ada.id)/remove", [])
        #expect(try members(staff) == [])
    }

    @Test func `a large group goes on on another page`() throws {
        var people: [User.ID] = []
        for number in 0..<21 {
            site.platform.time.advance(seconds: 1)
            people.append(try services.person("person-\(number)").id)
        }
        let staff = try services.groups.create(
            name: "staff", members: people, by: .test()
        ).group

        let first = browser.get(address(staff))
        let next = try #require(first.text.firstMatch(of: /href="([^"]*after=[^"]*)"/)).output.1
        let second = browser.get(String(String(next).unescaped.prefix { $0 != "#" }))

        #expect(first.text.contains("21 members"))
        #expect(first.text.ranges(of: ">Remove</a>").count == 20)
        #expect(second.text.ranges(of: ">Remove</a>").count == 1)
    }

    @Test func `deleting asks first, and its members stay`() throws {
        let staff = try make("staff", ada)

        let question = browser.get("\(address(staff))/delete").text
        #expect(question.contains("<dt>Members</dt><dd><bdi>1</bdi>"))
        #expect(question.contains("This cannot be undone."))
        let answer = browser.post("\(address(staff))/delete", [])

        #expect(answer.location == "\(Self.home)?done=deleted")
        #expect(browser.get(address(staff)).status == 404)
        #expect(try services.users.show(ada.id) == ada)
    }
}
