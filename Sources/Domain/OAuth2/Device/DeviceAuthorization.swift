/// A device that waits for a person to allow it something elsewhere (RFC 8628).
package struct DeviceAuthorization: Sendable, Equatable {
    /// Seconds that both of its codes live.
    package static let lifetime = 600
    /// Seconds between two questions of the device, and by how much they grow when it asks too soon (§3.5).
    package static let interval = 5
    /// Milliseconds that a question may come early: clocks and networks are not exact.
    package static let tolerance: Int64 = 500
    /// Seconds that one is kept when it is over, so that its device is told why.
    package static let keptSeconds: Int64 = 3_600
    /// What the text of every device code begins with.
    package static let prefix = "gdc_"

    package let clientID: Client.ID
    package let scopes: ScopeWords
    /// The one API that the tokens will be for (RFC 8707); nil: the whole platform.
    package let resource: ProtectedResource?
    /// Of the device, or what stands before it.
    package let address: String
    package let createdAt: Instant
    package let expiresAt: Instant
    /// When a person decided; nil until then.
    package let decidedAt: Instant?
    /// What they gave; nil where they said no.
    package let grantID: OAuth2Grant.ID?
    package let usedAt: Instant?

    package init(
        clientID: Client.ID, scopes: ScopeWords, resource: ProtectedResource?, address: String,
        createdAt: Instant, expiresAt: Instant, decidedAt: Instant? = nil,
        grantID: OAuth2Grant.ID? = nil, usedAt: Instant? = nil
    ) {
        self.clientID = clientID
        self.scopes = scopes
        self.resource = resource
        self.address = address
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.decidedAt = decidedAt
        self.grantID = grantID
        self.usedAt = usedAt
    }
}

/// Keeps devices that wait, by the digests of their codes.
package protocol DeviceAuthorizationStore {
    /// False where another one has the user code: then nothing is kept.
    func insert(
        _ authorization: DeviceAuthorization, digest: Secret.Digest, userCode: Secret.Digest
    ) throws -> Bool
    func find(_ digest: Secret.Digest) throws -> DeviceAuthorization?
    /// Notes that the device has asked. False where it asked too soon: then it has to wait longer from now on.
    func poll(_ digest: Secret.Digest, at time: Instant) throws -> Bool
    /// One statement decides: true for the one time that tokens are given for it.
    func use(_ digest: Secret.Digest, at time: Instant) throws -> Bool

    /// One that lives and nobody has decided about.
    func find(userCode: Secret.Digest, at time: Instant) throws -> DeviceAuthorization?
    /// Puts the question to the person of that session; the one before is over. False if it can't be asked any more.
    func ask(
        _ question: Secret.Digest, in session: Session.ID, aboutUserCode userCode: Secret.Digest,
        at time: Instant
    ) throws -> Bool
    /// What the question is about, while it can be answered.
    func find(
        question: Secret.Digest, in session: Session.ID, at time: Instant
    ) throws -> DeviceAuthorization?
    /// One statement decides: true for the first answer to the question, by whom it was put to. Nil: no.
    func decide(
        _ question: Secret.Digest, in session: Session.ID, giving grant: OAuth2Grant.ID?,
        at time: Instant
    ) throws -> Bool

    /// Removes what ended before then, at most `limit`; how many. Needs no transaction.
    func purge(before time: Instant, limit: Int) throws -> Int
}
