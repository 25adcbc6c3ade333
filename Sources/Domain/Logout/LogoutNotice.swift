/// A client that is still to be told that a session has ended (OpenID Connect Back-Channel Logout 1.0).
package struct LogoutNotice: Sendable, Equatable {
    /// Names whoever sends a notice, so that nobody else does.
    package struct Claim: Identifier {
        package let value: UniqueID
        package init(_ value: UniqueID) { self.value = value }
    }

    package let sessionID: Session.ID
    package let clientID: Client.ID
    package let userID: User.ID
    package let claim: Claim
    /// How often it was sent, this time included.
    package let tries: Int

    package init(
        sessionID: Session.ID, clientID: Client.ID, userID: User.ID, claim: Claim, tries: Int
    ) {
        self.sessionID = sessionID
        self.clientID = clientID
        self.userID = userID
        self.claim = claim
        self.tries = tries
    }
}

/// The queue of notices. What ends a session puts them into it, with the end (`SessionStore`). Its verbs need no
/// transaction: each is one statement of its own.
package protocol LogoutNoticeStore {
    /// One atomic statement decides who sends the one that is due for longest; nobody else has it until the lease is
    /// over. Nil where none is due. The client comes along as it is now.
    func claimNext(_ claim: LogoutNotice.Claim, at time: Instant, leaseUntil: Instant) throws -> (
        notice: LogoutNotice, client: Client
    )?
    /// Takes it out of the queue, unless somebody else has it by now.
    func remove(_ notice: LogoutNotice) throws
    /// To be tried again then, unless somebody else has it by now.
    func postpone(_ notice: LogoutNotice, until time: Instant) throws
    /// Lets all others of the client's that are due wait as well: it does not answer.
    func postponeAll(ofClient client: Client.ID, until time: Instant) throws
}

/// What a logout token says (§2.4).
package struct LogoutTokenClaims: Sendable, Equatable {
    /// `jti`
    package let id: UniqueID
    /// `sub`
    package let subject: User.ID
    /// `aud`
    package let clientID: Client.ID
    /// `sid`
    package let sessionID: Session.ID
    package let issuedAt: Instant
    package let expiresAt: Instant
}

/// Signs logout tokens. A port, fulfilled by the key ring in `Cryptography`.
package protocol LogoutTokens: AnyObject {
    /// With the current key of the algorithm.
    func sign(
        _ claims: LogoutTokenClaims, with algorithm: SigningKeyRecord.Algorithm
    ) throws -> Secret
}

/// Brings a logout token to its client. A port, fulfilled by `App`.
package protocol LogoutDelivery {
    func deliver(_ token: Secret, to address: String) -> LogoutDeliveryOutcome
}

/// What became of a delivery.
package enum LogoutDeliveryOutcome: Sendable, Equatable {
    case accepted
    /// The client answered, but did not take it.
    case refused(String)
    /// The client did not answer, or may not be asked.
    case unreachable(String)
}
