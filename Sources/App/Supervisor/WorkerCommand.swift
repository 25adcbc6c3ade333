/// How the supervisor starts a worker process.
package struct WorkerCommand: Sendable {
    package var executable: String
    /// The arguments, the program's name first, for a pool and a slot of the metrics.
    package var arguments: @Sendable (PoolName, _ slot: Int) -> [String]
    package var environment: [String: String]

    /// The line to the supervisor: the worker writes a byte when it is ready, and ends when the
    /// supervisor's end is closed, because then the supervisor is dead.
    static let link: Int32 = 3
    /// The settings file as the supervisor read it.
    static let settings: Int32 = 4

    /// This very program, as `gatehouse worker`.
    package static func ourselves(environment: [String: String]) -> WorkerCommand {
        WorkerCommand(
            // Also right when the file was replaced meanwhile: workers are of the supervisor's version.
            executable: "/proc/self/exe",
            arguments: { pool, slot in
                [
                    "gatehouse", "worker", "--pool", pool.rawValue, "--slot", String(slot),
                    "--link", String(link),
                ]
            },
            environment: environment.filter { !notForWorkers.contains($0.key) })
    }

    /// What concerns the supervisor alone, and passwords that workers have no use for.
    private static let notForWorkers: Set<String> = [
        "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID",
        "LISTEN_FDNAMES", Setting.migratorPassword.rawValue, Setting.migratorPasswordFile.rawValue,
        "GATEHOUSE_ADMIN_PASSWORD",
    ]
}
