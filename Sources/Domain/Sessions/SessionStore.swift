/// Keeps sessions, the refresh tokens of each, and the secrets of browser sessions (digests only). Whatever ends one
/// also notes which clients are to be told (`LogoutNoticeStore`), in the same transaction.
package protocol SessionStore {
    func insert(_ session: Session, cookie: Secret.Digest?) throws
    func find(_ id: Session.ID) throws -> Session?
    func find(cookie: Secret.Digest) throws -> Session?
    /// Those that are alive, newest first.
    func list(of user: User.ID, aliveAt time: Instant, _ page: PageRequest) throws -> ListPage<
        Session
    >
    /// False if it was not the user's, or had ended or expired. Its end is then also when it expires.
    func end(_ id: Session.ID, of user: User.ID, at time: Instant) throws -> Bool
    /// Ends all of the user's but one; how many.
    func endAll(of user: User.ID, except kept: Session.ID?, at time: Instant) throws -> Int
    /// Ends those that have expired and that nobody ended, at most `limit`, so that clients are told; how many.
    func endExpired(at time: Instant, limit: Int) throws -> Int
    /// Writes when it was last active, when it expires and when the password was last given. False if it has
    /// ended: it stays so.
    func update(_ session: Session) throws -> Bool
    /// As `update`, and gives a browser session another cookie: the old one is nobody's from then on.
    func update(_ session: Session, cookie: Secret.Digest) throws -> Bool
    func addRefreshToken(
        _ digest: Secret.Digest, to session: Session.ID, at time: Instant, expiresAt: Instant
    ) throws
    /// One atomic statement decides: the session whose unused, unexpired token this was, now used.
    func consumeRefreshToken(_ digest: Secret.Digest, at time: Instant) throws -> Session.ID?
    /// The session of a token that was there, used or not; to end it when the token is replayed.
    func session(ofRefreshToken digest: Secret.Digest) throws -> Session.ID?
    /// When sessions were last active, gathered in memory and written in one statement. Needs no transaction.
    func recordActivity(_ activity: [Session.ID: Instant]) throws
    /// Removes sessions, and refresh tokens with them, that expired or ended before the given moment, at most
    /// `limit`; how many. Needs no transaction: nothing rests on what is dead.
    func purge(before time: Instant, limit: Int) throws -> Int
}
