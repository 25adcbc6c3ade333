/// What a user is in one organization, gathered from the own membership and those of the user's groups.
package struct Membership: Sendable, Equatable {
    package let isOwner: Bool
    /// By name, each once.
    package let roles: [Role]

    package init(isOwner: Bool, roles: [Role]) {
        self.isOwner = isOwner
        self.roles = roles
    }
}
