import Domain
import JSON

/// From where a text field gets suggestions while somebody types, where scripts run (`suggest.js`).
struct Suggestions {
    let address: String
    /// The name of the choice in the same form that is sent along; nil where there is none.
    let choice: String?

    private init(_ address: String, choice: String? = nil) {
        self.address = address
        self.choice = choice
    }

    /// All users, for system administrators.
    static let users = Suggestions(SuggestionRoutes.users)
    static let serviceUsers = Suggestions(SuggestionRoutes.serviceUsers)
    /// Who may stand in the audit log.
    static let actors = Suggestions(SuggestionRoutes.actors)

    /// Who can become a member: a user or a group, by what is chosen as kind.
    static func members(of organization: Organization) -> Suggestions {
        Suggestions(SuggestionRoutes.members(of: organization), choice: "kind")
    }
}

/// One that is suggested.
struct Suggestion {
    /// What comes into the field.
    let value: String
    /// What tells them apart from others, for people.
    let details: [String]

    /// As a system administrator sees them.
    init(inFull user: User) {
        value = user.username
        details =
            Self.displayName(user) + (user.email.map { [$0] } ?? [])
            + (user.kind == .service ? ["Service user"] : [])
            + (user.isDisabled ? ["Disabled"] : [])
    }

    /// As others may see them: what a list of members shows of everybody.
    init(_ user: User) {
        value = user.username
        details = Self.displayName(user)
    }

    init(_ group: Group) {
        value = group.name
        details = []
    }

    private static func displayName(_ user: User) -> [String] {
        user.displayName.isEmpty || user.displayName == user.username ? [] : [user.displayName]
    }

    var json: JSON {
        ["value": .string(value), "details": .array(details.map { .string($0) })]
    }
}
