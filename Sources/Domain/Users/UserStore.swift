/// Keeps users, their sign-in names and password hashes.
package protocol UserStore {
    func find(_ id: User.ID) throws -> User?
    /// By user name or e-mail address, without case.
    func find(signInName: String) throws -> User?
    /// The PHC string; nil for a service user.
    func passwordHash(of id: User.ID) throws -> String?
    func list(_ page: PageRequest) throws -> ListPage<User>
    func countAll() throws -> Int
    /// How many enabled system administrators there are, their rows locked until the transaction ends.
    func lockedSystemAdministratorCount() throws -> Int
    /// Refuses a user name or e-mail that another user has (`conflict`, code `username_taken` or `email_taken`).
    func insert(_ user: User, passwordHash: String?) throws
    /// Writes the changeable fields; same refusals.
    func update(_ user: User) throws
    func setPasswordHash(_ hash: String, of id: User.ID, at time: Instant) throws
    func recordSignIn(of id: User.ID, at time: Instant) throws
    /// Takes everything of the user along, but for the audit trail. False if there was none.
    func delete(_ id: User.ID) throws -> Bool
}
