/// People who get roles in an organization together.
package struct Group: Sendable, Equatable {
    package struct ID: Identifier {
        package let value: UniqueID
        package init(_ value: UniqueID) { self.value = value }
    }

    package let id: ID
    package var name: String
    package let createdAt: Instant
    package var updatedAt: Instant

    package init(id: ID, name: String, createdAt: Instant, updatedAt: Instant) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
