import Synchronization

/// Thrown for a credential that is ours and was revoked. It is refused like every other that is not to be
/// believed, but somebody still uses it, and that its owner should be able to read in the audit trail.
package struct RevokedUse: Error {
    package let credential: AuditEvent.Reference
    /// Whom it belonged to; nil for an API key, which belongs to its organization alone.
    package let actor: AuditEvent.Reference?
    package let organizationID: Organization.ID?

    package init(
        credential: AuditEvent.Reference, actor: AuditEvent.Reference?,
        organizationID: Organization.ID?
    ) {
        self.credential = credential
        self.actor = actor
        self.organizationID = organizationID
    }
}

/// When the use of each revoked credential was last written, so that a script that goes on asking makes one line
/// in 15 minutes and not one a request. Shared by the threads of a process.
package final class RevokedUseTimes: Sendable {
    private static let interval: Int64 = 15 * 60
    /// Beyond it all are forgotten, which costs some lines more.
    private static let capacity = 4_096

    private let written = Mutex<[String: Instant]>([:])

    package init() {}

    /// Whether a line is due; the answer yes counts as written.
    func claim(_ credential: AuditEvent.Reference, at now: Instant) -> Bool {
        written.withLock { written in
            if let last = written[credential.id], now < last.adding(seconds: Self.interval) {
                return false
            }
            if written.count >= Self.capacity { written.removeAll() }
            written[credential.id] = now
            return true
        }
    }
}

extension AuditTrail {
    /// Records that a revoked credential was presented, at most once in 15 minutes for each and process.
    package func record(_ use: RevokedUse, by caller: Caller) throws {
        let now = clock.now
        guard revokedUses.claim(use.credential, at: now) else { return }
        let event = AuditEvent(
            id: secrets.newID(at: now), time: now, action: "credential.used_after_revocation",
            outcome: .denied, reason: "revoked", requestID: caller.requestID, actor: use.actor,
            credential: use.credential, organizationID: use.organizationID,
            address: caller.address, userAgent: caller.userAgent, target: use.credential,
            changes: [])
        try stores.atomically { try stores.audit.record(event) }
    }
}
