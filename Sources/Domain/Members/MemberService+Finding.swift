extension MemberService {
    /// One entry of the list, for an owner.
    /// - Parameter id: of the user or the group.
    package func show(_ id: UniqueID, in context: OrganizationContext) throws -> Member {
        try context.checkIsOwner()
        let organization = context.organization.id
        if let member = try stores.members.find(.user(User.ID(id)), in: organization)
            ?? stores.members.find(.group(Group.ID(id)), in: organization)
        {
            return member
        }
        throw Refusal.notFound
    }

    /// The user of a user name or e-mail address, as an owner typed it.
    package func user(
        named typed: String, in context: OrganizationContext
    ) throws -> Member.Principal? {
        try context.checkIsOwner()
        return try stores.users.find(signInName: typed).map { .user($0.id) }
    }

    /// The group of a name, as an owner typed it.
    package func group(
        named typed: String, in context: OrganizationContext
    ) throws -> Member.Principal? {
        try context.checkIsOwner()
        return try stores.groups.find(name: typed).map { .group($0.id) }
    }

    /// The roles that a member may be given, and those that they have: built-in ones, and the organization's own
    /// where the level knows them.
    package func assignableRoles(
        keeping kept: [Role], in context: OrganizationContext
    ) throws -> [Role] {
        try context.checkIsOwner()
        return try stores.roles.list(in: context.organization.id).filter { role in
            role.isBuiltIn || context.organization.level == .enterprise
                || kept.contains { $0.id == role.id }
        }
    }
}
