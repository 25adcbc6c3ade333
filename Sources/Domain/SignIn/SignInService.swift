/// Lets people in: checks a password, gives a session, a sign-in token and what renews it, and takes them back.
///
/// Whatever is wrong with a sign-in (no such user, a wrong password, a disabled user, a service user) has one
/// answer and takes one time; the reason stands in the audit trail alone.
package struct SignInService {
    let stores: any Stores
    let tokens: any BearerTokens
    let passwords: any PasswordHasher
    let secrets: any SecretSource
    let clock: Clock
    let audit: AuditTrail
    let settings: SignInSettings

    package init(
        stores: any Stores, tokens: any BearerTokens, passwords: any PasswordHasher,
        secrets: any SecretSource, clock: Clock, audit: AuditTrail,
        settings: SignInSettings = SignInSettings()
    ) {
        self.stores = stores
        self.tokens = tokens
        self.passwords = passwords
        self.secrets = secrets
        self.clock = clock
        self.audit = audit
        self.settings = settings
    }

    /// Signs a person in by user name or e-mail. Refuses with `tooManyAttempts` before the password is looked at
    /// when there were too many wrong tries, or too many passwords are being checked already.
    ///
    /// A browser that is signed in already goes on with its session, under another cookie, when it is the same
    /// person's; another person's ends, so that a browser never has two.
    package func signIn(
        name typed: String, password: String, for purpose: SignInPurpose, by caller: Caller
    ) throws -> SignInOutcome {
        let now = clock.now
        let name = SignInName(typed)
        let found = try stores.users.findForSignIn(name)
        let reservation = try reserve(name, found?.user, by: caller, at: now)
        let check = try check(password, against: found?.passwordHash, reservation)

        guard let found else { return try reject(nil, "unknown_user", by: caller) }
        guard found.user.kind == .person else {
            return try reject(found.user, "service_user", by: caller)
        }
        guard check != .wrong, let hash = found.passwordHash else {
            return try reject(found.user, "wrong_password", by: caller)
        }
        guard !found.user.isDisabled else {
            return try reject(found.user, "disabled", by: caller)
        }
        let rehashed = check == .rightButOutdated ? try rehash(password) : nil
        let prepared = try prepare(purpose, for: found.user, by: caller, at: now)
        let isIn = try stores.atomically {
            guard
                try stores.users.recordSignIn(
                    of: found.user.id, provedBy: hash, rehashed: rehashed, at: now)
            else { return false }
            guard try store(prepared, by: caller, at: now) else { return false }
            try throttle.recordAddress(caller.address, of: found.user.id, at: now)
            try throttle.giveBack(reservation)
            try audit.record(
                "sign_in.succeeded", by: caller, actor: .user(found.user),
                target: .session(prepared.session))
            return true
        }
        // Disabled, or given another password, between the look and the leap.
        guard isIn else { return try reject(found.user, "changed_meanwhile", by: caller) }
        var user = found.user
        user.lastSignInAt = now
        return .signedIn(
            SignedIn(user: user, session: prepared.session, given: prepared.given))
    }

    /// A new sign-in token and refresh token for an old refresh token, which works once. Nil where it is not to
    /// be believed. One that was used before has been copied by somebody: its session ends, with all it gave.
    package func refresh(_ refreshToken: String, by caller: Caller) throws -> SignInToken? {
        let now = clock.now
        let digest = secrets.digest(of: refreshToken)
        guard let id = try stores.sessions.session(ofRefreshToken: digest),
            var session = try stores.sessions.find(id),
            let user = try stores.users.find(session.userID)
        else { return nil }
        // Signed before the old one is used up, so that a failure here costs nobody the session.
        let prepared = try prepareToken(for: user, in: id, withRefresh: true, at: now)
        session.lastActiveAt = now
        session.expiresAt = max(session.expiresAt, prepared.livesUntil)
        let isRenewed = try stores.atomically {
            guard try stores.sessions.consumeRefreshToken(digest, at: now) == id else {
                if try stores.sessions.end(id, of: user.id, at: now) {
                    try audit.record(
                        "sign_in.refresh_replayed", by: caller, outcome: .denied,
                        reason: "refresh_token_reused", actor: .user(user),
                        target: .session(session))
                }
                return false
            }
            guard !user.isDisabled, try stores.sessions.update(session) else { return false }
            try storeRefreshToken(of: prepared, in: id, at: now)
            try audit.record(
                "sign_in.refreshed", by: caller, actor: .user(user), target: .session(session))
            return true
        }
        return isRenewed ? prepared.token : nil
    }

    /// Ends the session of the caller's credential; everything that it gave is dead.
    package func signOut(by caller: Caller) throws {
        guard let authentication = caller.authentication, let user = authentication.user,
            let id = authentication.sessionID
        else { return }
        try stores.atomically {
            if try stores.sessions.end(id, of: user.id, at: clock.now) {
                try audit.record(
                    "sign_out.succeeded", by: caller,
                    target: AuditEvent.Reference(kind: "session", id: id.description, name: ""))
            }
        }
    }
}

