/// A client that shows the code which a person's browser brought it (RFC 6749 §4.1.3).
///
/// Possession before single use: whoever shows a code wrongly (another redirect URI, not its verifier, another client)
/// has it from somebody else, so it is over, and with it all that it gave. A client that can't prove who it is never
/// comes here, so its try costs nothing.
struct CodeGrant: TokenGrant {
    let code: Secret
    let redirectURI: String?
    let verifier: String?
    let stores: any Stores
    let idTokens: any IDTokens
    let secrets: any SecretSource
    let clock: Clock
    let audit: AuditTrail
    let caller: Caller

    func basis(for client: AuthenticatedClient) throws -> TokenBasis {
        let digest = secrets.digest(of: code.text)
        guard let kept = try stores.authorizations.findCode(digest),
            let (grant, _) = try stores.grants.findWithClient(kept.grantID)
        else { throw OAuthError.invalidGrant }
        if let reason = problem(with: kept, grant, client) {
            try burn(digest, grant, client, reason)
            throw OAuthError.invalidGrant
        }
        // RFC 6749 §4.1.2: «MUST expire shortly after it is issued»; and what it hangs on must live still, a sign-in
        // that is to be outlived by the tokens included.
        guard clock.now < kept.expiresAt, grant.endedAt == nil,
            let user = try stores.users.find(grant.userID), !user.isDisabled,
            let session = grant.sessionID,
            try stores.sessions.find(session)?.isAlive(at: clock.now) == true
        else { throw OAuthError.invalidGrant }
        return TokenBasis(
            origin: .begun(grant), user: user,
            // What was taken from the client since is not given any more.
            scopes: grant.scopes.filter(client.client.scopes.cover), resource: grant.resource,
            use: { grant in try use(digest, grant, client) },
            identify: { grant, _, accessToken in
                try idTokens.identify(
                    user, in: grant, to: client.client, with: accessToken, nonce: kept.nonce,
                    claims: kept.idTokenClaims, secrets, at: clock.now)
            })
    }

    /// What is wrong with how the code is shown; nil where it is shown as it was given, for the first time.
    private func problem(
        with code: AuthorizationCode, _ grant: OAuth2Grant, _ client: AuthenticatedClient
    ) -> String? {
        // RFC 6749 §4.1.3: «ensure that the authorization code was issued to the authenticated confidential client, or if the
        // client is public, ensure that the code was issued to "client_id" in the request».
        guard grant.clientID == client.client.id else { return "other_client" }
        // RFC 6749 §4.1.2: «If an authorization code is used more than once, the authorization server MUST deny the
        // request and SHOULD revoke (when possible) all tokens previously issued based on that authorization code.»
        guard code.usedAt == nil else { return "code_reused" }
        // RFC 6749 §4.1.3: «their values MUST be identical».
        guard let redirectURI, redirectURI.utf8.elementsEqual(code.redirectURI.utf8) else {
            return "other_redirect_uri"
        }
        switch (code.codeChallenge, verifier) {
        case (nil, nil): return nil
        // RFC 9700 §2.1.1: a verifier for a code that was asked for without a challenge: somebody took the challenge
        // out of the request.
        case (nil, _?): return "verifier_without_challenge"
        case (let challenge?, let verifier):
            // RFC 7636 §4.6
            guard let verifier,
                PKCE.matches(verifier: verifier, challenge: challenge, by: secrets)
            else { return "wrong_verifier" }
            return nil
        }
    }

    /// One of two that show the same code at the same time finds it used here.
    private func use(
        _ digest: Secret.Digest, _ grant: OAuth2Grant, _ client: AuthenticatedClient
    ) throws -> OAuthError? {
        if try stores.authorizations.useCode(digest, at: clock.now) { return nil }
        try end(grant, client, "code_reused")
        return .invalidGrant
    }

    private func burn(
        _ digest: Secret.Digest, _ grant: OAuth2Grant, _ client: AuthenticatedClient,
        _ reason: String
    ) throws {
        try stores.atomically {
            _ = try stores.authorizations.useCode(digest, at: clock.now)
            try end(grant, client, reason)
        }
    }

    private func end(
        _ grant: OAuth2Grant, _ client: AuthenticatedClient, _ reason: String
    ) throws {
        guard try stores.grants.end(grant.id, at: clock.now) else { return }
        try audit.record(
            "oauth2.code_refused", by: caller, outcome: .denied, reason: reason,
            actor: .client(client.client), organization: grant.organizationID,
            target: AuditEvent.Reference(
                kind: "grant", id: grant.id.description, name: client.client.name))
    }
}

extension IDTokens {
    /// Seconds that an ID token can be believed: it is read once, when it comes.
    private static var lifetime: Int64 { 3_600 }

    /// The ID token that goes along with an access token (OpenID Connect Core §2, §3.1.3.6).
    func identify(
        _ user: User, in grant: OAuth2Grant, to client: Client, with accessToken: Secret,
        nonce: String?, claims: Set<UserClaim>, _ secrets: any SecretSource, at now: Instant
    ) throws -> Secret {
        let issuedAt = now.wholeSecond
        // §3.1.3.6: «the base64url encoding of the left-most half of the hash of the octets of the ASCII representation
        // of the access_token value»; both our algorithms hash with SHA-256.
        let hash = secrets.digest(of: accessToken.text).bytes.prefix(16)
        return Secret(
            try sign(
                IDTokenClaims(
                    subject: user.id, clientID: client.id, issuedAt: issuedAt,
                    expiresAt: issuedAt.adding(seconds: Self.lifetime),
                    authenticatedAt: grant.authenticatedAt, sessionID: grant.sessionID,
                    nonce: nonce, accessTokenHash: secrets.base64URL(Array(hash)),
                    userClaims: user.values(of: claims)), with: client.idTokenAlgorithm))
    }
}
