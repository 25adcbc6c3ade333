import Storage

@testable package import Domain

/// People's applications: what the code grant gives, without the way through the browser.
extension TestServices {
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

extension TestServices {
    package func logoutNotices(_ delivery: any LogoutDelivery) throws -> LogoutNoticeService {
        struct NoLogoutTokens: Error {}
        guard let tokens = tokens as? any LogoutTokens else { throw NoLogoutTokens() }
        return LogoutNoticeService(
            stores: stores, tokens: tokens, delivery: delivery, secrets: secrets, clock: clock,
            audit: audit)
    }
}
