import Domain
import HTTP
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import Web

/// `/settings/audit-log`, as system administrators and owners read it.
@Suite struct AuditLogPageTests {
    private static let home = "/settings/audit-log"
    private static let csv = "/settings/audit-log/csv"

    private let site: TestSite
    private let root: TestBrowser
    private let ada: User
    private let plant: Organization
    private let other: Organization

    init() throws {
        site = try TestSite()
        root = TestBrowser(site)
        try site.services.person("root", administrator: true)
        ada = try site.services.person("ada", email: "ada@example.com")
        let eve = try site.services.person("eve")
        plant = try site.services.organization("plant", ownedBy: ada)
        other = try site.services.organization("other", ownedBy: eve)
        root.signIn("root")
        site.platform.time.advance(seconds: 60)
    }

    private var services: TestServices { site.services }

    /// One event a second.
    private func record(
        _ action: String, _ outcome: AuditEvent.Outcome = .success, reason: String? = nil,
        by actor: AuditEvent.Reference? = nil, in organization: Organization? = nil,
        target: AuditEvent.Reference? = nil, changes: [AuditEvent.Change] = []
    ) throws {
        try services.stores.atomically {
            try services.audit.record(
                action, by: .test(), outcome: outcome, reason: reason, actor: actor,
                organization: organization?.id, target: target, changes: changes)
        }
        site.platform.time.advance(seconds: 1)
    }

    private func owner() -> TestBrowser {
        let browser = TestBrowser(site)
        browser.signIn("ada")
        return browser
    }

    /// The codes of the actions that a page shows, in order.
    private func actions(_ shown: TestBrowser.Shown) -> [String] {
        shown.text.matches(of: /<span class="hint"><code>([a-z0-9_]+\.[a-z_]+)<\/code>/).map {
            String($0.output.1)
        }
    }

    private func found(_ query: [(String, String)], by browser: TestBrowser? = nil) -> [String] {
        let target = Address.make(Self.home, query.map { ($0.0, .some($0.1)) })
        return actions((browser ?? root).get(target))
    }

    // MARK: Who reads what

    @Test func `only owners and system administrators read it`() throws {
        let bob = try services.person("bob")
        try services.add(bob, to: plant, .admin)
        let browser = TestBrowser(site)
        browser.signIn("bob")
        try services.person("nobody")
        let stranger = TestBrowser(site)
        stranger.signIn("nobody")

        for target in [Self.home, Self.csv] {
            #expect(browser.get(target).status == 403)
            #expect(browser.page.text.contains("<h1>This is not open to you</h1>"))
            #expect(stranger.get(target).status == 403)
            #expect(root.get(target).status == 200)
            #expect(owner().get(target).status == 200)
        }
        #expect(!browser.get("/profile").text.contains("href=\"\(Self.home)\""))
        #expect(owner().get("/profile").text.contains("href=\"\(Self.home)\""))
    }

    @Test func `an owner reads the current organization alone, whatever the address says`() throws {
        try record("role.created", in: plant)
        try record("role.deleted", in: other)
        try record("platform.first_started")
        let browser = owner()

        #expect(found([], by: browser) == ["role.created"])
        #expect(browser.page.text.contains("What was done in plant"))
        #expect(!browser.page.text.contains("name=\"organization\" type=\"text\""))
        for place in [other.id.description, other.slug, "nowhere"] {
            #expect(found([("organization", place)], by: browser) == ["role.created"])
        }
        let file = browser.get(Address.make(Self.csv, [("organization", other.slug)])).text
        #expect(file.contains(",role.created,"))
        #expect(!file.contains("role.deleted") && !file.contains("platform.first_started"))
        // To find out whose an address is, is not for owners.
        try record("group.updated", by: .user(ada), in: plant)
        #expect(found([("person", "ada")], by: browser) == ["group.updated"])
        #expect(found([("person", "ada@example.com")], by: browser) == [])
    }

