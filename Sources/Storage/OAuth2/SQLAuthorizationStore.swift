import Domain
import JSON
import MariaDB

struct SQLAuthorizationStore: AuthorizationStore {
    let stores: SQLStores

    func insert(_ pending: PendingAuthorization, digest: Secret.Digest) throws {
        // Touches no generation, nor do the next ones: no decision rests on what is only asked.
        try stores.change()
        try stores.connection.execute(
            """
            INSERT INTO oauth2_pending_authorizations (digest, session_id, parameters, expires_at)
            VALUES (\(digest), \(pending.sessionID), \(pending.parameters.stored),
                \(pending.expiresAt))
            """)
    }

    func takePending(
        _ digest: Secret.Digest, of session: Session.ID, at time: Instant
    ) throws -> PendingAuthorization? {
        try stores.change()
        return try stores.connection.first(
            """
            DELETE FROM oauth2_pending_authorizations
            WHERE digest = \(digest) AND session_id = \(session) AND expires_at > \(time)
            RETURNING session_id, parameters, expires_at
            """
        ).map { row in
            PendingAuthorization(
                sessionID: try row.id("session_id"),
                parameters: try AuthorizationParameters(stored: try row.string("parameters")),
                expiresAt: try row.instant("expires_at"))
        }
    }

    func insert(_ code: AuthorizationCode, digest: Secret.Digest) throws {
        try stores.change()
        try stores.connection.execute(
            """
            INSERT INTO oauth2_codes (digest, grant_id, redirect_uri, code_challenge, nonce,
                id_token_claims, userinfo_claims, expires_at, used_at)
            VALUES (\(digest), \(code.grantID), \(code.redirectURI), \(code.codeChallenge),
                \(code.nonce), \(code.idTokenClaims.stored), \(code.userInfoClaims.stored),
                \(code.expiresAt), \(code.usedAt))
            """)
    }

    func findCode(_ digest: Secret.Digest) throws -> AuthorizationCode? {
        try stores.connection.first(
            """
            SELECT grant_id, redirect_uri, code_challenge, nonce, id_token_claims,
                userinfo_claims, expires_at, used_at
            FROM oauth2_codes WHERE digest = \(digest)
            """
        ).map(AuthorizationCode.init)
    }

    func useCode(_ digest: Secret.Digest, at time: Instant) throws -> Bool {
        try stores.change()
        // Who comes second waits here for the first, and then sees what it wrote.
        return try stores.connection.execute(
            """
            UPDATE oauth2_codes SET used_at = \(time)
            WHERE digest = \(digest) AND used_at IS NULL AND expires_at > \(time)
            """
        ).affectedRows > 0
    }

    func code(of grant: OAuth2Grant.ID) throws -> AuthorizationCode? {
        try stores.connection.first(
            """
            SELECT grant_id, redirect_uri, code_challenge, nonce, id_token_claims,
                userinfo_claims, expires_at, used_at
            FROM oauth2_codes WHERE grant_id = \(grant)
            """
        ).map(AuthorizationCode.init)
    }

    func purge(before time: Instant, limit: Int) throws -> Int {
        try stores.connection.execute(
            """
            DELETE FROM oauth2_pending_authorizations WHERE expires_at < \(time)
            ORDER BY expires_at LIMIT \(limit)
            """
        ).affectedRows
    }
}

extension AuthorizationParameters {
    /// A JSON array of pairs.
    var stored: String {
        JSON.array(fields.map { [.string($0.name), .string($0.value)] }).text
    }

    init(stored text: String) throws {
        guard let pairs = try JSON(parsing: text).array else {
            throw UnreadableRow(column: "parameters")
        }
        self.init(
            try pairs.map { pair in
                guard let texts = pair.strings, texts.count == 2 else {
                    throw UnreadableRow(column: "parameters")
                }
                return (name: texts[0], value: texts[1])
            })
    }
}

extension Set<UserClaim> {
    fileprivate var stored: String { map(\.rawValue).sorted().joined(separator: " ") }

    fileprivate init(stored text: String) {
        self.init(text.split(separator: " ").compactMap { UserClaim(rawValue: String($0)) })
    }
}

extension AuthorizationCode {
    fileprivate init(_ row: Row) throws {
        self.init(
            grantID: try row.id("grant_id"), redirectURI: try row.string("redirect_uri"),
            codeChallenge: try row.optionalString("code_challenge"),
            nonce: try row.optionalString("nonce"),
            idTokenClaims: Set(stored: try row.string("id_token_claims")),
            userInfoClaims: Set(stored: try row.string("userinfo_claims")),
            expiresAt: try row.instant("expires_at"), usedAt: try row.optionalInstant("used_at"))
    }
}
