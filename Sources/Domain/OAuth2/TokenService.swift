/// What one kind of grant decides for itself; everything else is the endpoint's (`TokenService`).
protocol TokenGrant {
    /// Whom the tokens are for and what they may carry; throws an `OAuthError` where the grant gives nothing.
    func basis(for client: AuthenticatedClient) throws -> TokenBasis
}

/// What a grant gives: the widest that tokens of it may be, and what they hang on.
struct TokenBasis {
    enum Origin {
        /// A family that begins with this answer. With a session, it ends when that does, unless
        /// `offline_access` is given.
        case new(OAuth2Grant.Kind, session: Session.ID?, authenticatedAt: Instant?)
        /// A family that was begun with a code.
        case begun(OAuth2Grant)
        /// A family that goes on, and the refresh token that is next in it.
        case renewal(OAuth2Grant, refreshToken: Secret)
    }

    let origin: Origin
    let user: User
    /// What may be asked for, and what is given where nothing is asked.
    let scopes: ScopeWords
    /// The one API that all tokens are for, where that was granted alone (RFC 8707 §2.2).
    var resource: ProtectedResource?
    /// Uses up what the client showed (a code, a refresh token), told the grant that comes of it: the first
    /// change of the transaction that gives the tokens, so it is done exactly when they are given. An error that
    /// it *returns* is the client's answer, and what it wrote stays (what must end because of a reuse); where it
    /// throws, nothing stays. A new grant is not in its table yet, so no foreign key may point to it.
    var use: ((OAuth2Grant) throws -> OAuthError?)?
    /// Makes the ID token that goes along, where `openid` is among the given scopes (the second argument). The
    /// access token is there for `at_hash`.
    var identify:
        ((_ grant: OAuth2Grant, _ scopes: ScopeWords, _ accessToken: Secret) throws -> Secret)?
}

