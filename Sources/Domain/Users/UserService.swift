/// Lets system administrators make, change and end users. That the caller is one is checked at the door.
package struct UserService {
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

    package func list(_ page: PageRequest) throws -> ListPage<User> {
        try stores.users.list(page)
    }

    /// By user name or e-mail address, as somebody typed it; nil where there is nobody.
    package func find(named typed: String) throws -> User? {
        try stores.users.find(signInName: typed)
    }

    /// Refuses with `notFound` where there is none.
    package func show(_ id: User.ID) throws -> User {
        guard let user = try stores.users.find(id) else { throw Refusal.notFound }
        return user
    }

    /// Refuses bad input (every problem at once) and names that somebody has (`username_taken`, `email_taken`).
    package func create(_ new: NewUser, by caller: Caller) throws -> User {
        let now = clock.now
        let user = new.user(id: secrets.newID(at: now), at: now)
        let problems = Self.problems(with: new)
        if !problems.isEmpty { throw Refusal.invalid(problems) }
        let hash = try new.password.map(passwords.hash)
        try stores.atomically {
            try stores.users.insert(user, passwordHash: hash)
            try audit.record(
                "user.created", by: caller, target: .user(user),
                changes: Self.changes(from: nil, to: user))
        }
        return user
    }

    /// Writes the given fields. Disabling ends all that the user holds, at once and for good: sessions,
    /// personal access tokens and what clients were given. A new password ends the user's sessions, but for
    /// the one that asks. Refuses to leave the platform without an enabled system administrator
    /// (`last_system_administrator`), or an organization without an enabled owner (`last_owner`).
    package func update(_ id: User.ID, _ changes: UserChanges, by caller: Caller) throws -> User {
        let now = clock.now
        let problems = try problems(with: changes, of: id)
        if !problems.isEmpty { throw Refusal.invalid(problems) }
        let hash = try changes.password.map(passwords.hash)
        return try stores.atomically {
            let administrators =
                changes.mayEndAdministration
                ? try stores.users.lockedSystemAdministratorCount() : nil
            guard let old = try stores.users.lockedFind(id) else { throw Refusal.notFound }
            var user = changes.applied(to: old)
            if let administrators, old.administers, !user.administers {
                try Self.keepOne(of: administrators)
            }
            let isBeingDisabled = user.isDisabled && !old.isDisabled
            if isBeingDisabled { try refuseLastOwner(id) }
            if user != old {
                user.updatedAt = now
                try stores.users.update(user)
                try audit.record(
                    isBeingDisabled
                        ? "user.disabled"
                        : old.isDisabled && !user.isDisabled ? "user.enabled" : "user.updated",
                    by: caller, target: .user(user), changes: Self.changes(from: old, to: user))
            }
            if isBeingDisabled {
                _ = try stores.sessions.endAll(of: id, except: nil, at: now)
                _ = try stores.personalAccessTokens.revokeAll(of: id, at: now)
                _ = try stores.grants.endAll(ofUser: id, at: now)
            }
            if old.administers, !user.administers {
                try stores.registrations.deleteTokens(createdBy: id)
            }
            if let hash {
                guard try stores.users.setPasswordHash(hash, of: id, replacing: nil, at: now) else {
                    throw Refusal.invalid([Self.noPassword])
                }
                user.updatedAt = now
                let kept = caller.authentication?.sessionID
                _ = try stores.sessions.endAll(of: id, except: kept, at: now)
                _ = try stores.grants.endAllOffline(ofUser: id, except: kept, at: now)
                try audit.record("user.password_reset", by: caller, target: .user(user))
            }
            return user
        }
    }

    /// Deletes the user with everything of theirs; the audit trail and API keys that they made stay. Refuses
    /// the last system administrator and the last owner of an organization.
    package func delete(_ id: User.ID, by caller: Caller) throws {
        try stores.atomically {
            let administrators = try stores.users.lockedSystemAdministratorCount()
            guard let user = try stores.users.lockedFind(id) else { throw Refusal.notFound }
            if user.administers { try Self.keepOne(of: administrators) }
            if !user.isDisabled { try refuseLastOwner(id) }
            // They would go with the user, but clients are told only of what ends.
            _ = try stores.sessions.endAll(of: id, except: nil, at: clock.now)
            guard try stores.users.delete(id) else { throw Refusal.notFound }
            try audit.record(
                "user.deleted", by: caller, target: .user(user),
                changes: Self.changes(from: user, to: nil))
        }
    }

    private static func keepOne(of administrators: Int) throws {
        guard administrators > 1 else {
            throw Refusal(
                .conflict, code: "last_system_administrator",
                "This is the last enabled system administrator.")
        }
    }

    private func refuseLastOwner(_ id: User.ID) throws {
        guard try stores.members.organizationsWithSoleOwner(id).isEmpty else {
            throw Refusal(
                .conflict, code: "last_owner",
                "The user is the last owner of an organization. Make somebody else owner first.")
        }
    }

    private static let noPassword = Refusal.Problem(
        field: "password", code: "not_allowed", detail: "A service user has no password.")

    /// Everything that the rules have against a new user, but for names that somebody has.
    package static func problems(with new: NewUser) -> [Refusal.Problem] {
        let user = new.user(
            id: User.ID(UniqueID(high: 0, low: 0)), at: Instant(milliseconds: 0))
        // Where none was given, it is the user name, which has rules of its own.
        return problems(with: user, password: new.password)
            .filter { new.displayName != nil || $0.field != "display_name" }
    }

    /// Everything that the rules have against a change, but for names that somebody has, and the last
    /// administrator's and owner's. Refuses with `notFound` where there is no such user.
    package func problems(
        with changes: UserChanges, of id: User.ID
    ) throws -> [Refusal.Problem] {
        let old = try show(id)
        let user = changes.applied(to: old)
        let kindChanges = changes.kind.map { $0 != old.kind } ?? false
        return Self.problems(with: user) + (kindChanges ? [Self.kindIsFixed] : [])
            + (changes.password.map { Self.problems(withPassword: $0, of: user) } ?? [])
    }

    private static func problems(with user: User, password: String?) -> [Refusal.Problem] {
        guard let password else {
            return problems(with: user) + (user.kind == .person ? [passwordRequired] : [])
        }
        return problems(with: user) + problems(withPassword: password, of: user)
    }

    private static func problems(
        withPassword password: String, of user: User
    ) -> [Refusal.Problem] {
        if user.kind == .service { return [noPassword] }
        return PasswordRules.problem(with: password, of: user).map { [$0] } ?? []
    }

    private static let kindIsFixed = Refusal.Problem(
        field: "kind", code: "not_allowed", detail: "The kind of a user never changes.")

    private static let passwordRequired = Refusal.Problem(
        field: "password", code: "required", detail: "A person needs a password.")

    private static func problems(with user: User) -> [Refusal.Problem] {
        var problems: [Refusal.Problem] = []
        if !User.isUsername(user.username) {
            problems.append(
                Refusal.Problem(
                    field: "username", code: "invalid_username",
                    detail: "A user name has 1 to 64 of letters, digits, '.', '_', '-', '@'."))
        }
        if let email = user.email, !User.isEmail(email) {
            problems.append(
                Refusal.Problem(
                    field: "email", code: "invalid_email", detail: "This is no e-mail address."))
        }
        if let problem = Naming.problem(with: user.displayName, field: "display_name") {
            problems.append(problem)
        }
        if user.kind == .service, user.isSystemAdministrator {
            problems.append(
                Refusal.Problem(
                    field: "system_administrator", code: "not_allowed",
                    detail: "Only a person may be a system administrator."))
        }
        return problems
    }

    private static func changes(from old: User?, to new: User?) -> [AuditEvent.Change] {
        func change(_ field: String, _ value: (User) -> String?) -> AuditEvent.Change {
            AuditEvent.Change(field, old: old.flatMap(value), new: new.flatMap(value))
        }
        return [
            change("username") { $0.username },
            change("email") { $0.email },
            change("email_verified") { String($0.emailVerified) },
            change("display_name") { $0.displayName },
            change("kind") { $0.kind.rawValue },
            change("system_administrator") { String($0.isSystemAdministrator) },
            change("disabled") { String($0.isDisabled) },
        ]
    }
}

