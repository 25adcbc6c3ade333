/// Lets system administrators gather people in groups. That the caller is one is checked at the door.
package struct GroupService {
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

    /// Groups with the ids of who is in them.
    package func list(_ page: PageRequest) throws -> ListPage<(group: Group, members: [User.ID])> {
        let groups = try stores.groups.list(page)
        let members = try stores.groups.members(of: groups.items.map(\.id))
        return groups.map { ($0, members[$0.id] ?? []) }
    }

    /// One group with the ids of who is in it; refuses with `notFound` where there is none.
    package func show(_ id: Group.ID) throws -> (group: Group, members: [User.ID]) {
        guard let group = try stores.groups.find(id) else { throw Refusal.notFound }
        return (group, try stores.groups.members(of: id))
    }

    /// Names of the groups that a user is in, by name, at most `limit`.
    package func names(of user: User.ID, limit: Int) throws -> [String] {
        try stores.groups.names(ofUser: user, limit: limit)
    }

    /// Refuses a name that another group has (`name_taken`) and members who are no users (`unknown_user`).
    package func create(
        name: String, members: [User.ID], by caller: Caller
    ) throws -> (group: Group, members: [User.ID]) {
        let now = clock.now
        let group = Group(id: secrets.newID(at: now), name: name, createdAt: now, updatedAt: now)
        let members = Set(members).sorted()
        try Self.check(name)
        try stores.atomically {
            try stores.groups.insert(group, members: members)
            try audit.record(
                "group.created", by: caller, target: .group(group),
                changes: [
                    AuditEvent.Change("name", old: nil, new: name),
                    Self.change(of: [], to: members),
                ])
        }
        return (group, members)
    }

    /// Writes the given fields; nil leaves one as it is. Who leaves the group loses at once what only the group
    /// gave: roles, and personal access tokens bound to an organization that they no longer belong to.
    package func update(
        _ id: Group.ID, name: String?, members: [User.ID]?, by caller: Caller
    ) throws -> (group: Group, members: [User.ID]) {
        try change(id, name: name, by: caller) { before in
            members.map { Set($0).sorted() } ?? before
        }
    }

    /// Puts one more into the group, whoever else is put in meanwhile; again changes nothing. Refuses who is no
    /// user (`unknown_user`).
    package func add(_ user: User.ID, to id: Group.ID, by caller: Caller) throws {
        _ = try change(id, name: nil, by: caller) { Set($0 + [user]).sorted() }
    }

    /// Takes one out of the group, who loses what only the group gave; again changes nothing.
    package func remove(_ user: User.ID, from id: Group.ID, by caller: Caller) throws {
        _ = try change(id, name: nil, by: caller) { $0.filter { $0 != user } }
    }

    /// - Parameter members: who is to be in it, of who is.
    private func change(
        _ id: Group.ID, name: String?, by caller: Caller, members: ([User.ID]) -> [User.ID]
    ) throws -> (group: Group, members: [User.ID]) {
        let now = clock.now
        if let name { try Self.check(name) }
        return try stores.atomically {
            guard let old = try stores.groups.lockedFind(id) else { throw Refusal.notFound }
            let before = try stores.groups.members(of: id)
            let after = members(before)
            var group = old
            group.name = name ?? old.name
            guard group != old || after != before else { return (old, before) }
            group.updatedAt = now
            try stores.groups.update(group)
            if after != before {
                try stores.groups.setMembers(after, of: id)
                try endTokensOfFormerMembers(of: organizations(of: id), at: now)
            }
            try audit.record(
                "group.updated", by: caller, target: .group(group),
                changes: [
                    AuditEvent.Change("name", old: old.name, new: group.name),
                    Self.change(of: before, to: after),
                ])
            return (group, after)
        }
    }

    /// Deletes the group; its members lose at once what only the group gave.
    package func delete(_ id: Group.ID, by caller: Caller) throws {
        try stores.atomically {
            guard let group = try stores.groups.lockedFind(id) else { throw Refusal.notFound }
            let members = try stores.groups.members(of: id)
            let organizations = try organizations(of: id)
            guard try stores.groups.delete(id) else { throw Refusal.notFound }
            try endTokensOfFormerMembers(of: organizations, at: clock.now)
            try audit.record(
                "group.deleted", by: caller, target: .group(group),
                changes: [
                    AuditEvent.Change("name", old: group.name, new: nil),
                    Self.change(of: members, to: []),
                ])
        }
    }

    private static func check(_ name: String) throws {
        if let problem = Naming.problem(with: name, field: "name") {
            throw Refusal.invalid([problem])
        }
    }

    /// The organizations that its members belong to by the group.
    private func organizations(of group: Group.ID) throws -> [Organization.ID] {
        try stores.members.organizations(ofGroup: group)
    }

    private func endTokensOfFormerMembers(
        of organizations: [Organization.ID], at now: Instant
    ) throws {
        for organization in organizations {
            _ = try stores.personalAccessTokens.revokeAllOfFormerMembers(
                boundTo: organization, at: now)
            _ = try stores.grants.endAllOfFormerMembers(boundTo: organization, at: now)
        }
    }

    /// The ids of who came and went, or their number where it is large.
    private static func change(
        of before: [User.ID], to after: [User.ID]
    ) -> AuditEvent.Change {
        func text(_ members: [User.ID]) -> String {
            members.count > 100
                ? "\(members.count) members"
                : members.map(\.description).joined(separator: " ")
        }
        return AuditEvent.Change("members", old: text(before), new: text(after))
    }
}

extension AuditEvent.Reference {
    package static func group(_ group: Group) -> Self {
        Self(kind: "group", id: group.id.description, name: group.name)
    }
}
