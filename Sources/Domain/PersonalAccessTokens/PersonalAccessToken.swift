/// Lets a person's scripts act for them without their password. The token itself is a signed JWT that is
/// shown once and not kept; its `jti` is this id.
package struct PersonalAccessToken: Sendable, Equatable {
    package struct ID: Identifier {
        package let value: UniqueID
        package init(_ value: UniqueID) { self.value = value }
    }

    /// Where it works.
    package enum Reach: Sendable, Equatable {
        case organization(Organization.ID)
        /// All organizations of its person, those joined later included.
        case allOrganizations
        /// Its organization is gone, and it with it.
        case nowhere
    }

    package enum Status: String, Sendable {
        case active, expired, revoked
    }

    /// The lifetimes that may be chosen, in days.
    package static let lifetimes = [30, 90, 180, 365]
    package static let defaultLifetime = 90
    package static let activeLimit = 50

    package let id: ID
    package let userID: User.ID
    package let name: String
    /// Nil when made where the level is `none`: it inherits what its person holds.
    package let permissions: Permissions?
    package let reach: Reach
    package let createdAt: Instant
    package let expiresAt: Instant
    package var revokedAt: Instant?
    package var lastUsedAt: Instant?

    package init(
        id: ID, userID: User.ID, name: String, permissions: Permissions?, reach: Reach,
        createdAt: Instant, expiresAt: Instant, revokedAt: Instant?, lastUsedAt: Instant?
    ) {
        self.id = id
        self.userID = userID
        self.name = name
        self.permissions = permissions
        self.reach = reach
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.lastUsedAt = lastUsedAt
    }

    package func status(at time: Instant) -> Status {
        if revokedAt != nil { return .revoked }
        return time < expiresAt ? .active : .expired
    }
}
