/// Keeps clients, the digests of their secrets, and the assertions that they have used.
package protocol ClientStore {
    func find(_ id: Client.ID) throws -> Client?
    /// The same, its row locked until the transaction ends.
    func lockedFind(_ id: Client.ID) throws -> Client?
    /// The client as it is now, where it is enabled and so is the user: both stay so until the transaction
    /// ends. Whoever gives a token asks this first, so that what disabling ends can't come after it.
    func lockedWhileEnabled(_ id: Client.ID, actingAs user: User.ID) throws -> Client?
    func list(_ page: PageRequest) throws -> ListPage<Client>
    func list(matching filter: ClientFilter, _ page: PageRequest) throws -> ListPage<Client>
    /// Each number counted to the limit.
    func holdings(of id: Client.ID, limit: Int, at time: Instant) throws -> ClientHoldings
    /// Refuses (`invalid`) a service user or an organization that is gone.
    func insert(_ client: Client) throws
    /// Writes all that can change but for its last use; same refusals.
    func update(_ client: Client) throws
    /// Takes its secrets and all that it was given along. False if there was none.
    func delete(_ id: Client.ID) throws -> Bool
    /// Whether a client has the custom scope among its scopes.
    func isInUse(scope name: String) throws -> Bool

    /// Oldest first.
    func secrets(of clients: [Client.ID]) throws -> [Client.ID: [ClientSecret]]
    /// Those that are live at that time.
    func liveSecretDigests(of client: Client.ID, at time: Instant) throws -> [(
        id: ClientSecret.ID, digest: Secret.Digest
    )]
    func insert(_ secret: ClientSecret, digest: Secret.Digest) throws
    func delete(_ secret: ClientSecret.ID, of client: Client.ID) throws -> Bool
    /// Removes the client's secrets that have expired.
    func deleteExpiredSecrets(of client: Client.ID, at time: Instant) throws

    /// One statement decides: false if the client has used an assertion of this `jti` before. Needs no
    /// transaction, and is to be outside of one: what was used stays used, whatever comes of it.
    func useAssertion(_ id: Secret.Digest, of client: Client.ID, expiresAt: Instant) throws -> Bool
    /// Gathered in memory and written in one statement each; never moves a time back. Needs no transaction.
    func recordUse(
        ofClients clients: [Client.ID: Instant], ofSecrets secrets: [ClientSecret.ID: Instant]
    ) throws
    /// Removes assertions that expired before then, at most `limit`; how many. Needs no transaction.
    func purgeAssertions(before time: Instant, limit: Int) throws -> Int
}

/// Reads what clients register as their keys, and what they sign with them. A port, fulfilled by `Cryptography`.
package protocol ClientKeys: Sendable {
    /// The set in its canonical form. Throws a sentence for one that is none, or that holds anything but
    /// public RSA and EC keys.
    func canonical(keySet json: String) throws(UnfitKeySet) -> String
    /// The client that an assertion claims to be from; believed only after `verify`.
    func claimedClient(of assertion: String) -> String?
    /// RFC 7523 §3: what the assertion says, where one of the keys signed it, the client is its issuer and its
    /// subject, it is for one of the audiences and no other, has a `jti` and has not expired. Nil otherwise.
    func verify(
        _ assertion: String, of client: Client.ID, keySet: String, audiences: [String],
        at time: Instant
    ) throws -> ClientAssertion?
}

/// Why a key set is not taken, as the rest of a sentence.
package struct UnfitKeySet: Error {
    package let reason: String
    package init(reason: String) { self.reason = reason }
}

/// What a client signed to prove who it is (RFC 7523 §2.2).
package struct ClientAssertion: Sendable {
    /// `jti`
    package let id: String
    package let expiresAt: Instant

    package init(id: String, expiresAt: Instant) {
        self.id = id
        self.expiresAt = expiresAt
    }
}
