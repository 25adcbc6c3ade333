/// Who is to join an organization.
package struct NewMember: Sendable {
    package let principal: Member.Principal
    /// Names of roles.
    package let roles: [String]
    package let isOwner: Bool

    package init(principal: Member.Principal, roles: [String] = [], isOwner: Bool = false) {
        self.principal = principal
        self.roles = roles
        self.isOwner = isOwner
    }
}

/// What is to change of a member; nil stays.
package struct MemberChanges: Sendable {
    package let roles: [String]?
    package let isOwner: Bool?

    package init(roles: [String]? = nil, isOwner: Bool? = nil) {
        self.roles = roles
        self.isOwner = isOwner
    }
}

/// Lets owners decide who belongs to their organization, with which roles.
package struct MemberService {
    let stores: any Stores
    let secrets: any SecretSource
    let clock: Clock
    let audit: AuditTrail

    package init(
        stores: any Stores, secrets: any SecretSource, clock: Clock, audit: AuditTrail
    ) {
        self.stores = stores
        self.secrets = secrets
        self.clock = clock
        self.audit = audit
    }

    package func list(
        in context: OrganizationContext, _ page: PageRequest
    ) throws -> ListPage<Member> {
        try context.checkIsOwner()
        return try stores.members.list(in: context.organization.id, page)
    }

    /// Refuses who and what is not there, every problem at once.
    /// - Parameter principal: nil where the client named none, so that there is nothing to say about it.
    package func check(
        _ principal: Member.Principal?, roles names: [String], in context: OrganizationContext
    ) throws {
        try context.checkIsOwner()
        var problems: [Refusal.Problem] = []
        do {
            if let principal { _ = try self.names(of: principal) }
        } catch let refusal as Refusal where refusal.kind == .invalid {
            problems += refusal.problems
        }
        do {
            _ = try roles(named: names, in: context.organization, kept: [])
        } catch let refusal as Refusal where refusal.kind == .invalid {
            problems += refusal.problems
        }
        if !problems.isEmpty { throw Refusal.invalid(problems) }
    }

    /// Adds a user or a group.
    package func create(
        _ new: NewMember, in context: OrganizationContext, by caller: Caller
    ) throws -> Member {
        try context.checkIsOwner()
        if case .group = new.principal, new.isOwner { throw Self.groupNeverOwns }
        let organization = context.organization
        let now = clock.now
        return try stores.atomically {
            let (name, displayName) = try names(of: new.principal)
            let roles = try roles(named: new.roles, in: organization, kept: [])
            let member = Member(
                id: secrets.newID(at: now), organizationID: organization.id,
                principal: new.principal, name: name, displayName: displayName,
                isOwner: new.isOwner, roles: roles, createdAt: now, updatedAt: now)
            try stores.members.insert(member)
            try audit.record(
                "member.added", by: caller, organization: organization.id,
                target: member.reference,
                changes: [
                    AuditEvent.Change("roles", old: nil, new: member.roleNames),
                    AuditEvent.Change("owner", old: nil, new: String(member.isOwner)),
                ])
            return member
        }
    }

    /// - Parameter id: of the user or the group.
    package func update(
        _ id: UniqueID, _ changes: MemberChanges, in context: OrganizationContext,
        by caller: Caller
    ) throws -> Member {
        try context.checkIsOwner()
        let organization = context.organization
        let now = clock.now
        return try stores.atomically {
            // Before the member, so that all changes of members wait for one another in one order.
            let owners = try stores.members.lockedOwners(of: organization.id)
            let old = try lockedMember(id, in: organization)
            var new = old
            if let isOwner = changes.isOwner { new.isOwner = isOwner }
            if let names = changes.roles {
                new.roles = try roles(named: names, in: organization, kept: old.roles)
            }
            if case .group = old.principal, new.isOwner { throw Self.groupNeverOwns }
            if old.isOwner, !new.isOwner { try Self.checkOwnerStays(of: owners, without: old) }
            if new == old { return old }
            new.updatedAt = now
            try stores.members.update(new)
            try audit.record(
                "member.updated", by: caller, organization: organization.id,
                target: new.reference,
                changes: [
                    AuditEvent.Change("roles", old: old.roleNames, new: new.roleNames),
                    AuditEvent.Change(
                        "owner", old: String(old.isOwner), new: String(new.isOwner)),
                ])
            return new
        }
    }

    /// Refuses roles that are not there. Which custom ones may stay is seen where they are given.
    package func check(_ changes: MemberChanges, in context: OrganizationContext) throws {
        try context.checkIsOwner()
        let organization = context.organization
        _ = try roles(
            named: changes.roles ?? [], in: organization,
            kept: stores.roles.list(in: organization.id))
    }

    /// Removes a user or a group. What they hold for this organization alone ends with it.
    /// - Parameter id: of the user or the group.
    package func delete(
        _ id: UniqueID, in context: OrganizationContext, by caller: Caller
    ) throws {
        try context.checkIsOwner()
        let organization = context.organization.id
        let now = clock.now
        try stores.atomically {
            let owners = try stores.members.lockedOwners(of: organization)
            let member = try lockedMember(id, in: context.organization)
            if member.isOwner { try Self.checkOwnerStays(of: owners, without: member) }
            guard try stores.members.delete(member.principal, in: organization) else {
                throw Refusal.notFound
            }
            // After the membership is gone: whoever makes a token now waits for its row, and finds none.
            let revoked =
                switch member.principal {
                case .user(let user):
                    try stores.personalAccessTokens.revokeAll(
                        of: user, boundTo: organization, at: now)
                case .group:
                    try stores.personalAccessTokens.revokeAllOfFormerMembers(
                        boundTo: organization, at: now)
                }
            switch member.principal {
            case .user(let user):
                _ = try stores.grants.endAll(ofUser: user, boundTo: organization, at: now)
            case .group:
                _ = try stores.grants.endAllOfFormerMembers(boundTo: organization, at: now)
            }
            try audit.record(
                "member.removed", by: caller, organization: organization,
                target: member.reference,
                changes: [
                    AuditEvent.Change("roles", old: member.roleNames, new: nil),
                    AuditEvent.Change("owner", old: String(member.isOwner), new: nil),
                    AuditEvent.Change(
                        "tokens_revoked", old: nil, new: revoked == 0 ? nil : String(revoked)),
                ])
        }
    }

    private func names(
        of principal: Member.Principal
    ) throws -> (name: String, displayName: String) {
        switch principal {
        case .user(let id):
            guard let user = try stores.users.find(id) else { throw Member.unknown(principal) }
            return (user.username, user.displayName)
        case .group(let id):
            guard let group = try stores.groups.find(id) else { throw Member.unknown(principal) }
            return (group.name, group.name)
        }
    }

    private func lockedMember(_ id: UniqueID, in organization: Organization) throws -> Member {
        if let member = try stores.members.lockedFind(.user(User.ID(id)), in: organization.id) {
            return member
        }
        if let member = try stores.members.lockedFind(.group(Group.ID(id)), in: organization.id) {
            return member
        }
        throw Refusal.notFound
    }

    /// Each role once, by name. A custom role that is not kept needs the level that knows them.
    private func roles(
        named names: [String], in organization: Organization, kept: [Role]
    ) throws -> [Role] {
        if names.isEmpty { return [] }
        guard names.count <= Member.roleLimit else {
            throw Refusal.invalid(
                "roles", code: "too_many",
                "roles may have at most \(Member.roleLimit) entries.")
        }
        let known = try stores.roles.list(in: organization.id)
        var roles: [Role] = []
        var problems: [Refusal.Problem] = []
        for name in names {
            guard let role = known.first(where: { $0.isNamed(name) }) else {
                problems.append(
                    Refusal.Problem(
                        field: "roles", code: "unknown_role",
                        detail: "The organization has no role of the name \(Self.shown(name))."))
                continue
            }
            if roles.contains(where: { $0.id == role.id }) { continue }
            if !role.isBuiltIn, organization.level != .enterprise,
                !kept.contains(where: { $0.id == role.id })
            {
                problems.append(
                    Refusal.Problem(
                        field: "roles", code: "custom_role_not_allowed",
                        detail: "\(role.name) is a custom role, which only the level enterprise "
                            + "knows."))
            }
            roles.append(role)
        }
        if !problems.isEmpty { throw Refusal.invalid(problems) }
        return roles.sorted { $0.name < $1.name }
    }

    private static func shown(_ name: String) -> String {
        Naming.problem(with: name, field: "roles") == nil ? "«\(name)»" : "that was sent"
    }

    private static func checkOwnerStays(of owners: [User.ID], without member: Member) throws {
        guard owners.contains(where: { .user($0) != member.principal }) else {
            throw Refusal(
                .conflict, code: "last_owner", "The last owner of an organization stays.")
        }
    }

    private static let groupNeverOwns = Refusal.invalid(
        "owner", code: "group_never_owns", "A group can't own an organization.")
}

extension Member {
    var roleNames: String { roles.map(\.name).joined(separator: ", ") }

    /// As the audit trail names it.
    var reference: AuditEvent.Reference {
        switch principal {
        case .user(let id):
            AuditEvent.Reference(kind: "user", id: id.description, name: name)
        case .group(let id):
            AuditEvent.Reference(kind: "group", id: id.description, name: name)
        }
    }
}

extension Role {
    /// Byte for byte, as the database compares.
    func isNamed(_ name: String) -> Bool { self.name.utf8.elementsEqual(name.utf8) }
}
