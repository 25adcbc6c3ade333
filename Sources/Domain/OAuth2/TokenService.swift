/// What one kind of grant decides for itself; everything else is the endpoint's (`TokenService`).
protocol TokenGrant {
    /// Whom the tokens are for and what they may carry; throws an `OAuthError` where the grant gives nothing.
    func basis(for client: AuthenticatedClient) throws -> TokenBasis
}

/// What a grant gives: the widest that tokens of it may be.
struct TokenBasis {
    let kind: OAuth2Grant.Kind
    let user: User
    /// What may be asked for, and what is given where nothing is asked.
    let scopes: ScopeWords
}

/// Gives tokens to clients: the token endpoint (RFC 6749 §3.2) behind its door.
package struct TokenService {
    let stores: any Stores
    let tokens: any BearerTokens
    let secrets: any SecretSource
    let clock: Clock
    let audit: AuditTrail
    let resources: ProtectedResources

    package init(
        stores: any Stores, tokens: any BearerTokens, secrets: any SecretSource, clock: Clock,
        audit: AuditTrail, resources: ProtectedResources
    ) {
        self.stores = stores
        self.tokens = tokens
        self.secrets = secrets
        self.clock = clock
        self.audit = audit
        self.resources = resources
    }

    /// The checks in their order. That the client is who it says comes before all of them, at the door; what a
    /// request may be refused for without touching the grant comes before the grant, for that may be used up by
    /// being looked at; and only when nothing can be refused any more is something given.
    package func issue(
        _ request: TokenRequest, to client: AuthenticatedClient, by caller: Caller
    ) throws -> TokenResponse {
        // 1. RFC 6749 §5.2 unauthorized_client: the client may use this kind of grant.
        try checkMayUse(request.grantType, client.client)
        // 2. RFC 8707 §2 invalid_target: one API that is behind the gate, or none named.
        let resource = try resources.target(request.resources)
        // 3. RFC 6749 §5.2 invalid_grant: the grant itself.
        let basis = try grant(of: request).basis(for: client)
        // 4. RFC 6749 §3.3 invalid_scope: no more than the grant gives.
        let scopes = try checkScopes(request.scope, within: basis.scopes)
        // 5. RFC 6749 §5.1: the answer.
        return try give(basis, scopes, resource, to: client.client, by: caller)
    }

    /// The one place that knows every kind of grant.
    private func grant(of request: TokenRequest) -> any TokenGrant {
        switch request.kind {
        case .clientCredentials: ClientCredentialsGrant(stores: stores)
        }
    }

    private func checkMayUse(_ type: GrantType, _ client: Client) throws {
        guard client.grantTypes.contains(type) else {
            throw OAuthError(
                .unauthorizedClient, "The client is not registered for this grant type.")
        }
    }

    /// Words that are no scopes are passed over (RFC 6749 §3.3 lets a server ignore a part of what is asked); what
    /// is one, but not to be had, refuses the request, so that nobody believes to have it.
    private func checkScopes(_ asked: String?, within given: ScopeWords) throws -> ScopeWords {
        guard let asked else { return given }
        guard asked.utf8.count <= ScopeRequest.byteLimit,
            asked.utf8.allSatisfy({
                $0 == 0x20 || ($0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C)
            })
        else { throw OAuthError(.invalidScope, "The scope is malformed or too long.") }
        let words = ScopeWords(text: asked)
        let custom = try stores.customScopes.known(
            among: words.words.filter(ScopeWords.mayBeCustom))
        let known = words.filter { word in
            Scope(word) != nil || ScopeWords.openID.contains(word) || custom.contains(word)
        }
        if let beyond = known.words.first(where: { !given.cover($0) }) {
            throw OAuthError(.invalidScope, "The scope \(beyond) is not to be had here.")
        }
        return known
    }

    private func give(
        _ basis: TokenBasis, _ scopes: ScopeWords, _ resource: ProtectedResource?,
        to client: Client, by caller: Caller
    ) throws -> TokenResponse {
        let now = clock.now
        // A JWT tells whole seconds (RFC 7519 §2), and the token must not live longer than is said here.
        let issuedAt = now.wholeSecond
        let expiresAt = issuedAt.adding(seconds: Int64(client.accessTokenLifetime))
        let grant = OAuth2Grant(
            id: secrets.newID(at: now), clientID: client.id, userID: basis.user.id,
            kind: basis.kind, sessionID: nil, scopes: scopes, resource: resource,
            organizationID: client.organizationID, isOffline: true, authenticatedAt: nil,
            createdAt: now, expiresAt: expiresAt, endedAt: nil)
        let token = AccessToken(id: secrets.newID(at: now), grantID: grant.id, expiresAt: expiresAt)
        // Before the transaction: the key ring may have to write.
        let text = try sign(token, of: grant, at: issuedAt)
        try stores.atomically {
            // Again, locked: whoever disables the client or the user, or gives it another service user, ends what
            // is there by then, this included, or comes before and is seen here.
            guard
                let current = try stores.clients.lockedWhileEnabled(
                    client.id, actingAs: basis.user.id),
                current.organizationID == grant.organizationID,
                basis.kind != .clientCredentials || current.serviceUserID == basis.user.id
            else { throw OAuthError.invalidClient }
            try stores.grants.insert(grant)
            try stores.grants.insert(token)
            try audit.record(
                "oauth2.token_issued", by: caller, actor: .client(client),
                organization: grant.organizationID, target: .user(basis.user),
                changes: [
                    AuditEvent.Change("grant_type", old: nil, new: basis.kind.rawValue),
                    AuditEvent.Change("scope", old: nil, new: scopes.text),
                    AuditEvent.Change("resource", old: nil, new: resource?.path),
                    AuditEvent.Change("token", old: nil, new: token.id.description),
                ])
        }
        return TokenResponse(
            accessToken: text, expiresIn: client.accessTokenLifetime, scopes: scopes)
    }

    /// RFC 9068 §2.2
    private func sign(
        _ token: AccessToken, of grant: OAuth2Grant, at issuedAt: Instant
    ) throws -> Secret {
        try tokens.sign(
            BearerClaims(
                use: .access, id: token.id.value, subject: grant.userID, issuedAt: issuedAt,
                expiresAt: token.expiresAt, scope: grant.scopes.text,
                clientID: grant.clientID.description, resource: grant.resource))
    }
}
