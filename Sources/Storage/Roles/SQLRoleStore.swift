import Domain
import MariaDB

struct SQLRoleStore: RoleStore {
    let stores: SQLStores

    func list(in organization: Organization.ID) throws -> [Role] {
        throw NotYetBuilt()
    }

    func find(_ id: Role.ID, in organization: Organization.ID) throws -> Role? {
        throw NotYetBuilt()
    }

    func insert(_ role: Role) throws {
        throw NotYetBuilt()
    }

    func update(_ role: Role) throws {
        throw NotYetBuilt()
    }

    func delete(_ id: Role.ID, in organization: Organization.ID) throws -> Bool {
        throw NotYetBuilt()
    }
}
