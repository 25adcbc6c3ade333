/// One entry of an organization's list of members: a user or a group, with roles.
package struct Member: Sendable, Equatable {
    package struct ID: Identifier {
        package let value: UniqueID
        package init(_ value: UniqueID) { self.value = value }
    }

    package enum Principal: Sendable, Hashable {
        case user(User.ID)
        case group(Group.ID)
    }

    package let id: ID
    package let organizationID: Organization.ID
    package let principal: Principal
    /// The user's login and display name, or the group's name twice.
    package let name: String
    package let displayName: String
    /// Groups are never owners.
    package var isOwner: Bool
    package var roles: [Role]
    package let createdAt: Instant
    package var updatedAt: Instant

    package init(
        id: ID, organizationID: Organization.ID, principal: Principal, name: String,
        displayName: String, isOwner: Bool, roles: [Role], createdAt: Instant, updatedAt: Instant
    ) {
        self.id = id
        self.organizationID = organizationID
        self.principal = principal
        self.name = name
        self.displayName = displayName
        self.isOwner = isOwner
        self.roles = roles
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

extension Member {
    /// Every request of a member is judged by all of their roles together.
    package static let roleLimit = 20

    /// The user or group to add is not there.
    package static func unknown(_ principal: Principal) -> Refusal {
        switch principal {
        case .user: .invalid("user_id", code: "unknown_user", "There is no such user.")
        case .group: .invalid("group_id", code: "unknown_group", "There is no such group.")
        }
    }

    /// A role was deleted while it was being given.
    package static let unknownRole = Refusal.invalid(
        "roles", code: "unknown_role", "A role is no longer there.")
}

/// Keeps who belongs to which organization, with which roles.
package protocol MemberStore {
    /// What the user is in the organization, groups included; nil for no member. One query: the gate asks it.
    func membership(of user: User.ID, in organization: Organization.ID) throws -> Membership?
    /// The same, all rows that it rests on locked for reading until the transaction ends: nobody can end the
    /// membership meanwhile.
    func lockedMembership(of user: User.ID, in organization: Organization.ID) throws -> Membership?
    /// The same for many organizations of one user.
    func memberships(
        of user: User.ID, in organizations: [Organization.ID]
    ) throws -> [Organization.ID: Membership]
    func find(_ principal: Member.Principal, in organization: Organization.ID) throws -> Member?
    /// The same, its row locked until the transaction ends.
    func lockedFind(
        _ principal: Member.Principal, in organization: Organization.ID
    ) throws -> Member?
    func list(in organization: Organization.ID, _ page: PageRequest) throws -> ListPage<Member>
    /// The organizations that a group is a member of.
    func organizations(ofGroup id: Group.ID) throws -> [Organization.ID]
    /// The owners who can sign in (enabled persons), with the rows of all owners locked until the transaction ends. Whoever may take an
    /// owner away asks this first, so that two can't take the last two.
    func lockedOwners(of organization: Organization.ID) throws -> [User.ID]
    /// Organizations whose only owner who can sign in the user is, locked until the transaction ends.
    func organizationsWithSoleOwner(_ user: User.ID) throws -> [Organization.ID]
    /// Refuses somebody who is a member already (`conflict`, code `already_member`), and a user, group or
    /// role that is gone (`invalid`).
    func insert(_ member: Member) throws
    /// Writes owner and roles.
    func update(_ member: Member) throws
    func delete(_ principal: Member.Principal, in organization: Organization.ID) throws -> Bool
}
