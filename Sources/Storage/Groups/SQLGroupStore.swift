import Domain
import MariaDB

struct SQLGroupStore: GroupStore {
    let stores: SQLStores

    func find(_ id: Group.ID) throws -> Group? {
        throw NotYetBuilt()
    }

    func list(_ page: PageRequest) throws -> ListPage<Group> {
        throw NotYetBuilt()
    }

    func names(ofUser id: User.ID, limit: Int) throws -> [String] {
        throw NotYetBuilt()
    }

    func members(of id: Group.ID) throws -> [User.ID] {
        throw NotYetBuilt()
    }

    func members(of ids: [Group.ID]) throws -> [Group.ID: [User.ID]] {
        throw NotYetBuilt()
    }

    func insert(_ group: Group, members: [User.ID]) throws {
        throw NotYetBuilt()
    }

    func update(_ group: Group) throws {
        throw NotYetBuilt()
    }

    func setMembers(_ members: [User.ID], of id: Group.ID) throws {
        throw NotYetBuilt()
    }

    func delete(_ id: Group.ID) throws -> Bool {
        throw NotYetBuilt()
    }
}
