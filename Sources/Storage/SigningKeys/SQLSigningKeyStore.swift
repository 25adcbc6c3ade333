import Domain
import MariaDB

struct SQLSigningKeyStore: SigningKeyStore {
    let stores: SQLStores

    func list() throws -> [SigningKeyRecord] {
        try stores.connection.query(
            """
            SELECT id, algorithm, state, public_key, sealed_private_key, created_at, needed_until
            FROM signing_keys
            ORDER BY created_at DESC, id
            """
        ).map(SigningKeyRecord.init)
    }

    func lockedList() throws -> [SigningKeyRecord] {
        // Where there is no key yet there is no row to lock. A row that is always there stands for the
        // table, so that of two first starts at once the second finds the keys of the first.
        _ = try stores.connection.first(
            "SELECT id FROM roles WHERE id = \(BuiltInRole.viewer.id) FOR UPDATE")
        return try stores.connection.query(
            """
            SELECT id, algorithm, state, public_key, sealed_private_key, created_at, needed_until
            FROM signing_keys
            ORDER BY created_at DESC, id
            FOR UPDATE
            """
        ).map(SigningKeyRecord.init)
    }

    func insert(_ key: SigningKeyRecord) throws {
        try stores.change(.signingKeys)
        try stores.connection.execute(
            """
            INSERT INTO signing_keys (id, algorithm, state, public_key, sealed_private_key,
                created_at, state_changed_at, needed_until)
            VALUES (\(key.id), \(key.algorithm.rawValue), \(key.state.rawValue), \(key.publicKey),
                \(key.sealedPrivateKey), \(key.createdAt), \(key.createdAt), \(key.neededUntil))
            """)
    }

    func setState(_ state: SigningKeyRecord.State, of id: String, at time: Instant) throws {
        try stores.change(.signingKeys)
        try stores.connection.execute(
            """
            UPDATE signing_keys
            SET state = \(state.rawValue), state_changed_at = \(time)
            WHERE id = \(id)
            """)
    }

    func extendNeed(of id: String, until time: Instant) throws {
        try stores.connection.execute(
            """
            UPDATE signing_keys SET needed_until = \(time) WHERE id = \(id) AND needed_until < \(time)
            """)
    }

    func purge(before time: Instant) throws -> Int {
        try stores.change(.signingKeys)
        return try stores.connection.execute(
            "DELETE FROM signing_keys WHERE state = 'retired' AND needed_until < \(time)"
        ).affectedRows
    }
}

extension SigningKeyRecord {
    fileprivate init(_ row: Row) throws {
        guard let algorithm = Algorithm(rawValue: try row.string("algorithm")) else {
            throw UnreadableRow(column: "algorithm")
        }
        guard let state = State(rawValue: try row.string("state")) else {
            throw UnreadableRow(column: "state")
        }
        self.init(
            id: try row.string("id"), algorithm: algorithm, state: state,
            publicKey: try row.string("public_key"),
            sealedPrivateKey: try row.bytes("sealed_private_key"),
            createdAt: try row.instant("created_at"),
            neededUntil: try row.instant("needed_until"))
    }
}
