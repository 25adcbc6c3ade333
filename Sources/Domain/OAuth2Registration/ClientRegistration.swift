/// Who may register clients without an administrator (RFC 7591).
package enum RegistrationPolicy: String, Sendable, CaseIterable {
    case off
    /// Whoever holds an initial access token.
    case token
    /// Anybody, within bounds.
    case open
}

/// What is kept of a client that registered itself.
package struct ClientRegistration: Sendable, Equatable {
    package let clientID: Client.ID
    package let createdAt: Instant
    /// Then it is looked at: if it was not used, it goes.
    package var dueAt: Instant

    package init(clientID: Client.ID, createdAt: Instant, dueAt: Instant) {
        self.clientID = clientID
        self.createdAt = createdAt
        self.dueAt = dueAt
    }

    /// Days until a client goes that nobody has used since it registered.
    package static let daysUntilFirstUse = 7
    /// Days until a client goes that is no longer used, unless something that it was given is alive.
    package static let daysWithoutUse = 90
}

/// Lets whoever shows it register one client (RFC 7591 §1.2, the initial access token).
package struct RegistrationToken: Sendable, Equatable {
    package struct ID: Identifier {
        package let value: UniqueID
        package init(_ value: UniqueID) { self.value = value }
    }

    package static let lifetimeDays = 1...365
    package static let defaultLifetimeDays = 30

    package let id: ID
    package let createdBy: User.ID
    package let createdAt: Instant
    package let expiresAt: Instant

    package init(id: ID, createdBy: User.ID, createdAt: Instant, expiresAt: Instant) {
        self.id = id
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

/// Keeps what lets clients register themselves, and look after themselves afterwards.
package protocol ClientRegistrationStore {
    func insert(_ token: RegistrationToken, digest: Secret.Digest) throws
    /// One statement decides: nil for a token that is not there, has expired, or was used before.
    func use(_ digest: Secret.Digest, at time: Instant) throws -> RegistrationToken.ID?
    /// Removes those that the user has made and nobody has used.
    func deleteTokens(createdBy user: User.ID) throws
    /// Removes tokens that expired before then, at most `limit`; how many. Needs no transaction.
    func purgeTokens(before time: Instant, limit: Int) throws -> Int

    func insert(_ registration: ClientRegistration, digest: Secret.Digest) throws
    /// With the digest of its registration access token; nil for a client that an administrator registered.
    func find(_ id: Client.ID) throws -> (registration: ClientRegistration, digest: Secret.Digest)?
    /// Puts another registration access token in the place of that one; false if it was replaced before.
    func replace(_ old: Secret.Digest, of id: Client.ID, by new: Secret.Digest) throws -> Bool
    /// Clients whose time to be looked at has come, when they were last used, and whether something that they were
    /// given is alive; at most `limit`.
    func due(at time: Instant, limit: Int) throws -> [DueRegistration]
    func postpone(_ id: Client.ID, to time: Instant) throws
}

/// A client that registered itself, and what decides whether it goes.
package struct DueRegistration: Sendable, Equatable {
    package let registration: ClientRegistration
    package let lastUsedAt: Instant?
    package let hasLiveGrant: Bool

    package init(registration: ClientRegistration, lastUsedAt: Instant?, hasLiveGrant: Bool) {
        self.registration = registration
        self.lastUsedAt = lastUsedAt
        self.hasLiveGrant = hasLiveGrant
    }
}
