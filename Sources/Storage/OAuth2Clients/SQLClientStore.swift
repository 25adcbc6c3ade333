import Domain
import MariaDB

struct SQLClientStore: ClientStore {
    let stores: SQLStores

    func find(_ id: Client.ID) throws -> Client? {
        try stores.connection.first(
            """
            SELECT \(fragment: SQL.clientColumns)
            FROM oauth2_clients c
            WHERE c.id = \(id)
            """
        ).map(Client.init)
    }

    func lockedFind(_ id: Client.ID) throws -> Client? {
        try stores.change()
        return try stores.connection.first(
            """
            SELECT \(fragment: SQL.clientColumns)
            FROM oauth2_clients c
            WHERE c.id = \(id)
            FOR UPDATE
            """
        ).map(Client.init)
    }

    func lockedWhileEnabled(_ id: Client.ID, actingAs user: User.ID) throws -> Client? {
        try stores.change()
        return try stores.connection.first(
            """
            SELECT \(fragment: SQL.clientColumns)
            FROM oauth2_clients c
            JOIN users u ON u.id = \(user) AND u.disabled = FALSE
            WHERE c.id = \(id) AND c.disabled = FALSE
            LOCK IN SHARE MODE
            """
        ).map(Client.init)
    }

    func list(_ page: PageRequest) throws -> ListPage<Client> {
        let rows = try stores.connection.query(
            """
            SELECT \(fragment: SQL.clientColumns)
            FROM oauth2_clients c
            WHERE c.id < \(page.end)
            ORDER BY c.id DESC
            LIMIT \(page.rowLimit)
            """)
        return ListPage(try rows.map(Client.init), limit: page.limit, id: \.id.value)
    }

    func list(matching filter: ClientFilter, _ page: PageRequest) throws -> ListPage<Client> {
        let isDisabled = filter.isEnabled.map { !$0 }
        let rows = try stores.connection.query(
            """
            SELECT \(fragment: SQL.clientColumns)
            FROM oauth2_clients c
            WHERE c.id < \(page.end)
                AND (\(filter.kind?.rawValue) IS NULL OR c.type = \(filter.kind?.rawValue))
                AND (\(isDisabled) IS NULL OR c.disabled = \(isDisabled))
                AND (c.id = \(Client.ID(text: filter.text))
                    OR INSTR(LOWER(c.name), LOWER(\(filter.text))) > 0
                    OR INSTR(LOWER(c.description), LOWER(\(filter.text))) > 0)
            ORDER BY c.id DESC
            LIMIT \(page.rowLimit)
            """)
        return ListPage(try rows.map(Client.init), limit: page.limit, id: \.id.value)
    }

    func holdings(of id: Client.ID, limit: Int, at time: Instant) throws -> ClientHoldings {
        let access = try stores.connection.query(
            """
            SELECT t.id FROM oauth2_grants g
            JOIN oauth2_access_tokens t ON t.grant_id = g.id
            LEFT JOIN sessions s ON s.id = g.session_id
            WHERE g.client_id = \(id) AND g.ended_at IS NULL
                AND t.revoked_at IS NULL AND t.expires_at > \(time)
                AND (g.offline OR g.session_id IS NULL
                    OR s.ended_at IS NULL AND s.expires_at > \(time))
            LIMIT \(limit)
            """)
        let refresh = try stores.connection.query(
            """
            SELECT t.grant_id FROM oauth2_grants g
            JOIN oauth2_refresh_tokens t ON t.grant_id = g.id
            LEFT JOIN sessions s ON s.id = g.session_id
            WHERE g.client_id = \(id) AND g.ended_at IS NULL
                AND t.used_at IS NULL AND t.expires_at > \(time)
                AND (g.offline OR g.session_id IS NULL
                    OR s.ended_at IS NULL AND s.expires_at > \(time))
            LIMIT \(limit)
            """)
        let consents = try stores.connection.query(
            "SELECT client_id FROM oauth2_consents WHERE client_id = \(id) LIMIT \(limit)")
        return ClientHoldings(
            tokens: min(access.count + refresh.count, limit), consents: consents.count)
    }