/// What somebody signs in for.
package enum SignInPurpose: Sendable, Equatable {
    /// A browser session, kept by a cookie.
    case browser
    /// A sign-in token for the API, with a refresh token where asked.
    case token(withRefresh: Bool)
}

/// How a sign-in ended; of a rejected one nobody outside learns more.
package enum SignInOutcome: Sendable {
    case signedIn(SignedIn)
    case rejected
}

/// Who signed in, and what they were given.
package struct SignedIn: Sendable {
    package enum Given: Sendable {
        /// The secret of the session's cookie.
        case cookie(Secret)
        case token(SignInToken)
    }

    package let user: User
    package let session: Session
    package let given: Given
}

/// A sign-in token, and what renews it; both are shown once.
package struct SignInToken: Sendable {
    package let token: Secret
    /// Seconds.
    package let expiresIn: Int
    package let refreshToken: Secret?
}

extension SignInService {
    var throttle: SignInThrottle {
        SignInThrottle(stores: stores, secrets: secrets, settings: settings)
    }

    private func reserve(
        _ name: SignInName, _ user: User?, by caller: Caller, at now: Instant
    ) throws -> SignInThrottle.Reservation {
        switch try throttle.reserve(name, user: user?.id, from: caller.address, at: now) {
        case .mayTry(let reservation):
            return reservation
        case .mustWait(let retryAfter, let isFirst):
            // One line a window: a flood of tries must not become a flood of lines.
            if isFirst { _ = try reject(user, "throttled", by: caller) }
            throw SignInThrottle.refusal(retryAfter: retryAfter)
        }
    }

    func check(
        _ password: String, against hash: String?, _ reservation: SignInThrottle.Reservation
    ) throws -> PasswordCheck {
        // Nobody's password is as long, so there is nothing to hash; the asker knows the length anyway.
        guard PasswordRules.isOfAcceptableLength(password) else { return .wrong }
        do {
            return try passwords.check(password, against: hash)
        } catch {
            try throttle.giveBack(reservation)
            throw error
        }
    }

    private func rehash(_ password: String) throws -> String? {
        do {
            return try passwords.hash(password)
        } catch is Refusal {
            // Too many are being hashed: the old one serves until the next sign-in.
            return nil
        }
    }

    private func reject(
        _ user: User?, _ reason: String, by caller: Caller
    ) throws -> SignInOutcome {
        try stores.atomically {
            // What was typed for a name nobody has may be a password, so it is not kept.
            try audit.record(
                "sign_in.failed", by: caller, outcome: .denied, reason: reason,
                target: user.map(AuditEvent.Reference.user))
        }
        return .rejected
    }

    /// A session and its secrets, made but not yet stored.
    private struct Prepared {
        var session: Session
        /// Whether the session is there already.
        var isContinued = false
        let given: SignedIn.Given
        let cookie: Secret.Digest?
        let token: PreparedToken?
    }

    private struct PreparedToken {
        let token: SignInToken
        /// When the last of the two dies; the session does not live longer.
        let livesUntil: Instant
        let refreshDigest: Secret.Digest?
    }

    private func prepare(
        _ purpose: SignInPurpose, for user: User, by caller: Caller, at now: Instant
    ) throws -> Prepared {
        let id: Session.ID = secrets.newID(at: now)
        func session(_ kind: Session.Kind, until end: Instant) -> Session {
            Session(
                id: id, userID: user.id, kind: kind, userAgent: caller.userAgent,
                address: caller.address, createdAt: now, lastActiveAt: now, expiresAt: end,
                endedAt: nil, authenticatedAt: now)
        }
        switch purpose {
        case .browser:
            let cookie = secrets.newSecret()
            let end = now.adding(seconds: Int64(settings.browserLifetime))
            var prepared = Prepared(
                session: session(.browser, until: end), given: .cookie(cookie),
                cookie: secrets.digest(of: cookie.text), token: nil)
            if var current = try browserSession(of: caller), current.userID == user.id,
                current.isAlive(at: now)
            {
                current.lastActiveAt = now
                current.authenticatedAt = now
                current.expiresAt = end
                prepared.session = current
                prepared.isContinued = true
            }
            return prepared
        case .token(let withRefresh):
            let token = try prepareToken(for: user, in: id, withRefresh: withRefresh, at: now)
            return Prepared(
                session: session(.token, until: token.livesUntil), given: .token(token.token),
                cookie: nil, token: token)
        }
    }

