import Domain
import MariaDB
import Storage
import TestSupport
import Testing

/// RFC 6749 §4.1.2, §10.5; RFC 9700 §4.5; security G: what happens at the same time.
@Suite struct AuthorizationServiceTests {
    let platform: TestPlatform
    let services: TestServices
    let olga: User
    let visitor: AuthorizationVisitor
    let client: TestClient

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
        olga = try services.person("olga")
        visitor = try services.visitor(olga)
        client = try services.application()
    }

    private struct Unexpected: Error { let step: String }

    private func question() throws -> Secret {
        let step = try services.authorization.step(
            AuthorizationParameters(client.request()), visitor, start: nil, by: .test())
        guard case .consent(let question) = step else { throw Unexpected(step: "\(step)") }
        return question.secret
    }

    private func code() throws -> Secret {
        let answer = try services.authorization.decide(
            question().text, allow: true, visitor, by: .test())
        guard case .code(let code) = answer.outcome else { throw Unexpected(step: "\(answer)") }
        return code
    }

    /// Nil for `invalid_grant`.
    private static func redeem(
        _ code: Secret, _ client: TestClient, _ services: TestServices
    ) throws -> TokenResponse? {
        let authenticated = try services.clientAuthentication.authenticate(
            .secret(.init(client.secret), of: client.id, by: .basic), by: .test())
        do {
            return try services.clientTokens.issue(
                TokenRequest(
                    kind: .authorizationCode(
                        code, redirectURI: client.client.redirectURIs.first?.description,
                        verifier: SamplePKCE.verifier)), to: authenticated, by: .test())
        } catch let error as OAuthError where error.code == .invalidGrant {
            return nil
        }
    }

    @Test func `of twenty who show a code one gets tokens, and in the end nobody has any`() throws {
        let code = try code()

        let given = try onThreads(20) { [platform, client] _ in
            try Self.redeem(code, client, platform.connect())?.accessToken
        }.compactMap { $0 }

        #expect(given.count == 1)
        let token = try #require(given.first)
        // RFC 6749 §4.1.2: «SHOULD revoke (when possible) all tokens previously issued».
        #expect(try services.bearer(of: token) == nil)
    }

    @Test func `of twenty who answer a question one is heard (security 79)`() throws {
        let question = try question()

        let answers = try onThreads(20) { [platform, visitor] number -> Bool in
            do {
                _ = try platform.connect().authorization.decide(
                    question.text, allow: true, visitor, by: .test())
                return true
            } catch let refusal as Refusal where refusal.code == "authorization_over" {
                return false
            }
        }

        #expect(answers.filter { $0 }.count == 1)
    }

    @Test func `consent that is withdrawn leaves nothing alive, however it races (security 101)`()
        throws
    {
        _ = try code()
        for _ in 0..<5 {
            let tokens = try onThreads(8) { [platform, client, olga, visitor] number -> Secret? in
                let services = platform.connect()
                if number == 0 {
                    do {
                        _ = try services.consents.withdraw(
                            client.client.id, of: olga.id, by: .test())
                    } catch let refusal as Refusal where refusal.kind == .notFound {}
                    return nil
                }
                let step = try services.authorization.step(
                    AuthorizationParameters(client.request([("prompt", "none")])), visitor,
                    start: nil, by: .test())
                guard case .answer(let answer) = step, case .code(let code) = answer.outcome else {
                    return nil
                }
                return try Self.redeem(code, client, services)?.accessToken
            }.compactMap { $0 }

            // All that began before the withdrawal ended with it; after it nobody was let in silently.
            for token in tokens { #expect(try services.bearer(of: token) == nil) }
            _ = try code()
        }
    }

    @Test func `a withdrawal is seen at once by who decides (wire 2)`() throws {
        let token = try #require(try Self.redeem(code(), client, services)).accessToken
        let before = platform.stores.generations.current(of: .user(olga.id))
        #expect(try services.bearer(of: token) != nil)

        let ended = try services.consents.withdraw(client.client.id, of: olga.id, by: .test())

        #expect(ended == 1)
        #expect(try services.bearer(of: token) == nil)
        #expect(platform.stores.generations.current(of: .user(olga.id)) > before)
        #expect(try services.events("consent.withdrawn").count == 1)
    }

    @Test func `consent is of one person, one client and one organization`() throws {
        let plant = try services.organization("plant", ownedBy: olga)
        let ada = try services.visitor(try services.person("ada"))
        _ = try code()
        func isSilent(_ visitor: AuthorizationVisitor, _ client: TestClient) throws -> Bool {
            let step = try services.authorization.step(
                AuthorizationParameters(client.request()), visitor, start: nil, by: .test())
            if case .answer = step { return true } else { return false }
        }

        #expect(try isSilent(visitor, client))
        #expect(try !isSilent(ada, client))
        #expect(try !isSilent(visitor, try services.application("other")))
        var fields = ClientFields()
        fields.organizationID = .value(plant.id)
        _ = try services.clients.update(client.client.id, fields, by: .test())
        #expect(try !isSilent(visitor, client))
    }

    @Test func `only digests are kept (security 28)`() throws {
        let (question, code) = (try question(), try code())

        let rows =
            try services.stores.connection.query(
                "SELECT digest, parameters FROM oauth2_pending_authorizations")
            + services.stores.connection.query(
                "SELECT digest, redirect_uri, nonce FROM oauth2_codes")
        let digests = try rows.map { try $0.bytes("digest") }
        #expect(digests.contains(services.secrets.digest(of: question.text).bytes))
        #expect(digests.contains(services.secrets.digest(of: code.text).bytes))
        #expect(!"\(rows)".contains(question.text) && !"\(rows)".contains(code.text))
    }

    @Test func `what was never answered is removed`() throws {
        _ = try question()
        platform.time.advance(seconds: PendingAuthorization.lifetime + 1)

        let removed = try services.stores.authorizations.purge(
            before: services.clock.now, limit: 10)

        #expect(removed == 1)
    }
}
