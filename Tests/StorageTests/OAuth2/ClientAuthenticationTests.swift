import Domain
import Storage
import TestSupport
import Testing

/// RFC 6749 §2.3: a client proves who it is by the one method that it is registered with.
@Suite struct ClientAuthenticationTests {
    let platform: TestPlatform
    let services: TestServices
    let client: TestClient

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
        client = try services.machine(as: try services.serviceUser("robot"))
    }

    private func authenticate(
        _ presented: PresentedClient, from address: String = "192.0.2.1"
    ) throws -> AuthenticatedClient {
        try services.clientAuthentication.authenticate(presented, by: .test(from: address))
    }

    private func secret(
        _ text: String, of id: Client.ID? = nil, by method: PresentedClient.Method = .basic
    ) -> PresentedClient {
        .secret(.init(text), of: (id ?? client.client.id).description, by: method)
    }

    @Test func `RFC 6749 2.3.1: the right secret by the registered method`() throws {
        let proved = try authenticate(secret(client.secret))

        #expect(proved.client == client.client && proved.secretID != nil)
    }

    @Test func `everything else has one answer`() throws {
        let id = client.client.id.description
        let other = try services.machine("other", as: try services.serviceUser("robot2"))
        let wrong: [PresentedClient] = [
            .nothing, .identifier(id), secret(client.secret, by: .post), secret(""), secret(" "),
            secret(client.secret + " "), secret(String(client.secret.dropLast())),
            secret(client.secret.lowercased()), secret(other.secret),
            secret(client.secret, of: other.client.id), .assertion("a.b.c", of: id),
            .secret(.init(client.secret), of: "nobody", by: .basic),
            .secret(.init(client.secret), of: "", by: .basic),
            .secret(.init(client.secret), of: id + " ", by: .basic),
            .secret(.init(client.secret), of: UniqueID(high: 1, low: 1).description, by: .basic),
        ]

        for presented in wrong {
            do {
                _ = try authenticate(presented)
                Issue.record("\(presented) was believed")
            } catch let error as OAuthError {
                #expect(error == .invalidClient)
            }
        }
    }

    @Test func `a secret for a public client is no proof, its name is`() throws {
        var fields = ClientFields(name: "app")
        fields.kind = .public
        fields.redirectURIs = ["com.example.app:/cb"]
        let id = try services.clients.create(fields, by: .test()).0.client.id

        #expect(try authenticate(.identifier(id.description)).isConfidential == false)
        for method in [PresentedClient.Method.basic, .post] {
            for text in ["", "anything"] {
                #expect(
                    oauthError { try authenticate(secret(text, of: id, by: method)) }
                        == .invalidClient)
            }
        }
    }

    @Test func `each of two secrets works until it is deleted or expires`() throws {
        let id = client.client.id
        let end = services.clock.now.adding(seconds: 60)
        let second = try services.clients.addSecret(to: id, expiresAt: end, by: .test())
        let firstID = try #require(try authenticate(secret(client.secret)).secretID)

        #expect(try authenticate(secret(client.secret)).secretID == firstID)
        #expect(try authenticate(secret(second.text.text)).secretID == second.secret.id)
        platform.time.advance(seconds: 60)
        #expect(oauthError { try authenticate(secret(second.text.text)) } == .invalidClient)
        let third = try services.clients.addSecret(to: id, expiresAt: nil, by: .test())
        try services.clients.deleteSecret(firstID, of: id, by: .test())
        #expect(oauthError { try authenticate(secret(client.secret)) } == .invalidClient)
        #expect(try authenticate(secret(third.text.text)).secretID == third.secret.id)
    }

    @Test func `a disabled client is nobody`() throws {
        var fields = ClientFields()
        fields.isEnabled = false
        _ = try services.clients.update(client.client.id, fields, by: .test())

        #expect(oauthError { try authenticate(secret(client.secret)) } == .invalidClient)
    }

    @Test func `RFC 6749 10.10: wrong secrets are throttled per client and address`() throws {
        for _ in 0..<50 {
            #expect(oauthError { try authenticate(secret("wrong")) } == .invalidClient)
        }

        for presented in [secret("wrong"), secret(client.secret)] {
            #expect(oauthError { try authenticate(presented) } == .temporarilyUnavailable)
        }
        #expect(try authenticate(secret(client.secret), from: "192.0.2.2").secretID != nil)
        platform.time.advance(seconds: 900)
        #expect(try authenticate(secret(client.secret)).secretID != nil)
        // Tries that were refused unseen leave no line each.
        let failed = try services.trail(AuditFilter(action: "client.authentication_failed"))
        #expect(failed.count == 50)
    }

    @Test func `right secrets are never counted`() throws {
        for _ in 0..<60 { _ = try authenticate(secret(client.secret)) }
    }

    @Test func `when a client and its secret were used is kept`() throws {
        let used = services.clock.now
        let secretID = try #require(try authenticate(secret(client.secret)).secretID)

        try services.stores.clients.recordUse(
            ofClients: [client.client.id: used], ofSecrets: [secretID: used])
        try services.stores.clients.recordUse(
            ofClients: [client.client.id: used.adding(seconds: -5)],
            ofSecrets: [secretID: used.adding(seconds: -5)])

        let shown = try services.clients.show(client.client.id)
        #expect(shown.client.lastUsedAt == used)
        #expect(shown.secrets.map(\.lastUsedAt) == [used])
    }
}