    func insert(_ client: Client) throws {
        try stores.change(.client(client.id.description))
        try translatingMissing { () throws(MariaDBError) in
            try stores.connection.execute(
                """
                INSERT INTO oauth2_clients (id, name, description, type, grant_types,
                    redirect_uris, post_logout_redirect_uris, scopes, service_user_id,
                    organization_id, access_token_ttl, refresh_token_ttl,
                    token_endpoint_auth_method, jwks, id_token_signed_response_alg, require_pkce,
                    backchannel_logout_uri, backchannel_logout_session_required, disabled,
                    created_at, updated_at, last_used_at)
                VALUES (\(client.id), \(client.name), \(client.description),
                    \(client.kind.rawValue), \(client.grantTypes.text), \(client.redirectURIs.text),
                    \(client.postLogoutRedirectURIs.text), \(client.scopes.text),
                    \(client.serviceUserID), \(client.organizationID),
                    \(client.accessTokenLifetime), \(client.refreshTokenLifetime),
                    \(client.authenticationMethod.rawValue), \(client.keySet),
                    \(client.idTokenAlgorithm.rawValue), \(client.requiresPKCE),
                    \(client.backchannelLogoutURI), \(client.backchannelLogoutNeedsSession),
                    \(!client.isEnabled), \(client.createdAt), \(client.updatedAt),
                    \(client.lastUsedAt))
                """)
        }
    }

    func update(_ client: Client) throws {
        try stores.change(.client(client.id.description))
        try translatingMissing { () throws(MariaDBError) in
            try stores.connection.execute(
                """
                UPDATE oauth2_clients
                SET name = \(client.name), description = \(client.description),
                    grant_types = \(client.grantTypes.text),
                    redirect_uris = \(client.redirectURIs.text),
                    post_logout_redirect_uris = \(client.postLogoutRedirectURIs.text),
                    scopes = \(client.scopes.text), service_user_id = \(client.serviceUserID),
                    organization_id = \(client.organizationID),
                    access_token_ttl = \(client.accessTokenLifetime),
                    refresh_token_ttl = \(client.refreshTokenLifetime),
                    token_endpoint_auth_method = \(client.authenticationMethod.rawValue),
                    jwks = \(client.keySet),
                    id_token_signed_response_alg = \(client.idTokenAlgorithm.rawValue),
                    require_pkce = \(client.requiresPKCE),
                    backchannel_logout_uri = \(client.backchannelLogoutURI),
                    backchannel_logout_session_required = \(client.backchannelLogoutNeedsSession),
                    disabled = \(!client.isEnabled), updated_at = \(client.updatedAt)
                WHERE id = \(client.id)
                """)
        }
    }

    /// The user or organization was deleted after the rules had looked.
    private func translatingMissing(_ body: () throws(MariaDBError) -> Execution) throws {
        do {
            _ = try body()
        } catch {
            if error.isForeignKeyViolation(of: "oauth2_clients_service_user") {
                throw Refusal.invalid(
                    "service_user_id", code: "unknown_user", "There is no such user.")
            }
            if error.isForeignKeyViolation(of: "oauth2_clients_organization") {
                throw Refusal.invalid(
                    "organization_id", code: "unknown_organization",
                    "There is no such organization.")
            }
            throw error
        }
    }

    func delete(_ id: Client.ID) throws -> Bool {
        try stores.change(.client(id.description))
        return try stores.connection.execute("DELETE FROM oauth2_clients WHERE id = \(id)")
            .affectedRows > 0
    }

    func isInUse(scope name: String) throws -> Bool {
        try stores.connection.first(
            """
            SELECT id FROM oauth2_clients
            WHERE INSTR(CONCAT(' ', scopes, ' '), CONCAT(' ', \(name), ' ')) > 0
            LIMIT 1
            """) != nil
    }

    // MARK: Secrets

