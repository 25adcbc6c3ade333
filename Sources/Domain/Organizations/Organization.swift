/// A tenant: its members, roles and level decide what a credential may do in it.
package struct Organization: Sendable, Equatable {
    package struct ID: Identifier {
        package let value: UniqueID
        package init(_ value: UniqueID) { self.value = value }
    }

    /// How far scopes restrict (the reference's RBAC level).
    package enum Level: String, Sendable, CaseIterable {
        /// Members may do everything that scopes govern; scopes restrict nothing.
        case none
        /// The members' roles give scopes.
        case basic
        /// As basic, with custom roles and narrowed scopes.
        case enterprise
    }

    /// Closed for everybody but holders of `organizations:manage`.
    package struct Maintenance: Sendable, Equatable {
        package var isEnabled: Bool
        package var message: String
        /// Seconds, told in `Retry-After`.
        package var retryAfter: Int

        package init(isEnabled: Bool, message: String, retryAfter: Int) {
            self.isEnabled = isEnabled
            self.message = message
            self.retryAfter = retryAfter
        }

        package static let off = Maintenance(isEnabled: false, message: "", retryAfter: 300)
    }

    package let id: ID
    /// Names the organization in `Domain: domains:<slug>`; never changes.
    package let slug: String
    package var name: String
    package var level: Level
    package var maintenance: Maintenance
    package let createdAt: Instant
    package var updatedAt: Instant

    package init(
        id: ID, slug: String, name: String, level: Level, maintenance: Maintenance,
        createdAt: Instant, updatedAt: Instant
    ) {
        self.id = id
        self.slug = slug
        self.name = name
        self.level = level
        self.maintenance = maintenance
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// How a request names its organization: by id (`X-Organization-ID`) or by slug (`Domain: domains:<slug>`).
package enum OrganizationReference: Hashable, Sendable {
    case id(Organization.ID)
    case slug(String)
    /// Both were named; they must be of one organization.
    case both(Organization.ID, slug: String)
}
