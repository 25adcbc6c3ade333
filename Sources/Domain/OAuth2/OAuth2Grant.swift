/// What a client was given once, and everything that came of it: the family that ends as a whole.
package struct OAuth2Grant: Sendable, Equatable {
    package struct ID: Identifier {
        package let value: UniqueID
        package init(_ value: UniqueID) { self.value = value }
    }

    /// How it came about.
    package enum Kind: String, Sendable {
        case authorizationCode = "authorization_code"
        case clientCredentials = "client_credentials"
        case deviceCode = "device_code"
    }

    package let id: ID
    package let clientID: Client.ID
    /// Whom its tokens act as.
    package let userID: User.ID
    package let kind: Kind
    /// The sign-in that it was given in.
    package let sessionID: Session.ID?
    package let scopes: ScopeWords
    /// The one API that its tokens are for; nil: the whole platform.
    package let resource: ProtectedResource?
    /// The one organization that its tokens act in.
    package let organizationID: Organization.ID?
    /// Whether it outlives the session.
    package let isOffline: Bool
    /// When the user proved who they are; nil where nobody sat there.
    package let authenticatedAt: Instant?
    package let createdAt: Instant
    /// Nothing that it gave lives longer.
    package var expiresAt: Instant
    package var endedAt: Instant?

    package init(
        id: ID, clientID: Client.ID, userID: User.ID, kind: Kind, sessionID: Session.ID?,
        scopes: ScopeWords, resource: ProtectedResource?, organizationID: Organization.ID?,
        isOffline: Bool, authenticatedAt: Instant?, createdAt: Instant, expiresAt: Instant,
        endedAt: Instant?
    ) {
        self.id = id
        self.clientID = clientID
        self.userID = userID
        self.kind = kind
        self.sessionID = sessionID
        self.scopes = scopes
        self.resource = resource
        self.organizationID = organizationID
        self.isOffline = isOffline
        self.authenticatedAt = authenticatedAt
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.endedAt = endedAt
    }
}

/// What is kept of an access token: a signed JWT whose `jti` is this id.
package struct AccessToken: Sendable, Equatable {
    package struct ID: Identifier {
        package let value: UniqueID
        package init(_ value: UniqueID) { self.value = value }
    }

    package let id: ID
    package let grantID: OAuth2Grant.ID
    package let expiresAt: Instant
    package var revokedAt: Instant?

    package init(id: ID, grantID: OAuth2Grant.ID, expiresAt: Instant, revokedAt: Instant? = nil) {
        self.id = id
        self.grantID = grantID
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
    }
}

/// What is kept of a refresh token, beside its digest: it works once, and is followed by another.
package struct RefreshToken: Sendable, Equatable {
    /// After its use, the same answer is given again for so long (wire), so that a lost answer or a second
    /// browser tab logs nobody out.
    package static let retrySeconds: Int64 = 30
    /// Seconds that a family lives at most, however often it is renewed (RFC 9700 §4.14.2; no client may set
    /// more for a single token).
    package static let longestFamily = Int64(Client.refreshTokenLifetimes.upperBound)

    /// What the text of every refresh token of a client begins with.
    package static let prefix = "grt_"

    package let grantID: OAuth2Grant.ID
    package let createdAt: Instant
    package let expiresAt: Instant
    package var usedAt: Instant?

    package init(
        grantID: OAuth2Grant.ID, createdAt: Instant, expiresAt: Instant, usedAt: Instant? = nil
    ) {
        self.grantID = grantID
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.usedAt = usedAt
    }
}

/// Keeps grants, and what is known of the access and refresh tokens of each.
package protocol OAuth2GrantStore {
    func insert(_ grant: OAuth2Grant) throws
    /// The grant and its client in one look: the gate asks it.
    func findWithClient(_ id: OAuth2Grant.ID) throws -> (grant: OAuth2Grant, client: Client)?
    func insert(_ token: AccessToken) throws
    func findAccessToken(_ id: AccessToken.ID) throws -> AccessToken?
    /// False if there is none, or it was revoked before.
    func revoke(_ id: AccessToken.ID, at time: Instant) throws -> Bool
    /// Ends the grant and with it all it gave. False if it was over already.
    func end(_ id: OAuth2Grant.ID, at time: Instant) throws -> Bool
    /// Ends all of the client's that live, or those of one kind; how many.
    func endAll(ofClient client: Client.ID, kind: OAuth2Grant.Kind?, at time: Instant) throws -> Int
    /// Ends all in which clients act as the user; how many.
    func endAll(ofUser user: User.ID, at time: Instant) throws -> Int
    /// Ends those in which clients act as the user in that organization alone; how many.
    func endAll(
        ofUser user: User.ID, boundTo organization: Organization.ID, at time: Instant
    ) throws -> Int
    /// Ends those bound to the organization whose users are no longer members, neither by themselves nor by a
    /// group; how many.
    func endAllOfFormerMembers(boundTo organization: Organization.ID, at time: Instant) throws
        -> Int
    /// Ends all in which the client acts on behalf of the user; how many. For a consent that is withdrawn.
    func endAll(ofUser user: User.ID, byClient client: Client.ID, at time: Instant) throws -> Int
    /// Ends those of the user's that outlive the session that they were given in, but those given in the kept
    /// one; how many. The others end with their session.
    func endAllOffline(ofUser user: User.ID, except kept: Session.ID?, at time: Instant) throws
        -> Int

    /// False if one of this digest is there already, which then stays as it is.
    func insertRefreshToken(_ digest: Secret.Digest, _ token: RefreshToken) throws -> Bool
    func findRefreshToken(_ digest: Secret.Digest) throws -> RefreshToken?
    /// One atomic statement decides: true for a token that is used now for the first time, and for one that was
    /// used since `retriesSince` and whose successor was not. False is reuse, or expiry.
    func useRefreshToken(
        _ digest: Secret.Digest, followedBy successor: Secret.Digest, retriesSince: Instant,
        at time: Instant
    ) throws -> Bool
    /// Lets the grant live at least that long. False if it has ended: it stays so. Until the transaction ends
    /// nobody ends it.
    func extend(_ id: OAuth2Grant.ID, until time: Instant) throws -> Bool

    /// Removes access tokens, refresh tokens and grants that expired before then, at most `limit` of each; how
    /// many. Needs no transaction: nothing rests on what is dead.
    func purge(before time: Instant, limit: Int) throws -> Int
}
