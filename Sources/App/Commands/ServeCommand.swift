import ArgumentParser
import FastCGI
import Logging

/// `gatehouse serve`: the supervisor.
struct ServeCommand: Command {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Open the sockets, and start and watch the workers.",
        discussion:
            "SIGHUP reloads the settings, SIGTERM lets requests in progress finish and stops.")

    func run(in surroundings: Surroundings) throws {
        // Workers get three descriptors besides the streams; none of ours may stand in their place.
        try StandardStreams.reserve(upTo: WorkerCommand.settings)
        try CoreDumps.forbid()
        let settings = try surroundings.settings()
        guard let lock = try LockFile.take(settings.lockFile) else {
            throw CommandFailure(
                "Another gatehouse serves from \(settings.runtimeDirectory) already.")
        }
        // Of a supervisor that is dead, perhaps of another version; its workers died with it.
        for file in [settings.metricsFile, settings.generationsFile, settings.hashingFile] {
            try PrivateFile.remove(file)
        }
        let metrics = try ServiceMetrics(path: settings.metricsFile, slot: 0)
        let workerDied = try surroundings.wiring.share(settings)

        let supervisor = try Supervisor(
            settings: settings, slots: Metrics.slots,
            command: .ourselves(environment: surroundings.environment),
            environment: surroundings.environment,
            logger: Logger(pool: "supervisor", level: settings.logLevel),
            hooks: Supervisor.Hooks(
                workerDied: workerDied, workerCount: metrics.workersReady,
                workerRestarted: metrics.workerRestarted, slotFreed: metrics.slotFreed),
            rereadSettings: { try surroundings.settings() })
        try withExtendedLifetime(lock) { try supervisor.run() }
    }
}
