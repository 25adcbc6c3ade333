package import Domain
import Storage

/// The services behind authorization requests.
extension TestServices {
    package var authorizationRequests: AuthorizationRequestService {
        AuthorizationRequestService(
            stores: stores, idTokens: tokens, secrets: secrets, clock: clock,
            resources: Self.resources,
            // The JSON of claims is read by Web, where it is tested.
            readClaims: { $0 == "{}" ? RequestedClaims.none : nil })
    }

    package var authorization: AuthorizationService {
        AuthorizationService(
            stores: stores, requests: authorizationRequests, marks: tokens, secrets: secrets,
            clock: clock, audit: audit)
    }

    package var consents: ConsentService {
        ConsentService(stores: stores, clock: clock, audit: audit)
    }

    /// Makes a client that people sign in to.
    package func application(
        _ name: String = "app",
        scopes: [String] = ["openid", "profile", "email", "pipelines:read"],
        redirectURIs: [String] = ["https://app.example/callback"],
        _ change: (inout ClientFields) -> Void = { _ in }
    ) throws -> TestClient {
        var fields = ClientFields(name: name)
        fields.redirectURIs = redirectURIs
        fields.scopes = scopes
        change(&fields)
        let (overview, secret) = try clients.create(fields, by: .test())
        return TestClient(client: overview.client, secret: secret?.text.text ?? "")
    }

    /// A browser in which the person is signed in.
    package func visitor(_ user: User) throws -> AuthorizationVisitor {
        let now = clock.now
        let session = Session(
            id: secrets.newID(at: now), userID: user.id, kind: .browser, userAgent: "test",
            address: "192.0.2.1", createdAt: now, lastActiveAt: now, expiresAt: now.adding(days: 1),
            endedAt: nil, authenticatedAt: now)
        try stores.atomically {
            try stores.sessions.insert(
                session, cookie: secrets.digest(of: secrets.newSecret().text))
        }
        return AuthorizationVisitor(
            user: user, sessionID: session.id, authenticatedAt: session.authenticatedAt)
    }
}

/// The verifier of RFC 7636, appendix B, and its challenge.
package enum SamplePKCE {
    package static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    package static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
}

extension TestClient {
    package var id: String { client.id.description }

    /// The same with another secret; empty for none.
    package func with(secret: String) -> TestClient { TestClient(client: client, secret: secret) }

    /// A request that is in order, with parameters changed (nil takes one away) or added.
    package func request(
        _ changes: [(String, String?)] = [], adding: [(String, String)] = []
    ) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = [
            ("response_type", "code"), ("client_id", id),
            ("redirect_uri", client.redirectURIs.first?.description ?? ""),
            ("scope", "openid pipelines:read"), ("state", "xyz"),
            ("code_challenge", SamplePKCE.challenge), ("code_challenge_method", "S256"),
        ]
        for (name, value) in changes {
            fields.removeAll { $0.name == name }
            if let value { fields.append((name, value)) }
        }
        return fields + adding.map { (name: $0.0, value: $0.1) }
    }
}
