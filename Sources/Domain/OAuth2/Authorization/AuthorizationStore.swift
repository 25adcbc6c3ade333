/// What a code stands for besides the grant that it began (RFC 6749 §4.1.2); the code itself is shown once.
package struct AuthorizationCode: Sendable, Equatable {
    /// wire: codes live 60 s. RFC 6749 §4.1.2: «SHOULD be short lived».
    package static let lifetime: Int64 = 60
    /// What the text of every code begins with.
    package static let prefix = "gac_"

    package let grantID: OAuth2Grant.ID
    /// As the request spelled it.
    package let redirectURI: String
    package let codeChallenge: String?
    package let nonce: String?
    /// What the client asked for by name (OpenID Connect Core §5.5).
    package let idTokenClaims: Set<UserClaim>
    package let userInfoClaims: Set<UserClaim>
    package let expiresAt: Instant
    package var usedAt: Instant?

    package init(
        grantID: OAuth2Grant.ID, redirectURI: String, codeChallenge: String?, nonce: String?,
        idTokenClaims: Set<UserClaim>, userInfoClaims: Set<UserClaim>, expiresAt: Instant,
        usedAt: Instant? = nil
    ) {
        self.grantID = grantID
        self.redirectURI = redirectURI
        self.codeChallenge = codeChallenge
        self.nonce = nonce
        self.idTokenClaims = idTokenClaims
        self.userInfoClaims = userInfoClaims
        self.expiresAt = expiresAt
        self.usedAt = usedAt
    }
}

/// A request that a person is being asked about: what is decided is this, whatever the form sends back.
package struct PendingAuthorization: Sendable, Equatable {
    /// Seconds that somebody may think about it.
    package static let lifetime: Int64 = 900

    /// The sign-in of the person who is asked; nobody else can answer.
    package let sessionID: Session.ID
    package let parameters: AuthorizationParameters
    package let expiresAt: Instant

    package init(
        sessionID: Session.ID, parameters: AuthorizationParameters, expiresAt: Instant
    ) {
        self.sessionID = sessionID
        self.parameters = parameters
        self.expiresAt = expiresAt
    }
}

/// Keeps requests that wait for a person, and the codes that were given (digests only).
package protocol AuthorizationStore {
    func insert(_ pending: PendingAuthorization, digest: Secret.Digest) throws
    /// One atomic statement decides: a question is answered once, and by whom it was put to.
    func takePending(
        _ digest: Secret.Digest, of session: Session.ID, at time: Instant
    ) throws -> PendingAuthorization?

    /// The grant that it begins is there already.
    func insert(_ code: AuthorizationCode, digest: Secret.Digest) throws
    func findCode(_ digest: Secret.Digest) throws -> AuthorizationCode?
    /// One atomic statement decides: true for who shows it first, while it lives.
    func useCode(_ digest: Secret.Digest, at time: Instant) throws -> Bool
    /// The code that the grant began with.
    func code(of grant: OAuth2Grant.ID) throws -> AuthorizationCode?

    /// Removes questions that nobody answered, at most `limit`; how many. Needs no transaction. Codes go with
    /// their grants.
    func purge(before time: Instant, limit: Int) throws -> Int
}