/// Gives tokens to clients: the token endpoint (RFC 6749 §3.2) behind its door.
package struct TokenService {
    let stores: any Stores
    let tokens: any BearerTokens & IDTokens
    let secrets: any SecretSource
    let clock: Clock
    let audit: AuditTrail
    let resources: ProtectedResources

    package init(
        stores: any Stores, tokens: any BearerTokens & IDTokens, secrets: any SecretSource,
        clock: Clock, audit: AuditTrail, resources: ProtectedResources
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
        _ = try resources.target(request.resources)
        // 3. RFC 6749 §5.2 invalid_grant: the grant itself.
        let basis = try grant(of: request, by: caller).basis(for: client)
        // 4. RFC 8707 §2.2 invalid_target: not another API than the grant is for.
        let resource = try resources.target(request.resources, within: basis.resource)
        // 5. RFC 6749 §3.3 and §6 invalid_scope: no more than the grant gives, of what means something there.
        let scopes = try resources.meaningful(
            checkScopes(request.scope, within: basis.scopes), to: resource)
        // 6. RFC 6749 §5.1: the answer.
        return try give(basis, scopes, resource, to: client.client, by: caller)
    }

    /// The one place that knows every kind of grant.
    private func grant(of request: TokenRequest, by caller: Caller) -> any TokenGrant {
        switch request.kind {
        case .clientCredentials: ClientCredentialsGrant(stores: stores)
        case .authorizationCode(let code, let redirectURI, let verifier):
            CodeGrant(
                code: code, redirectURI: redirectURI, verifier: verifier, stores: stores,
                idTokens: tokens, secrets: secrets, clock: clock, audit: audit, caller: caller)
        case .refreshToken(let token):
            RefreshTokenGrant(
                token: token, stores: stores, tokens: tokens, secrets: secrets, clock: clock,
                audit: audit, caller: caller)
        case .deviceCode(let code):
            DeviceCodeGrant(
                code: code, stores: stores, idTokens: tokens, secrets: secrets, clock: clock)
        }
    }

    private func checkMayUse(_ type: GrantType, _ client: Client) throws {
        guard client.grantTypes.contains(type) else {
            throw OAuthError(
                .unauthorizedClient, "The client is not registered for this grant type.")
        }
    }

    private func checkScopes(_ asked: String?, within given: ScopeWords) throws -> ScopeWords {
        guard let asked else { return given }
        return try stores.known(asked, within: given)
    }

    /// The last step: everything was checked, and is once more where it can change meanwhile.
    func give(
        _ basis: TokenBasis, _ scopes: ScopeWords, _ resource: ProtectedResource?,
        to client: Client, by caller: Caller
    ) throws -> TokenResponse {
        let now = clock.now
        // A JWT tells whole seconds (RFC 7519 §2), and the token must not live longer than is said here.
        let issuedAt = now.wholeSecond
        let accessEnd = issuedAt.adding(seconds: Int64(client.accessTokenLifetime))
        let grant = grant(of: basis, scopes, to: client, until: accessEnd, at: now)
        let refresh = refreshToken(of: basis, in: grant, for: client, at: now)
        let token = AccessToken(id: secrets.newID(at: now), grantID: grant.id, expiresAt: accessEnd)
        // Before the transaction: the key ring may have to write.
        let text = try sign(
            token, of: grant, scopes, resource ?? grant.resource, at: issuedAt)
        let idToken =
            scopes.contains("openid") ? try basis.identify?(grant, scopes, text) : nil
        let refusal = try stores.atomically { () -> OAuthError? in
            try checkStillEnabled(client, basis, grant)
            if let refusal = try basis.use?(grant) { return refusal }
            // After the use, so that what it reads is as its own waiting left it.
            try checkSession(of: grant)
            if case .new = basis.origin { try stores.grants.insert(grant) }
            // Whoever ends the grant waits for this, or came before.
            guard
                try stores.grants.extend(
                    grant.id, until: max(accessEnd, refresh?.kept.expiresAt ?? accessEnd))
            else { throw OAuthError.invalidGrant }
            try stores.grants.insert(token)
            // It is there already when this answer is given again.
            if let refresh {
                _ = try stores.grants.insertRefreshToken(
                    secrets.digest(of: refresh.text.text), refresh.kept)
            }
            try record(basis, scopes, resource, token, in: grant, to: client, by: caller)
            return nil
        }
        if let refusal { throw refusal }
        return TokenResponse(
            accessToken: text, expiresIn: client.accessTokenLifetime, scopes: scopes,
            refreshToken: refresh?.text, idToken: idToken)
    }

    private func grant(
        of basis: TokenBasis, _ scopes: ScopeWords, to client: Client, until end: Instant,
        at now: Instant
    ) -> OAuth2Grant {
        switch basis.origin {
        case .begun(let grant), .renewal(let grant, _): grant
        case .new(let kind, let session, let authenticatedAt):
            OAuth2Grant(
                id: secrets.newID(at: now), clientID: client.id, userID: basis.user.id,
                kind: kind, sessionID: session, scopes: scopes, resource: basis.resource,
                organizationID: client.organizationID,
                // OpenID Connect Core §11: access «even when the End-User is not present».
                isOffline: session == nil || scopes.contains("offline_access"),
                authenticatedAt: authenticatedAt, createdAt: now, expiresAt: end, endedAt: nil)
        }
    }

    /// wire: a refresh token is given when the client has the grant; RFC 6749 §4.4.3: not to one that acts by
    /// itself.
    private func refreshToken(
        of basis: TokenBasis, in grant: OAuth2Grant, for client: Client, at now: Instant
    ) -> (text: Secret, kept: RefreshToken)? {
        let text: Secret
        switch basis.origin {
        case .renewal(_, let successor): text = successor
        case .new, .begun:
            guard grant.kind != .clientCredentials, client.grantTypes.contains(.refreshToken) else {
                return nil
            }
            text = secrets.newSecret(prefix: RefreshToken.prefix)
        }
        // RFC 9700 §4.14.2: «Refresh tokens SHOULD expire if the client has been inactive for some time»; and
        // the family as a whole does.
        let end = min(
            now.adding(seconds: Int64(client.refreshTokenLifetime)),
            grant.createdAt.adding(seconds: RefreshToken.longestFamily))
        return (text, RefreshToken(grantID: grant.id, createdAt: now, expiresAt: end))
    }

    /// Once more, and locked: whoever disables the client or the user, or gives it another service user, ends what
    /// is there by then, this included, or comes before and is seen here.
    private func checkStillEnabled(
        _ client: Client, _ basis: TokenBasis, _ grant: OAuth2Grant
    ) throws {
        let isByItself = grant.kind == .clientCredentials
        guard
            let current = try stores.clients.lockedWhileEnabled(
                client.id, actingAs: basis.user.id),
            current.organizationID == grant.organizationID,
            !isByItself || current.serviceUserID == basis.user.id
        else { throw isByItself ? OAuthError.invalidClient : .invalidGrant }
    }

    /// Without a lock: what hangs on a session that has ended is dead whenever it is asked.
    private func checkSession(of grant: OAuth2Grant) throws {
        if let session = grant.sessionID, !grant.isOffline {
            guard try stores.sessions.find(session)?.isAlive(at: clock.now) == true else {
                throw OAuthError.invalidGrant
            }
        }
    }

    private func record(
        _ basis: TokenBasis, _ scopes: ScopeWords, _ resource: ProtectedResource?,
        _ token: AccessToken, in grant: OAuth2Grant, to client: Client, by caller: Caller
    ) throws {
        let type: String
        switch basis.origin {
        case .new, .begun: type = grant.kind.rawValue
        case .renewal: type = GrantType.refreshToken.rawValue
        }
        try audit.record(
            "oauth2.token_issued", by: caller, actor: .client(client),
            organization: grant.organizationID, target: .user(basis.user),
            changes: [
                AuditEvent.Change("grant_type", old: nil, new: type),
                AuditEvent.Change("scope", old: nil, new: scopes.text),
                AuditEvent.Change(
                    "resource", old: nil, new: (resource ?? grant.resource)?.path),
                AuditEvent.Change("token", old: nil, new: token.id.description),
            ])
    }

    /// RFC 9068 §2.2
    private func sign(
        _ token: AccessToken, of grant: OAuth2Grant, _ scopes: ScopeWords,
        _ resource: ProtectedResource?, at issuedAt: Instant
    ) throws -> Secret {
        try tokens.sign(
            BearerClaims(
                use: .access, id: token.id.value, subject: grant.userID, issuedAt: issuedAt,
                expiresAt: token.expiresAt, scope: scopes.text,
                clientID: grant.clientID.description, resource: resource))
    }
}
