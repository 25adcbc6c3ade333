/// Tells clients who the person is on whose behalf they act (OpenID Connect Core §5.3).
package struct UserInfoService {
    let stores: any Stores
    let tokens: any BearerTokens
    let authentication: AuthenticationService
    let clock: Clock

    package init(
        stores: any Stores, tokens: any BearerTokens, authentication: AuthenticationService,
        clock: Clock
    ) {
        self.stores = stores
        self.tokens = tokens
        self.authentication = authentication
        self.clock = clock
    }

    /// The person and what may be told of them; nil for a token that is not to be believed here. Refuses
    /// (`insufficient_scope`) one without `openid`, which every bearer is that no client was given.
    package func show(
        _ token: String
    ) throws -> (user: User, claims: [UserClaim: UserClaim.Value], credential: Credential)? {
        var observer = NoDependencies()
        guard let claims = try tokens.verify(token, at: clock.now),
            let found = try authentication.authenticate(.bearer(token), observer: &observer),
            // RFC 8707 §2: a token for one API behind the gate is none for what is served here.
            found.resource == nil, let user = found.user
        else { return nil }
        let scopes = ScopeWords(text: claims.scope ?? "")
        guard claims.use == .access, scopes.contains("openid"),
            let access = try stores.grants.findAccessToken(AccessToken.ID(claims.id)),
            let (grant, client) = try stores.grants.findWithClient(access.grantID)
        else { throw Refusal.missingScope("openid") }
        // OpenID Connect Core §5.4 by scope, §5.5 by name.
        var asked = try stores.authorizations.code(of: grant.id)?.userInfoClaims ?? []
        for claim in UserClaim.allCases
        where scopes.contains(claim.scope) && client.scopes.contains(claim.scope) {
            asked.insert(claim)
        }
        return (user, user.values(of: asked), found.credential)
    }
}

extension User {
    /// What is known of the claims.
    package func values(of claims: Set<UserClaim>) -> [UserClaim: UserClaim.Value] {
        var values: [UserClaim: UserClaim.Value] = [:]
        for claim in claims { values[claim] = claim.value(of: self) }
        return values
    }
}
