import App
import Glibc

/// The pools are not joined to the service yet: a worker says so and ends.
struct NoPrograms: Wiring {
    func workerProgram(_ context: WorkerContext) throws -> any WorkerProgram {
        throw CommandFailure("There is no program for the pool \(context.pool.rawValue).")
    }

    func share(_ settings: Settings) throws -> () -> Void { {} }

    func problems(_ settings: Settings) -> [SettingsProblem] { [] }
}

exit(
    Gatehouse.run(
        Array(CommandLine.arguments.dropFirst()),
        in: .ofThisProcess(wiring: NoPrograms(), operations: nil)))
