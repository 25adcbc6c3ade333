/// What an ID token says (OpenID Connect Core §2).
package struct IDTokenClaims: Sendable, Equatable {
    /// `sub`
    package let subject: User.ID
    /// `aud`: the client and nobody else, so there is no need of `azp`.
    package let clientID: Client.ID
    package let issuedAt: Instant
    package let expiresAt: Instant
    /// `auth_time`
    package let authenticatedAt: Instant?
    /// `sid` (OpenID Connect Back-Channel Logout §2.1)
    package let sessionID: Session.ID?
    package let nonce: String?
    /// `at_hash` (§3.1.3.6)
    package let accessTokenHash: String?
    /// What the client asked for by `claims`.
    package let userClaims: [UserClaim: UserClaim.Value]

    package init(
        subject: User.ID, clientID: Client.ID, issuedAt: Instant, expiresAt: Instant,
        authenticatedAt: Instant?, sessionID: Session.ID?, nonce: String?,
        accessTokenHash: String?, userClaims: [UserClaim: UserClaim.Value]
    ) {
        self.subject = subject
        self.clientID = clientID
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.authenticatedAt = authenticatedAt
        self.sessionID = sessionID
        self.nonce = nonce
        self.accessTokenHash = accessTokenHash
        self.userClaims = userClaims
    }
}

/// What an ID token that comes back as a hint is good for (`id_token_hint`): telling who is meant, proving nothing.
package struct IDTokenHint: Sendable, Equatable {
    package let subject: User.ID
    package let clientID: Client.ID
    package let sessionID: Session.ID?

    package init(subject: User.ID, clientID: Client.ID, sessionID: Session.ID?) {
        self.subject = subject
        self.clientID = clientID
        self.sessionID = sessionID
    }
}

/// Signs ID tokens, and knows its own again. A port, fulfilled by the key ring in `Cryptography`.
package protocol IDTokens: AnyObject {
    /// With the current key of the algorithm.
    func sign(_ claims: IDTokenClaims, with algorithm: SigningKeyRecord.Algorithm) throws -> String
    /// What the token says, expired or not; nil for one that is not an ID token of ours, whatever the reason.
    func readHint(_ text: String) throws -> IDTokenHint?
}
