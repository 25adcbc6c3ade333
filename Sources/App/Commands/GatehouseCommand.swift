import ArgumentParser
import FastCGI

/// A command that gets its surroundings handed in.
protocol Command: ParsableCommand {
    func run(in surroundings: Surroundings) throws
}

/// `gatehouse`: the root of all commands.
struct GatehouseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gatehouse",
        abstract: "Credentials for a platform's API.",
        version: Gatehouse.version,
        subcommands: [
            ServeCommand.self, WorkerCommandLine.self, CheckCommand.self, MigrateCommand.self,
            UserCommand.self, KeysCommand.self, PolicyCommand.self, EchoCommand.self,
        ])
}

/// The program.
package enum Gatehouse {
    package static let version = "0.1.0"

    /// Runs what `arguments` (without the program's name) ask for, and gives the exit status.
    ///
    /// Whatever goes wrong is one sentence on standard error.
    package static func run(_ arguments: [String], in surroundings: Surroundings) -> Int32 {
        do {
            var command = try GatehouseCommand.parseAsRoot(arguments)
            if let command = command as? any Command {
                try command.run(in: surroundings)
            } else {
                // A group without a command behind it: its help.
                try command.run()
            }
            return ExitStatus.success
        } catch let failure as CommandFailure {
            surroundings.complain("gatehouse: \(failure)")
            return failure.status
        } catch let code as ExitCode {
            return code.rawValue
        } catch let error as any ToldByItself {
            surroundings.complain("gatehouse: \(error)")
            return ExitStatus.failure
        } catch {
            // The parser's own: help and version are no failures.
            let status = GatehouseCommand.exitCode(for: error)
            if status == .success {
                surroundings.print(GatehouseCommand.fullMessage(for: error))
            } else {
                surroundings.complain("gatehouse: \(GatehouseCommand.message(for: error))")
            }
            return status.rawValue
        }
    }
}
