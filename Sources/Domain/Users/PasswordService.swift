/// Lets people change their own password.
package struct PasswordService {
    let stores: any Stores
    let passwords: any PasswordHasher
    let secrets: any SecretSource
    let clock: Clock
    let audit: AuditTrail
    let settings: SignInSettings

    package init(
        stores: any Stores, passwords: any PasswordHasher, secrets: any SecretSource, clock: Clock,
        audit: AuditTrail, settings: SignInSettings = SignInSettings()
    ) {
        self.stores = stores
        self.passwords = passwords
        self.secrets = secrets
        self.clock = clock
        self.audit = audit
        self.settings = settings
    }

    /// Replaces the password of a person who knows the current one. The person's other sessions end unless
    /// told otherwise, and so does what clients were given in them; personal access tokens stay. Wrong guesses at the current one are counted and
    /// throttled, for a session may have been stolen.
    package func change(
        _ current: String, to new: String, of user: User, in session: Session.ID,
        signingOutOthers: Bool, by caller: Caller
    ) throws {
        let now = clock.now
        let reservation = try reserve(user, by: caller, at: now)
        guard let old = try verifiedHash(current, of: user, reservation) else {
            try deny(user, "wrong_password", by: caller)
            let problem = PasswordRules.problem(with: new, of: user, field: "new_password")
            throw Refusal.invalid([Self.wrong] + (problem.map { [$0] } ?? []))
        }
        try throttle.giveBack(reservation)
        if let problem = PasswordRules.problem(with: new, of: user, field: "new_password") {
            throw Refusal.invalid([problem])
        }
        let hash = try passwords.hash(new)
        let isChanged = try stores.atomically {
            guard
                try stores.users.setPasswordHash(hash, of: user.id, replacing: old, at: now)
            else { return false }
            if signingOutOthers {
                _ = try stores.sessions.endAll(of: user.id, except: session, at: now)
                _ = try stores.grants.endAllOffline(ofUser: user.id, except: session, at: now)
            }
            if var kept = try stores.sessions.find(session) {
                kept.authenticatedAt = now
                _ = try stores.sessions.update(kept)
            }
            try audit.record(
                "user.password_changed", by: caller, target: .user(user),
                changes: signingOutOthers
                    ? [AuditEvent.Change("other_sessions", old: nil, new: "ended")] : [])
            return true
        }
        // Somebody else changed it meanwhile, so the current one is no longer the current one.
        guard isChanged else { throw Refusal.invalid([Self.wrong]) }
    }

    private static let wrong = Refusal.Problem(
        field: "current_password", code: "wrong_password", detail: "This is not your password.")

    private var throttle: SignInThrottle {
        SignInThrottle(stores: stores, secrets: secrets, settings: settings)
    }

    private func reserve(
        _ user: User, by caller: Caller, at now: Instant
    ) throws -> SignInThrottle.Reservation {
        switch try throttle.reserve(passwordOf: user.id, at: now) {
        case .mayTry(let reservation):
            return reservation
        case .mustWait(let retryAfter, let isFirst):
            if isFirst { try deny(user, "throttled", by: caller) }
            throw SignInThrottle.refusal(retryAfter: retryAfter)
        }
    }

    /// The hash that the password fits; nil where it does not.
    private func verifiedHash(
        _ password: String, of user: User, _ reservation: SignInThrottle.Reservation
    ) throws -> String? {
        let hash = try stores.users.passwordHash(of: user.id)
        guard PasswordRules.isOfAcceptableLength(password) else { return nil }
        do {
            return try passwords.check(password, against: hash) == .wrong ? nil : hash
        } catch {
            try throttle.giveBack(reservation)
            throw error
        }
    }

    private func deny(_ user: User, _ reason: String, by caller: Caller) throws {
        try stores.atomically {
            try audit.record(
                "user.password_changed", by: caller, outcome: .denied, reason: reason,
                target: .user(user))
        }
    }
}
