import ArgumentParser

/// A command that needs the service's `Operations`.
protocol OperatorCommand: Command {
    func run(_ operations: any Operations, in surroundings: Surroundings) throws
}

extension OperatorCommand {
    func run(in surroundings: Surroundings) throws {
        guard let operations = surroundings.operations else {
            throw CommandFailure("This program serves only; it has no commands for operators.")
        }
        try run(operations, in: surroundings)
    }
}

/// `gatehouse migrate`
struct MigrateCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the database's schema up to date.")

    func run(_ operations: any Operations, in surroundings: Surroundings) throws {
        try operations.migrate(surroundings.settings(.everything), print: surroundings.print)
    }
}

/// `gatehouse keys rotate`
struct RotateKeysCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Sign with new keys; old ones stay while something they signed is alive.")

    @Option(help: "Only this algorithm: ES256 or RS256.") var algorithm: String?

    func run(_ operations: any Operations, in surroundings: Surroundings) throws {
        try operations.rotateKeys(
            algorithm, surroundings.settings(), print: surroundings.print)
    }
}

/// `gatehouse keys list`
struct ListKeysCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the signing keys, without their secrets.")

    func run(_ operations: any Operations, in surroundings: Surroundings) throws {
        try operations.listKeys(surroundings.settings(), print: surroundings.print)
    }
}

/// `gatehouse policy`: what the gate asks of a request. Needs no other setting than the policy's.
struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Read the gate's policy.",
        subcommands: [CheckPolicyCommand.self, ExplainPolicyCommand.self])
}

struct CheckPolicyCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Say whether the policy can be used, and where it is wrong."
    )

    @Option(help: "A file to read instead of the configured one.") var policy: String?

    func run(_ operations: any Operations, in surroundings: Surroundings) throws {
        try operations.checkPolicy(
            policy, environment: surroundings.environment, print: surroundings.print)
    }
}

struct ExplainPolicyCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Say which line decides on a request, and what it asks.")

    @Argument var method: String
    @Argument var path: String
    @Option(help: "A file to read instead of the configured one.") var policy: String?

    func run(_ operations: any Operations, in surroundings: Surroundings) throws {
        try operations.explainPolicy(
            method, path, policy: policy, environment: surroundings.environment,
            print: surroundings.print)
    }
}

/// `gatehouse echo`: the service behind the gate of a first run.
struct EchoCommand: OperatorCommand {
    static let configuration = CommandConfiguration(
        commandName: "echo", abstract: "Answer FastCGI requests with what they say.")

    @Option(help: "The unix socket to listen at.") var socket: String

    func run(_ operations: any Operations, in surroundings: Surroundings) throws {
        try operations.echo(socket: socket)
    }
}
