/// What is asked of a new API key.
package struct NewAPIKey: Sendable {
    package let name: String
    package let permissions: [String]
    /// One of the two says how long it lives.
    package let lifetimeDays: Int?
    package let expiresAt: Instant?

    package init(
        name: String, permissions: [String], lifetimeDays: Int? = nil, expiresAt: Instant? = nil
    ) {
        self.name = name
        self.permissions = permissions
        self.lifetimeDays = lifetimeDays
        self.expiresAt = expiresAt
    }
}

/// A key that was just made, with its text, which is shown this once; only its digest is kept.
package struct IssuedAPIKey: Sendable {
    package let key: APIKey
    package let text: Secret
}

/// Lets whoever manages an organization give machines an identity in it.
package struct APIKeyService {
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
    ) throws -> ListPage<APIKey> {
        try checkManages(context)
        return try stores.apiKeys.list(in: context.organization.id, page)
    }

    /// User names of those who made the keys; none for who is gone.
    package func makers(
        of keys: [APIKey], in context: OrganizationContext
    ) throws -> [User.ID: String] {
        try checkManages(context)
        return try Set(keys.compactMap(\.createdBy)).reduce(into: [:]) { names, id in
            names[id] = try stores.users.find(id)?.username
        }
    }

    package func show(_ id: APIKey.ID, in context: OrganizationContext) throws -> APIKey {
        try checkManages(context)
        guard let key = try stores.apiKeys.find(id, in: context.organization.id) else {
            throw Refusal.notFound
        }
        return key
    }

    /// Issues a key with permissions that its maker holds. It outlives its maker's membership.
    package func issue(
        _ new: NewAPIKey, in context: OrganizationContext, by caller: Caller
    ) throws -> IssuedAPIKey {
        try checkManages(context)
        let organization = context.organization
        let now = clock.now
        let (permissions, expiresAt) = try Self.checked(new, in: context, at: now)
        let key = APIKey(
            id: secrets.newID(at: now), organizationID: organization.id, name: new.name,
            permissions: permissions.permissions, createdBy: caller.authentication?.user?.id,
            createdAt: now, expiresAt: expiresAt, revokedAt: nil, lastUsedAt: nil)
        let text = APIKeyText.make(id: key.id, secret: secrets.newSecret())
        try stores.atomically {
            try stores.apiKeys.insert(key, digest: secrets.digest(of: text.text))
            try audit.record(
                "api_key.created", by: caller, organization: organization.id,
                target: key.reference,
                changes: [
                    AuditEvent.Change("permissions", old: nil, new: key.permissions.text),
                    AuditEvent.Change("expires_at", old: nil, new: key.expiresAt.description),
                ])
        }
        return IssuedAPIKey(key: key, text: text)
    }

    /// Revokes for good, from the return of this call on; again changes nothing.
    package func revoke(
        _ id: APIKey.ID, in context: OrganizationContext, by caller: Caller
    ) throws -> APIKey {
        try checkManages(context)
        let now = clock.now
        return try stores.atomically {
            let isFirst = try stores.apiKeys.revoke(id, in: context.organization.id, at: now)
            let key = try show(id, in: context)
            if isFirst {
                try audit.record(
                    "api_key.revoked", by: caller, organization: context.organization.id,
                    target: key.reference,
                    changes: [
                        AuditEvent.Change("revoked_at", old: nil, new: key.revokedAt?.description)
                    ])
            }
            return key
        }
    }

    /// Refuses what could not be issued; every problem at once.
    package func check(_ new: NewAPIKey, in context: OrganizationContext) throws {
        try checkManages(context)
        _ = try Self.checked(new, in: context, at: clock.now)
    }

    package func status(of key: APIKey) -> PersonalAccessToken.Status {
        key.status(at: clock.now)
    }

    /// Refuses (403) unless the asker manages or owns the organization.
    package func checkManages(_ context: OrganizationContext) throws {
        if !context.isOwner { try context.checkHolds(.organizationsManage) }
    }

    /// The permissions and the end; every problem at once.
    private static func checked(
        _ new: NewAPIKey, in context: OrganizationContext, at now: Instant
    ) throws -> (ScopeRequest, expiresAt: Instant) {
        var problems: [Refusal.Problem] = []
        func refuse(_ field: String, _ code: String, _ detail: String) {
            problems.append(Refusal.Problem(field: field, code: code, detail: detail))
        }
        if let problem = Naming.problem(with: new.name, field: "name") { problems.append(problem) }
        var expiresAt: Instant?
        switch (new.lifetimeDays, new.expiresAt) {
        case (nil, nil):
            refuse(
                "expires_in_days", "required",
                "Say when the key expires: expires_in_days or expires_at.")
        case (.some, .some):
            refuse(
                "expires_at", "not_allowed",
                "Say when the key expires once: expires_in_days or expires_at, not both.")
        case (let days?, nil):
            if APIKey.lifetimeRange.contains(days) {
                expiresAt = now.adding(days: days)
            } else {
                refuse(
                    "expires_in_days", "out_of_range", "expires_in_days must be from 1 to 365.")
            }
        case (nil, let time?):
            if time > now, time <= now.adding(days: APIKey.lifetimeRange.upperBound) {
                expiresAt = time
            } else {
                refuse(
                    "expires_at", "out_of_range",
                    "expires_at must lie in the future, at most 365 days ahead.")
            }
        }
        var permissions: ScopeRequest?
        do {
            permissions = try ScopeRequest(
                new.permissions, field: "permissions", level: context.organization.level)
            try permissions?.check(heldIn: context.permissions)
        } catch let refusal as Refusal {
            problems += refusal.problems
        }
        guard problems.isEmpty, let permissions, let expiresAt else {
            throw Refusal.invalid(problems)
        }
        return (permissions, expiresAt)
    }
}

extension APIKey {
    package static let lifetimeRange = 1...365

    package func status(at time: Instant) -> PersonalAccessToken.Status {
        if revokedAt != nil { return .revoked }
        return time < expiresAt ? .active : .expired
    }

    var reference: AuditEvent.Reference {
        AuditEvent.Reference(kind: "api_key", id: id.description, name: name)
    }
}