    func secrets(of clients: [Client.ID]) throws -> [Client.ID: [ClientSecret]] {
        if clients.isEmpty { return [:] }
        let rows = try stores.connection.query(
            """
            SELECT id, client_id, hint, created_at, expires_at, last_used_at
            FROM oauth2_client_secrets
            WHERE client_id IN (\(list: clients))
            ORDER BY client_id, id
            """)
        return Dictionary(grouping: try rows.map(ClientSecret.init), by: \.clientID)
    }

    func liveSecretDigests(of client: Client.ID, at time: Instant) throws -> [(
        id: ClientSecret.ID, digest: Secret.Digest
    )] {
        try stores.connection.query(
            """
            SELECT id, digest FROM oauth2_client_secrets
            WHERE client_id = \(client) AND (expires_at IS NULL OR expires_at > \(time))
            """
        ).map { (try $0.id("id"), Secret.Digest(try $0.bytes("digest"))) }
    }

    func insert(_ secret: ClientSecret, digest: Secret.Digest) throws {
        try stores.change()
        try stores.connection.execute(
            """
            INSERT INTO oauth2_client_secrets (id, client_id, digest, hint, created_at, expires_at,
                last_used_at)
            VALUES (\(secret.id), \(secret.clientID), \(digest), \(secret.hint),
                \(secret.createdAt), \(secret.expiresAt), \(secret.lastUsedAt))
            """)
    }

    func delete(_ secret: ClientSecret.ID, of client: Client.ID) throws -> Bool {
        try stores.change()
        return try stores.connection.execute(
            "DELETE FROM oauth2_client_secrets WHERE id = \(secret) AND client_id = \(client)"
        ).affectedRows > 0
    }

    func deleteExpiredSecrets(of client: Client.ID, at time: Instant) throws {
        try stores.change()
        try stores.connection.execute(
            """
            DELETE FROM oauth2_client_secrets
            WHERE client_id = \(client) AND expires_at <= \(time)
            """)
    }

    // MARK: Use

    func useAssertion(_ id: Secret.Digest, of client: Client.ID, expiresAt: Instant) throws -> Bool
    {
        do {
            try stores.connection.execute(
                """
                INSERT INTO oauth2_client_assertions (client_id, digest, expires_at)
                VALUES (\(client), \(id), \(expiresAt))
                """)
            return true
        } catch {
            if error.isDuplicate(onKey: "PRIMARY") { return false }
            // The client was deleted meanwhile.
            if error.isForeignKeyViolation(of: "oauth2_client_assertions_client") { return false }
            throw error
        }
    }

    func recordUse(
        ofClients clients: [Client.ID: Instant], ofSecrets secrets: [ClientSecret.ID: Instant]
    ) throws {
        // In the order of the ids, so that two workers lock the rows in the same order.
        if !clients.isEmpty {
            let used = clients.sorted { $0.key < $1.key }.map { id, time -> SQL in
                "SELECT CAST(\(id) AS UUID) AS id, CAST(\(time) AS DATETIME(3)) AS used_at"
            }
            try stores.connection.execute(
                """
                UPDATE (\(fragment: used.joined(by: " UNION ALL "))) AS used
                STRAIGHT_JOIN oauth2_clients c ON c.id = used.id
                SET c.last_used_at = used.used_at
                WHERE c.last_used_at IS NULL OR c.last_used_at < used.used_at
                """)
        }
        if !secrets.isEmpty {
            let used = secrets.sorted { $0.key < $1.key }.map { id, time -> SQL in
                "SELECT CAST(\(id) AS UUID) AS id, CAST(\(time) AS DATETIME(3)) AS used_at"
            }
            try stores.connection.execute(
                """
                UPDATE (\(fragment: used.joined(by: " UNION ALL "))) AS used
                STRAIGHT_JOIN oauth2_client_secrets s ON s.id = used.id
                SET s.last_used_at = used.used_at
                WHERE s.last_used_at IS NULL OR s.last_used_at < used.used_at
                """)
        }
    }

