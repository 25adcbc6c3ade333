import Domain
import MariaDB

struct SQLUserStore: UserStore {
    let stores: SQLStores

    func find(_ id: User.ID) throws -> User? {
        try stores.connection.first(
            """
            SELECT id, username, email, email_verified, display_name, kind, system_administrator,
                disabled, created_at, updated_at, last_sign_in_at
            FROM users WHERE id = \(id)
            """
        ).map(User.init)
    }

    func lockedFind(_ id: User.ID) throws -> User? {
        try stores.change()
        return try stores.connection.first(
            """
            SELECT id, username, email, email_verified, display_name, kind, system_administrator,
                disabled, created_at, updated_at, last_sign_in_at
            FROM users WHERE id = \(id) FOR UPDATE
            """
        ).map(User.init)
    }

    func find(signInName: SignInName) throws -> User? {
        try findForSignIn(signInName)?.user
    }

    func findForSignIn(_ name: SignInName) throws -> (user: User, passwordHash: String?)? {
        let row = try stores.connection.first(
            """
            SELECT users.id, username, email, email_verified, display_name, users.kind,
                system_administrator, disabled, created_at, updated_at, last_sign_in_at,
                password_hash
            FROM sign_in_names JOIN users ON users.id = sign_in_names.user_id
            WHERE sign_in_names.name = \(name.text)
            """)
        guard let row else { return nil }
        return (try User(row), try row.optionalString("password_hash"))
    }

    func passwordHash(of id: User.ID) throws -> String? {
        try stores.connection.first("SELECT password_hash FROM users WHERE id = \(id)")?
            .optionalString("password_hash")
    }

    func list(_ page: PageRequest) throws -> ListPage<User> {
        let users = try stores.connection.query(
            """
            SELECT id, username, email, email_verified, display_name, kind, system_administrator,
                disabled, created_at, updated_at, last_sign_in_at
            FROM users WHERE id < \(page.end) ORDER BY id DESC LIMIT \(page.rowLimit)
            """
        ).map(User.init)
        return ListPage(users, limit: page.limit, id: \.id.value)
    }

    func list(
        _ kind: User.Kind, isDisabled: Bool, username prefix: NamePrefix, limit: Int
    ) throws -> [User] {
        try stores.connection.query(
            """
            SELECT id, username, email, email_verified, display_name, kind, system_administrator,
                disabled, created_at, updated_at, last_sign_in_at
            FROM users WHERE kind = \(kind.rawValue) AND disabled = \(isDisabled)
                AND folded_username >= LOWER(\(prefix.text)) AND folded_username < LOWER(\(prefix.end))
            ORDER BY folded_username LIMIT \(limit)
            """
        ).map(User.init)
    }

    func list(
        _ kind: User.Kind, isDisabled: Bool, email prefix: NamePrefix, limit: Int
    ) throws -> [User] {
        try stores.connection.query(
            """
            SELECT id, username, email, email_verified, display_name, kind, system_administrator,
                disabled, created_at, updated_at, last_sign_in_at
            FROM users WHERE kind = \(kind.rawValue) AND disabled = \(isDisabled)
                AND folded_email >= LOWER(\(prefix.text)) AND folded_email < LOWER(\(prefix.end))
            ORDER BY folded_email LIMIT \(limit)
            """
        ).map(User.init)
    }

    func countAll() throws -> Int {
        try stores.connection.first("SELECT COUNT(*) AS count FROM users")?.int("count") ?? 0
    }

    func lockedSystemAdministratorCount() throws -> Int {
        try stores.change()
        return try stores.connection.query(
            """
            SELECT id FROM users WHERE system_administrator = TRUE AND disabled = FALSE
            ORDER BY id FOR UPDATE
            """
        ).count
    }

