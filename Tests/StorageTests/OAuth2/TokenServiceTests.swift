import Domain
import Storage
import TestSupport
import Testing

/// The token endpoint's rules, and the life of what it gives.
@Suite struct TokenServiceTests {
    let platform: TestPlatform
    let services: TestServices
    let robot: User
    let plant: Organization

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
        robot = try services.serviceUser("robot")
        plant = try services.organization("plant", ownedBy: try services.person("olga"))
        try services.add(robot, to: plant, .editor)
    }

    private func update(_ client: TestClient, _ change: (inout ClientFields) -> Void) throws {
        var fields = ClientFields()
        change(&fields)
        _ = try services.clients.update(client.client.id, fields, by: .test())
    }

    private func claims(_ response: TokenResponse) throws -> BearerClaims {
        try #require(try services.tokens.verify(response.accessToken.text, at: services.clock.now))
    }

    // MARK: What is given

    @Test func `RFC 6749 4.4.3: a client acts as its service user`() throws {
        let client = try services.machine(
            as: robot, scopes: ["openid", "offline_access", "pipelines:read", "models:read"])

        let response = try services.tokens(of: client)

        #expect(response.expiresIn == 3_600)
        #expect(response.scopes.text == "pipelines:read models:read")
        let claims = try claims(response)
        #expect(claims.use == .access && claims.subject == robot.id)
        #expect(claims.clientID == client.client.id.description)
        #expect(claims.scope == "pipelines:read models:read")
        #expect(claims.resource == nil)
        #expect(claims.expiresAt == services.clock.now.adding(seconds: 3_600))
        let holder = try #require(try services.bearer(of: response.accessToken))
        #expect(holder.credential.kind == .access && holder.credential.id == claims.id)
        #expect(holder.clientID == client.client.id.description)
        #expect(!holder.isSystemAdministrator && !holder.isInteractive)
        let context = try services.context(of: holder, in: plant)
        #expect(context.permissions.text == "pipelines:read models:read")
        #expect(!context.isOwner)
    }

    @Test func `RFC 6749 3.3: no more scopes than the client has`() throws {
        _ = try services.customScopes.create(name: "crm", description: "CRM", by: .test())
        _ = try services.customScopes.create(name: "erp", description: "ERP", by: .test())
        let client = try services.machine(
            as: robot, scopes: ["openid", "pipelines:read", "pipelines:execute", "crm"])

        for (asked, given) in [
            ("pipelines:read", "pipelines:read"), ("crm", "crm"),
            ("crm pipelines:read crm", "crm pipelines:read"),
            ("nonsense pipelines:read", "pipelines:read"), ("nonsense", ""),
            ("pipelines:execute:p1", "pipelines:execute:p1"),
        ] {
            #expect(try services.tokens(of: client, scope: asked).scopes.text == given)
        }
        for asked in [
            "models:read", "pipelines:read models:read", "erp", "openid", "email",
            "organizations:manage", "pipelines:read \u{7}", "pipelines:read \"",
            String(repeating: "x ", count: 1_500),
        ] {
            #expect(oauthError { try services.tokens(of: client, scope: asked) } == .invalidScope)
        }
    }

    @Test func `RFC 8707 2: one resource that is there, or none`() throws {
        let client = try services.machine(as: robot)
        let engine = TestServices.issuer + "/api/v1/engine"

        let response = try services.tokens(of: client, resources: [engine])

        #expect(try claims(response).resource == .engine)
        #expect(try services.bearer(of: response.accessToken)?.resource == .engine)
        for resources in [[engine, engine], [TestServices.issuer], [engine + "/"], ["x", engine]] {
            #expect(
                oauthError { try services.tokens(of: client, resources: resources) }
                    == .invalidTarget)
        }
    }

    @Test func `RFC 6749 5.2: the grant must be registered`() throws {
        let client = try services.machine(as: robot) { fields in
            fields.grantTypes = ["authorization_code"]
            fields.redirectURIs = ["https://erp.example/cb"]
        }

        #expect(oauthError { try services.tokens(of: client) } == .unauthorizedClient)
    }

    @Test func `a service user that is disabled is nobody to act as`() throws {
        let client = try services.machine(as: robot)
        _ = try services.users.update(robot.id, UserChanges(isDisabled: true), by: .test())

        #expect(oauthError { try services.tokens(of: client) } == .unauthorizedClient)
    }

    @Test func `each token leaves one line, without the token`() throws {
        let client = try services.machine(as: robot)
        let response = try services.tokens(of: client)

        let events = try services.trail(AuditFilter(action: "oauth2.token_issued"))
        #expect(events.count == 1)
        #expect(events.first?.actor?.id == client.client.id.description)
        #expect(events.first?.target?.id == robot.id.description)
        #expect(!"\(events)".contains(response.accessToken.text.suffix(40)))
    }

    // MARK: What ends it

    /// Gives a token, takes something away, and expects the token to be dead; then undoes it, and expects it to
    /// stay so.
    private func expectEnd(
        _ client: TestClient, undo: () throws -> Void = {}, _ takeAway: (Secret) throws -> Void
    ) throws {
        let token = try services.tokens(of: client).accessToken
        #expect(try services.bearer(of: token) != nil)

        try takeAway(token)

        #expect(try services.bearer(of: token) == nil)
        try undo()
        #expect(try services.bearer(of: token) == nil)
    }

    @Test func `a disabled client's tokens are dead, and stay so`() throws {
        let client = try services.machine(as: robot)
        let before = platform.stores.generations.current(of: .client(client.client.id.description))

        try expectEnd(client, undo: { try update(client) { $0.isEnabled = true } }) { _ in
            try update(client) { $0.isEnabled = false }
        }

        let after = platform.stores.generations.current(of: .client(client.client.id.description))
        #expect(after > before)
        #expect(try services.bearer(of: services.tokens(of: client).accessToken) != nil)
    }

    @Test func `another service user ends what was given for the old one`() throws {
        let client = try services.machine(as: robot)
        let other = try services.serviceUser("robot2")

        try expectEnd(
            client, undo: { try update(client) { $0.serviceUserID = .value(robot.id) } }
        ) { _ in
            try update(client) { $0.serviceUserID = .value(other.id) }
        }
    }

    @Test func `another organization ends what was given for the old one`() throws {
        let client = try services.machine(as: robot) { $0.organizationID = .value(plant.id) }

        try expectEnd(client) { _ in try update(client) { $0.organizationID = .nothing } }
    }

    @Test func `a disabled user's tokens are dead, and stay so`() throws {
        let client = try services.machine(as: robot)

        try expectEnd(
            client,
            undo: {
                _ = try services.users.update(robot.id, UserChanges(isDisabled: false), by: .test())
            }
        ) { _ in
            _ = try services.users.update(robot.id, UserChanges(isDisabled: true), by: .test())
        }
    }

    @Test func `a membership takes the tokens along that are bound to it`() throws {
        let client = try services.machine(as: robot) { $0.organizationID = .value(plant.id) }
        let olga = try #require(try services.stores.users.find(signInName: "olga"))
        let context = try services.context(of: olga, in: plant)

        try expectEnd(client, undo: { try services.add(robot, to: plant, .editor) }) { _ in
            try services.members.delete(robot.id.value, in: context, by: .test())
        }
    }

    @Test func `a deleted client's tokens are dead`() throws {
        let client = try services.machine(as: robot)

        try expectEnd(client) { _ in try services.clients.delete(client.client.id, by: .test()) }
    }

    @Test func `RFC 7009 2.1: the client may end its token`() throws {
        let client = try services.machine(as: robot)
        let holder = try services.clientAuthentication.authenticate(
            .secret(.init(client.secret), of: client.client.id.description, by: .basic), by: .test()
        )

        try expectEnd(client) { token in
            try services.revocation.revoke(token.text, of: holder, by: .test())
            try services.revocation.revoke(token.text, of: holder, by: .test())
        }
        #expect(try services.trail(AuditFilter(action: "oauth2.token_revoked")).count == 1)
    }

    @Test func `a token dies on time`() throws {
        let client = try services.machine(as: robot) { $0.accessTokenLifetime = 60 }
        let token = try services.tokens(of: client).accessToken

        platform.time.advance(seconds: 59)
        #expect(try services.bearer(of: token) != nil)
        platform.time.advance(seconds: 1)
        #expect(try services.bearer(of: token) == nil)
    }

    @Test func `what is dead is swept up, what lives is not`() throws {
        let client = try services.machine(as: robot) { $0.accessTokenLifetime = 60 }
        _ = try services.tokens(of: client)
        platform.time.advance(seconds: 61)
        let token = try services.tokens(of: client).accessToken

        #expect(try services.stores.grants.purge(before: services.clock.now, limit: 10) == 2)
        #expect(try services.stores.grants.purge(before: services.clock.now, limit: 10) == 0)
        #expect(try services.bearer(of: token) != nil)
    }

    // MARK: What it may do

    @Test func `a scope that is taken from the client is taken from its tokens`() throws {
        let client = try services.machine(as: robot, scopes: ["pipelines:read", "models:read"])
        let token = try services.tokens(of: client).accessToken

        try update(client) { $0.scopes = ["models:read"] }

        let holder = try #require(try services.bearer(of: token))
        #expect(try services.context(of: holder, in: plant).permissions.text == "models:read")
    }

    @Test func `a token without a platform scope opens nothing, at any level`() throws {
        _ = try services.customScopes.create(name: "crm", description: "CRM", by: .test())
        let client = try services.machine(as: robot, scopes: ["crm"])
        let holder = try #require(try services.bearer(of: services.tokens(of: client).accessToken))

        for level in Organization.Level.allCases {
            try services.setLevel(level, of: plant)
            #expect(try services.context(of: holder, in: plant).permissions.isEmpty)
        }
    }

    @Test func `a client with an organization acts there alone`() throws {
        let other = try services.organization("other", ownedBy: try services.person("sten"))
        try services.add(robot, to: other, .editor)
        let client = try services.machine(as: robot) { $0.organizationID = .value(plant.id) }
        let holder = try #require(try services.bearer(of: services.tokens(of: client).accessToken))

        #expect(holder.boundOrganization == plant.id)
        #expect(try services.context(of: holder, in: plant).permissions.text == "pipelines:read")
        #expect(refusal { try services.context(of: holder, in: other) } == "organization_forbidden")
    }

    @Test func `no token comes after its client was disabled`() throws {
        let client = try services.machine(as: robot)
        let platform = self.platform

        let given = try onThreads(8) { index -> [Secret] in
            let services = platform.connect()
            if index == 0 {
                var fields = ClientFields()
                fields.isEnabled = false
                _ = try services.clients.update(client.client.id, fields, by: .test())
                return []
            }
            var tokens: [Secret] = []
            for _ in 0..<5 {
                do {
                    tokens.append(try services.tokens(of: client).accessToken)
                } catch is OAuthError {}
            }
            return tokens
        }
        try update(client) { $0.isEnabled = true }

        for token in given.joined() { #expect(try services.bearer(of: token) == nil) }
    }

    // MARK: RFC 7662

    @Test func `RFC 7662 2.2: what is told of a token`() throws {
        let client = try services.machine(as: robot, scopes: ["pipelines:read", "models:read"])
        let token = try services.tokens(of: client).accessToken

        let told = try #require(
            try services.introspection.introspect(token.text, for: .client(client.client)))

        #expect(told.scopes?.text == "pipelines:read models:read")
        guard case .bearer(let claims) = told.token else {
            Issue.record("an access token is no refresh token")
            return
        }
        #expect(told.user.id == robot.id && claims.clientID == client.client.id.description)
        #expect(told.organizationID == nil)
    }

    @Test func `a key learns about members of its organization alone`() throws {
        let olga = try #require(try services.stores.users.find(signInName: "olga"))
        let sten = try services.person("sten")
        let other = try services.organization("other", ownedBy: sten)
        func key(_ owner: User, _ organization: Organization) throws -> Authentication {
            let issued = try services.apiKeys.issue(
                NewAPIKey(name: "k", permissions: ["pipelines:read"], lifetimeDays: 1),
                in: services.context(of: owner, in: organization),
                by: .test(services.session(of: owner)))
            return try #require(try services.holder(of: issued.text))
        }
        let inside = try key(olga, plant)
        let outside = try key(sten, other)
        let token = try services.tokens(
            of: services.machine(as: robot, scopes: ["pipelines:read", "organizations:manage"])
        ).accessToken
        let personal = try services.issue(for: olga, in: plant).text

        let told = try #require(
            try services.introspection.introspect(token.text, for: .key(inside)))
        // An editor does not manage, so that scope is worth nothing here.
        #expect(told.scopes?.text == "pipelines:read" && told.organizationID == plant.id)
        #expect(try services.introspection.introspect(token.text, for: .key(outside)) == nil)
        #expect(try services.introspection.introspect(personal.text, for: .key(inside)) != nil)
        #expect(try services.introspection.introspect(personal.text, for: .key(outside)) == nil)
        // Bound elsewhere, although its user is a member here, too.
        try services.add(olga, to: other, .viewer)
        #expect(try services.introspection.introspect(personal.text, for: .key(outside)) == nil)
    }
}
