package import Logging

/// What a worker does between its start and its end. `App` has one for each pool.
package protocol WorkerProgram: Sendable {
    /// Works until `stop()` was called and everything in progress is done.
    ///
    /// Calls `ready` once, when requests can be answered; a database that is away is no reason to wait.
    func run(ready: () -> Void) throws

    /// Asks `run` to come to an end. Called from another thread.
    func stop()
}

/// What a worker's program gets to begin with.
package struct WorkerContext: Sendable {
    package let pool: PoolName
    package let settings: Settings
    package let logger: Logger
    package let metrics: ServiceMetrics

    /// The listening socket: FastCGI 1.0 §2.2, "The Web server leaves a single file descriptor,
    /// FCGI_LISTENSOCK_FILENO, open when the application begins execution", which is 0.
    package let listening: Int32 = 0
}
