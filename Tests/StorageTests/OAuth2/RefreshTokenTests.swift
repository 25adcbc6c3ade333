import Domain
import MariaDB
import Storage
import TestSupport
import Testing

/// The refresh grant (RFC 6749 §6) and what RFC 9700 asks of refresh tokens (§2.2.2, §4.14).
@Suite struct RefreshTokenTests {
    let platform: TestPlatform
    let services: TestServices
    let pia: User
    let client: TestClient
    let session: Session

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
        pia = try services.person("pia")
        client = try services.application(scopes: Self.scopes)
        session = try services.browserSession(of: pia)
    }

    private static let scopes = ["openid", "offline_access", "pipelines:read", "models:read"]

    private func application(
        _ name: String, _ change: (inout ClientFields) -> Void = { _ in }
    ) throws -> TestClient {
        try services.application(name, scopes: Self.scopes, change)
    }

    private func first(
        _ scope: String = "openid offline_access pipelines:read models:read"
    ) throws -> TokenResponse {
        try services.firstTokens(of: client, for: pia, in: session, scope: scope)
    }

    private func refresh(
        _ response: TokenResponse, scope: String? = nil, resources: [String] = []
    ) throws -> TokenResponse {
        try services.refresh(
            try #require(response.refreshToken), of: client, scope: scope, resources: resources)
    }

    private func isAlive(_ response: TokenResponse) throws -> Bool {
        try services.bearer(of: response.accessToken) != nil
    }

    private func expectDead(_ response: TokenResponse, _ place: SourceLocation = #_sourceLocation)
        throws
    {
        #expect(oauthError { try refresh(response) } == .invalidGrant, sourceLocation: place)
        #expect(try !isAlive(response), sourceLocation: place)
    }

    // MARK: Rotation

    @Test func `RFC 9700 2.2.2: each refresh gives another refresh token`() throws {
        let one = try first()
        let two = try refresh(one)
        let three = try refresh(two)

        let texts = [one, two, three].compactMap { $0.refreshToken?.text }
        #expect(Set(texts).count == 3 && texts.allSatisfy { $0.hasPrefix("grt_") })
        for response in [one, two, three] { #expect(try isAlive(response)) }
        #expect(three.scopes.text == "openid offline_access pipelines:read models:read")
        #expect(three.expiresIn == 3_600)
    }

    @Test func `RFC 6749 6: a lost answer is given again within 30 s, with the same successor`()
        throws
    {
        let one = try first()
        let two = try refresh(one)
        platform.time.advance(seconds: 29)

        let again = try refresh(one)

        #expect(again.refreshToken?.text == two.refreshToken?.text)
        #expect(again.accessToken.text != two.accessToken.text)
        #expect(try isAlive(again) && isAlive(two))
        let three = try refresh(again)
        #expect(try isAlive(three))
    }

    @Test func `RFC 9700 4.14.2: after 30 s a used one is reuse, and ends the family`() throws {
        let one = try first()
        let two = try refresh(one)
        platform.time.advance(seconds: 30)

        try expectDead(one)
        try expectDead(two)

        let trail = try services.trail(AuditFilter(action: "oauth2.refresh_token_reused"))
        #expect(trail.count == 1 && trail.first?.outcome == .denied)
        #expect(!"\(trail)".contains(try #require(one.refreshToken?.text.suffix(20))))
    }

    @Test func `RFC 9700 4.14.2: once the successor was used, the old one is reuse at once`() throws
    {
        let one = try first()
        let two = try refresh(one)
        let three = try refresh(two)

        try expectDead(one)
        try expectDead(two)
        try expectDead(three)
    }

    @Test func `the end of a family counts at the gate at once`() throws {
        let one = try first()
        let id = try #require(
            try services.tokens.verify(one.accessToken.text, at: services.clock.now)?.id)
        let grant = try #require(
            try services.stores.grants.findAccessToken(AccessToken.ID(id))?.grantID)
        let generations = platform.stores.generations
        _ = try refresh(refresh(one))
        let before = generations.current(of: .credential(grant.value))

        #expect(oauthError { try refresh(one) } == .invalidGrant)

        #expect(generations.current(of: .credential(grant.value)) > before)
    }

    @Test func `one family's end is not another's`() throws {
        let one = try first()
        let other = try first()
        _ = try refresh(refresh(one))

        try expectDead(one)

        #expect(try isAlive(refresh(other)))
    }

    @Test func `RFC 6749 6: of twenty at once all get the same successor`() throws {
        let one = try first()
        let platform = self.platform
        let client = self.client
        let token = try #require(one.refreshToken)
        let line = StartingLine(20)

        let given = try onThreads(20) { _ -> (refresh: String, access: Secret) in
            let services = platform.connect()
            line.wait()
            let response = try services.refresh(token, of: client)
            return (response.refreshToken?.text ?? "", response.accessToken)
        }

        #expect(Set(given.map(\.refresh)).count == 1)
        #expect(given[0].refresh != token.text)
        for (_, access) in given { #expect(try services.bearer(of: access) != nil) }
        _ = try services.refresh(Secret(given[0].refresh), of: client)
    }

    @Test
    func `RFC 9700 4.14.2: of twenty tokens and their successor at once, none survives a reuse`()
        throws
    {
        let one = try first()
        let two = try refresh(one)
        platform.time.advance(seconds: 31)
        let platform = self.platform
        let client = self.client
        let (old, new) = (try #require(one.refreshToken), try #require(two.refreshToken))
        let line = StartingLine(20)

        let given = try onThreads(20) { index -> TokenResponse? in
            let services = platform.connect()
            line.wait()
            do {
                return try services.refresh(index.isMultiple(of: 2) ? old : new, of: client)
            } catch is OAuthError {
                return nil
            }
        }

        for response in given.compactMap({ $0 }) { try expectDead(response) }
        try expectDead(one)
        try expectDead(two)
    }

    @Test func `RFC 6749 10.4: at rest there are only digests`() throws {
        let one = try first()
        let two = try refresh(one)
        let texts = [one, two].compactMap { $0.refreshToken?.text }

        let kept = try services.stores.connection.query(
            "SELECT digest FROM oauth2_refresh_tokens"
        ).map { try $0.bytes("digest") }

        #expect(Set(kept) == Set(texts.map { services.secrets.digest(of: $0).bytes }))
        // Whoever has the database and an old token, but not the master key, can't tell the next.
        #expect(texts[1] != texts[0] && texts[1].utf8.count == 47)
    }

    // MARK: What is asked

    @Test func `RFC 6749 6: fewer scopes, without shrinking the family`() throws {
        let one = try first("offline_access pipelines:read models:read")

        let narrow = try refresh(one, scope: "models:read nonsense")
        let wide = try refresh(narrow)

        #expect(narrow.scopes.text == "models:read")
        let claims = try services.tokens.verify(
            narrow.accessToken.text, at: services.clock.now)
        #expect(claims?.scope == "models:read")
        #expect(wide.scopes.text == "offline_access pipelines:read models:read")
    }

    @Test func `RFC 6749 6: never more scopes, and nothing is used up by asking`() throws {
        let client = self.client
        let one = try first("offline_access pipelines:read")

        for scope in ["models:read", "pipelines:read models:read", "openid", "pipelines:write"] {
            #expect(oauthError { try refresh(one, scope: scope) } == .invalidScope)
        }

        let token = try #require(one.refreshToken)
        #expect(
            try services.stores.grants.findRefreshToken(services.secrets.digest(of: token.text))?
                .usedAt == nil)
        #expect(try services.refresh(token, of: client).scopes.text.contains("pipelines:read"))
    }

    @Test func `what was taken from the client is not given any more`() throws {
        let one = try first()
        var fields = ClientFields()
        fields.scopes = ["openid", "offline_access", "models:read"]
        _ = try services.clients.update(client.client.id, fields, by: .test())

        #expect(try refresh(one).scopes.text == "openid offline_access models:read")
    }

    @Test func `RFC 8707 2.2: one API of many, and never another one`() throws {
        let engine = TestServices.issuer + "/api/v1/engine"
        let wide = try first()

        let narrow = try refresh(wide, resources: [engine])

        #expect(try services.bearer(of: narrow.accessToken)?.resource == .engine)
        #expect(try services.bearer(of: refresh(narrow).accessToken)?.resource == nil)
        #expect(oauthError { try refresh(narrow, resources: ["x"]) } == .invalidTarget)
        let bound = try services.firstTokens(
            of: client, for: pia, in: session, scope: "pipelines:read", resource: .engine)
        #expect(try services.bearer(of: refresh(bound).accessToken)?.resource == .engine)
    }

    @Test func `RFC 6749 10.4: another client's, and what is none`() throws {
        let other = try application("other")
        let one = try first()
        let token = try #require(one.refreshToken)

        #expect(oauthError { try services.refresh(token, of: other) } == .invalidGrant)
        for text in [
            "", "grt_", token.text + "x", String(token.text.dropLast()), token.text.uppercased(),
            one.accessToken.text, client.secret,
        ] {
            #expect(oauthError { try services.refresh(Secret(text), of: client) } == .invalidGrant)
        }
        #expect(try isAlive(refresh(one)))
    }

    @Test func `RFC 6749 5.2: without the grant no refresh token is given, nor taken`() throws {
        let bare = try application("bare") { $0.grantTypes = ["authorization_code"] }
        let one = try first()

        let given = try services.firstTokens(
            of: bare, for: pia, in: session, scope: "offline_access")

        #expect(given.refreshToken == nil)
        let token = try #require(one.refreshToken)
        #expect(oauthError { try services.refresh(token, of: bare) } == .unauthorizedClient)
    }

    @Test func `RFC 9700 2.2.2: a public client's rotate as well`() throws {
        let app = try application("app") { $0.kind = .public }
        let one = try services.firstTokens(of: app, for: pia, in: session, scope: "offline_access")
        let token = try #require(one.refreshToken)

        let two = try services.refresh(token, of: app)

        #expect(two.refreshToken?.text != token.text)
        platform.time.advance(seconds: 31)
        #expect(oauthError { try services.refresh(token, of: app) } == .invalidGrant)
        #expect(try !isAlive(two))
    }

    // MARK: Time

    @Test func `a refresh token lives as long as the client's setting, from each refresh on`()
        throws
    {
        let short = try application("short") { $0.refreshTokenLifetime = 3_600 }
        let one = try services.firstTokens(
            of: short, for: pia, in: session, scope: "offline_access")
        platform.time.advance(seconds: 3_599)
        let two = try services.refresh(try #require(one.refreshToken), of: short)
        platform.time.advance(seconds: 3_599)
        let three = try services.refresh(try #require(two.refreshToken), of: short)
        platform.time.advance(seconds: 3_600)

        let token = try #require(three.refreshToken)
        #expect(oauthError { try services.refresh(token, of: short) } == .invalidGrant)
        #expect(
            try services.trail(AuditFilter(action: "oauth2.refresh_token_reused")).isEmpty)
    }

    @Test func `RFC 9700 4.14.2: no family is older than a year`() throws {
        let long = try application("long") { $0.refreshTokenLifetime = 31_536_000 }
        let one = try services.firstTokens(of: long, for: pia, in: session, scope: "offline_access")
        platform.time.advance(seconds: 31_535_000)
        let two = try services.refresh(try #require(one.refreshToken), of: long)
        platform.time.advance(seconds: 1_000)

        let token = try #require(two.refreshToken)
        #expect(oauthError { try services.refresh(token, of: long) } == .invalidGrant)
    }

    @Test func `what is dead is swept up, what may be reused is not`() throws {
        let one = try first()
        _ = try refresh(one)
        let grants = services.stores.grants

        #expect(try grants.purge(before: services.clock.now, limit: 10) == 0)
        platform.time.advance(seconds: 2_592_001)
        #expect(try grants.purge(before: services.clock.now, limit: 10) == 5)
        #expect(oauthError { try refresh(one) } == .invalidGrant)
    }

    // MARK: What ends it

    @Test func `without offline_access the tokens end with the browser session`() throws {
        let bound = try first("openid pipelines:read")
        let offline = try first("openid offline_access pipelines:read")
        let renewed = try refresh(bound)

        try services.sessions.end(session.id, of: pia.id, by: .test())

        for response in [bound, renewed] { try expectDead(response) }
        #expect(try isAlive(offline) && isAlive(refresh(offline)))
    }

    @Test func `a session that expired is one that has ended`() throws {
        let bound = try first("openid")
        platform.time.advance(seconds: 7 * 86_400)

        try expectDead(bound)
    }

    @Test func `a disabled user's, and they stay ended`() throws {
        let one = try first()

        _ = try services.users.update(pia.id, UserChanges(isDisabled: true), by: .test())
        try expectDead(one)
        _ = try services.users.update(pia.id, UserChanges(isDisabled: false), by: .test())

        try expectDead(one)
    }

    @Test func `a disabled client's, and they stay ended`() throws {
        let one = try first()
        for isEnabled in [false, true] {
            var fields = ClientFields()
            fields.isEnabled = isEnabled
            _ = try services.clients.update(client.client.id, fields, by: .test())
        }

        try expectDead(one)
    }

    @Test func `a withdrawn consent`() throws {
        let one = try first()
        let other = try application("other")
        let kept = try services.firstTokens(
            of: other, for: pia, in: session, scope: "offline_access")

        let ended = try services.stores.atomically {
            try services.stores.grants.endAll(
                ofUser: pia.id, byClient: client.client.id, at: services.clock.now)
        }

        #expect(ended == 1)
        try expectDead(one)
        #expect(try isAlive(kept))
    }

    @Test func `a membership takes along what is bound to it`() throws {
        let plant = try services.organization("plant", ownedBy: try services.person("olga"))
        try services.add(pia, to: plant, .viewer)
        let inside = try application("inside") { $0.organizationID = .value(plant.id) }
        let one = try services.firstTokens(
            of: inside, for: pia, in: session, scope: "offline_access")
        let olga = try #require(try services.stores.users.find(signInName: "olga"))

        try services.members.delete(
            pia.id.value, in: services.context(of: olga, in: plant), by: .test())

        let token = try #require(one.refreshToken)
        #expect(oauthError { try services.refresh(token, of: inside) } == .invalidGrant)
    }

    @Test func `another password ends what other sessions gave, offline included`() throws {
        let other = try services.browserSession(of: pia)
        let here = try first("offline_access")
        let there = try services.firstTokens(
            of: client, for: pia, in: other, scope: "offline_access")

        try services.passwords.change(
            TestServices.password, to: "lantern copper meadow", of: pia, in: session.id,
            signingOutOthers: true, by: .test())

        try expectDead(there)
        #expect(try isAlive(refresh(here)))
    }

    // MARK: RFC 7009, RFC 7662

    @Test func `RFC 7009 2.1: a revoked refresh token ends the family, access tokens included`()
        throws
    {
        let holder = try services.authenticated(client)
        let one = try first()
        let two = try refresh(one)

        try services.revocation.revoke(
            try #require(two.refreshToken).text, of: holder, by: .test())

        try expectDead(one)
        try expectDead(two)
        #expect(try services.trail(AuditFilter(action: "oauth2.token_revoked")).count == 1)
    }

    @Test
    func `RFC 7009 2.1: another client's stays; and a revoked access token leaves the family`()
        throws
    {
        let other = try services.authenticated(try application("other"))
        let one = try first()

        try services.revocation.revoke(
            try #require(one.refreshToken).text, of: other, by: .test())
        #expect(try isAlive(one))
        try services.revocation.revoke(
            one.accessToken.text, of: try services.authenticated(client), by: .test())

        #expect(try !isAlive(one))
        #expect(try isAlive(refresh(one)))
    }

    @Test func `RFC 7662 2.2: a refresh token is told of to its own client, while it is good`()
        throws
    {
        let other = try application("other")
        let one = try first()
        let token = try #require(one.refreshToken).text
        func ask(_ client: TestClient) throws -> Introspection? {
            try services.introspection.introspect(token, for: .client(client.client))
        }

        let told = try #require(try ask(client))
        #expect(told.user.id == pia.id)
        #expect(told.scopes?.text == "openid offline_access pipelines:read models:read")
        #expect(try ask(other) == nil)
        _ = try refresh(one)
        #expect(try ask(client) == nil)
    }
}
