import Domain
import MariaDB

struct SQLMemberStore: MemberStore {
    let stores: SQLStores

    func membership(of user: User.ID, in organization: Organization.ID) throws -> Membership? {
        throw NotYetBuilt()
    }

    func memberships(of user: User.ID, in organizations: [Organization.ID]) throws -> [Organization
        .ID: Membership]
    {
        throw NotYetBuilt()
    }

    func find(_ principal: Member.Principal, in organization: Organization.ID) throws -> Member? {
        throw NotYetBuilt()
    }

    func list(in organization: Organization.ID, _ page: PageRequest) throws -> ListPage<Member> {
        throw NotYetBuilt()
    }

    func lockedOwnerCount(of organization: Organization.ID) throws -> Int {
        throw NotYetBuilt()
    }

    func organizationsWithSoleOwner(_ user: User.ID) throws -> [Organization.ID] {
        throw NotYetBuilt()
    }

    func insert(_ member: Member) throws {
        throw NotYetBuilt()
    }

    func update(_ member: Member) throws {
        throw NotYetBuilt()
    }

    func delete(_ principal: Member.Principal, in organization: Organization.ID) throws -> Bool {
        throw NotYetBuilt()
    }
}
