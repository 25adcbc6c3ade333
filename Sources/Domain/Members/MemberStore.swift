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

/// Keeps who belongs to which organization, with which roles.
package protocol MemberStore {
    /// What the user is in the organization, groups included; nil for no member. One query: the gate asks it.
    func membership(of user: User.ID, in organization: Organization.ID) throws -> Membership?
    /// The same for many organizations of one user.
    func memberships(
        of user: User.ID, in organizations: [Organization.ID]
    ) throws -> [Organization.ID: Membership]
    func find(_ principal: Member.Principal, in organization: Organization.ID) throws -> Member?
    func list(in organization: Organization.ID, _ page: PageRequest) throws -> ListPage<Member>
    /// How many enabled owners the organization has, their rows locked until the transaction ends.
    func lockedOwnerCount(of organization: Organization.ID) throws -> Int
    /// Organizations whose only enabled owner the user is, locked until the transaction ends.
    func organizationsWithSoleOwner(_ user: User.ID) throws -> [Organization.ID]
    /// Refuses somebody who is a member already (`conflict`, code `already_member`).
    func insert(_ member: Member) throws
    /// Writes owner and roles.
    func update(_ member: Member) throws
    func delete(_ principal: Member.Principal, in organization: Organization.ID) throws -> Bool
}
