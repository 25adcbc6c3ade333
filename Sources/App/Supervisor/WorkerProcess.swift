import FastCGI
import Glibc
import Logging

/// The frame of a worker process: its signals, its line to the supervisor, its end.
struct WorkerProcess {
    let context: WorkerContext
    /// The number of the line to the supervisor; `nil` when something else started this worker.
    let link: Int32?
    private let signals: Signals

    /// Takes the signals, so create it before anything that starts a thread.
    init(_ context: WorkerContext, link: Int32?) throws {
        self.context = context
        self.link = link
        signals = try Signals([SIGTERM, SIGINT, SIGHUP])
    }

    /// Runs `program` to its end.
    func run(_ program: any WorkerProgram) throws {
        if context.pool == .web {
            // The gate answers in microseconds and must stay quick while passwords are hashed here.
            _ = nice(5)
        }
        let line = link.map { Descriptor(owning: $0) }
        try watch(program, line)
        try program.run {
            do {
                try line?.write([UInt8(ascii: "R")])
            } catch {
                // The supervisor is dead; the watching thread ends this process.
            }
        }
    }

    /// Stops `program` on SIGTERM, and ends the process when the supervisor is dead, however it died:
    /// the kernel closes its end of the line. (Not PR_SET_PDEATHSIG: that speaks of the thread that
    /// started us, and misses a supervisor that died before we asked for it.)
    private func watch(_ program: any WorkerProgram, _ line: Descriptor?) throws {
        let signals = signals
        let logger = context.logger
        try DetachedThread.start {
            do {
                while true {
                    let awaited = [signals.arrivals.number] + (line.map { [$0.number] } ?? [])
                    let readable = try Waiting.readable(among: awaited, milliseconds: nil)
                    if readable.contains(signals.arrivals.number) {
                        let arrived = try signals.next()
                        if arrived.contains(SIGTERM) || arrived.contains(SIGINT) { program.stop() }
                    }
                    if let line, readable.contains(line.number) {
                        _exit(ExitStatus.supervisorGone)
                    }
                }
            } catch {
                logger.critical("The worker cannot hear its supervisor.", error: error)
                _exit(ExitStatus.failure)
            }
        }
    }
}

/// How our processes end.
package enum ExitStatus {
    package static let success: Int32 = 0
    package static let failure: Int32 = 1
    /// EX_USAGE of sysexits(3): the command was not understood.
    package static let usage: Int32 = 64
    /// EX_CONFIG of sysexits(3): a worker that cannot start with these settings; trying again is no use.
    package static let configuration: Int32 = 78
    static let supervisorGone: Int32 = 70
}
