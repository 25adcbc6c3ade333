/// Keeps the audit trail: adds and reads, never changes.
package protocol AuditStore {
    /// In the transaction of the change that it tells of.
    func record(_ event: AuditEvent) throws
    /// Newest first.
    func list(_ filter: AuditFilter, _ page: PageRequest) throws -> ListPage<AuditEvent>
    /// Removes what is older than the given moment, and than 30 days whatever the moment, at most `limit` rows;
    /// how many. Needs no transaction.
    func purge(before time: Instant, limit: Int) throws -> Int
}

/// Which lines of the audit trail are asked for; nil fields ask for all.
package struct AuditFilter: Sendable {
    package var organizationID: Organization.ID?
    package var actor: String?
    package var action: String?
    package var outcome: AuditEvent.Outcome?
    package var credential: String?
    package var from: Instant?
    package var to: Instant?

    package init(
        organizationID: Organization.ID? = nil, actor: String? = nil, action: String? = nil,
        outcome: AuditEvent.Outcome? = nil, credential: String? = nil, from: Instant? = nil,
        to: Instant? = nil
    ) {
        self.organizationID = organizationID
        self.actor = actor
        self.action = action
        self.outcome = outcome
        self.credential = credential
        self.from = from
        self.to = to
    }
}
