/// Counts tries at signing in, in buckets that empty when their window ends.
package protocol SignInThrottleStore {
    /// Counts one try in the bucket before anything is checked, in one atomic statement, and tells the
    /// count with this one and when the window ends. A window begins with the first try. Commits at once:
    /// needs no transaction, and must not be inside one that may roll back.
    func count(_ bucket: Secret.Digest, windowSeconds: Int, at time: Instant) throws -> (
        tries: Int, windowEndsAt: Instant
    )
    /// When the bucket's window ends, where it holds `limit` tries or more; nil where another may be made.
    /// Counts nothing, and needs no transaction.
    func exhausted(_ bucket: Secret.Digest, limit: Int, at time: Instant) throws -> Instant?
    /// Takes one try back: it was right, or it was not tried. Needs no transaction.
    func giveBack(_ bucket: Secret.Digest) throws
    /// Whether the user has signed in from this address since the given moment.
    func isKnown(address: String, of user: User.ID, since time: Instant) throws -> Bool
    /// Needs no transaction.
    func recordAddress(_ address: String, of user: User.ID, at time: Instant) throws
    /// Removes buckets and addresses that ended before the given moments, at most `limit` rows of
    /// either; how many. Needs no transaction.
    func purge(bucketsBefore: Instant, addressesBefore: Instant, limit: Int) throws -> Int
}
