import Domain
import MariaDB
import Storage
import TestSupport
import Testing

@Suite struct PersonalAccessTokenServiceTests {
    let platform: TestPlatform
    let services: TestServices
    let owner: User
    let person: User
    let organization: Organization

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
        owner = try services.person("olga")
        person = try services.person("ada")
        organization = try services.organization("plant", ownedBy: owner)
        try services.add(person, to: organization, .editor)
    }

    private func issue(_ new: NewPersonalAccessToken) throws -> IssuedPersonalAccessToken {
        try services.personalAccessTokens.issue(
            new, for: person, in: services.context(of: person, in: organization),
            by: .test(services.session(of: person)))
    }

    // MARK: Making

    @Test func `a token carries its id, its person, its end and its scopes`() throws {
        let issued = try issue(
            NewPersonalAccessToken(
                name: "ERP Data Sync", scopes: ["uns:publish", "pipelines:read", "uns:publish"]))

        let token = issued.token
        #expect(token.permissions?.text == "pipelines:read uns:publish")
        #expect(token.expiresAt == services.clock.now.adding(days: 90).wholeSecond)
        #expect(token.reach == .organization(organization.id))
        let claims = try #require(try services.claims(of: issued.text))
        #expect(claims.use == .personalAccessToken)
        #expect(claims.id == token.id.value)
        #expect(claims.subject == person.id)
        #expect(claims.expiresAt == token.expiresAt)
        #expect(claims.scope == "pipelines:read uns:publish")
        #expect(try services.personalAccessTokens.show(token.id, of: person.id) == token)
        let asker = try #require(try services.bearer(of: issued.text))
        #expect(asker.credential.kind == .personalAccessToken)
        #expect(asker.credential.name == "ERP Data Sync")
        #expect(asker.boundOrganization == organization.id)
        #expect(
            try services.context(of: asker, in: organization).permissions.text
                == "pipelines:read uns:publish")
    }

    @Test func `the trail tells of a token and never its text`() throws {
        let issued = try issue(NewPersonalAccessToken(name: "x", scopes: ["uns:read"]))

        let event = try #require(try services.events("personal_access_token.created").last)
        #expect(event.actor?.name == "ada")
        #expect(event.credential?.kind == "session")
        #expect(event.target?.id == issued.token.id.description)
        #expect(event.organizationID == organization.id)
        let rows = try services.stores.connection.query(
            "SELECT CONCAT_WS(' ', name, scopes, id) AS kept FROM personal_access_tokens")
        let kept = try rows.map { try $0.string("kept") }.joined() + "\(event)"
        let signature = try #require(issued.text.text.split(separator: ".").last)
        #expect(!kept.contains(signature))
    }

    @Test(arguments: [30, 90, 180, 365])
    func `the four lifetimes are whole days`(days: Int) throws {
        let issued = try issue(
            NewPersonalAccessToken(name: "x", lifetimeDays: days, scopes: ["uns:read"]))

        #expect(issued.token.expiresAt == services.clock.now.adding(days: days))
    }

    @Test(arguments: [0, 1, 29, 31, 366, -30, Int.max])
    func `no other lifetime is given`(days: Int) {
        #expect(
            refusal {
                try issue(
                    NewPersonalAccessToken(name: "x", lifetimeDays: days, scopes: ["uns:read"]))
            } == "not_allowed")
    }

    @Test func `scopes are needed, known, held, and every bad one is named`() throws {
        func refused(_ scopes: [String]?) -> Refusal? {
            #expect(throws: Refusal.self) {
                try issue(NewPersonalAccessToken(name: "x", scopes: scopes))
            }
        }

        #expect(refused(nil)?.code == "required")
        #expect(refused([])?.code == "required")
        #expect(refused(["pipelines:fly"])?.code == "unknown_scope")
        #expect(refused(["openid"])?.code == "unknown_scope")
        #expect(refused(["pipelines:execute:p1"])?.code == "selector_not_allowed")
        let beyond = refused(["pipelines:read", "organizations:manage"])
        #expect(beyond?.kind == .invalid)
        #expect(beyond?.code == "scope_not_held")
        #expect(beyond?.problems.count == 1)
        #expect(beyond?.message.contains("organizations:manage") == true)
    }

    @Test func `all that is wrong is told at once`() {
        let refused = #expect(throws: Refusal.self) {
            try issue(
                NewPersonalAccessToken(name: "a\u{0}", lifetimeDays: 1, scopes: ["a", "b"]))
        }
        #expect(
            refused?.problems.map(\.field) == ["name", "expires_in_days", "scopes", "scopes"])
    }

    @Test func `at enterprise a narrowed scope is given within what is held`() throws {
        try services.setLevel(.enterprise, of: organization)
        let context = try services.context(of: owner, in: organization)
        _ = try services.roles.create(
            NewRole(name: "line", scopes: ["uns:publish:plant1/#"]), in: context, by: .test())
        let narrow = try services.person("bob")
        _ = try services.members.create(
            NewMember(principal: .user(narrow.id), roles: ["line"]), in: context, by: .test())

        let issued = try services.issue(
            scopes: ["uns:publish:plant1/+/temperature"], for: narrow, in: organization)

        #expect(issued.token.permissions?.text == "uns:publish:plant1/+/temperature")
        for beyond in ["uns:publish:plant2/a", "uns:publish", "uns:publish:#", "uns:publish:+/a"] {
            #expect(
                refusal { try services.issue(scopes: [beyond], for: narrow, in: organization) }
                    == "scope_not_held", "\(beyond)")
        }
        #expect(
            try services.issue(
                scopes: ["pipelines:execute:p1"], for: person, in: organization
            ).token.permissions?.text == "pipelines:execute:p1")
    }

    @Test func `where the level is none a token has no scopes and sending some is refused`() throws
    {
        try services.setLevel(.none, of: organization)

        let issued = try issue(NewPersonalAccessToken(name: "x"))

        #expect(issued.token.permissions == nil)
        let claims = try services.claims(of: issued.text)
        #expect(claims?.scope == nil)
        let asker = try #require(try services.bearer(of: issued.text))
        #expect(
            try services.context(of: asker, in: organization).permissions
                == BuiltInRole.editor.permissions)
        for scopes in [[], ["pipelines:read"]] {
            #expect(
                refusal { try issue(NewPersonalAccessToken(name: "x", scopes: scopes)) }
                    == "scopes_not_allowed")
        }
    }

    @Test func `an unrestricted token carries ownership, a restricted one does not`() throws {
        try services.setLevel(.none, of: organization)
        let unrestricted = try services.issue(scopes: nil, for: owner, in: organization)
        try services.setLevel(.basic, of: organization)
        let restricted = try services.issue(
            scopes: ["organizations:manage"], for: owner, in: organization)

        let first = try #require(try services.bearer(of: unrestricted.text))
        let second = try #require(try services.bearer(of: restricted.text))
        #expect(try services.context(of: first, in: organization).isOwner)
        #expect(try !services.context(of: second, in: organization).isOwner)
        #expect(
            try services.context(of: second, in: organization).permissions.text
                == "organizations:manage")
    }

    // MARK: Where it works

    @Test func `a bound token opens no other organization, one for all opens those joined later`()
        throws
    {
        let bound = try services.issue(for: person, in: organization)
        let everywhere = try services.issue(
            allOrganizations: true, for: person, in: organization)
        let later = try services.organization("later", ownedBy: owner)
        let askers = try [bound, everywhere].map {
            try #require(try services.bearer(of: $0.text))
        }
        #expect(
            refusal { try services.context(of: askers[1], in: later) } == "organization_forbidden")
        try services.add(person, to: later, .viewer)

        #expect(
            refusal { try services.context(of: askers[0], in: later) } == "organization_forbidden")
        #expect(
            try services.context(of: askers[1], in: later).permissions.text == "pipelines:read")
    }

    @Test func `what is no longer held is cut from a token at once`() throws {
        let issued = try issue(
            NewPersonalAccessToken(name: "x", scopes: ["pipelines:read", "pipelines:write"]))
        let asker = try #require(try services.bearer(of: issued.text))

        _ = try services.members.update(
            person.id.value, MemberChanges(roles: ["viewer"]),
            in: services.context(of: owner, in: organization), by: .test())

        #expect(
            try services.context(of: asker, in: organization).permissions.text
                == "pipelines:read")
    }

    // MARK: The limit

    @Test func `of twenty made at once at forty-nine, one is made`() throws {
        for number in 1...49 {
            _ = try services.issue("token \(number)", for: person, in: organization)
        }
        let (platform, person, organization) = (platform, person, organization)
        let line = StartingLine(20)

        let codes = try onThreads(20) { _ in
            let services = platform.connect()
            let context = try services.context(of: person, in: organization)
            line.wait()
            return refusal {
                try services.personalAccessTokens.issue(
                    NewPersonalAccessToken(name: "race", scopes: ["models:read"]), for: person,
                    in: context, by: .test())
            }
        }

        #expect(codes.filter { $0 == nil }.count == 1)
        #expect(codes.filter { $0 == "token_limit_reached" }.count == 19)
        #expect(
            try services.personalAccessTokens.list(of: person.id, PageRequest(limit: 200)).items
                .count == 50)
    }

    @Test func `revoked and expired tokens, and those of others, leave room`() throws {
        var last: PersonalAccessToken?
        for _ in 1...50 { last = try services.issue(for: person, in: organization).token }
        #expect(
            refusal { try services.issue(for: person, in: organization) } == "token_limit_reached")
        _ = try services.issue(for: owner, in: organization)

        _ = try services.personalAccessTokens.revoke(
            try #require(last).id, of: person.id, by: .test())

        _ = try services.issue(for: person, in: organization)
        #expect(
            refusal { try services.issue(for: person, in: organization) } == "token_limit_reached")
        platform.time.advance(days: 90)
        _ = try services.issue(for: person, in: organization)
    }

    // MARK: The end

    @Test func `revoking is at once, final, and again changes nothing`() throws {
        let issued = try services.issue(for: person, in: organization)
        let id = issued.token.id
        #expect(try services.bearer(of: issued.text) != nil)
        let before = platform.stores.generations.current(of: .credential(id.value))
        platform.time.advance(seconds: 10)

        let revoked = try services.personalAccessTokens.revoke(id, of: person.id, by: .test())

        #expect(revoked.revokedAt == services.clock.now)
        #expect(revoked.status(at: services.clock.now) == .revoked)
        #expect(try services.bearer(of: issued.text) == nil)
        #expect(platform.stores.generations.current(of: .credential(id.value)) > before)
        platform.time.advance(seconds: 10)
        #expect(
            try services.personalAccessTokens.revoke(id, of: person.id, by: .test()) == revoked)
        #expect(
            try services.trail().filter { $0.action == "personal_access_token.revoked" }.count == 1)
    }

    @Test func `a token ends with its last second`() throws {
        platform.time.advance(seconds: 1)
        let issued = try services.issue(for: person, in: organization)
        platform.time.advance(seconds: 90 * 86_400 - 1)
        #expect(try services.bearer(of: issued.text) != nil)

        platform.time.advance(seconds: 1)

        #expect(try services.bearer(of: issued.text) == nil)
        #expect(
            try services.personalAccessTokens.show(issued.token.id, of: person.id).status(
                at: services.clock.now) == .expired)
    }

    @Test func `a disabled person's tokens end and stay ended`() throws {
        let issued = try services.issue(for: person, in: organization)
        let context = try services.context(of: person, in: organization)

        _ = try services.users.update(person.id, UserChanges(isDisabled: true), by: .test())

        #expect(try services.bearer(of: issued.text) == nil)
        #expect(
            refusal {
                try services.personalAccessTokens.issue(
                    NewPersonalAccessToken(name: "x", scopes: ["models:read"]), for: person,
                    in: context, by: .test())
            } == "invalid_token")
        _ = try services.users.update(person.id, UserChanges(isDisabled: false), by: .test())
        #expect(try services.bearer(of: issued.text) == nil)
    }

    @Test func `another person's token is not there`() throws {
        let issued = try services.issue(for: person, in: organization)

        #expect(
            refusal { try services.personalAccessTokens.show(issued.token.id, of: owner.id) }
                == "not_found")
        #expect(
            refusal {
                try services.personalAccessTokens.revoke(
                    issued.token.id, of: owner.id, by: .test())
            } == "not_found")
        #expect(try services.personalAccessTokens.list(of: owner.id, .first).items.isEmpty)
        #expect(try services.bearer(of: issued.text) != nil)
    }

    @Test func `the list holds every state, newest first, page by page`() throws {
        var ids: [PersonalAccessToken.ID] = []
        for number in 1...5 {
            platform.time.advance(seconds: 1)
            ids.insert(
                try services.issue("t\(number)", for: person, in: organization).token.id, at: 0)
        }
        _ = try services.personalAccessTokens.revoke(ids[1], of: person.id, by: .test())

        let first = try services.personalAccessTokens.list(of: person.id, PageRequest(limit: 3))
        let second = try services.personalAccessTokens.list(
            of: person.id, PageRequest(limit: 3, after: first.next))

        #expect(first.items.map(\.id) == Array(ids.prefix(3)))
        #expect(second.items.map(\.id) == Array(ids.suffix(2)))
        #expect(second.next == nil)
    }

    // MARK: Use

    @Test func `uses are written together and never move back`() throws {
        let first = try services.issue(for: person, in: organization).token.id
        let second = try services.issue(for: person, in: organization).token.id
        _ = try services.personalAccessTokens.revoke(second, of: person.id, by: .test())
        let now = services.clock.now
        let store = services.stores.personalAccessTokens

        try store.recordUse([:])
        try store.recordUse([first: now, second: now])
        try store.recordUse([first: now.adding(seconds: -5), second: now.adding(seconds: 5)])

        #expect(try store.find(first)?.lastUsedAt == now)
        #expect(try store.find(second)?.lastUsedAt == now.adding(seconds: 5))
        #expect(try store.find(second)?.revokedAt != nil)
    }

    @Test func `nothing is changed outside of a transaction`() throws {
        let token = try services.issue(for: person, in: organization).token

        #expect(throws: (any Error).self) {
            try services.stores.personalAccessTokens.revoke(
                token.id, of: person.id, at: services.clock.now)
        }
        #expect(try services.stores.personalAccessTokens.find(token.id)?.revokedAt == nil)
    }
}