    /// The session of the browser that asks, if it is signed in.
    private func browserSession(of caller: Caller) throws -> Session? {
        guard let authentication = caller.authentication,
            authentication.credential.kind == .browserSession, let id = authentication.sessionID
        else { return nil }
        return try stores.sessions.find(id)
    }

    /// False where the session that was to go on has ended meanwhile.
    private func store(_ prepared: Prepared, by caller: Caller, at now: Instant) throws -> Bool {
        let session = prepared.session
        if prepared.isContinued, let cookie = prepared.cookie {
            return try stores.sessions.update(session, cookie: cookie)
        }
        if session.kind == .browser, let before = try browserSession(of: caller),
            try stores.sessions.end(before.id, of: before.userID, at: now)
        {
            try audit.record("sign_out.succeeded", by: caller, target: .session(before))
        }
        try stores.sessions.insert(session, cookie: prepared.cookie)
        if let token = prepared.token {
            try storeRefreshToken(of: token, in: session.id, at: session.createdAt)
        }
        return true
    }

    private func storeRefreshToken(
        of token: PreparedToken, in session: Session.ID, at now: Instant
    ) throws {
        guard let digest = token.refreshDigest else { return }
        try stores.sessions.addRefreshToken(
            digest, to: session, at: now, expiresAt: token.livesUntil)
    }

    private func prepareToken(
        for user: User, in session: Session.ID, withRefresh: Bool, at now: Instant
    ) throws -> PreparedToken {
        // A JWT tells whole seconds (RFC 7519 §2), and the session must not die before the token.
        let issuedAt = now.wholeSecond
        let expiresAt = issuedAt.adding(seconds: Int64(settings.tokenLifetime))
        let text = try sign(
            BearerClaims(
                use: .session, id: secrets.newID(Session.ID.self, at: now).value, subject: user.id,
                issuedAt: issuedAt, expiresAt: expiresAt, sessionID: session,
                username: user.username,
                groups: try stores.groups.names(ofUser: user.id, limit: Self.listLimit),
                domains: try stores.organizations.slugs(ofUser: user.id, limit: Self.listLimit)
                    .map { "domains:\($0)" }))
        let refresh = withRefresh ? secrets.newSecret(prefix: "ghr_") : nil
        let refreshEnd = issuedAt.adding(seconds: Int64(settings.refreshLifetime))
        return PreparedToken(
            token: SignInToken(
                token: text, expiresIn: settings.tokenLifetime, refreshToken: refresh),
            livesUntil: withRefresh ? max(expiresAt, refreshEnd) : expiresAt,
            refreshDigest: refresh.map { secrets.digest(of: $0.text) })
    }

    /// How many groups and domains a token names.
    private static let listLimit = 50
    /// A token stays under 4 KiB.
    private static let sizeLimit = 4_095

    /// Signs, and where the token is too long leaves out as many names from the end as it takes.
    private func sign(_ claims: BearerClaims) throws -> Secret {
        var claims = claims
        var groups = claims.groups ?? []
        var domains = claims.domains ?? []
        while true {
            let token = try tokens.sign(claims)
            let excess = token.text.utf8.count - Self.sizeLimit
            if excess <= 0 || (groups.isEmpty && domains.isEmpty) { return token }
            // Base64 makes four characters of three bytes; a name costs at least its bytes.
            var saved = 0
            while saved * 4 < excess * 3, !(groups.isEmpty && domains.isEmpty) {
                let dropped = groups.isEmpty ? domains.removeLast() : groups.removeLast()
                saved += dropped.utf8.count
            }
            claims.groups = groups
            claims.domains = domains
        }
    }
}

extension AuditEvent.Reference {
    static func session(_ session: Session) -> Self {
        Self(kind: "session", id: session.id.description, name: "")
    }
}
