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

/// Keeps grants, and what is known of the access tokens of each.
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
    /// Removes access tokens and grants that expired before then, at most `limit` of either; how many. Needs no
    /// transaction: nothing rests on what is dead.
    func purge(before time: Instant, limit: Int) throws -> Int
}
