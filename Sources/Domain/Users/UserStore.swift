/// Keeps users, their sign-in names and password hashes.
package protocol UserStore {
    func find(_ id: User.ID) throws -> User?
    /// The same, locked until the transaction ends.
    func lockedFind(_ id: User.ID) throws -> User?
    /// By user name or e-mail address.
    func find(signInName: SignInName) throws -> User?
    /// The same with the PHC string, which a service user has none of.
    func findForSignIn(_ name: SignInName) throws -> (user: User, passwordHash: String?)?
    /// The PHC string; nil for a service user.
    func passwordHash(of id: User.ID) throws -> String?
    func list(_ page: PageRequest) throws -> ListPage<User>
    /// The first users of a kind, enabled or disabled, whose user name begins so in any case; in its order.
    func list(
        _ kind: User.Kind, isDisabled: Bool, username prefix: NamePrefix, limit: Int
    ) throws -> [User]
    /// The same by e-mail.
    func list(
        _ kind: User.Kind, isDisabled: Bool, email prefix: NamePrefix, limit: Int
    ) throws -> [User]
    func countAll() throws -> Int
    /// How many enabled system administrators there are, their rows locked until the transaction ends.
    func lockedSystemAdministratorCount() throws -> Int
    /// Refuses a user name or e-mail that another user has (`conflict`, code `username_taken` or `email_taken`).
    func insert(_ user: User, passwordHash: String?) throws
    /// Writes the changeable fields but for the last sign-in; same refusals.
    func update(_ user: User) throws
    /// False if there is no such person, or the hash is no longer the one to be replaced (nil: any).
    func setPasswordHash(
        _ hash: String, of id: User.ID, replacing old: String?, at time: Instant
    ) throws -> Bool
    /// Notes a sign-in that this hash proved, and puts a newer hash of the same password in its place. One
    /// statement decides: false if the hash was replaced or the user disabled meanwhile.
    func recordSignIn(
        of id: User.ID, provedBy hash: String, rehashed: String?, at time: Instant
    ) throws -> Bool
    /// Takes everything of the user along, but for the audit trail. False if there was none.
    func delete(_ id: User.ID) throws -> Bool
}

extension UserStore {
    /// By user name or e-mail address, as somebody typed it.
    package func find(signInName typed: String) throws -> User? {
        try find(signInName: SignInName(typed))
    }
}
