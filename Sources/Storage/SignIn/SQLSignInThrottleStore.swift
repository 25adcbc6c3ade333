import Domain
import MariaDB

struct SQLSignInThrottleStore: SignInThrottleStore {
    let stores: SQLStores

    func count(_ bucket: Secret.Digest, windowSeconds: Int, at time: Instant) throws -> (
        tries: Int, windowEndsAt: Instant
    ) {
        let windowEnd = time.adding(seconds: Int64(windowSeconds))
        // Assignments run from left to right, so the first still sees the old end of the window.
        let row = try stores.connection.first(
            """
            INSERT INTO sign_in_tries (bucket, tries, window_ends_at)
            VALUES (\(bucket), 1, \(windowEnd))
            ON DUPLICATE KEY UPDATE
                tries = IF(window_ends_at <= \(time), 1, tries + 1),
                window_ends_at = IF(window_ends_at <= \(time), \(windowEnd), window_ends_at)
            RETURNING tries, window_ends_at
            """)
        guard let row else { throw UnreadableRow(column: "tries") }
        return (try row.int("tries"), try row.instant("window_ends_at"))
    }

    func exhausted(_ bucket: Secret.Digest, limit: Int, at time: Instant) throws -> Instant? {
        try stores.connection.first(
            """
            SELECT window_ends_at FROM sign_in_tries
            WHERE bucket = \(bucket) AND tries >= \(limit) AND window_ends_at > \(time)
            """
        )?.instant("window_ends_at")
    }

    func giveBack(_ bucket: Secret.Digest) throws {
        try stores.connection.execute(
            "UPDATE sign_in_tries SET tries = tries - 1 WHERE bucket = \(bucket) AND tries > 0")
    }

    func isKnown(address: String, of user: User.ID, since time: Instant) throws -> Bool {
        try stores.connection.first(
            """
            SELECT 1 AS known FROM sign_in_addresses
            WHERE user_id = \(user) AND address = \(address) AND last_sign_in_at >= \(time)
            """) != nil
    }

    func recordAddress(_ address: String, of user: User.ID, at time: Instant) throws {
        try stores.connection.execute(
            """
            INSERT INTO sign_in_addresses (user_id, address, last_sign_in_at)
            VALUES (\(user), \(address), \(time))
            ON DUPLICATE KEY UPDATE last_sign_in_at = GREATEST(last_sign_in_at, \(time))
            """)
    }

    func purge(bucketsBefore: Instant, addressesBefore: Instant, limit: Int) throws -> Int {
        let buckets = try stores.connection.execute(
            """
            DELETE FROM sign_in_tries WHERE window_ends_at < \(bucketsBefore)
            ORDER BY window_ends_at LIMIT \(limit)
            """
        ).affectedRows
        let addresses = try stores.connection.execute(
            """
            DELETE FROM sign_in_addresses WHERE last_sign_in_at < \(addressesBefore)
            ORDER BY last_sign_in_at LIMIT \(limit)
            """
        ).affectedRows
        return buckets + addresses
    }
}
