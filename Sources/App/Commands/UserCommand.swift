import ArgumentParser

/// `gatehouse user`: accounts, for whoever has the machine but no account yet.
struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Make and change accounts.",
        subcommands: [
            CreateUserCommand.self, CreateFirstUserCommand.self, DisableUserCommand.self,
            PasswordCommand.self,
        ])
}

/// A password comes from standard input, never from the command line, which every account can see.
struct PasswordOptions: ParsableArguments {
    @Flag(
        help:
            "Read the password from the first line of standard input; else it is made and printed.")
    var passwordStdin = false

    func password() throws -> Redacted<String>? {
        guard passwordStdin else { return nil }
        guard let line = readLine(), !line.isEmpty else {
            throw CommandFailure("Standard input has no password in its first line.")
        }
        return Redacted(line)
    }
}

struct CreateUserCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make an account.")

    @Argument var username: String
    @Option var email: String?
    @Option var displayName: String?
    @Flag(help: "An account for a machine, which does not sign in.") var service = false
    @Flag(help: "May manage the whole service.") var systemAdministrator = false
    @OptionGroup var secret: PasswordOptions

    func run(_ operations: any Operations, in surroundings: Surroundings) throws {
        try operations.createUser(
            NewUserArguments(
                username: username, email: email, displayName: displayName, isService: service,
                isSystemAdministrator: systemAdministrator, password: secret.password()),
            surroundings.settings(), print: surroundings.print)
    }
}

struct CreateFirstUserCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "create-first",
        abstract: "Make the first system administrator, if there is none yet.")

    @Option var username = "admin"
    @OptionGroup var secret: PasswordOptions

    func run(_ operations: any Operations, in surroundings: Surroundings) throws {
        try operations.createFirstUser(
            NewUserArguments(
                username: username, email: nil, displayName: nil, isService: false,
                isSystemAdministrator: true, password: secret.password()),
            surroundings.settings(), print: surroundings.print)
    }
}

struct DisableUserCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "End an account and everything it holds.")

    @Argument var username: String

    func run(_ operations: any Operations, in surroundings: Surroundings) throws {
        try operations.disableUser(
            username, surroundings.settings(), print: surroundings.print)
    }
}

struct PasswordCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "password", abstract: "Give an account a new password.")

    @Argument var username: String
    @OptionGroup var secret: PasswordOptions

    func run(_ operations: any Operations, in surroundings: Surroundings) throws {
        try operations.setPassword(
            of: username, to: secret.password(), surroundings.settings(),
            print: surroundings.print)
    }
}
