import Domain
import MariaDB

struct SQLLogoutNoticeStore: LogoutNoticeStore {
    let stores: SQLStores

    func claimNext(_ claim: LogoutNotice.Claim, at time: Instant, leaseUntil: Instant) throws -> (
        notice: LogoutNotice, client: Client
    )? {
        let claimed = try stores.connection.execute(
            """
            UPDATE oauth2_logout_notices
            SET claim = \(claim), next_try_at = \(leaseUntil), tries = tries + 1
            WHERE next_try_at <= \(time)
            ORDER BY next_try_at LIMIT 1
            """
        ).affectedRows
        guard claimed == 1 else { return nil }
        return try stores.connection.first(
            """
            SELECT n.session_id, n.user_id, n.tries, \(fragment: SQL.clientColumns)
            FROM oauth2_logout_notices n
            JOIN oauth2_clients c ON c.id = n.client_id
            WHERE n.claim = \(claim)
            """
        ).map { row in
            let client = try Client(row)
            let notice = LogoutNotice(
                sessionID: try row.id("session_id"), clientID: client.id,
                userID: try row.id("user_id"), claim: claim, tries: try row.int("tries"))
            return (notice, client)
        }
    }

    func remove(_ notice: LogoutNotice) throws {
        try stores.connection.execute(
            """
            DELETE FROM oauth2_logout_notices
            WHERE session_id = \(notice.sessionID) AND client_id = \(notice.clientID)
                AND claim = \(notice.claim)
            """)
    }

    func postpone(_ notice: LogoutNotice, until time: Instant) throws {
        try stores.connection.execute(
            """
            UPDATE oauth2_logout_notices SET next_try_at = \(time)
            WHERE session_id = \(notice.sessionID) AND client_id = \(notice.clientID)
                AND claim = \(notice.claim)
            """)
    }

    func postponeAll(ofClient client: Client.ID, until time: Instant) throws {
        // A notice that somebody sends just now is due later anyway, and has its own answer.
        try stores.connection.execute(
            """
            UPDATE oauth2_logout_notices SET next_try_at = \(time)
            WHERE client_id = \(client) AND next_try_at < \(time) AND claim IS NULL
            """)
    }
}
