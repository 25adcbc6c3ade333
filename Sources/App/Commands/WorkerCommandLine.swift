import ArgumentParser
import FastCGI
import Logging

extension PoolName: ExpressibleByArgument {}

/// `gatehouse worker`: one worker process, whose listening socket is its standard input.
struct WorkerCommandLine: Command {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Answer requests from the socket at descriptor 0.",
        discussion:
            "The supervisor starts workers itself; spawn-fcgi and the like may start one too.")

    @Option(help: "The pool to work for: web or gate.")
    var pool: PoolName

    @Option(help: "Where this process counts in the shared metrics.")
    var slot = 0

    @Option(help: "The descriptor of the line to the supervisor.")
    var link: Int32?

    func run(in surroundings: Surroundings) throws {
        try CoreDumps.forbid()
        let settings = try surroundings.settings()
        let logger = Logger(pool: pool.rawValue, level: settings.logLevel)
        let process: WorkerProcess
        let program: any WorkerProgram
        do {
            let metrics = try ServiceMetrics(path: settings.metricsFile, slot: slot)
            process = try WorkerProcess(
                WorkerContext(pool: pool, settings: settings, logger: logger, metrics: metrics),
                link: link)
            program = try surroundings.wiring.workerProgram(process.context)
        } catch {
            logger.critical("The worker cannot start.", error: error)
            throw ExitCode(ExitStatus.configuration)
        }
        do {
            try process.run(program)
        } catch {
            logger.critical("The worker failed.", error: error)
            throw ExitCode(ExitStatus.failure)
        }
    }
}
