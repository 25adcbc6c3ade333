/// What a signed bearer token says, whatever its encoding (wire: the JWT claims of all bearer kinds).
package struct BearerClaims: Sendable, Equatable {
    package enum Use: String, Sendable {
        case session
        case personalAccessToken = "personal_access_token"
        case access
    }

    package let use: Use
    /// `jti`: what revocation is looked up by.
    package let id: UniqueID
    package let subject: User.ID
    package let issuedAt: Instant
    package let expiresAt: Instant
    /// `sid`: the session that a sign-in token belongs to.
    package var sessionID: Session.ID?
    /// `scope`: nil where no scopes restrict it.
    package var scope: String?
    package var clientID: String?
    /// The one API that an access token is for, from `aud`; nil: the whole platform, the issuer itself.
    package var resource: ProtectedResource?
    package var username: String?
    package var groups: [String]?
    package var domains: [String]?

    package init(
        use: Use, id: UniqueID, subject: User.ID, issuedAt: Instant, expiresAt: Instant,
        sessionID: Session.ID? = nil, scope: String? = nil, clientID: String? = nil,
        resource: ProtectedResource? = nil, username: String? = nil, groups: [String]? = nil,
        domains: [String]? = nil
    ) {
        self.use = use
        self.id = id
        self.subject = subject
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.sessionID = sessionID
        self.scope = scope
        self.clientID = clientID
        self.resource = resource
        self.username = username
        self.groups = groups
        self.domains = domains
    }
}

/// Signs and checks bearer tokens. A port, fulfilled by the key ring in `Cryptography`.
package protocol BearerTokens: AnyObject {
    /// Signs with the current key and makes sure that the key outlives the token. The text is a secret.
    func sign(_ claims: BearerClaims) throws -> Secret
    /// Checks signature, algorithm, issuer, audience and time; nothing else. Nil for a token that is not
    /// to be believed, whatever the reason; an error only when keys can't be read.
    func verify(_ token: String, at time: Instant) throws -> BearerClaims?
    /// The public keys as JWK JSON: those that sign, those that will next, and those whose signatures still
    /// count.
    func publicKeys() throws -> [String]
    /// The refresh token that follows another one: always the same, and nobody without our key can tell it.
    func successor(of refreshToken: Secret) -> Secret
}

/// Hashes and checks passwords, a bounded number at once. A port, fulfilled by `Cryptography`.
package protocol PasswordHasher: Sendable {
    /// The PHC string. Throws a `Refusal` of kind `tooManyAttempts` when too many wait already.
    func hash(_ password: String) throws -> String
    /// Whether the password fits the hash; with no hash it works as long and says no.
    func check(_ password: String, against hash: String?) throws -> PasswordCheck
}

package enum PasswordCheck: Sendable, Equatable {
    case wrong
    case right
    /// Right, but hashed with parameters that are no longer good enough.
    case rightButOutdated
}
