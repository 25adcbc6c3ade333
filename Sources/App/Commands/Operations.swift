/// What the commands of an operator do besides serving. The commands parse and print; this does.
package protocol Operations: Sendable {
    /// Brings the schema up to date; the settings hold the migrator's account.
    func migrate(_ settings: Settings, print: (String) -> Void) throws

    func createUser(_ user: NewUserArguments, _ settings: Settings, print: (String) -> Void) throws
    /// Makes the first system administrator and the organization `default`; nothing if there is one.
    func createFirstUser(
        _ user: NewUserArguments, _ settings: Settings, print: (String) -> Void) throws
    func disableUser(_ username: String, _ settings: Settings, print: (String) -> Void) throws
    /// Without a password a random one is made and printed.
    func setPassword(
        of username: String, to password: Redacted<String>?, _ settings: Settings,
        print: (String) -> Void) throws

    func rotateKeys(_ algorithm: String?, _ settings: Settings, print: (String) -> Void) throws
    func listKeys(_ settings: Settings, print: (String) -> Void) throws

    /// `policy` is the path of the file to read instead of the configured one.
    func checkPolicy(
        _ policy: String?, environment: [String: String], print: (String) -> Void) throws
    func explainPolicy(
        _ method: String, _ path: String, policy: String?, environment: [String: String],
        print: (String) -> Void) throws

    /// Answers each FastCGI request at `socket` with what it was told, until the process is stopped.
    func echo(socket: String) throws
}

/// What the command line says about a new user.
package struct NewUserArguments: Sendable {
    package let username: String
    package let email: String?
    package let displayName: String?
    package let isService: Bool
    package let isSystemAdministrator: Bool
    /// `nil`: make a random one and print it.
    package let password: Redacted<String>?
}
