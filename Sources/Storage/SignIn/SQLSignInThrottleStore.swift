import Domain
import MariaDB

struct SQLSignInThrottleStore: SignInThrottleStore {
    let stores: SQLStores

    func count(_ bucket: Secret.Digest, windowSeconds: Int, at time: Instant) throws -> (
        tries: Int, windowEndsAt: Instant
    ) {
        throw NotYetBuilt()
    }

    func giveBack(_ bucket: Secret.Digest) throws {
        throw NotYetBuilt()
    }

    func clear(_ bucket: Secret.Digest) throws {
        throw NotYetBuilt()
    }

    func isKnown(address: String, of user: User.ID, since time: Instant) throws -> Bool {
        throw NotYetBuilt()
    }

    func recordAddress(_ address: String, of user: User.ID, at time: Instant) throws {
        throw NotYetBuilt()
    }

    func purge(bucketsBefore: Instant, addressesBefore: Instant, limit: Int) throws -> Int {
        throw NotYetBuilt()
    }
}
