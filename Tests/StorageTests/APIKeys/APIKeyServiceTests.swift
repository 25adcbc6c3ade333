import Domain
import MariaDB
import Storage
import TestSupport
import Testing

@Suite struct APIKeyServiceTests {
    let platform: TestPlatform
    let services: TestServices
    let owner: User
    let organization: Organization
    let context: OrganizationContext

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
        owner = try services.person("olga")
        organization = try services.organization("plant", ownedBy: owner)
        context = try services.context(of: owner, in: organization)
    }

    private func issue(
        _ permissions: [String] = ["pipelines:read"], days: Int? = 30, expiresAt: Instant? = nil,
        in context: OrganizationContext? = nil
    ) throws -> IssuedAPIKey {
        try services.apiKeys.issue(
            NewAPIKey(
                name: "PLC 7", permissions: permissions, lifetimeDays: days, expiresAt: expiresAt),
            in: context ?? self.context, by: .test(services.session(of: owner)))
    }

    @Test func `a key is its organization's machine with exactly its permissions`() throws {
        let issued = try issue(["pipelines:read", "uns:publish"])

        #expect(issued.text.text.hasPrefix("mchx_"))
        #expect(issued.key.createdBy == owner.id)
        #expect(issued.key.expiresAt == services.clock.now.adding(days: 30))
        #expect(try services.apiKeys.show(issued.key.id, in: context) == issued.key)
        let holder = try #require(try services.holder(of: issued.text))
        #expect(holder.credential.kind == .apiKey)
        #expect(holder.user == nil)
        for level in Organization.Level.allCases {
            try services.setLevel(level, of: organization)
            let held = try services.context(of: holder, in: organization)
            #expect(held.permissions.text == "pipelines:read uns:publish")
            #expect(!held.isOwner && held.membership == nil)
        }
        let other = try services.organization("other", ownedBy: owner)
        #expect(
            refusal { try services.context(of: holder, in: other) } == "organization_forbidden")
    }

    @Test func `only a digest is kept, and the trail never tells the text`() throws {
        let issued = try issue()

        let rows = try services.stores.connection.query(
            "SELECT CONCAT_WS(' ', name, permissions, HEX(digest)) AS kept FROM api_keys")
        let kept = try rows.map { try $0.string("kept") }.joined()
        let secret = issued.text.text.dropFirst(37)
        #expect(!kept.contains(secret.prefix(20)))
        #expect(!"\(try services.trail())".contains(secret.prefix(20)))
    }

    @Test func `a key with one character changed is nobody's`() throws {
        let issued = try issue()
        let text = issued.text.text
        let other = try issue().text.text
        // A right checksum around the wrong secret, as an attacker would make it.
        let forged = APIKeyText.make(id: issued.key.id, secret: services.secrets.newSecret())

        #expect(try services.holder(of: issued.text) != nil)
        #expect(try services.holder(of: forged) == nil)
        let mistyped: [String] = [
            "", " ", "mchx_", text + " ", " " + text, text.uppercased(), String(text.dropLast()),
            text + "0", "MCHX_" + String(text.dropFirst(5)), text + "\u{0}",
            String(text.prefix(60)) + String(other.suffix(28)),
            String(repeating: "x", count: 8_192),
        ]
        for bad in mistyped {
            #expect(try services.holder(of: Secret(bad)) == nil)
        }
    }

    @Test func `the end is said once, within a year`() throws {
        let now = services.clock.now

        #expect(refusal { try issue(days: nil) } == "required")
        #expect(refusal { try issue(days: 30, expiresAt: now.adding(days: 3)) } == "not_allowed")
        for days in [0, 366, -1] { #expect(refusal { try issue(days: days) } == "out_of_range") }
        for time in [now, now.adding(seconds: -1), now.adding(days: 365).adding(seconds: 1)] {
            #expect(refusal { try issue(days: nil, expiresAt: time) } == "out_of_range")
        }
        #expect(try issue(days: 1).key.expiresAt == now.adding(days: 1))
        #expect(try issue(days: 365).key.expiresAt == now.adding(days: 365))
        let soon = now.adding(seconds: 1)
        let short = try issue(days: nil, expiresAt: soon)
        #expect(short.key.expiresAt == soon)
        #expect(try services.holder(of: short.text) != nil)
        platform.time.advance(seconds: 1)
        #expect(try services.holder(of: short.text) == nil)
        #expect(
            try services.apiKeys.show(short.key.id, in: context).status(at: services.clock.now)
                == .expired)
    }

    @Test func `permissions are needed, known, and held by whoever makes it`() throws {
        let admin = try services.person("ada")
        try services.setLevel(.none, of: organization)
        #expect(refusal { try issue([]) } == "required")
        #expect(refusal { try issue(["pipelines:fly"]) } == "unknown_scope")
        #expect(refusal { try issue(["pipelines:read:p1"]) } == "selector_not_allowed")
        try services.setLevel(.enterprise, of: organization)
        let enterprise = try services.context(of: owner, in: organization)
        _ = try services.roles.create(
            NewRole(name: "keys", scopes: ["organizations:manage", "uns:publish:plant1/#"]),
            in: enterprise, by: .test())
        _ = try services.members.create(
            NewMember(principal: .user(admin.id), roles: ["keys"]), in: enterprise, by: .test())
        let narrow = try services.context(of: admin, in: organization)

        #expect(try issue(["uns:publish:plant1/a"], in: narrow).key.permissions.scopes.count == 1)
        for beyond in ["uns:publish", "uns:publish:plant2/a", "pipelines:read"] {
            #expect(refusal { try issue([beyond], in: narrow) } == "scope_not_held")
        }
    }

    @Test func `who does not manage neither makes, sees nor revokes keys`() throws {
        let issued = try issue()
        let editor = try services.person("ada")
        try services.add(editor, to: organization, .editor)
        let context = try services.context(of: editor, in: organization)

        #expect(refusal { try issue(in: context) } == "insufficient_scope")
        #expect(refusal { try services.apiKeys.list(in: context, .first) } == "insufficient_scope")
        #expect(
            refusal { try services.apiKeys.show(issued.key.id, in: context) }
                == "insufficient_scope")
        #expect(
            refusal { try services.apiKeys.revoke(issued.key.id, in: context, by: .test()) }
                == "insufficient_scope")
        #expect(try services.holder(of: issued.text) != nil)
    }

    @Test func `revoking is at once, final, and again changes nothing`() throws {
        let issued = try issue()
        let before = platform.stores.generations.current(of: .credential(issued.key.id.value))

        let revoked = try services.apiKeys.revoke(issued.key.id, in: context, by: .test())

        #expect(revoked.status(at: services.clock.now) == .revoked)
        #expect(try services.holder(of: issued.text) == nil)
        #expect(
            platform.stores.generations.current(of: .credential(issued.key.id.value)) > before)
        platform.time.advance(seconds: 5)
        #expect(
            try services.apiKeys.revoke(issued.key.id, in: context, by: .test()) == revoked)
        #expect(try services.trail().filter { $0.action == "api_key.revoked" }.count == 1)
    }

    @Test func `another organization's keys are not there`() throws {
        let issued = try issue()
        let other = try services.organization("other", ownedBy: owner)
        let elsewhere = try services.context(of: owner, in: other)

        #expect(
            refusal { try services.apiKeys.show(issued.key.id, in: elsewhere) } == "not_found")
        #expect(
            refusal { try services.apiKeys.revoke(issued.key.id, in: elsewhere, by: .test()) }
                == "not_found")
        #expect(try services.apiKeys.list(in: elsewhere, .first).items.isEmpty)
        #expect(try services.holder(of: issued.text) != nil)
    }

    @Test func `a key outlives its maker's membership and account`() throws {
        let admin = try services.person("ada")
        try services.add(admin, to: organization, .admin)
        let issued = try services.apiKeys.issue(
            NewAPIKey(name: "k", permissions: ["models:read"], lifetimeDays: 1),
            in: services.context(of: admin, in: organization),
            by: .test(services.session(of: admin)))

        try services.members.delete(admin.id.value, in: context, by: .test())
        #expect(try services.holder(of: issued.text) != nil)
        try services.users.delete(admin.id, by: .test())

        #expect(try services.holder(of: issued.text) != nil)
        #expect(try services.apiKeys.show(issued.key.id, in: context).createdBy == nil)
    }

    @Test func `the list runs from the newest, and uses never move back`() throws {
        var ids: [APIKey.ID] = []
        for _ in 1...3 {
            platform.time.advance(seconds: 1)
            ids.insert(try issue().key.id, at: 0)
        }
        let now = services.clock.now
        try services.stores.apiKeys.recordUse([ids[0]: now, ids[1]: now])
        try services.stores.apiKeys.recordUse([ids[0]: now.adding(seconds: -1)])

        let first = try services.apiKeys.list(in: context, PageRequest(limit: 2))
        let second = try services.apiKeys.list(
            in: context, PageRequest(limit: 2, after: first.next))

        #expect(first.items.map(\.id) == Array(ids.prefix(2)))
        #expect(second.items.map(\.id) == [ids[2]])
        #expect(first.items.map(\.lastUsedAt) == [now, now])
        #expect(second.items.map(\.lastUsedAt) == [nil] && second.next == nil)
    }
}
