import Domain
import MariaDB

struct SQLSigningKeyStore: SigningKeyStore {
    let stores: SQLStores

    func list() throws -> [SigningKeyRecord] {
        throw NotYetBuilt()
    }

    func lockedList() throws -> [SigningKeyRecord] {
        throw NotYetBuilt()
    }

    func insert(_ key: SigningKeyRecord) throws {
        throw NotYetBuilt()
    }

    func setState(_ state: SigningKeyRecord.State, of id: String, at time: Instant) throws {
        throw NotYetBuilt()
    }

    func extendNeed(of id: String, until time: Instant) throws {
        throw NotYetBuilt()
    }

    func purge(before time: Instant) throws -> Int {
        throw NotYetBuilt()
    }
}