/// A user to be made.
package struct NewUser: Sendable {
    package var username: String
    package var email: String?
    package var emailVerified: Bool
    /// The user name where there is none.
    package var displayName: String?
    /// A person needs one, a service user has none.
    package var password: String?
    package var kind: User.Kind
    package var isSystemAdministrator: Bool

    package init(
        username: String, email: String? = nil, emailVerified: Bool = false,
        displayName: String? = nil, password: String? = nil, kind: User.Kind = .person,
        isSystemAdministrator: Bool = false
    ) {
        self.username = username
        self.email = email
        self.emailVerified = emailVerified
        self.displayName = displayName
        self.password = password
        self.kind = kind
        self.isSystemAdministrator = isSystemAdministrator
    }
}

extension NewUser {
    fileprivate func user(id: User.ID, at now: Instant) -> User {
        User(
            id: id, username: username, email: email,
            emailVerified: email != nil && emailVerified, displayName: displayName ?? username,
            kind: kind, isSystemAdministrator: isSystemAdministrator, isDisabled: false,
            createdAt: now, updatedAt: now, lastSignInAt: nil)
    }
}

/// What is to become different about a user; nil leaves a field as it is.
package struct UserChanges: Sendable {
    package enum Email: Sendable, Equatable {
        case none
        case address(String)
    }

    package var username: String?
    /// Another address is not verified until somebody says so.
    package var email: Email?
    package var emailVerified: Bool?
    package var displayName: String?
    package var password: String?
    /// What it is already; for who sends back a user as it was shown.
    package var kind: User.Kind?
    package var isSystemAdministrator: Bool?
    package var isDisabled: Bool?

    package init(
        username: String? = nil, email: Email? = nil, emailVerified: Bool? = nil,
        displayName: String? = nil, password: String? = nil, kind: User.Kind? = nil,
        isSystemAdministrator: Bool? = nil, isDisabled: Bool? = nil
    ) {
        self.username = username
        self.email = email
        self.emailVerified = emailVerified
        self.displayName = displayName
        self.password = password
        self.kind = kind
        self.isSystemAdministrator = isSystemAdministrator
        self.isDisabled = isDisabled
    }

    fileprivate var mayEndAdministration: Bool {
        isSystemAdministrator == false || isDisabled == true
    }

    fileprivate func applied(to user: User) -> User {
        var user = user
        if let username { user.username = username }
        switch email {
        case nil: break
        case .some(.none):
            user.email = nil
            user.emailVerified = false
        case .address(let address):
            if user.email.map(SignInName.init) != SignInName(address) { user.emailVerified = false }
            user.email = address
        }
        if let emailVerified { user.emailVerified = emailVerified && user.email != nil }
        if let displayName { user.displayName = displayName }
        if let isSystemAdministrator { user.isSystemAdministrator = isSystemAdministrator }
        if let isDisabled { user.isDisabled = isDisabled }
        return user
    }
}

extension User {
    fileprivate var administers: Bool { isSystemAdministrator && !isDisabled }
}
