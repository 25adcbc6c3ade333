import Domain
import MariaDB

struct SQLPersonalAccessTokenStore: PersonalAccessTokenStore {
    let stores: SQLStores

    func lockedActiveCount(of user: User.ID, at time: Instant) throws -> Int {
        throw NotYetBuilt()
    }

    func insert(_ token: PersonalAccessToken) throws {
        throw NotYetBuilt()
    }

    func find(_ id: PersonalAccessToken.ID) throws -> PersonalAccessToken? {
        throw NotYetBuilt()
    }

    func find(_ id: PersonalAccessToken.ID, of user: User.ID) throws -> PersonalAccessToken? {
        throw NotYetBuilt()
    }

    func list(of user: User.ID, _ page: PageRequest) throws -> ListPage<PersonalAccessToken> {
        throw NotYetBuilt()
    }

    func revoke(_ id: PersonalAccessToken.ID, of user: User.ID, at time: Instant) throws -> Bool {
        throw NotYetBuilt()
    }

    func revokeAll(of user: User.ID, at time: Instant) throws -> Int {
        throw NotYetBuilt()
    }

    func revokeAll(of user: User.ID, boundTo organization: Organization.ID, at time: Instant) throws
        -> Int
    {
        throw NotYetBuilt()
    }

    func revokeAll(boundTo organization: Organization.ID, at time: Instant) throws -> Int {
        throw NotYetBuilt()
    }

    func recordUse(_ uses: [PersonalAccessToken.ID: Instant]) throws {
        throw NotYetBuilt()
    }
}
