/// What is asked of a new custom role.
package struct NewRole: Sendable {
    package let name: String
    package let scopes: [String]

    package init(name: String, scopes: [String]) {
        self.name = name
        self.scopes = scopes
    }
}

/// What is to change of a custom role; nil stays.
package struct RoleChanges: Sendable {
    package let name: String?
    package let scopes: [String]?

    package init(name: String? = nil, scopes: [String]? = nil) {
        self.name = name
        self.scopes = scopes
    }
}

/// Lets owners put together roles of their own, at the level that knows them.
package struct RoleService {
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

    /// Built-in roles first, then the organization's own by name. Needs `organizations:read`.
    package func list(
        in context: OrganizationContext, _ page: PageRequest
    ) throws -> ListPage<Role> {
        try context.checkHolds(.organizationsRead)
        let roles = try stores.roles.list(in: context.organization.id)
        var rest = roles[...]
        if let after = page.after {
            guard let index = roles.firstIndex(where: { $0.id.value == after }) else {
                return ListPage(items: [], next: nil)
            }
            rest = roles[(index + 1)...]
        }
        return ListPage(Array(rest.prefix(page.limit + 1)), limit: page.limit, id: \.id.value)
    }

    /// A role of the organization, built in or its own. Needs `organizations:read`.
    package func show(_ id: Role.ID, in context: OrganizationContext) throws -> Role {
        try context.checkHolds(.organizationsRead)
        guard let role = try stores.roles.find(id, in: context.organization.id) else {
            throw Refusal.notFound
        }
        return role
    }

    package func create(
        _ new: NewRole, in context: OrganizationContext, by caller: Caller
    ) throws -> Role {
        let scopes = try checked(new, in: context)
        let now = clock.now
        let role = Role(
            id: secrets.newID(at: now), organizationID: context.organization.id, name: new.name,
            permissions: scopes.permissions, createdAt: now, updatedAt: now)
        return try stores.atomically {
            try stores.roles.insert(role)
            try audit.record(
                "role.created", by: caller, organization: context.organization.id,
                target: role.reference,
                changes: [AuditEvent.Change("scopes", old: nil, new: role.permissions.text)])
            return role
        }
    }

    /// Refuses what could not be made; every problem of the fields at once.
    package func check(_ new: NewRole, in context: OrganizationContext) throws {
        _ = try checked(new, in: context)
    }

    private func checked(_ new: NewRole, in context: OrganizationContext) throws -> ScopeRequest {
        try context.checkIsOwner()
        try Self.checkLevel(context)
        var problems: [Refusal.Problem] = []
        if let problem = Naming.problem(with: new.name, field: "name") { problems.append(problem) }
        do {
            let scopes = try ScopeRequest(
                new.scopes, field: "scopes", level: context.organization.level)
            if problems.isEmpty {
                try Self.checkIsNotBuiltIn(new.name)
                return scopes
            }
        } catch let refusal as Refusal where refusal.kind == .invalid {
            problems += refusal.problems
        }
        throw Refusal.invalid(problems)
    }

    package func update(
        _ id: Role.ID, _ changes: RoleChanges, in context: OrganizationContext, by caller: Caller
    ) throws -> Role {
        let scopes = try checked(changes, of: id, in: context)
        let now = clock.now
        return try stores.atomically {
            guard let old = try stores.roles.lockedFind(id, in: context.organization.id) else {
                throw Refusal.notFound
            }
            var new = old
            if let name = changes.name { new.name = name }
            if let scopes { new.permissions = scopes.permissions }
            if new == old { return old }
            new.updatedAt = now
            try stores.roles.update(new)
            try audit.record(
                "role.updated", by: caller, organization: context.organization.id,
                target: new.reference,
                changes: [
                    AuditEvent.Change("name", old: old.name, new: new.name),
                    AuditEvent.Change(
                        "scopes", old: old.permissions.text, new: new.permissions.text),
                ])
            return new
        }
    }

    /// Refuses what could not be changed; every problem of the fields at once.
    package func check(
        _ changes: RoleChanges, of id: Role.ID, in context: OrganizationContext
    ) throws {
        _ = try checked(changes, of: id, in: context)
    }

    private func checked(
        _ changes: RoleChanges, of id: Role.ID, in context: OrganizationContext
    ) throws -> ScopeRequest? {
        try context.checkIsOwner()
        try Self.checkIsCustom(id)
        try Self.checkLevel(context)
        var problems: [Refusal.Problem] = []
        if let name = changes.name, let problem = Naming.problem(with: name, field: "name") {
            problems.append(problem)
        }
        var scopes: ScopeRequest?
        do {
            scopes = try changes.scopes.map {
                try ScopeRequest($0, field: "scopes", level: context.organization.level)
            }
        } catch let refusal as Refusal where refusal.kind == .invalid {
            problems += refusal.problems
        }
        if !problems.isEmpty { throw Refusal.invalid(problems) }
        if let name = changes.name { try Self.checkIsNotBuiltIn(name) }
        return scopes
    }

    /// At every level, so that what a higher one left behind can be cleared away.
    package func delete(
        _ id: Role.ID, in context: OrganizationContext, by caller: Caller
    ) throws {
        try context.checkIsOwner()
        try Self.checkIsCustom(id)
        try stores.atomically {
            guard let role = try stores.roles.lockedFind(id, in: context.organization.id),
                try stores.roles.delete(id, in: context.organization.id)
            else { throw Refusal.notFound }
            try audit.record(
                "role.deleted", by: caller, organization: context.organization.id,
                target: role.reference,
                changes: [AuditEvent.Change("scopes", old: role.permissions.text, new: nil)])
        }
    }

    private static func checkLevel(_ context: OrganizationContext) throws {
        guard context.organization.level == .enterprise else {
            throw Refusal(
                .conflict, code: "enterprise_required",
                "Only an organization of the level enterprise has custom roles.")
        }
    }

    private static func checkIsCustom(_ id: Role.ID) throws {
        guard !BuiltInRole.allCases.contains(where: { $0.id == id }) else {
            throw Refusal.forbidden("built_in_role", "A built-in role can't be changed.")
        }
    }

    /// A name like a built-in role's, in whatever case, would deceive.
    private static func checkIsNotBuiltIn(_ name: String) throws {
        guard BuiltInRole(rawValue: name.lowercased()) == nil else { throw Role.nameTaken }
    }
}

extension Role {
    var reference: AuditEvent.Reference {
        AuditEvent.Reference(kind: "role", id: id.description, name: name)
    }
}
