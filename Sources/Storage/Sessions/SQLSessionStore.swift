import Domain
import MariaDB

struct SQLSessionStore: SessionStore {
    let stores: SQLStores

    func insert(_ session: Session, cookie: Secret.Digest?) throws {
        throw NotYetBuilt()
    }

    func find(_ id: Session.ID) throws -> Session? {
        throw NotYetBuilt()
    }

    func find(cookie: Secret.Digest) throws -> Session? {
        throw NotYetBuilt()
    }

    func list(of user: User.ID, aliveAt time: Instant, _ page: PageRequest) throws -> ListPage<
        Session
    > {
        throw NotYetBuilt()
    }

    func end(_ id: Session.ID, of user: User.ID, at time: Instant) throws -> Bool {
        throw NotYetBuilt()
    }

    func endAll(of user: User.ID, except kept: Session.ID?, at time: Instant) throws -> Int {
        throw NotYetBuilt()
    }

    func update(_ session: Session) throws {
        throw NotYetBuilt()
    }

    func addRefreshToken(
        _ digest: Secret.Digest, to session: Session.ID, at time: Instant, expiresAt: Instant
    ) throws {
        throw NotYetBuilt()
    }

    func consumeRefreshToken(_ digest: Secret.Digest, at time: Instant) throws -> Session.ID? {
        throw NotYetBuilt()
    }

    func session(ofRefreshToken digest: Secret.Digest) throws -> Session.ID? {
        throw NotYetBuilt()
    }

    func recordActivity(_ activity: [Session.ID: Instant]) throws {
        throw NotYetBuilt()
    }

    func purge(before time: Instant, limit: Int) throws -> Int {
        throw NotYetBuilt()
    }
}
