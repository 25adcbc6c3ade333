/// A named set of scopes that members of an organization are given.
package struct Role: Sendable, Equatable {
    package struct ID: Identifier {
        package let value: UniqueID
        package init(_ value: UniqueID) { self.value = value }
    }

    package let id: ID
    /// Nil for a built-in role, which every organization has.
    package let organizationID: Organization.ID?
    package var name: String
    package var permissions: Permissions
    package let createdAt: Instant
    package var updatedAt: Instant

    package var isBuiltIn: Bool { organizationID == nil }

    package init(
        id: ID, organizationID: Organization.ID?, name: String, permissions: Permissions,
        createdAt: Instant, updatedAt: Instant
    ) {
        self.id = id
        self.organizationID = organizationID
        self.name = name
        self.permissions = permissions
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

extension Role {
    package static let nameTaken = Refusal(
        .conflict, code: "name_taken", "Another role of the organization has this name.",
        problems: [
            Refusal.Problem(
                field: "name", code: "name_taken",
                detail: "Another role of the organization has this name.")
        ])
}

/// The roles that every organization has. Their rows are there for foreign keys; what they hold is decided
/// here.
package enum BuiltInRole: String, CaseIterable, Sendable {
    case viewer, operator_ = "operator", editor, admin

    /// The ids of the rows that the first migration makes.
    package var id: Role.ID {
        let number: UInt64 =
            switch self {
            case .viewer: 1
            case .operator_: 2
            case .editor: 3
            case .admin: 4
            }
        return Role.ID(UniqueID(high: 0x0000_0000_0000_7000, low: 0x8000_0000_0000_0000 | number))
    }

    package var permissions: Permissions {
        let verbs: [PlatformScope.Verb] =
            switch self {
            case .viewer: [.read]
            case .operator_: [.read, .execute, .publish]
            case .editor: [.read, .execute, .publish, .write]
            case .admin: [.read, .execute, .publish, .write, .manage]
            }
        return Permissions(PlatformScope.allCases.filter { verbs.contains($0.verb) })
    }
}
