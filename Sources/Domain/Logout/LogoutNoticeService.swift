/// Tells clients that sessions have ended (OpenID Connect Back-Channel Logout 1.0 §2.5), as often as it takes within
/// a day. Any number of threads and hosts may do so at once.
package struct LogoutNoticeService {
    /// Seconds that nobody else takes a notice: longer than any delivery takes.
    static let leaseSeconds: Int64 = 120
    /// §2.4: «preferably at most two minutes in the future».
    static let tokenSeconds: Int64 = 120
    /// Seconds until the next try, after the first failure, the second, …; then it is given up.
    static let pauses: [Int64] = [10, 60, 300, 900, 3_600, 10_800, 21_600, 43_200]

    let stores: any Stores
    let tokens: any LogoutTokens
    let delivery: any LogoutDelivery
    let secrets: any SecretSource
    let clock: Clock
    let audit: AuditTrail

    package init(
        stores: any Stores, tokens: any LogoutTokens, delivery: any LogoutDelivery,
        secrets: any SecretSource, clock: Clock, audit: AuditTrail
    ) {
        self.stores = stores
        self.tokens = tokens
        self.delivery = delivery
        self.secrets = secrets
        self.clock = clock
        self.audit = audit
    }

    /// Sends the notice that is due for longest; nil where none is.
    package func sendNext() throws -> LogoutDeliveryOutcome? {
        let now = clock.now
        guard
            let (notice, client) = try stores.logoutNotices.claimNext(
                secrets.newID(at: now), at: now,
                leaseUntil: now.adding(seconds: Self.leaseSeconds))
        else { return nil }
        guard let address = client.backchannelLogoutURI, client.isEnabled else {
            // It was changed since: there is nobody to be told any more.
            try stores.logoutNotices.remove(notice)
            return .accepted
        }
        // Another token each time: the client may have seen the last one, although we never heard of it.
        let token = try tokens.sign(
            LogoutTokenClaims(
                id: secrets.newID(LogoutNotice.Claim.self, at: now).value, subject: notice.userID,
                clientID: client.id, sessionID: notice.sessionID, issuedAt: now.wholeSecond,
                expiresAt: now.wholeSecond.adding(seconds: Self.tokenSeconds)),
            with: client.idTokenAlgorithm)
        let outcome = delivery.deliver(token, to: address)
        switch outcome {
        case .accepted:
            try stores.logoutNotices.remove(notice)
        case .refused(let reason):
            try postpone(notice, of: client, reason)
        case .unreachable(let reason):
            if let next = try postpone(notice, of: client, reason) {
                try stores.logoutNotices.postponeAll(ofClient: client.id, until: next)
            }
        }
        return outcome
    }

    /// Nil where it was given up.
    @discardableResult
    private func postpone(
        _ notice: LogoutNotice, of client: Client, _ reason: String
    ) throws -> Instant? {
        guard notice.tries <= Self.pauses.count else {
            try stores.logoutNotices.remove(notice)
            try stores.atomically {
                try audit.record(
                    "oauth2.logout_notice_given_up", by: .service(task: "back-channel logout"),
                    outcome: .error, reason: String(reason.prefix(255)), target: .client(client))
            }
            return nil
        }
        let next = clock.now.adding(seconds: Self.pauses[notice.tries - 1])
        try stores.logoutNotices.postpone(notice, until: next)
        return next
    }
}