    // MARK: What it says

    @Test func `an event is shown with everything that is known of it`() throws {
        try record(
            "user.updated", .denied, reason: "not_allowed",
            by: AuditEvent.Reference(kind: "api_key", id: "key-1", name: "Loader <b>"), in: plant,
            target: .user(ada),
            changes: [
                AuditEvent.Change("display_name", old: "Ada <i>", new: nil),
                AuditEvent.Change("scopes", old: nil, new: String(repeating: "long ", count: 100)),
            ])

        let text = root.get(Address.make(Self.home, [("action", "user.updated")])).text

        for part in [
            "Changed a user", "<code>user.updated</code>", "Loader &lt;b&gt;", "Api key",
            "<code>key-1</code>", "<bdi>plant</bdi>", "192.0.2.1", ada.id.description,
            ">Denied</span>", "not_allowed",
            "display_name: <bdi>Ada &lt;i&gt;</bdi> → <bdi>none</bdi>", "…</bdi>", "request-1",
            "<time datetime=\"",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(text.ranges(of: "class=\"primary\"").count == 1)
    }

    @Test func `names are kept after what they name is gone`() throws {
        try record("member.added", by: .user(ada), in: other, target: .user(ada))
        let administrator = try #require(try services.users.find(named: "root"))
        try services.organizations.delete(
            services.context(
                of: try #require(try services.users.find(named: "eve")), in: other),
            by: .test(services.session(of: administrator)))

        let text = root.get(Address.make(Self.home, [("action", "member.added")])).text

        #expect(text.contains("<bdi>ada</bdi>"))
        #expect(text.contains("<bdi>\(other.id)</bdi>"))
        #expect(
            found([("organization", other.id.description), ("action", "member.added")]) == [
                "member.added"
            ])
    }

    @Test func `every action that is filtered for has words`() {
        let codes = AuditWords.actions.map(\.code)

        #expect(Set(codes).count == codes.count)
        #expect(AuditWords.words(of: "user.password_reset") == "Set a user's password")
        #expect(AuditWords.words(of: "model.sent_away") == "Model sent away")
    }

    // MARK: Filters

    @Test func `events are found by time, person, action, organization and outcome`() throws {
        let start = services.clock.now
        try record("role.created", by: .user(ada), in: plant)
        try record("role.updated", .denied, in: plant)
        try record("role.deleted", .error, in: other)
        func time(_ seconds: Int64) -> String {
            String(start.adding(seconds: seconds).description.prefix(19))
        }
        let span = [("from", time(0))]

        #expect(found(span) == ["role.deleted", "role.updated", "role.created"])
        #expect(found([("from", time(1)), ("to", time(1))]) == ["role.updated"])
        #expect(found([("from", time(0)), ("to", time(0))]) == ["role.created"])
        #expect(found(span + [("person", "ADA")]) == ["role.created"])
        #expect(found(span + [("person", "ada@example.com")]) == ["role.created"])
        #expect(found(span + [("person", ada.id.description)]) == ["role.created"])
        #expect(found(span + [("person", "' OR 1=1 --")]) == [])
        #expect(root.page.text.contains("No event is like this."))
        #expect(found(span + [("action", "role.deleted")]) == ["role.deleted"])
        #expect(found(span + [("organization", "plant")]) == ["role.updated", "role.created"])
        #expect(found(span + [("organization", plant.id.description)]).count == 2)
        #expect(found(span + [("outcome", "error")]) == ["role.deleted"])
        #expect(root.page.text.contains("<option value=\"error\" selected>"))
        #expect(found(span + [("outcome", "denied"), ("organization", "other")]) == [])
    }

    @Test(arguments: [
        ("2026-02-28", "2026-02-28T00:00:00.000Z", "2026-02-28T23:59:59.999Z"),
        ("2026-02-28T09:30", "2026-02-28T09:30:00.000Z", "2026-02-28T09:30:59.999Z"),
        ("2026-02-28T09:30:15", "2026-02-28T09:30:15.000Z", "2026-02-28T09:30:15.999Z"),
        ("2026-02-28T09:30:15+01:00", "2026-02-28T08:30:15.000Z", "2026-02-28T08:30:15.000Z"),
    ])
    func `a time is as long as it was written`(_ text: String, _ first: String, _ last: String) {
        let span = AuditLogQuery.span(text)

        #expect(span?.lowerBound.description == first)
        #expect(span?.upperBound.description == last)
    }

    @Test(arguments: [
        ("from", "yesterday", "field-from-error"), ("to", "2026-02-30", "field-to-error"),
        ("organization", "nowhere", "field-organization-error"),
        ("outcome", "maybe", "field-outcome-error"),
    ])
    func `a value that can't be is told at its field, filled in`(
        _ name: String, _ value: String, _ place: String
    ) {
        for home in [Self.home, Self.csv] {
            let shown = root.get(Address.make(home, [(name, value), ("person", "<ada>")]))

            #expect(shown.status == 422)
            #expect(shown.text.contains("id=\"\(place)\""))
            #expect(shown.text.contains("value=\"&lt;ada&gt;\""))
            #expect(shown.text.contains("Nothing was looked for."))
        }
    }

    @Test func `a long log goes on on another page, with the same filter`() throws {
        for _ in 0..<21 { try record("role.updated", in: plant) }
        try record("role.created", in: plant)

        let first = root.get("\(Self.home)?action=role.updated&organization=plant")
        let next = try #require(first.text.firstMatch(of: /href="([^"]*after=[^"]*)"/)).output.1
        let second = root.get(String(next).unescaped)

        #expect(actions(first) == Array(repeating: "role.updated", count: 20))
        #expect(next.contains("organization=plant"))
        #expect(actions(second) == ["role.updated"])
        #expect(second.text.contains(">Newest</a>"))
    }

    // MARK: The file

    @Test func `the file holds all events of the filter, whole`() throws {
        for _ in 0..<25 { try record("role.updated", in: plant) }
        let long = String(repeating: "long ", count: 100)
        try record(
            "role.created", by: .user(ada), in: plant,
            changes: [AuditEvent.Change("scopes", old: nil, new: long)])

        let page = root.get("\(Self.home)?organization=plant")
        let link = try #require(
            page.text.firstMatch(of: /href="(\/settings\/audit-log\/csv[^"]*)"/)
        ).output.1
        let answer = root.get(String(link).unescaped)

