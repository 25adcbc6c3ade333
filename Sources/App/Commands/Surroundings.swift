/// What a command may use of the world around it: handed in, so that tests can be the world.
package struct Surroundings: Sendable {
    package let environment: [String: String]
    package let wiring: any Wiring
    /// `nil` where the commands of an operator are not offered.
    package let operations: (any Operations)?
    /// Writes a line to standard output.
    package let print: @Sendable (String) -> Void
    /// Writes a line to standard error.
    package let complain: @Sendable (String) -> Void

    package init(
        environment: [String: String], wiring: any Wiring,
        operations: (any Operations)?,
        print: @escaping @Sendable (String) -> Void,
        complain: @escaping @Sendable (String) -> Void
    ) {
        self.environment = environment
        self.wiring = wiring
        self.operations = operations
        self.print = print
        self.complain = complain
    }

    /// The settings of this run, or a failure that names all that is wrong with them.
    package func settings(_ purpose: Settings.Purpose = .service) throws -> Settings {
        do throws(SettingsError) {
            return try Settings(environment: environment, purpose: purpose)
        } catch {
            throw CommandFailure(error)
        }
    }
}
