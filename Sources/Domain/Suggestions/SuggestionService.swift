/// Suggests who may be meant while somebody types a name. Who may ask is checked at the door.
package struct SuggestionService {
    let stores: any Stores

    /// As many as can be taken in at a glance.
    package static let limit = 8

    package init(stores: any Stores) {
        self.stores = stores
    }

    /// Who can be meant.
    package enum Circle: Sendable {
        /// The disabled, too.
        case everybody
        case enabled
        case enabledServiceUsers

        fileprivate var kinds: [User.Kind] {
            self == .enabledServiceUsers ? [.service] : User.Kind.allCases
        }

        fileprivate var disabled: [Bool] { self == .everybody ? [false, true] : [false] }
    }

    /// By which names users are found.
    package enum Names: Sendable {
        /// For those who may see the address of everybody: whoever can ask how one begins finds it out letter by
        /// letter.
        case usernameOrEmail
        case username
    }

    /// The first users whose name begins so, in any case.
    package func users(
        _ typed: String, among circle: Circle, by names: Names
    ) throws -> [User] {
        guard let prefix = NamePrefix(typed) else { return [] }
        // Each list is a range of one key, however many names begin so.
        var found: [(name: String, user: User)] = []
        for kind in circle.kinds {
            for isDisabled in circle.disabled {
                found += try stores.users.list(
                    kind, isDisabled: isDisabled, username: prefix, limit: Self.limit
                ).map { (name: $0.username.lowercased(), user: $0) }
                if names == .username { continue }
                found += try stores.users.list(
                    kind, isDisabled: isDisabled, email: prefix, limit: Self.limit
                ).map { (name: $0.email?.lowercased() ?? "", user: $0) }
            }
        }
        var seen: Set<User.ID> = []
        return found.sorted { $0.name < $1.name }.map(\.user)
            .filter { seen.insert($0.id).inserted }
            .prefix(Self.limit).map(\.self)
    }

    /// The first groups whose name begins so, in any case.
    package func groups(_ typed: String) throws -> [Group] {
        guard let prefix = NamePrefix(typed) else { return [] }
        return try stores.groups.list(name: prefix, limit: Self.limit)
    }
}