    func insert(_ user: User, passwordHash: String?) throws {
        try stores.change(.user(user.id))
        try stores.connection.execute(
            """
            INSERT INTO users (id, username, email, email_verified, display_name, kind,
                password_hash, system_administrator, disabled, created_at, updated_at,
                last_sign_in_at)
            VALUES (\(user.id), \(user.username), \(user.email.sqlValue), \(user.emailVerified),
                \(user.displayName), \(user.kind.rawValue), \(passwordHash.sqlValue),
                \(user.isSystemAdministrator), \(user.isDisabled), \(user.createdAt),
                \(user.updatedAt), \(user.lastSignInAt.sqlValue))
            """)
        try insertSignInNames(of: user)
    }

    func update(_ user: User) throws {
        try stores.change(.user(user.id))
        try stores.connection.execute(
            """
            UPDATE users SET username = \(user.username), email = \(user.email.sqlValue),
                email_verified = \(user.emailVerified), display_name = \(user.displayName),
                system_administrator = \(user.isSystemAdministrator),
                disabled = \(user.isDisabled), updated_at = \(user.updatedAt)
            WHERE id = \(user.id)
            """)
        try stores.connection.execute("DELETE FROM sign_in_names WHERE user_id = \(user.id)")
        try insertSignInNames(of: user)
    }

    /// An e-mail address that is the user name too has one row: the name's.
    private func insertSignInNames(of user: User) throws {
        let username = SignInName(user.username)
        try insert(
            username, of: user, kind: "username",
            orRefuse: Refusal(
                .conflict, code: "username_taken", "Another user has this user name or e-mail."))
        guard let email = user.email.map(SignInName.init), email != username else { return }
        try insert(
            email, of: user, kind: "email",
            orRefuse: Refusal(
                .conflict, code: "email_taken", "Another user has this e-mail or user name."))
    }

    private func insert(
        _ name: SignInName, of user: User, kind: String, orRefuse refusal: Refusal
    ) throws {
        do {
            try stores.connection.execute(
                """
                INSERT INTO sign_in_names (name, user_id, kind)
                VALUES (\(name.text), \(user.id), \(kind))
                """)
        } catch {
            throw error.isDuplicate(onKey: "PRIMARY") ? refusal : error
        }
    }

    func setPasswordHash(
        _ hash: String, of id: User.ID, replacing old: String?, at time: Instant
    ) throws -> Bool {
        try stores.change(.user(id))
        return try stores.connection.execute(
            """
            UPDATE users SET password_hash = \(hash), updated_at = \(time)
            WHERE id = \(id) AND kind = 'person' AND (\(old.sqlValue) IS NULL OR password_hash = \(old.sqlValue))
            """
        ).affectedRows > 0
    }

    func recordSignIn(
        of id: User.ID, provedBy hash: String, rehashed: String?, at time: Instant
    ) throws -> Bool {
        // Touches no generation: no decision rests on the hash or on the time.
        try stores.change()
        return try stores.connection.execute(
            """
            UPDATE users SET password_hash = \(rehashed ?? hash), last_sign_in_at = \(time)
            WHERE id = \(id) AND disabled = FALSE AND password_hash = \(hash)
            """
        ).affectedRows > 0
    }

    func delete(_ id: User.ID) throws -> Bool {
        try stores.change(.user(id))
        return try stores.connection.execute("DELETE FROM users WHERE id = \(id)").affectedRows > 0
    }
}

extension User {
    init(_ row: Row) throws {
        guard let kind = Kind(rawValue: try row.string("kind")) else {
            throw UnreadableRow(column: "kind")
        }
        self.init(
            id: try row.id("id"), username: try row.string("username"),
            email: try row.optionalString("email"),
            emailVerified: try row.bool("email_verified"),
            displayName: try row.string("display_name"), kind: kind,
            isSystemAdministrator: try row.bool("system_administrator"),
            isDisabled: try row.bool("disabled"), createdAt: try row.instant("created_at"),
            updatedAt: try row.instant("updated_at"),
            lastSignInAt: try row.optionalInstant("last_sign_in_at"))
    }
}