    func purgeAssertions(before time: Instant, limit: Int) throws -> Int {
        try stores.connection.execute(
            """
            DELETE FROM oauth2_client_assertions WHERE expires_at < \(time)
            ORDER BY expires_at LIMIT \(limit)
            """
        ).affectedRows
    }
}

extension SQL {
    /// What a client is read from, in any statement that calls the table c. The names differ from those of
    /// grants, so that both can stand in one row.
    static let clientColumns: SQL = """
        c.id AS client_id, c.name AS client_name, c.description AS client_description,
            c.type AS client_type, c.grant_types AS client_grant_types,
            c.redirect_uris AS client_redirect_uris,
            c.post_logout_redirect_uris AS client_post_logout_redirect_uris,
            c.scopes AS client_scopes, c.service_user_id AS client_service_user_id,
            c.organization_id AS client_organization_id,
            c.access_token_ttl AS client_access_token_ttl,
            c.refresh_token_ttl AS client_refresh_token_ttl,
            c.token_endpoint_auth_method AS client_auth_method, c.jwks AS client_jwks,
            c.id_token_signed_response_alg AS client_id_token_alg,
            c.require_pkce AS client_require_pkce,
            c.backchannel_logout_uri AS client_backchannel_logout_uri,
            c.backchannel_logout_session_required AS client_backchannel_logout_session_required,
            c.disabled AS client_disabled, c.created_at AS client_created_at,
            c.updated_at AS client_updated_at, c.last_used_at AS client_last_used_at
        """
}

extension Client {
    init(_ row: Row) throws {
        guard let kind = Kind(rawValue: try row.string("client_type")) else {
            throw UnreadableRow(column: "client_type")
        }
        guard let method = AuthenticationMethod(rawValue: try row.string("client_auth_method"))
        else { throw UnreadableRow(column: "client_auth_method") }
        guard
            let algorithm = SigningKeyRecord.Algorithm(
                rawValue: try row.string("client_id_token_alg"))
        else { throw UnreadableRow(column: "client_id_token_alg") }
        func words(_ column: String) throws -> [String] {
            try row.string(column).split(separator: " ").map(String.init)
        }
        self.init(
            id: try row.id("client_id"), name: try row.string("client_name"),
            description: try row.string("client_description"), kind: kind,
            grantTypes: try words("client_grant_types").compactMap(GrantType.init(rawValue:)),
            redirectURIs: try words("client_redirect_uris").map(RedirectURI.init(stored:)),
            postLogoutRedirectURIs: try words("client_post_logout_redirect_uris")
                .map(RedirectURI.init(stored:)),
            scopes: ScopeWords(text: try row.string("client_scopes")),
            serviceUserID: try row.optionalID("client_service_user_id"),
            organizationID: try row.optionalID("client_organization_id"),
            accessTokenLifetime: try row.int("client_access_token_ttl"),
            refreshTokenLifetime: try row.int("client_refresh_token_ttl"),
            authenticationMethod: method, keySet: try row.optionalString("client_jwks"),
            idTokenAlgorithm: algorithm, requiresPKCE: try row.bool("client_require_pkce"),
            backchannelLogoutURI: try row.optionalString("client_backchannel_logout_uri"),
            backchannelLogoutNeedsSession: try row.bool(
                "client_backchannel_logout_session_required"),
            isEnabled: try !row.bool("client_disabled"),
            createdAt: try row.instant("client_created_at"),
            updatedAt: try row.instant("client_updated_at"),
            lastUsedAt: try row.optionalInstant("client_last_used_at"))
    }
}

extension ClientSecret {
    fileprivate init(_ row: Row) throws {
        self.init(
            id: try row.id("id"), clientID: try row.id("client_id"),
            hint: try row.string("hint"), createdAt: try row.instant("created_at"),
            expiresAt: try row.optionalInstant("expires_at"),
            lastUsedAt: try row.optionalInstant("last_used_at"))
    }
}

extension [GrantType] {
    fileprivate var text: String { map(\.rawValue).joined(separator: " ") }
}

extension [RedirectURI] {
    /// A URI holds no spaces.
    fileprivate var text: String { map(\.description).joined(separator: " ") }
}
