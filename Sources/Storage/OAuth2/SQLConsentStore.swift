import Domain
import MariaDB

struct SQLConsentStore: ConsentStore {
    let stores: SQLStores

    func find(of user: User.ID, for client: Client.ID) throws -> Consent? {
        try stores.connection.first(
            """
            SELECT user_id, client_id, organization_id, scopes, granted_at, last_used_at
            FROM oauth2_consents WHERE user_id = \(user) AND client_id = \(client)
            """
        ).map(Consent.init)
    }

    func list(of user: User.ID, _ page: PageRequest) throws -> ListPage<ConsentOverview> {
        let rows = try stores.connection.query(
            """
            SELECT o.user_id, o.client_id, o.organization_id, o.scopes, o.granted_at,
                o.last_used_at, c.name AS client_name
            FROM oauth2_consents o
            JOIN oauth2_clients c ON c.id = o.client_id
            WHERE o.user_id = \(user) AND o.client_id < \(page.end)
            ORDER BY o.client_id DESC
            LIMIT \(page.rowLimit)
            """)
        return ListPage(
            try rows.map { row in
                ConsentOverview(
                    consent: try Consent(row), clientName: try row.string("client_name"))
            }, limit: page.limit, id: \.consent.clientID.value)
    }

    func put(_ consent: Consent) throws {
        // No decision rests on a consent: what it gave are grants, and those have generations.
        try stores.change()
        try stores.connection.execute(
            """
            INSERT INTO oauth2_consents (user_id, client_id, organization_id, scopes, granted_at,
                last_used_at)
            VALUES (\(consent.userID), \(consent.clientID), \(consent.organizationID),
                \(consent.scopes.text), \(consent.grantedAt), \(consent.lastUsedAt))
            ON DUPLICATE KEY UPDATE organization_id = VALUE(organization_id),
                scopes = VALUE(scopes), granted_at = VALUE(granted_at),
                last_used_at = VALUE(last_used_at)
            """)
    }

    func recordUse(of user: User.ID, for client: Client.ID, at time: Instant) throws -> Bool {
        try stores.change()
        return try stores.connection.execute(
            """
            UPDATE oauth2_consents SET last_used_at = GREATEST(last_used_at, \(time))
            WHERE user_id = \(user) AND client_id = \(client)
            """
        ).affectedRows > 0
    }

    func delete(of user: User.ID, for client: Client.ID) throws -> Bool {
        try stores.change()
        return try stores.connection.execute(
            "DELETE FROM oauth2_consents WHERE user_id = \(user) AND client_id = \(client)"
        ).affectedRows > 0
    }
}

extension Consent {
    fileprivate init(_ row: Row) throws {
        self.init(
            userID: try row.id("user_id"), clientID: try row.id("client_id"),
            organizationID: try row.optionalID("organization_id"),
            scopes: ScopeWords(text: try row.string("scopes")),
            grantedAt: try row.instant("granted_at"), lastUsedAt: try row.instant("last_used_at"))
    }
}
