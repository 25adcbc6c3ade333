import Domain
import Storage
import TestSupport
import Testing

@testable import Gate

/// OAuth2 access tokens at the gate (wire.md 2, 3, 12).
@Suite struct AccessTokenTests {
    let platform: GatePlatform

    init() throws { platform = try GatePlatform() }

    @Test func `a token of a client with an organization needs no header`() throws {
        let access = try platform.accessToken("models:read", in: platform.organization)
        let gate = try platform.gate()

        let answer = gate.ask(bearer: access.text, in: nil)

        #expect(answer.status == 204)
        #expect(answer["X-Auth-Client"] == access.client.id.description)
        #expect(answer["X-Auth-Subject"] == platform.user.id.description)
        #expect(answer["X-Auth-Scopes"] == "models:read")
        #expect(answer["X-Auth-Organization"] == platform.organization.id.description)
        #expect(answer["X-Auth-Credential"]?.hasPrefix("access:") == true)
        let other = try platform.otherOrganization()
        try platform.join(platform.user, other, [.editor])
        #expect(
            gate.ask(bearer: access.text, in: other).summary == "403 organization_forbidden")
    }

    @Test func `one without an organization is told where it is used`() throws {
        let access = try platform.accessToken("models:read")
        let gate = try platform.gate()

        #expect(gate.ask(bearer: access.text, in: nil).summary == "400 organization_required")
        #expect(gate.ask(bearer: access.text, in: platform.organization).status == 204)
        #expect(
            gate.ask(bearer: access.text, "POST", in: platform.organization).summary
                == "403 insufficient_scope")
    }

    @Test(arguments: [Organization.Level.none, .basic, .enterprise])
    func `one without a platform scope opens nothing`(level: Organization.Level) throws {
        let platform = try GatePlatform(level)
        let access = try platform.accessToken("crm openid")

        #expect(
            try platform.gate().ask(bearer: access.text, in: platform.organization).summary
                == "403 insufficient_scope")
    }

    @Test func `RFC 8707 2: a token for one API is none for another`() throws {
        let access = try platform.accessToken("models:read", resource: .engine)
        let gate = try platform.gate()

        #expect(gate.ask(bearer: access.text, in: platform.organization).status == 204)
        for _ in 0..<2 {
            #expect(
                gate.ask(bearer: access.text, "GET", "/machhub/x", in: platform.organization)
                    .summary == "401 invalid_token")
        }
        let free = try platform.accessToken("models:read")
        #expect(
            gate.ask(bearer: free.text, "GET", "/machhub/x", in: platform.organization).status
                == 204)
    }

    @Test(arguments: ["token", "grant", "client", "scopes", "session", "user", "deleted client"])
    func `what is taken away counts at once, on every worker`(what: String) throws {
        let session = try platform.signInToken().session
        let access = try platform.accessToken("models:read", session: session)
        let workers = try (0..<2).map { _ in
            try platform.gate(generations: platform.otherMapping())
        }
        for worker in workers + workers {
            #expect(worker.ask(bearer: access.text, in: platform.organization).status == 204)
        }

        let stores = platform.connect()
        let now = platform.clock.clock.now
        try stores.atomically {
            switch what {
            case "token": _ = try stores.grants.revoke(access.id, at: now)
            case "grant": _ = try stores.grants.end(access.grantID, at: now)
            case "client":
                var client = access.client
                client.isEnabled = false
                try stores.clients.update(client)
            case "scopes":
                var client = access.client
                client.scopes = ScopeWords(text: "pipelines:read")
                try stores.clients.update(client)
            case "session": _ = try stores.sessions.end(session, of: platform.user.id, at: now)
            case "user": _ = try stores.grants.endAll(ofUser: platform.user.id, at: now)
            default: _ = try stores.clients.delete(access.client.id)
            }
        }

        for worker in workers + workers {
            #expect(
                worker.ask(bearer: access.text, in: platform.organization).summary
                    == (what == "scopes" ? "403 insufficient_scope" : "401 invalid_token"))
        }
    }
}

extension GatePlatform {
    /// An access token as a client has it that acts for the person.
    func accessToken(
        _ scopes: String, in organization: Organization? = nil,
        resource: ProtectedResource? = nil, session: Session.ID? = nil
    ) throws -> (text: String, id: AccessToken.ID, grantID: OAuth2Grant.ID, client: Client) {
        let now = clock.clock.now.wholeSecond
        func id<ID: Identifier>(_: ID.Type = ID.self) -> ID {
            ID(UniqueID(at: now, random: (.random(in: 0 ... .max), .random(in: 0 ... .max))))
        }
        let client = Client(
            id: id(), name: "ERP", description: "", kind: .confidential,
            grantTypes: [.authorizationCode], redirectURIs: [], postLogoutRedirectURIs: [],
            scopes: ScopeWords(text: scopes), serviceUserID: nil,
            organizationID: organization?.id, accessTokenLifetime: 3_600,
            refreshTokenLifetime: 3_600, authenticationMethod: .clientSecretBasic, keySet: nil,
            idTokenAlgorithm: .rs256, requiresPKCE: true, backchannelLogoutURI: nil,
            backchannelLogoutNeedsSession: false, isEnabled: true, createdAt: now, updatedAt: now,
            lastUsedAt: nil)
        let grant = OAuth2Grant(
            id: id(), clientID: client.id, userID: user.id, kind: .authorizationCode,
            sessionID: session, scopes: client.scopes, resource: resource,
            organizationID: organization?.id, isOffline: session == nil, authenticatedAt: now,
            createdAt: now, expiresAt: now.adding(seconds: 3_600), endedAt: nil)
        let token = AccessToken(id: id(), grantID: grant.id, expiresAt: grant.expiresAt)
        let stores = connect()
        try stores.atomically {
            try stores.clients.insert(client)
            try stores.grants.insert(grant)
            try stores.grants.insert(token)
        }
        let text = try sign(
            BearerClaims(
                use: .access, id: token.id.value, subject: user.id, issuedAt: now,
                expiresAt: token.expiresAt, scope: scopes, clientID: client.id.description,
                resource: resource))
        return (text.text, token.id, grant.id, client)
    }
}
