/// Somebody, or a service, that acts on the platform.
package struct User: Sendable, Equatable {
    package struct ID: Identifier {
        package let value: UniqueID
        package init(_ value: UniqueID) { self.value = value }
    }

    package enum Kind: String, Sendable, CaseIterable {
        /// Signs in with a password.
        case person
        /// Has no password; OAuth2 clients act as it.
        case service
    }

    package let id: ID
    /// Unique without case; as its owner spells it.
    package var username: String
    /// Unique without case, and never another user's name.
    package var email: String?
    package var emailVerified: Bool
    package var displayName: String
    package let kind: Kind
    package var isSystemAdministrator: Bool
    package var isDisabled: Bool
    package let createdAt: Instant
    package var updatedAt: Instant
    package var lastSignInAt: Instant?

    package init(
        id: ID, username: String, email: String?, emailVerified: Bool, displayName: String,
        kind: Kind, isSystemAdministrator: Bool, isDisabled: Bool, createdAt: Instant,
        updatedAt: Instant, lastSignInAt: Instant?
    ) {
        self.id = id
        self.username = username
        self.email = email
        self.emailVerified = emailVerified
        self.displayName = displayName
        self.kind = kind
        self.isSystemAdministrator = isSystemAdministrator
        self.isDisabled = isDisabled
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.lastSignInAt = lastSignInAt
    }
}
