import ArgumentParser
import FastCGI

/// `gatehouse keys`: the keys that sign, and the one that seals them.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make and change keys.",
        subcommands: [RotateKeysCommand.self, ListKeysCommand.self, MasterKeyCommand.self])
}

/// `gatehouse keys master-key`: the first thing that an installation needs.
struct MasterKeyCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "master-key",
        abstract: "Write a new master key into a file that must not be there yet.")

    @Argument(help: "The file; its owner alone may read it.")
    var file: String

    func run(in surroundings: Surroundings) throws {
        try MasterKeyFile.create(file)
        surroundings.print(
            "A new master key is in \(file). Keep a copy: without it the signing keys are lost.")
    }
}
