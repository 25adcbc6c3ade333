/// A client that renews its tokens (RFC 6749 §6): the refresh token is used up and another one follows it
/// (RFC 9700 §2.2.2).
struct RefreshTokenGrant: TokenGrant {
    let token: Secret
    let stores: any Stores
    let tokens: any BearerTokens & IDTokens
    let secrets: any SecretSource
    let clock: Clock
    let audit: AuditTrail
    let caller: Caller

    func basis(for client: AuthenticatedClient) throws -> TokenBasis {
        let digest = secrets.digest(of: token.text)
        // RFC 6749 §6: «the refresh token is bound to the client to which it was issued».
        guard let kept = try stores.grants.findRefreshToken(digest),
            let (grant, _) = try stores.grants.findWithClient(kept.grantID),
            grant.clientID == client.client.id, grant.endedAt == nil,
            let user = try stores.users.find(grant.userID), !user.isDisabled
        else { throw OAuthError.invalidGrant }
        let successor = tokens.successor(of: token)
        return TokenBasis(
            origin: .renewal(grant, refreshToken: successor), user: user,
            // What was taken from the client since is not given any more.
            scopes: grant.scopes.filter(client.client.scopes.cover), resource: grant.resource,
            use: { grant in
                try use(digest, followedBy: secrets.digest(of: successor.text), in: grant, client)
            },
            identify: { grant, _, accessToken in
                // OpenID Connect Core §12.2: «it SHOULD NOT have a nonce Claim»; auth_time stays the original one.
                try tokens.identify(
                    user, in: grant, to: client.client, with: accessToken, nonce: nil,
                    claims: stores.authorizations.code(of: grant.id)?.idTokenClaims ?? [],
                    secrets, at: clock.now)
            })
    }

    /// RFC 9700 §4.14.2: one of two that show the same token has stolen it, and nobody knows which, so both lose
    /// what they have.
    private func use(
        _ digest: Secret.Digest, followedBy successor: Secret.Digest, in grant: OAuth2Grant,
        _ client: AuthenticatedClient
    ) throws -> OAuthError? {
        let now = clock.now
        let isGood = try stores.grants.useRefreshToken(
            digest, followedBy: successor,
            retriesSince: now.adding(seconds: -RefreshToken.retrySeconds), at: now)
        if isGood { return nil }
        // One that has only expired was never used twice.
        guard try stores.grants.findRefreshToken(digest)?.usedAt != nil else {
            return .invalidGrant
        }
        if try stores.grants.end(grant.id, at: now) {
            try audit.record(
                "oauth2.refresh_token_reused", by: caller, outcome: .denied,
                reason: "refresh_token_reused", actor: .client(client.client),
                organization: grant.organizationID,
                target: AuditEvent.Reference(
                    kind: "grant", id: grant.id.description, name: client.client.name))
        }
        return .invalidGrant
    }
}
