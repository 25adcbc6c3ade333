import Storage

@testable package import Domain

/// People's applications: what the code grant gives, without the way through the browser.
extension TestServices {
    /// Makes a client that acts on behalf of people.
    package func application(
        _ name: String = "application",
        scopes: [String] = ["openid", "offline_access", "pipelines:read", "models:read"],
        _ change: (inout ClientFields) -> Void = { _ in }
    ) throws -> TestClient {
        var fields = ClientFields(name: name)
        fields.redirectURIs = ["https://application.example/cb"]
        fields.scopes = scopes
        change(&fields)
        let (overview, secret) = try clients.create(fields, by: .test())
        return TestClient(client: overview.client, secret: secret?.text.text ?? "")
    }

    package func browserSession(of user: User) throws -> Session {
        let outcome = try signIn.signIn(
            name: user.username, password: Self.password, for: .browser, by: .test())
        guard case .signedIn(let signedIn) = outcome else { throw Refusal.notFound }
        return signedIn.session
    }

    package func authenticated(_ client: TestClient) throws -> AuthenticatedClient {
        let id = client.client.id.description
        return try clientAuthentication.authenticate(
            client.secret.isEmpty
                ? .identifier(id) : .secret(.init(client.secret), of: id, by: .basic),
            by: .test())
    }

    /// The first tokens of a family, as a code would give them.
    package func firstTokens(
        of client: TestClient, for user: User, in session: Session, scope: String,
        resource: ProtectedResource? = nil
    ) throws -> TokenResponse {
        let scopes = ScopeWords(text: scope)
        let basis = TokenBasis(
            origin: .new(
                .authorizationCode, session: session.id, authenticatedAt: session.authenticatedAt),
            user: user, scopes: scopes, resource: resource)
        return try clientTokens.give(
            basis, scopes, nil, to: try authenticated(client).client, by: .test())
    }

    package func refresh(
        _ token: Secret, of client: TestClient, scope: String? = nil, resources: [String] = []
    ) throws -> TokenResponse {
        try clientTokens.issue(
            TokenRequest(kind: .refreshToken(token), scope: scope, resources: resources),
            to: try authenticated(client), by: .test())
    }
}
