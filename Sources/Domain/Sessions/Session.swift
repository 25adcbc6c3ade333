/// One sign-in of a person, by a browser or for a token; ending it ends everything it gave.
package struct Session: Sendable, Equatable {
    package struct ID: Identifier {
        package let value: UniqueID
        package init(_ value: UniqueID) { self.value = value }
    }

    package enum Kind: String, Sendable {
        case browser, token
    }

    package let id: ID
    package let userID: User.ID
    package let kind: Kind
    package let userAgent: String
    package let address: String
    package let createdAt: Instant
    package var lastActiveAt: Instant
    package var expiresAt: Instant
    package var endedAt: Instant?
    /// When the password was last given in this session.
    package var authenticatedAt: Instant

    package init(
        id: ID, userID: User.ID, kind: Kind, userAgent: String, address: String,
        createdAt: Instant, lastActiveAt: Instant, expiresAt: Instant, endedAt: Instant?,
        authenticatedAt: Instant
    ) {
        self.id = id
        self.userID = userID
        self.kind = kind
        self.userAgent = userAgent
        self.address = address
        self.createdAt = createdAt
        self.lastActiveAt = lastActiveAt
        self.expiresAt = expiresAt
        self.endedAt = endedAt
        self.authenticatedAt = authenticatedAt
    }

    package func isAlive(at time: Instant) -> Bool {
        endedAt == nil && time < expiresAt
    }
}
