/// Joins the frame of the processes with what they do: the seam between `App`'s machinery and the
/// service itself.
package protocol Wiring: Sendable {
    /// What a worker of `context.pool` does. Called once, on the main thread, before any other thread of
    /// the worker. An error means that no worker of this pool can start; a database that is away is none.
    func workerProgram(_ context: WorkerContext) throws -> any WorkerProgram

    /// Prepares in the supervisor what workers share (the generation table), before the first of them
    /// starts. What it gives back is called whenever a worker has died. It must not start a thread.
    func share(_ settings: Settings) throws -> () -> Void

    /// What `gatehouse check` finds wrong behind settings that are right by themselves, like a policy
    /// file that cannot be read.
    func problems(_ settings: Settings) -> [SettingsProblem]
}
