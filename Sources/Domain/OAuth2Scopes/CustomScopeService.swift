/// Lets system administrators describe scopes of their own. That the caller is one is checked at the door.
package struct CustomScopeService {
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

    package func list(_ page: PageRequest) throws -> ListPage<CustomScope> {
        try stores.customScopes.list(page)
    }

    /// By id or by name.
    package func show(_ reference: String) throws -> CustomScope {
        if let id = CustomScope.ID(text: reference), let scope = try stores.customScopes.find(id) {
            return scope
        }
        guard CustomScope.problem(withName: reference) == nil,
            let scope = try stores.customScopes.find(name: reference)
        else { throw Refusal.notFound }
        return scope
    }

    package func create(
        name: String, description: String, by caller: Caller
    ) throws -> CustomScope {
        let problems = [
            CustomScope.problem(withName: name), Self.problem(withDescription: description),
        ].compactMap(\.self)
        if !problems.isEmpty { throw Refusal.invalid(problems) }
        let now = clock.now
        let scope = CustomScope(
            id: secrets.newID(at: now), name: name, description: description, createdAt: now,
            updatedAt: now)
        try stores.atomically {
            try stores.customScopes.insert(scope)
            try audit.record(
                "custom_scope.created", by: caller, target: scope.reference,
                changes: [AuditEvent.Change("description", old: nil, new: description)])
        }
        return scope
    }

    /// The name stays: tokens and clients hold it.
    package func update(
        _ reference: String, description: String?, by caller: Caller
    ) throws -> CustomScope {
        if let description, let problem = Self.problem(withDescription: description) {
            throw Refusal.invalid([problem])
        }
        return try stores.atomically {
            let old = try show(reference)
            guard let description, description != old.description else { return old }
            var scope = old
            scope.description = description
            scope.updatedAt = clock.now
            try stores.customScopes.update(scope)
            try audit.record(
                "custom_scope.updated", by: caller, target: scope.reference,
                changes: [
                    AuditEvent.Change("description", old: old.description, new: description)
                ])
            return scope
        }
    }

    /// Refuses one that a client still has (`scope_in_use`).
    package func delete(_ reference: String, by caller: Caller) throws {
        try stores.atomically {
            let scope = try show(reference)
            guard try !stores.clients.isInUse(scope: scope.name) else {
                throw Refusal(
                    .conflict, code: "scope_in_use", "A client still has this scope.")
            }
            guard try stores.customScopes.delete(scope.id) else { throw Refusal.notFound }
            try audit.record("custom_scope.deleted", by: caller, target: scope.reference)
        }
    }

    private static func problem(withDescription text: String) -> Refusal.Problem? {
        guard (1...CustomScope.descriptionLimit).contains(text.unicodeScalars.count) else {
            return Refusal.Problem(
                field: "description", code: text.isEmpty ? "required" : "too_long",
                detail: "description must have 1 to \(CustomScope.descriptionLimit) characters.")
        }
        return Naming.textProblem(with: text, field: "description")
    }
}

extension CustomScope {
    var reference: AuditEvent.Reference {
        AuditEvent.Reference(kind: "custom_scope", id: id.description, name: name)
    }
}
