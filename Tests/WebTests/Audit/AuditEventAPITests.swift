import Domain
import HTTPTypes
import JSON
import Storage
import TestSupport
import Testing

@Suite struct AuditEventAPITests {
    private let site: TestSite
    private let root: Secret

    init() throws {
        site = try TestSite()
        try site.services.person("root", administrator: true)
        root = try site.signIn("root").token
        site.platform.time.advance(seconds: 1)
    }

    private func record(_ action: String, in organization: Organization) throws {
        try site.services.stores.atomically {
            try site.services.audit.record(action, by: .test(), organization: organization.id)
        }
        site.platform.time.advance(seconds: 1)
    }

    @Test func `a system administrator sees all, as it is written in the contract`() throws {
        let made = site.send(
            .post, "/api/v1/users",
            ["username": "alice", "password": .string(TestServices.password)], bearer: root)

        let events = site.send(.get, "/api/v1/audit-events", bearer: root).data

        #expect(events.count == 3)
        #expect(events.contains { $0["action"] == "sign_in.succeeded" })
        let event = events[0]
        #expect(event["action"] == "user.created")
        #expect(
            event.object?.names == [
                "id", "created_at", "time", "action", "outcome", "reason", "request_id", "actor",
                "credential", "organization_id", "address", "user_agent", "target", "changes",
            ])
        #expect(event["actor"]?["name"] == "root")
        #expect(event["credential"]?["kind"] == "session")
        #expect(event["target"]?["id"] == made["id"])
        #expect(event["target"]?["kind"] == "user")
        #expect(event["changes"]?["username"] == ["old": .null, "new": "alice"])
        #expect(event["outcome"] == "success")
        #expect(event["reason"] == .null)
        #expect(event["request_id"] == "request-1")
        #expect(!String(decoding: event.bytes, as: UTF8.self).contains(TestServices.password))
    }

    @Test func `an owner sees the own organization alone`() throws {
        let alice = try site.services.person("alice")
        let bob = try site.services.person("bob")
        let acme = try site.services.organization("acme", ownedBy: alice)
        let other = try site.services.organization("other", ownedBy: bob)
        try site.services.add(bob, to: acme, .admin)
        try record("acme.changed", in: acme)
        try record("other.changed", in: other)
        let token = try site.signIn("alice").token
        let header = try #require(HTTPField.Name("X-Organization-ID"))

        let byHeader = site.send(
            .get, "/api/v1/audit-events", bearer: token, headers: [header: "\(acme.id)"])
        let byFilter = site.send(
            .get, "/api/v1/audit-events?organization_id=\(acme.id)", bearer: token)
        let others = site.send(
            .get, "/api/v1/audit-events?organization_id=\(other.id)", bearer: token)
        let none = site.send(.get, "/api/v1/audit-events", bearer: token)
        let noOwner = site.send(
            .get, "/api/v1/audit-events?organization_id=\(acme.id)",
            bearer: try site.signIn("bob").token)

        #expect(byHeader.data.map { $0["action"] } == ["acme.changed"])
        #expect(byFilter.json == byHeader.json)
        #expect([others.status, none.status, noOwner.status] == [403, 400, 403])
        #expect(
            [others.code, none.code, noOwner.code] == [
                "organization_forbidden", "organization_required", "owner_required",
            ])
    }

    @Test func `filters find, newest first and page by page`() throws {
        let alice = try site.services.person("alice")
        for _ in 0..<3 {
            _ = try site.services.token("alice", "wrong")
            site.platform.time.advance(seconds: 1)
        }
        let query = "/api/v1/audit-events?action=sign_in.failed&outcome=denied"

        let all = site.send(.get, query, bearer: root).data
        let first = site.send(.get, "\(query)&limit=2", bearer: root)
        let cursor = try #require(first["next_cursor"]?.string)
        let second = site.send(.get, "\(query)&limit=2&cursor=\(cursor)", bearer: root)
        let time = try #require(all[1]["time"]?.string)
        let one = site.send(.get, "\(query)&from=\(time)&to=\(time)", bearer: root).data

        #expect(all.count == 3)
        #expect(first.data + second.data == all)
        #expect(second["next_cursor"] == .null)
        #expect(one == [all[1]])
        #expect(all.allSatisfy { $0["target"]?["id"] == .string(alice.id.description) })
        #expect(
            site.send(.get, "/api/v1/audit-events?actor=root", bearer: root).data.isEmpty == false)
    }

    @Test(arguments: [
        "outcome=maybe", "organization_id=x", "from=yesterday", "to=1", "actor=a&actor=b",
        "limit=1000",
    ])
    func `a value that can't be is refused`(_ query: String) {
        #expect(site.send(.get, "/api/v1/audit-events?\(query)", bearer: root).status == 422)
    }

    @Test func `what was sent can forge no line`() throws {
        let agent = "evil\u{1B}[31m\r\nadmin signed in"
        _ = site.send(
            .post, "/auth/login", ["username": "x\r\ny", "password": "z"],
            headers: [.userAgent: agent])

        let event = site.send(
            .get, "/api/v1/audit-events?action=sign_in.failed", bearer: root
        ).data[0]

        let text = try #require(event["user_agent"]?.string)
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 })
        #expect(event["target"] == .null)
    }
}
