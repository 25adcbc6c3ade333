/// Who asks about a token (RFC 7662 §2.1).
package enum IntrospectionAsker: Sendable {
    /// A confidential client.
    case client(Client)
    /// An API key: it learns about members of its organization.
    case key(Authentication)
}

/// What is told of a token that is active (RFC 7662 §2.2).
package struct Introspection: Sendable {
    package enum Token: Sendable {
        case bearer(BearerClaims)
        case refresh(RefreshToken, OAuth2Grant)
    }

    package let token: Token
    /// Nil where no scopes restrict it and no organization says what is held.
    package let scopes: ScopeWords?
    package let user: User
    package let organizationID: Organization.ID?
}

/// Tells resource servers what a token is worth (RFC 7662).
package struct IntrospectionService {
    let stores: any Stores
    let tokens: any BearerTokens
    let secrets: any SecretSource
    let authentication: AuthenticationService
    let clock: Clock

    package init(
        stores: any Stores, tokens: any BearerTokens, secrets: any SecretSource,
        authentication: AuthenticationService, clock: Clock
    ) {
        self.stores = stores
        self.tokens = tokens
        self.secrets = secrets
        self.authentication = authentication
        self.clock = clock
    }

    /// Nil for a token that is not active, or is not the asker's to know of: both look the same (RFC 7662 §4).
    package func introspect(
        _ token: String, for asker: IntrospectionAsker
    ) throws -> Introspection? {
        var observer = NoDependencies()
        guard let claims = try tokens.verify(token, at: clock.now) else {
            // wire: a refresh token is its own client's business.
            guard case .client(let client) = asker else { return nil }
            return try introspect(refreshToken: token, for: client)
        }
        guard claims.use == .access || claims.use == .personalAccessToken,
            let found = try authentication.authenticate(.bearer(token), observer: &observer),
            let user = found.user
        else { return nil }
        switch asker {
        case .client:
            return Introspection(
                token: .bearer(claims),
                scopes: try scopes(of: claims, found, in: found.boundOrganization),
                user: user, organizationID: found.boundOrganization)
        case .key(let key):
            guard let organization = key.boundOrganization,
                found.boundOrganization ?? organization == organization,
                try stores.members.membership(of: user.id, in: organization) != nil
            else { return nil }
            return Introspection(
                token: .bearer(claims), scopes: try scopes(of: claims, found, in: organization),
                user: user, organizationID: organization)
        }
    }

    private func introspect(refreshToken text: String, for client: Client) throws -> Introspection?
    {
        let now = clock.now
        guard let token = try stores.grants.findRefreshToken(secrets.digest(of: text)),
            token.usedAt == nil, now < token.expiresAt,
            let (grant, _) = try stores.grants.findWithClient(token.grantID),
            grant.clientID == client.id, grant.endedAt == nil,
            let user = try stores.users.find(grant.userID), !user.isDisabled
        else { return nil }
        if let session = grant.sessionID, !grant.isOffline {
            guard try stores.sessions.find(session)?.isAlive(at: now) == true else { return nil }
        }
        return Introspection(
            token: .refresh(token, grant), scopes: grant.scopes.filter(client.scopes.cover),
            user: user, organizationID: grant.organizationID)
    }

    /// The token's own scopes, less those of the platform that have no effect any more: what was taken from the
    /// client, and what the user does not hold in the organization, where it is known which.
    private func scopes(
        of claims: BearerClaims, _ found: Authentication, in organization: Organization.ID?
    ) throws -> ScopeWords? {
        var held: Permissions?
        if let organization, let user = found.user,
            let level = try stores.organizations.find(organization)?.level
        {
            held =
                try stores.members.membership(of: user.id, in: organization).map {
                    EffectivePermissions.held(by: $0, level: level)
                } ?? Permissions.none
        }
        guard let text = claims.scope else {
            return held.map { ScopeWords($0.scopes.map(\.description)) }
        }
        var effective = Permissions(text: text)
        if case .delegated(let permissions) = found.grant { effective = permissions }
        if let held { effective = effective.intersection(held) }
        let others = ScopeWords(text: text).words.filter { Scope($0) == nil }
        let platform = ScopeWords(text: text).words.compactMap { Scope($0) }
        // In the token's own words where they hold in full; else what is left of them.
        let kept = platform.filter { effective.covers($0) }
        let rest = effective.scopes.filter { scope in !kept.contains { $0.covers(scope) } }
        return ScopeWords((kept + rest).map(\.description) + others)
    }
}
