import Domain
import MariaDB
import Storage
import TestSupport
import Testing

@Suite struct ClientServiceTests {
    let platform: TestPlatform
    let services: TestServices
    let robot: User

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
        robot = try services.serviceUser("robot")
    }

    private func create(_ change: (inout ClientFields) -> Void) throws -> (
        ClientOverview, secret: IssuedClientSecret?
    ) {
        var fields = ClientFields(name: "ERP")
        fields.redirectURIs = ["https://erp.example/cb"]
        change(&fields)
        return try services.clients.create(fields, by: .test())
    }

    private func update(_ id: Client.ID, _ change: (inout ClientFields) -> Void) throws
        -> ClientOverview
    {
        var fields = ClientFields()
        change(&fields)
        return try services.clients.update(id, fields, by: .test())
    }

    @Test func `a client has the defaults of the contract, and is read as it was written`() throws {
        let (made, secret) = try create { _ in }
        let client = made.client

        #expect(client.kind == .confidential)
        #expect(client.authenticationMethod == .clientSecretBasic)
        #expect(client.grantTypes == [.authorizationCode, .refreshToken])
        #expect(client.accessTokenLifetime == 3_600 && client.refreshTokenLifetime == 2_592_000)
        #expect(client.idTokenAlgorithm == .rs256)
        #expect(client.requiresPKCE && client.isEnabled)
        #expect(try services.clients.show(client.id).client == client)
        let text = try #require(secret?.text.text)
        #expect(text.utf8.allSatisfy { Self.unreserved.contains($0) })
        #expect(made.secrets.map(\.hint) == [String(text.suffix(4))])
        #expect(try services.clients.show(client.id).secrets == made.secrets)
    }

    private static let unreserved = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)

    @Test func `every field is kept`() throws {
        let owner = try services.person("olga")
        let plant = try services.organization("plant", ownedBy: owner)
        _ = try services.customScopes.create(name: "crm", description: "CRM", by: .test())
        let (made, _) = try create { fields in
            fields.description = "Reads orders"
            fields.grantTypes = GrantType.allCases.map(\.rawValue)
            fields.redirectURIs = ["https://erp.example/cb", "http://127.0.0.1/cb"]
            fields.postLogoutRedirectURIs = ["https://erp.example/out"]
            fields.scopes = ["openid", "pipelines:read", "pipelines:execute:p1", "crm"]
            fields.serviceUserID = .value(robot.id)
            fields.organizationID = .value(plant.id)
            fields.accessTokenLifetime = 60
            fields.refreshTokenLifetime = 31_536_000
            fields.authenticationMethod = .clientSecretPost
            fields.idTokenAlgorithm = .es256
            fields.requiresPKCE = false
            fields.backchannelLogoutURI = .value("https://erp.example/logout")
            fields.backchannelLogoutNeedsSession = true
        }

        let kept = try services.clients.show(made.client.id).client
        #expect(kept == made.client)
        #expect(kept.scopes.text == "openid pipelines:read pipelines:execute:p1 crm")
        #expect(kept.organizationID == plant.id && kept.serviceUserID == robot.id)
        #expect(kept.grantTypes == GrantType.allCases)
        #expect(kept.redirectURIs.count == 2 && !kept.requiresPKCE)
        #expect(kept.backchannelLogoutURI == "https://erp.example/logout")
    }

    @Test func `every bad field is told at once`() throws {
        let person = try services.person("pia")
        let found = problems {
            try create { fields in
                fields.name = ""
                fields.grantTypes = ["password"]
                fields.redirectURIs = ["javascript:alert(1)"]
                fields.postLogoutRedirectURIs = ["http://evil.example/"]
                fields.scopes = ["pipelines:fly"]
                fields.serviceUserID = .value(person.id)
                fields.organizationID = .value(Organization.ID(UniqueID(high: 1, low: 1)))
                fields.accessTokenLifetime = 59
                fields.refreshTokenLifetime = 31_536_001
                fields.authenticationMethod = Client.AuthenticationMethod.none
                fields.backchannelLogoutURI = .value("https://erp.example/#x")
                fields.keySet = .value("{}")
            }
        }

        #expect(
            found == [
                "name required", "grant_types not_allowed", "redirect_uris invalid_redirect_uri",
                "post_logout_redirect_uris invalid_redirect_uri", "scopes unknown_scope",
                "service_user_id not_a_service_user", "organization_id unknown_organization",
                "access_token_ttl out_of_range", "refresh_token_ttl out_of_range",
                "token_endpoint_auth_method not_allowed", "backchannel_logout_uri invalid_uri",
                "jwks invalid_jwks",
            ])
    }

    @Test func `what fields need of one another`() throws {
        #expect(problems { try create { $0.redirectURIs = nil } } == ["redirect_uris required"])
        #expect(
            problems { try create { $0.grantTypes = ["client_credentials"] } }
                == ["service_user_id required"])
        #expect(
            problems { try create { $0.authenticationMethod = .privateKeyJWT } }
                == ["jwks required"])
        #expect(problems { try create { $0.grantTypes = [] } } == ["grant_types required"])
        #expect(
            problems {
                try create { fields in
                    fields.redirectURIs = (0..<51).map { "https://erp.example/\($0)" }
                }
            } == ["redirect_uris too_many"])
    }

    @Test func `RFC 6749 4.4: a public client never has a secret, nor acts by itself`() throws {
        let (made, secret) = try create { $0.kind = .public }
        #expect(secret == nil && made.secrets.isEmpty)
        #expect(made.client.authenticationMethod == .none)
        #expect(
            refusal {
                try services.clients.addSecret(to: made.client.id, expiresAt: nil, by: .test())
            }
                == "client_without_secret")
        #expect(
            problems {
                try create { fields in
                    fields.kind = .public
                    fields.grantTypes = ["client_credentials"]
                    fields.serviceUserID = .value(robot.id)
                    fields.requiresPKCE = false
                    fields.authenticationMethod = .clientSecretPost
                }
            } == [
                "grant_types not_allowed", "require_pkce not_allowed",
                "token_endpoint_auth_method not_allowed",
            ])
        #expect(
            problems { try update(made.client.id) { $0.kind = .confidential } }
                == ["type not_changeable"])
    }

    @Test func `two secrets live at once, one always`() throws {
        let (made, first) = try create { _ in }
        let id = made.client.id
        let firstID = try #require(first?.secret.id)
        #expect(
            refusal { try services.clients.deleteSecret(firstID, of: id, by: .test()) }
                == "last_secret")
        #expect(
            refusal {
                try services.clients.addSecret(to: id, expiresAt: services.clock.now, by: .test())
            } == "out_of_range")

        let soon = services.clock.now.adding(seconds: 60)
        let second = try services.clients.addSecret(to: id, expiresAt: soon, by: .test())

        #expect(
            refusal { try services.clients.addSecret(to: id, expiresAt: nil, by: .test()) }
                == "secret_limit_reached")
        platform.time.advance(seconds: 60)
        #expect(
            refusal { try services.clients.deleteSecret(firstID, of: id, by: .test()) }
                == "last_secret")
        let third = try services.clients.addSecret(to: id, expiresAt: nil, by: .test())
        #expect(try services.clients.show(id).secrets.map(\.id) == [firstID, third.secret.id])
        try services.clients.deleteSecret(firstID, of: id, by: .test())
        #expect(
            refusal { try services.clients.deleteSecret(second.secret.id, of: id, by: .test()) }
                == "not_found")
    }

    @Test func `twenty who make a secret at once make one`() throws {
        let (made, _) = try create { _ in }

        let results = try onThreads(20) { [platform] _ in
            let services = platform.connect()
            return refusal {
                try services.clients.addSecret(to: made.client.id, expiresAt: nil, by: .test())
            }
        }

        #expect(results.filter { $0 == nil }.count == 1)
        #expect(try services.clients.show(made.client.id).secrets.count == 2)
    }

    @Test func `only digests are kept, and the trail never tells a secret`() throws {
        let (made, secret) = try create { _ in }
        let text = try #require(secret?.text.text)
        let dump = try services.stores.connection.query(
            "SELECT CONCAT_WS(' ', hint, HEX(digest)) AS kept FROM oauth2_client_secrets"
        ).map { try $0.string("kept") }.joined()

        #expect(!dump.contains(text.dropLast(4).suffix(20)))
        let trail = try services.trail()
        #expect(!"\(trail)".contains(text.dropFirst(4).prefix(20)))
        let created = try #require(trail.first { $0.action == "client.created" })
        #expect(created.target?.id == made.client.id.description)
    }

    @Test func `lists run from the newest, a page at a time`() throws {
        var ids: [Client.ID] = []
        for index in 0..<3 {
            platform.time.advance(seconds: 1)
            ids.append(try create { $0.name = "client \(index)" }.0.client.id)
        }

        let first = try services.clients.list(PageRequest(limit: 2))
        let second = try services.clients.list(PageRequest(limit: 2, after: first.next))

        #expect(first.items.map(\.client.id) == [ids[2], ids[1]])
        #expect(second.items.map(\.client.id) == [ids[0]] && second.next == nil)
        #expect(first.items.allSatisfy { $0.secrets.count == 1 })
    }

    @Test func `a scope that a client has can't be deleted`() throws {
        let scope = try services.customScopes.create(
            name: "crm_x", description: "CRM", by: .test())
        #expect(
            refusal {
                try services.customScopes.create(name: "crm_x", description: "Again", by: .test())
            } == "name_taken")
        let (made, _) = try create { $0.scopes = ["openid", "crm_x"] }

        #expect(
            refusal { try services.customScopes.delete("crm_x", by: .test()) } == "scope_in_use")
        _ = try services.customScopes.create(name: "crmax", description: "Like it", by: .test())
        _ = try update(made.client.id) { $0.scopes = ["crmax"] }
        try services.customScopes.delete(scope.id.description, by: .test())
        #expect(refusal { try services.customScopes.show("crm_x") } == "not_found")
    }

    @Test func `a client goes with its organization, and stays without its service user`() throws {
        let owner = try services.person("olga")
        let plant = try services.organization("plant", ownedBy: owner)
        let bound = try services.machine(as: robot) { $0.organizationID = .value(plant.id) }
        let free = try services.machine(as: robot)

        try services.stores.atomically { _ = try services.stores.organizations.delete(plant.id) }
        try services.users.delete(robot.id, by: .test())

        #expect(refusal { try services.clients.show(bound.client.id) } == "not_found")
        #expect(try services.clients.show(free.client.id).client.serviceUserID == nil)
        #expect(oauthError { try services.tokens(of: free) } == .unauthorizedClient)
    }
}
