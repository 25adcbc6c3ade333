import Domain
import FoundationEssentials
import MariaDB
import Storage
import TestSupport
import Testing

/// The users of the database as `sql/users.sql` makes them, under names of this test's own.
@Suite final class GrantTests {
    private let platform: TestPlatform
    private let root: Connection
    private let names: [String]
    private var app: String { names[0] }

    init() throws {
        platform = try TestPlatform()
        let database = platform.stores.database
        root = database.connect()
        names = ["_app", "_migrator"].map { database.name + $0 }
        try root.execute(
            trustedText: "CREATE TABLE schema_migrations (version INT NOT NULL PRIMARY KEY)")
        let users = try String(
            contentsOf: Repository.root.appending(path: "sql/users.sql"), encoding: .utf8
        )
        .replacing("gatehouse_app", with: names[0]).replacing("gatehouse_migrator", with: names[1])
        .replacing("gatehouse.", with: database.name + ".")
        for statement in users.split(separator: ";\n") {
            try root.execute(trustedText: String(statement))
        }
    }

    deinit {
        // The server of the tests may outlive this process.
        for name in names { try? root.execute(trustedText: "DROP USER \(name)@localhost") }
    }

    @Test func `the application may do all that its services do about people`() throws {
        let services = platform.connect(as: app)
        let now = services.clock.now

        let (admin, _) = try #require(
            try services.firstStart.make(password: TestServices.password, by: .test()))
        let alice = try services.person("alice", email: "alice@example.com")
        #expect(try services.token("alice", "wrong") == nil)
        let token = try #require(try services.token("alice", withRefresh: true))
        let refresh = try #require(token.refreshToken).text
        let renewed = try #require(try services.signIn.refresh(refresh, by: .test()))
        let bearer = try #require(try services.bearer(of: renewed.token))
        let session = try #require(bearer.sessionID)
        try services.passwords.change(
            TestServices.password, to: "another long secret", of: alice, in: session,
            signingOutOthers: true, by: .test(bearer))
        let group = try services.groups.create(name: "ops", members: [alice.id], by: .test()).group
        _ = try services.groups.update(group.id, name: "dev", members: [admin.id], by: .test())
        try services.groups.delete(group.id, by: .test())
        try services.stores.sessions.recordActivity([session: now])
        _ = try services.sessions.endOthers(of: alice.id, keeping: session, by: .test(bearer))
        try services.signIn.signOut(by: .test(bearer))
        _ = try services.users.update(
            alice.id, UserChanges(username: "alicia", isDisabled: true), by: .test())
        try services.users.delete(alice.id, by: .test())

