/// A machine identity of one organization, with exactly its permissions. Only a digest of the key is kept.
package struct APIKey: Sendable, Equatable {
    package struct ID: Identifier {
        package let value: UniqueID
        package init(_ value: UniqueID) { self.value = value }
    }

    package let id: ID
    package let organizationID: Organization.ID
    package let name: String
    package let permissions: Permissions
    /// Who made it; nil once that user is deleted. The key outlives its maker.
    package let createdBy: User.ID?
    package let createdAt: Instant
    package let expiresAt: Instant
    package var revokedAt: Instant?
    package var lastUsedAt: Instant?

    package init(
        id: ID, organizationID: Organization.ID, name: String, permissions: Permissions,
        createdBy: User.ID?, createdAt: Instant, expiresAt: Instant, revokedAt: Instant?,
        lastUsedAt: Instant?
    ) {
        self.id = id
        self.organizationID = organizationID
        self.name = name
        self.permissions = permissions
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.lastUsedAt = lastUsedAt
    }
}
