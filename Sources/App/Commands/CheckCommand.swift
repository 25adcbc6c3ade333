import ArgumentParser

/// `gatehouse check`: are all settings right, and which are in force?
struct CheckCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Name every wrong setting, or show what is in force.")

    @Flag(help: "Print the list of all settings, as Markdown.")
    var list = false

    func run(in surroundings: Surroundings) throws {
        if list {
            // The line's end comes with the print.
            return surroundings.print(String(SettingsTable.markdown.dropLast()))
        }
        do throws(SettingsError) {
            let settings = try Settings(
                environment: surroundings.environment, purpose: .everything)
            let problems = surroundings.wiring.problems(settings)
            guard problems.isEmpty else { throw SettingsError(problems: problems) }
            for line in settings.inForce {
                surroundings.print("\(line.name)=\(line.shown) (\(line.source))")
            }
        } catch {
            surroundings.complain(error.description)
            throw ExitCode(ExitStatus.failure)
        }
    }
}
