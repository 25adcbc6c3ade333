import FoundationEssentials

/// Why a command could not do what it was asked: one sentence for standard error, and an exit status.
package struct CommandFailure: Error, CustomStringConvertible {
    package let description: String
    package let status: Int32

    package init(_ sentence: String, status: Int32 = ExitStatus.failure) {
        description = sentence
        self.status = status
    }

    /// Several wrong settings are one sentence too.
    init(_ wrong: SettingsError) {
        let rules = wrong.problems.map { "\($0.name) \($0.rule)" }.joined(separator: "; ")
        self.init(
            "The settings are wrong (`gatehouse check` lists them): \(rules).",
            status: ExitStatus.configuration)
    }
}
