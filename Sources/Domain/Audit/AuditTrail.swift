/// Writes the audit trail, in the words of the services: who called, what changed.
package struct AuditTrail {
    let stores: any Stores
    let secrets: any SecretSource
    let clock: Clock
    let revokedUses: RevokedUseTimes

    package init(
        stores: any Stores, secrets: any SecretSource, clock: Clock,
        revokedUses: RevokedUseTimes = RevokedUseTimes()
    ) {
        self.stores = stores
        self.secrets = secrets
        self.clock = clock
        self.revokedUses = revokedUses
    }

    /// Records one event, in the transaction of the change that it tells of.
    /// - Parameter actor: who did it, where that is not the caller's credential (a sign-in).
    package func record(
        _ action: String, by caller: Caller, outcome: AuditEvent.Outcome = .success,
        reason: String? = nil, actor: AuditEvent.Reference? = nil,
        organization: Organization.ID? = nil, target: AuditEvent.Reference? = nil,
        changes: [AuditEvent.Change] = []
    ) throws {
        let now = clock.now
        let authentication = caller.authentication
        try stores.audit.record(
            AuditEvent(
                id: secrets.newID(at: now), time: now, action: action, outcome: outcome,
                reason: reason, requestID: caller.requestID,
                actor: actor ?? authentication.map(Self.actor),
                credential: authentication.map { authentication in
                    AuditEvent.Reference(
                        kind: authentication.credential.kind.rawValue,
                        id: authentication.credential.id.description,
                        name: authentication.credential.name)
                },
                organizationID: organization, address: caller.address,
                userAgent: caller.userAgent, target: target,
                changes: changes.filter { $0.old != $0.new }))
    }

    /// Newest first. Who may ask for what is checked at the door.
    package func list(
        _ filter: AuditFilter, _ page: PageRequest
    ) throws -> ListPage<AuditEvent> {
        try stores.audit.list(filter, page)
    }

    private static func actor(of authentication: Authentication) -> AuditEvent.Reference {
        let kind: String
        switch authentication.subject {
        case .user: kind = "user"
        case .apiKey: kind = "api_key"
        }
        return AuditEvent.Reference(
            kind: kind, id: authentication.subjectID.description, name: authentication.subjectName)
    }
}

extension AuditEvent.Reference {
    package static func user(_ user: User) -> Self {
        Self(kind: "user", id: user.id.description, name: user.username)
    }

    package static func organization(_ organization: Organization) -> Self {
        Self(kind: "organization", id: organization.id.description, name: organization.name)
    }
}
