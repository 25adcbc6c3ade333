extension SignInService {
    /// Checks the password of somebody who sits at a signed-in browser once more. The session goes on under another
    /// cookie, whose secret is the answer; nil where the password is wrong. Wrong tries are counted and
    /// throttled, for the session may have been stolen.
    package func confirm(_ password: String, by caller: Caller) throws -> Secret? {
        guard let authentication = caller.authentication, let user = authentication.user,
            authentication.credential.kind == .browserSession, let id = authentication.sessionID
        else { return nil }
        let now = clock.now
        let reservation: SignInThrottle.Reservation
        switch try throttle.reserve(passwordOf: user.id, at: now) {
        case .mayTry(let counted):
            reservation = counted
        case .mustWait(let retryAfter, let isFirst):
            if isFirst { try denyConfirmation("throttled", of: user, by: caller) }
            throw SignInThrottle.refusal(retryAfter: retryAfter)
        }
        let hash = try stores.users.passwordHash(of: user.id)
        guard try check(password, against: hash, reservation) != .wrong else {
            try denyConfirmation("wrong_password", of: user, by: caller)
            return nil
        }
        let cookie = secrets.newSecret()
        let isConfirmed = try stores.atomically {
            guard var session = try stores.sessions.find(id), session.isAlive(at: now),
                try stores.users.passwordHash(of: user.id) == hash
            else { return false }
            session.lastActiveAt = now
            session.authenticatedAt = now
            guard
                try stores.sessions.update(session, cookie: secrets.digest(of: cookie.text))
            else { return false }
            try throttle.giveBack(reservation)
            try audit.record("sign_in.confirmed", by: caller, target: .session(session))
            return true
        }
        return isConfirmed ? cookie : nil
    }

    private func denyConfirmation(
        _ reason: String, of user: User, by caller: Caller
    ) throws {
        try stores.atomically {
            try audit.record(
                "sign_in.confirmed", by: caller, outcome: .denied, reason: reason,
                target: .user(user))
        }
    }
}