        #expect(try services.trail().contains { $0.action == "user.deleted" })
    }

    @Test func `the application may do all that its services do about organizations`() throws {
        let services = platform.connect(as: app)
        let owner = try services.person("owner", administrator: true)
        let alice = try services.person("alice")
        let caller = Caller.test(services.session(of: owner))
        func context(_ organization: Organization) throws -> OrganizationContext {
            try services.context(of: owner, in: organization)
        }

        let acme = try services.organizations.create(
            NewOrganization(name: "Acme", level: .enterprise), by: caller
        ).organization
        try services.organization("other", ownedBy: owner)
        _ = try services.organizations.update(
            OrganizationChanges(name: "ACME"), in: context(acme), by: caller)
        let role = try services.roles.create(
            NewRole(name: "reader", scopes: ["pipelines:read"]), in: context(acme), by: caller)
        _ = try services.roles.update(
            role.id, RoleChanges(name: "watcher"), in: context(acme), by: caller)
        _ = try services.members.create(
            NewMember(principal: .user(alice.id), roles: ["watcher"]), in: context(acme), by: caller
        )
        let issued = try services.issue(for: alice, in: acme)
        _ = try services.members.update(
            alice.id.value, MemberChanges(roles: []), in: context(acme), by: caller)
        _ = try services.personalAccessTokens.revoke(issued.token.id, of: alice.id, by: caller)
        try services.members.delete(alice.id.value, in: context(acme), by: caller)
        try services.roles.delete(role.id, in: context(acme), by: caller)
        let key = try services.apiKeys.issue(
            NewAPIKey(name: "robot", permissions: ["pipelines:read"], lifetimeDays: 30),
            in: context(acme), by: caller)
        _ = try services.apiKeys.revoke(key.key.id, in: context(acme), by: caller)
        try services.stores.personalAccessTokens.recordUse([issued.token.id: services.clock.now])
        try services.stores.apiKeys.recordUse([key.key.id: services.clock.now])
        try services.organizations.delete(context(acme), by: caller)

        #expect(try services.stores.organizations.find(acme.id) == nil)
    }

    @Test func `the application may do all that its services do about clients`() throws {
        let services = platform.connect(as: app)
        let robot = try services.serviceUser("robot")
        _ = try services.customScopes.create(name: "crm", description: "CRM", by: .test())
        _ = try services.customScopes.update("crm", description: "Customers", by: .test())
        let client = try services.machine(as: robot, scopes: ["crm", "pipelines:read"])
        let id = client.client.id
        let proved = try services.clientAuthentication.authenticate(
            .secret(.init(client.secret), of: id.description, by: .basic), by: .test())
        #expect(throws: OAuthError.self) {
            try services.clientAuthentication.authenticate(.identifier(id.description), by: .test())
        }
        let token = try services.tokens(of: client).accessToken.text
        #expect(
            try services.introspection.introspect(token, for: .client(client.client)) != nil)
        try services.revocation.revoke(token, of: proved, by: .test())
        let second = try services.clients.addSecret(to: id, expiresAt: nil, by: .test())
        try services.clients.deleteSecret(second.secret.id, of: id, by: .test())
        let now = services.clock.now
        let stores = services.stores
        #expect(
            try stores.clients.useAssertion(
                services.secrets.digest(of: "x"), of: id, expiresAt: now))
        try stores.clients.recordUse(
            ofClients: [id: now], ofSecrets: [try #require(proved.secretID): now])
        var fields = ClientFields()
        fields.isEnabled = false
        _ = try services.clients.update(id, fields, by: .test())
        #expect(try stores.grants.purge(before: now.adding(days: 1), limit: 10) == 2)
        #expect(try stores.clients.purgeAssertions(before: now.adding(days: 1), limit: 10) == 1)
        try services.clients.delete(id, by: .test())
        try services.customScopes.delete("crm", by: .test())
    }

    @Test func `the application may clear away what is over`() throws {
        let stores = platform.connect(as: app).stores
        let now = platform.time.clock.now

        #expect(try stores.sessions.purge(before: now, limit: 10) == 0)
        #expect(
            try stores.signInThrottle.purge(bucketsBefore: now, addressesBefore: now, limit: 10)
                == 0)
        #expect(try stores.audit.purge(before: now, limit: 10) == 0)
        #expect(try stores.atomically { try stores.signingKeys.purge(before: now) } == 0)
    }

    @Test(arguments: [
        "DELETE FROM audit_events", "UPDATE audit_events SET action = 'nothing'",
        "DELETE FROM personal_access_tokens", "DELETE FROM api_keys",
        "INSERT INTO schema_migrations VALUES (1)", "DROP TABLE users",
        "CREATE TABLE more (id INT)",
        "ALTER TABLE users ADD more INT", "TRUNCATE audit_events", "SELECT user FROM mysql.user",
    ])
    func `the application may do nothing else`(_ statement: String) throws {
        let connection = platform.stores.connect(as: app).connection

        let error = #expect(throws: MariaDBError.self) {
            try connection.execute(trustedText: statement)
        }

        // 1142: command denied to user for table; 1044: access denied to database.
        #expect(error.map { [1142, 1044].contains($0.code) } == true)
    }
}
