/// That a person lets a client act for them, as they said it once.
package struct Consent: Sendable, Equatable {
    package let userID: User.ID
    package let clientID: Client.ID
    /// The one organization that it is for; of a client that has one.
    package let organizationID: Organization.ID?
    /// All that was ever allowed and not withdrawn.
    package let scopes: ScopeWords
    package let grantedAt: Instant
    package let lastUsedAt: Instant

    package init(
        userID: User.ID, clientID: Client.ID, organizationID: Organization.ID?, scopes: ScopeWords,
        grantedAt: Instant, lastUsedAt: Instant
    ) {
        self.userID = userID
        self.clientID = clientID
        self.organizationID = organizationID
        self.scopes = scopes
        self.grantedAt = grantedAt
        self.lastUsedAt = lastUsedAt
    }
}

/// Keeps consents: one of each person and client.
package protocol ConsentStore {
    func find(of user: User.ID, for client: Client.ID) throws -> Consent?
    /// Ordered by client, which is the cursor; with the names of the clients.
    func list(of user: User.ID, _ page: PageRequest) throws -> ListPage<ConsentOverview>
    /// Takes the place of the one that is there.
    func put(_ consent: Consent) throws
    /// False if it was withdrawn; otherwise nobody withdraws it until the transaction ends.
    func recordUse(of user: User.ID, for client: Client.ID, at time: Instant) throws -> Bool
    /// False if there was none.
    func delete(of user: User.ID, for client: Client.ID) throws -> Bool
}

/// A consent with what its client is called.
package struct ConsentOverview: Sendable, Equatable {
    package let consent: Consent
    package let clientName: String

    package init(consent: Consent, clientName: String) {
        self.consent = consent
        self.clientName = clientName
    }
}

/// Shows people what they let clients do, and takes it back.
package struct ConsentService {
    let stores: any Stores
    let clock: Clock
    let audit: AuditTrail

    package init(stores: any Stores, clock: Clock, audit: AuditTrail) {
        self.stores = stores
        self.clock = clock
        self.audit = audit
    }

    package func list(
        of user: User.ID, _ page: PageRequest
    ) throws -> ListPage<ConsentOverview> {
        try stores.consents.list(of: user, page)
    }

    /// One consent of the person's own, with how many tokens would die with it; refuses with `notFound` where
    /// there is none.
    package func show(
        _ client: Client.ID, of user: User.ID
    ) throws -> (overview: ConsentOverview, tokens: Int) {
        guard let consent = try stores.consents.find(of: user, for: client),
            let found = try stores.clients.find(client)
        else { throw Refusal.notFound }
        return (
            ConsentOverview(consent: consent, clientName: found.name),
            try stores.grants.countTokens(ofUser: user, byClient: client, at: clock.now)
        )
    }

    /// What each of the scopes lets a client do, in words for people.
    package func meanings(of scopes: ScopeWords) throws -> [String] {
        try scopes.words.map { try stores.meaning(ofScope: $0) }
    }

    /// Withdraws it, and ends all that the client was given on the person's behalf; how much that was.
    package func withdraw(
        _ client: Client.ID, of user: User.ID, by caller: Caller
    ) throws -> Int {
        try stores.atomically {
            // The consent first: who is about to give something for it waits here, or is found below.
            guard try stores.consents.delete(of: user, for: client),
                let found = try stores.clients.find(client)
            else { throw Refusal.notFound }
            let ended = try stores.grants.endAll(ofUser: user, byClient: client, at: clock.now)
            try audit.record(
                "consent.withdrawn", by: caller, organization: found.organizationID,
                target: .client(found),
                changes: [
                    AuditEvent.Change(
                        "grants_ended", old: nil, new: ended == 0 ? nil : String(ended))
                ] + caller.owner(user))
            return ended
        }
    }
}