        #expect(answer.status == 200)
        #expect(
            answer.response.headers[.contentType] == "text/csv; charset=utf-8; header=present")
        #expect(
            answer.response.headers[.contentDisposition]
                == "attachment; filename=\"audit-log.csv\"")
        #expect(answer.response.headers[.cacheControl] == "no-store")
        let lines = answer.text.split(separator: "\r\n")
        #expect(lines.count == 27)
        #expect(lines[0].hasPrefix("time,actor_kind,actor_name,actor_id,"))
        #expect(lines[1].contains(",ada,\(ada.id),"))
        #expect(lines[1].contains(",plant,\(plant.id),"))
        #expect(lines[1].contains("scopes:  → \(long)"))
        #expect(lines[1].contains(",role.created,Created a role,"))
    }

    @Test(arguments: [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(1)", "'@SUM(1)"),
        ("\t=1", "'\t=1"), ("\r=1", "\"'\r=1\""), ("\r\n=1", "\"'\r\n=1\""), ("=1,2", "\"'=1,2\""),
        ("say \"hi\"", "\"say \"\"hi\"\"\""), ("a\nb", "\"a\nb\""), ("a\r\nb", "\"a\r\nb\""),
        ("a=1", "a=1"), ("שלום", "שלום"), ("", ""),
    ])
    func `a cell is no formula, and ends where it ends`(_ text: String, _ cell: String) {
        #expect(AuditCSV.cell(text) == cell)
    }

    @Test func `somebody's name is no formula in the file`() throws {
        let name = "=HYPERLINK(\"https://evil.example\";\"x\")"
        try record(
            "role.updated", reason: "@reason",
            by: AuditEvent.Reference(kind: "user", id: "-1", name: name),
            target: AuditEvent.Reference(kind: "role", id: "+1", name: "\t=1"))

        let file = root.get("\(Self.csv)?action=role.updated").text

        #expect(file.contains(",\"'=HYPERLINK(\"\"https://evil.example\"\";\"\"x\"\")\",'-1,"))
        #expect(file.contains(",'\t=1,'+1,"))
        #expect(file.contains(",'@reason,"))
    }

    // MARK: A long file

    /// More events than fit into two pieces; the newest has the greatest number.
    private func recordMany(_ count: Int = 2 * AuditLogFile.eventsInPiece + 1) throws {
        try services.stores.atomically {
            for number in 0..<count {
                try services.audit.record(
                    "role.updated", by: .test(), reason: "number \(number)",
                    organization: plant.id)
                site.platform.time.advance(seconds: 1)
            }
        }
    }

    private static let many = "\(csv)?action=role.updated"

    private func lines(_ bytes: [UInt8]) -> [Substring] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
    }

    @Test func `a long file comes in pieces, whole and in order`() throws {
        try recordMany()

        let response = root.get(Self.many).response

        var pieces = [response.body]
        while let piece = try response.rest?.next() { pieces.append(piece) }
        #expect(pieces.map { lines($0).count } == [501, 500, 1])
        let numbers = lines(pieces.flatMap(\.self)).dropFirst().compactMap { line in
            line.firstMatch(of: /,number (\d+),/).flatMap { Int($0.output.1) }
        }
        #expect(numbers == (0...1_000).reversed())
        #expect(try response.rest?.next() == nil)
    }

    @Test func `an event that comes meanwhile is not in the file, and moves nothing`() throws {
        try recordMany()

        let response = root.get(Self.many).response
        try record("role.updated", in: plant)

        var count = lines(response.body).count
        while let piece = try response.rest?.next() { count += lines(piece).count }
        #expect(count == 1_002)
    }

    @Test func `a file breaks off when its reader is signed out`() throws {
        try recordMany()
        let response = root.get(Self.many).response
        let rest = try #require(response.rest)

        let reader = try #require(try services.users.find(named: "root"))
        // The last administrator can't be disabled.
        try services.person("root2", administrator: true)
        _ = try services.users.update(reader.id, UserChanges(isDisabled: true), by: .test())

        #expect(throws: SignInNeeded.self) { try rest.next() }
    }

    @Test func `a file breaks off when its reader is owner no more`() throws {
        try recordMany()
        let eve = try #require(try services.users.find(named: "eve"))
        let context = try services.context(of: ada, in: plant)
        try services.add(eve, to: plant, .admin, isOwner: true)
        let response = owner().get(Self.many).response
        let rest = try #require(response.rest)
        #expect(try rest.next() != nil)

        _ = try services.members.update(
            ada.id.value, MemberChanges(isOwner: false), in: context, by: .test())

        #expect(throws: Refusal.self) { try rest.next() }
    }

    @Test func `more long files at once than there are places are refused`() throws {
        try recordMany()
        var first: Response? = root.get(Self.many).response
        #expect(first?.rest != nil)

        let second = root.get(Self.many)

        #expect(second.status == 503 && second.response.headers[.retryAfter] == "30")
        #expect(second.text.contains("Others are downloading"))
        // What fits into one piece holds no thread.
        #expect(root.get("\(Self.csv)?action=role.created").status == 200)
        first = nil
        #expect(root.get(Self.many).status == 200)
    }
}
