/// Makes what a platform needs before anybody can sign in: its first system administrator, `admin`, who owns
/// its first organization, `default`.
package struct FirstStart {
    package static let username = "admin"
    package static let slug = "default"

    let stores: any Stores
    let passwords: any PasswordHasher
    let secrets: any SecretSource
    let clock: Clock
    let audit: AuditTrail

    package init(
        stores: any Stores, passwords: any PasswordHasher, secrets: any SecretSource, clock: Clock,
        audit: AuditTrail
    ) {
        self.stores = stores
        self.passwords = passwords
        self.secrets = secrets
        self.clock = clock
        self.audit = audit
    }

    /// Whether there is nobody yet.
    package func isNeeded() throws -> Bool {
        try stores.users.countAll() == 0
    }

    /// Makes both in one transaction; nil where there are users already, or somebody else was faster. Refuses
    /// a password against the rules.
    package func make(
        password: String, by caller: Caller
    ) throws -> (administrator: User, organization: Organization)? {
        guard try isNeeded() else { return nil }
        let now = clock.now
        let user = User(
            id: secrets.newID(at: now), username: Self.username, email: nil, emailVerified: false,
            displayName: "Administrator", kind: .person, isSystemAdministrator: true,
            isDisabled: false, createdAt: now, updatedAt: now, lastSignInAt: nil)
        if let problem = PasswordRules.problem(with: password, of: user) {
            throw Refusal.invalid([problem])
        }
        let organization = Organization(
            id: secrets.newID(at: now), slug: Self.slug, name: "Default", level: .basic,
            maintenance: .off, createdAt: now, updatedAt: now)
        let hash = try passwords.hash(password)
        do {
            return try stores.atomically {
                guard try stores.users.countAll() == 0 else { return nil }
                try stores.users.insert(user, passwordHash: hash)
                try stores.organizations.insert(organization)
                try stores.members.insert(
                    Member(
                        id: secrets.newID(at: now), organizationID: organization.id,
                        principal: .user(user.id), name: user.username,
                        displayName: user.displayName, isOwner: true, roles: [], createdAt: now,
                        updatedAt: now))
                try audit.record(
                    "platform.first_started", by: caller, organization: organization.id,
                    target: .user(user),
                    changes: [AuditEvent.Change("organization", old: nil, new: Self.slug)])
                return (user, organization)
            }
        } catch let refusal as Refusal where refusal.code == "username_taken" {
            // Two that start at once both find nobody; the name decides who makes it.
            return nil
        }
    }
}
