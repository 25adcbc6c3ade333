/// Ends tokens for whoever holds them (RFC 7009).
package struct RevocationService {
    let stores: any Stores
    let tokens: any BearerTokens
    let secrets: any SecretSource
    let personalAccessTokens: PersonalAccessTokenService
    let clock: Clock
    let audit: AuditTrail

    package init(
        stores: any Stores, tokens: any BearerTokens, secrets: any SecretSource,
        personalAccessTokens: PersonalAccessTokenService, clock: Clock, audit: AuditTrail
    ) {
        self.stores = stores
        self.tokens = tokens
        self.secrets = secrets
        self.personalAccessTokens = personalAccessTokens
        self.clock = clock
        self.audit = audit
    }

    /// Ends what needs no client: a personal access token goes with whoever shows it, and a sign-in token is told
    /// to be good, without effect. False for everything else: then the client must say who it is.
    package func revokeWithoutClient(_ token: String, by caller: Caller) throws -> Bool {
        guard let claims = try tokens.verify(token, at: clock.now) else { return false }
        switch claims.use {
        case .access: return false
        case .session: return true
        case .personalAccessToken:
            do {
                _ = try personalAccessTokens.revoke(
                    PersonalAccessToken.ID(claims.id), of: claims.subject, by: caller)
            } catch let refusal as Refusal where refusal.kind == .notFound {
                // Its user is gone, and it with them.
            }
            return true
        }
    }

    /// Ends an access token of the client's, or with a refresh token the whole family that it is of. Another
    /// client's, and what is no token, stay as they are, and nobody is told (RFC 7009 §2.2: «The authorization server responds with HTTP status code 200»).
    package func revoke(
        _ token: String, of client: AuthenticatedClient, by caller: Caller
    ) throws {
        guard let claims = try tokens.verify(token, at: clock.now) else {
            return try endFamily(ofRefreshToken: token, of: client.client, by: caller)
        }
        guard claims.use == .access, claims.clientID == client.client.id.description else { return }
        try stores.atomically {
            guard try stores.grants.revoke(AccessToken.ID(claims.id), at: clock.now) else { return }
            try audit.record(
                "oauth2.token_revoked", by: caller, actor: .client(client.client),
                target: AuditEvent.Reference(
                    kind: "access_token", id: claims.id.description, name: ""))
        }
    }

    /// RFC 7009 §2.1: «If the particular token is a refresh token and the authorization server supports the
    /// revocation of access tokens, then the authorization server SHOULD also invalidate all access tokens based
    /// on the same authorization grant». A used one is of the family as well.
    private func endFamily(
        ofRefreshToken token: String, of client: Client, by caller: Caller
    ) throws {
        guard let kept = try stores.grants.findRefreshToken(secrets.digest(of: token)),
            try stores.grants.findWithClient(kept.grantID)?.grant.clientID == client.id
        else { return }
        try stores.atomically {
            guard try stores.grants.end(kept.grantID, at: clock.now) else { return }
            try audit.record(
                "oauth2.token_revoked", by: caller, actor: .client(client),
                target: AuditEvent.Reference(
                    kind: "grant", id: kept.grantID.description, name: client.name))
        }
    }
}
