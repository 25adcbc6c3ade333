import Domain
import MariaDB

struct SQLAuditStore: AuditStore {
    let stores: SQLStores

    func record(_ event: AuditEvent) throws {
        throw NotYetBuilt()
    }

    func list(_ filter: AuditFilter, _ page: PageRequest) throws -> ListPage<AuditEvent> {
        throw NotYetBuilt()
    }
}
