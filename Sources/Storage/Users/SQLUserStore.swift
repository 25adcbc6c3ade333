import Domain
import MariaDB

struct SQLUserStore: UserStore {
    let stores: SQLStores

    func find(_ id: User.ID) throws -> User? {
        throw NotYetBuilt()
    }

    func find(signInName: String) throws -> User? {
        throw NotYetBuilt()
    }

    func passwordHash(of id: User.ID) throws -> String? {
        throw NotYetBuilt()
    }

    func list(_ page: PageRequest) throws -> ListPage<User> {
        throw NotYetBuilt()
    }

    func countAll() throws -> Int {
        throw NotYetBuilt()
    }

    func lockedSystemAdministratorCount() throws -> Int {
        throw NotYetBuilt()
    }

    func insert(_ user: User, passwordHash: String?) throws {
        throw NotYetBuilt()
    }

    func update(_ user: User) throws {
        throw NotYetBuilt()
    }

    func setPasswordHash(_ hash: String, of id: User.ID, at time: Instant) throws {
        throw NotYetBuilt()
    }

    func recordSignIn(of id: User.ID, at time: Instant) throws {
        throw NotYetBuilt()
    }

    func delete(_ id: User.ID) throws -> Bool {
        throw NotYetBuilt()
    }
}
