import Domain
import MariaDB

extension SQLPersonalAccessTokenStore {
    func revokeAllWithoutMembership(of users: [User.ID], at time: Instant) throws -> Int {
        try stores.change(users.map(GenerationSubject.user))
        var count = 0
        for start in stride(from: 0, to: users.count, by: 1_000) {
            let users = Array(users[start..<min(start + 1_000, users.count)])
            count += try stores.connection.execute(
                """
                UPDATE personal_access_tokens AS token SET revoked_at = \(time)
                WHERE user_id IN (\(list: users)) AND revoked_at IS NULL
                    AND organization_id IS NOT NULL
                    AND NOT EXISTS (
                        SELECT 1 FROM organization_members AS own
                        WHERE own.organization_id = token.organization_id
                            AND own.user_id = token.user_id)
                    AND NOT EXISTS (
                        SELECT 1 FROM group_members
                        JOIN organization_members AS shared
                            ON shared.group_id = group_members.group_id
                        WHERE group_members.user_id = token.user_id
                            AND shared.organization_id = token.organization_id)
                """
            ).affectedRows
        }
        return count
    }
}
