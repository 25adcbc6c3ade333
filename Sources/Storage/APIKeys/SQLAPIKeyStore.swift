import Domain
import MariaDB

struct SQLAPIKeyStore: APIKeyStore {
    let stores: SQLStores

    func insert(_ key: APIKey, digest: Secret.Digest) throws {
        throw NotYetBuilt()
    }

    func findForAuthentication(_ id: APIKey.ID) throws -> (key: APIKey, digest: Secret.Digest)? {
        throw NotYetBuilt()
    }

    func find(_ id: APIKey.ID, in organization: Organization.ID) throws -> APIKey? {
        throw NotYetBuilt()
    }

    func list(in organization: Organization.ID, _ page: PageRequest) throws -> ListPage<APIKey> {
        throw NotYetBuilt()
    }

    func revoke(_ id: APIKey.ID, in organization: Organization.ID, at time: Instant) throws -> Bool
    {
        throw NotYetBuilt()
    }

    func recordUse(_ uses: [APIKey.ID: Instant]) throws {
        throw NotYetBuilt()
    }
}
