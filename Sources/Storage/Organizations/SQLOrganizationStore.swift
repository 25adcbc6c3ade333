import Domain
import MariaDB

struct SQLOrganizationStore: OrganizationStore {
    let stores: SQLStores

    func find(_ id: Organization.ID) throws -> Organization? {
        throw NotYetBuilt()
    }

    func find(slug: String) throws -> Organization? {
        throw NotYetBuilt()
    }

    func list(_ page: PageRequest) throws -> ListPage<Organization> {
        throw NotYetBuilt()
    }

    func list(ofUser id: User.ID, _ page: PageRequest) throws -> ListPage<Organization> {
        throw NotYetBuilt()
    }

    func slugs(ofUser id: User.ID, limit: Int) throws -> [String] {
        throw NotYetBuilt()
    }

    func countAll() throws -> Int {
        throw NotYetBuilt()
    }

    func lockedCount() throws -> Int {
        throw NotYetBuilt()
    }

    func memberCounts(of ids: [Organization.ID]) throws -> [Organization.ID: Int] {
        throw NotYetBuilt()
    }

    func insert(_ organization: Organization) throws {
        throw NotYetBuilt()
    }

    func update(_ organization: Organization) throws {
        throw NotYetBuilt()
    }

    func delete(_ id: Organization.ID) throws -> Bool {
        throw NotYetBuilt()
    }
}
