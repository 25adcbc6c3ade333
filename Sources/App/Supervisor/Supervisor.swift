import FastCGI
import Glibc
import Logging

/// Opens the sockets, keeps the workers alive, and never touches a request.
///
/// One thread, one loop: it waits for signals, for workers that report ready, and for the next thing that
/// is due. A *generation* is the workers of one state of the settings; a reload brings up the next one
/// before the present one is told to finish.
final class Supervisor {
    /// What the supervisor tells the rest of the program.
    struct Hooks {
        /// A worker died without having been asked to: what it changed but did not announce must count
        /// as changed.
        var workerDied: () -> Void = {}
        var workerCount: (PoolName, _ ready: Int) -> Void = { _, _ in }
        var workerRestarted: (PoolName) -> Void = { _ in }
        /// A slot of the metrics is free again.
        var slotFreed: (_ slot: Int) -> Void = { _ in }
    }

    private let command: WorkerCommand
    private let rereadSettings: () throws -> Settings
    private let hooks: Hooks
    private let manager: ServiceManager
    private var logger: Logger

    private let signals: Signals
    private var sockets: [PoolName: Descriptor] = [:]
    private var freeSlots: [Int]

    private var current: Generation
    private var incoming: Generation?
    /// How many there have been; a failed one's number is not used again, for its dead are still to come.
    private var generations = 1
    private var reloadAgain = false
    private var workers: [ChildProcess: Worker] = [:]
    private var state = State.starting
    private var nextWatchdog: ContinuousClock.Instant
    private let clock = ContinuousClock()

    private enum State {
        case starting, running, stopping
    }

    /// The workers of one state of the settings.
    private struct Generation {
        let number: Int
        let settings: Settings
        /// The settings file as it was read, for the workers; one that is broken later does not matter.
        let file: Descriptor?
        var places: [Place]
        /// When it must be ready.
        let deadline: ContinuousClock.Instant
    }

    /// A place in a pool, filled by one worker after another.
    private struct Place {
        let pool: PoolName
        var backOff = RestartBackOff()
        var worker: ChildProcess?
        var startAt: ContinuousClock.Instant?
        var earlyFailures = 0
    }

    private struct Worker {
        let generation: Int
        let place: Int
        let pool: PoolName
        let slot: Int
        let link: Descriptor
        let started: ContinuousClock.Instant
        var isReady = false
        var hasClosedLink = false
        /// Set when it was told to finish: when it is killed if it has not.
        var killAt: ContinuousClock.Instant?
    }

    /// How long a new generation may take to be ready.
    private static let readyWithin = Duration.seconds(30)
    /// What is added to the drain time before a worker is killed.
    private static let grace = Duration.seconds(2)
    /// A worker that dies so often before any was ready will never be.
    private static let earlyFailuresAllowed = 3

    /// Prepares everything, and takes the signals of the process: create it before any thread.
    init(
        settings: Settings, slots: Int, command: WorkerCommand, environment: [String: String],
        logger: Logger, hooks: Hooks, rereadSettings: @escaping () throws -> Settings
    ) throws {
        self.command = command
        self.rereadSettings = rereadSettings
        self.hooks = hooks
        self.logger = logger
        manager = ServiceManager(environment: environment)
        signals = try Signals([SIGCHLD, SIGHUP, SIGTERM, SIGINT])
        // The last is taken first; slot 0 is the supervisor's own.
        freeSlots = Array((1..<slots).reversed())
        nextWatchdog = clock.now
        current = try Self.generation(1, settings, readyBy: clock.now + Self.readyWithin)
    }

    /// Works until it is told to stop. Throws when the service cannot be started at all.
    func run() throws {
        defer { removeSockets() }
        for pool in PoolName.allCases {
            sockets[pool] = try UnixSocket.listen(
                // nginx comes by the group; a full backlog would be an immediate 502.
                at: current.settings.socket(pool), mode: 0o660, backlog: 1024)
        }
        do {
            try fill(&current)
            while !(state == .stopping && workers.isEmpty) {
                try turn()
            }
        } catch {
            // Nothing may outlive us. (Workers would notice by themselves, a moment later.)
            for worker in workers.keys { worker.send(SIGKILL) }
            throw error
        }
        logger.notice("Stopped.")
    }

    /// One turn of the loop: wait, then do what has come and what is due.
    private func turn() throws {
        let links = workers.filter { !$0.value.isReady && !$0.value.hasClosedLink }
        let readable = try Waiting.readable(
            among: [signals.arrivals.number] + links.values.map(\.link.number),
            milliseconds: millisecondsToNextDue())
        for (process, worker) in links where readable.contains(worker.link.number) {
            hear(process, worker)
        }
        if readable.contains(signals.arrivals.number) {
            for signal in try signals.next() { try handle(signal) }
        }
        doWhatIsDue()
    }

    // MARK: Starting workers

    private static func generation(
        _ number: Int, _ settings: Settings, readyBy deadline: ContinuousClock.Instant
    ) throws -> Generation {
        let file = try settings.file.map {
            try PrivateFile.unnamed(in: settings.runtimeDirectory, $0)
        }
        let places = PoolName.allCases.flatMap { pool in
            Array(repeating: Place(pool: pool), count: settings.pool(pool).processes)
        }
        return Generation(
            number: number, settings: settings, file: file, places: places, deadline: deadline)
    }

    private func fill(_ generation: inout Generation) throws {
        for index in generation.places.indices {
            try start(&generation, index)
        }
    }

    private func start(_ generation: inout Generation, _ index: Int) throws {
        let pool = generation.places[index].pool
        generation.places[index].startAt = nil
        guard let socket = sockets[pool] else { return }
        let slot = freeSlots.popLast() ?? 0
        do {
            let (ours, theirs) = try UnixSocket.pair()
            var environment = command.environment
            var descriptors = [0: socket, WorkerCommand.link: theirs]
            if let file = generation.file {
                environment[Setting.config.rawValue] = "/proc/self/fd/\(WorkerCommand.settings)"
                descriptors[WorkerCommand.settings] = file
            }
            let process = try ChildProcess.spawn(
                command.executable, command.arguments(pool, slot), environment: environment,
                descriptors: descriptors)
            generation.places[index].worker = process
            workers[process] = Worker(
                generation: generation.number, place: index, pool: pool, slot: slot, link: ours,
                started: clock.now)
            logger.debug("Worker started.", metadata: about(pool, process))
        } catch {
            free(slot)
            throw error
        }
    }

    /// Starts the present workers whose time has come. What the operating system refuses now (processes,
    /// memory) it may give later.
    private func restart(_ now: ContinuousClock.Instant) {
        for index in current.places.indices {
            guard let startAt = current.places[index].startAt, startAt <= now else { continue }
            do {
                try start(&current, index)
            } catch {
                let delay = current.places[index].backOff.delay(afterLiving: .zero)
                current.places[index].startAt = now + delay
                logger.error(
                    "A worker could not be started.", error: error,
                    metadata: about(current.places[index].pool))
            }
        }
    }

    private func free(_ slot: Int) {
        guard slot != 0 else { return }
        freeSlots.append(slot)
        hooks.slotFreed(slot)
    }

    // MARK: What workers say

    /// A byte means ready; the end of the line means that it dies, of which SIGCHLD tells more.
    private func hear(_ process: ChildProcess, _ worker: Worker) {
        do throws(SystemCallError) {
            guard try !worker.link.read(atMost: 16).isEmpty else {
                workers[process]?.hasClosedLink = true
                return
            }
        } catch {
            workers[process]?.hasClosedLink = true
            return
        }
        workers[process]?.isReady = true
        // Who reads the line finds the count.
        tellCounts()
        logger.info("Worker ready.", metadata: about(worker.pool, process))
        if state == .starting, isReady(current) {
            state = .running
            manager.ready()
            logger.notice("Ready.", metadata: ["workers": .stringConvertible(workers.count)])
        }
        if let next = incoming, isReady(next) {
            takeOver(next)
        }
    }

    private func isReady(_ generation: Generation) -> Bool {
        generation.places.allSatisfy { place in
            place.worker.flatMap { workers[$0]?.isReady } ?? false
        }
    }

    private func tellCounts() {
        for pool in PoolName.allCases {
            hooks.workerCount(pool, workers.values.count { $0.pool == pool && $0.isReady })
        }
    }

    // MARK: Deaths

    private func reap() throws {
        while let (process, ending) = ChildProcess.reap() {
            // Not ours to know: something that our starter left to us.
            guard let worker = workers.removeValue(forKey: process) else { continue }
            free(worker.slot)
            tellCounts()
            var facts = about(worker.pool, process)
            facts["ending"] = "\(ending)"

            if worker.killAt != nil, ending == .exited(ExitStatus.success) {
                logger.info("Worker finished.", metadata: facts)
                continue
            }
            hooks.workerDied()
            if worker.killAt != nil {
                logger.warning("Worker died while it finished.", metadata: facts)
            } else if worker.generation == incoming?.number {
                logger.error("Worker died before it was ready.", metadata: facts)
                abandonReload()
            } else {
                try replace(worker, ending, facts)
            }
        }
    }

    /// Has the place of a dead worker filled again, at once or after a while.
    private func replace(
        _ worker: Worker, _ ending: ChildProcess.Ending, _ facts: Logger.Metadata
    ) throws {
        if state == .starting, !worker.isReady {
            current.places[worker.place].earlyFailures += 1
            if ending == .exited(ExitStatus.configuration)
                || current.places[worker.place].earlyFailures >= Self.earlyFailuresAllowed
            {
                throw CommandFailure(
                    "The workers of the pool \(worker.pool.rawValue) cannot start (\(ending)); "
                        + "the log says why.")
            }
        }
        let lifetime = clock.now - worker.started
        let delay = current.places[worker.place].backOff.delay(afterLiving: lifetime)
        current.places[worker.place].worker = nil
        current.places[worker.place].startAt = clock.now + delay
        hooks.workerRestarted(worker.pool)
        var facts = facts
        facts["lived_ms"] = .stringConvertible(lifetime.wholeMilliseconds)
        facts["restart_in_ms"] = .stringConvertible(delay.wholeMilliseconds)
        logger.error("Worker died.", metadata: facts)
    }

    // MARK: Signals

    private func handle(_ signal: Int32) throws {
        switch signal {
        case SIGCHLD: try reap()
        case SIGHUP: reload()
        default: stop()
        }
    }

    /// Brings up a new generation, if the settings are right.
    private func reload() {
        guard state == .running else { return }
        guard incoming == nil else {
            reloadAgain = true
            return
        }
        manager.reloading()
        do {
            let settings = try rereadSettings()
            guard settings.runtimeDirectory == current.settings.runtimeDirectory else {
                throw CommandFailure(
                    "\(Setting.runtimeDirectory.rawValue) can be changed by a restart only.")
            }
            generations += 1
            var next = try Self.generation(
                generations, settings, readyBy: clock.now + Self.readyWithin)
            logger.notice("Reloading.")
            // Known before its workers are, for one may die at once.
            incoming = next
            try fill(&next)
            incoming = next
        } catch {
            logger.error("Reload refused, everything stays as it was.", error: error)
            abandonReload()
            manager.ready()
        }
    }

    private func takeOver(_ next: Generation) {
        let previous = current.number
        current = next
        incoming = nil
        finish { $0.generation == previous }
        logger.logLevel = next.settings.logLevel
        manager.ready()
        logger.notice("Reloaded.", metadata: ["workers": .stringConvertible(next.places.count)])
        reloadAgainIfAsked()
    }

    private func abandonReload() {
        guard let failed = incoming?.number else { return }
        incoming = nil
        for (process, worker) in workers where worker.generation == failed {
            workers[process]?.killAt = clock.now
            process.send(SIGKILL)
        }
        logger.error("Reload failed, the present workers stay.")
        manager.ready()
        reloadAgainIfAsked()
    }

    private func reloadAgainIfAsked() {
        if reloadAgain {
            reloadAgain = false
            reload()
        }
    }

    /// Lets everything in progress finish; asked again, ends it at once.
    private func stop() {
        if state == .stopping {
            logger.warning("Stopping at once.")
            for worker in workers.keys { worker.send(SIGKILL) }
            return
        }
        logger.notice("Stopping.")
        manager.stopping()
        state = .stopping
        incoming = nil
        for index in current.places.indices { current.places[index].startAt = nil }
        finish { _ in true }
    }

    /// Tells workers to finish what they have and end.
    private func finish(_ isMeant: (Worker) -> Bool) {
        let killAt = clock.now + current.settings.drain + Self.grace
        for (process, worker) in workers where worker.killAt == nil && isMeant(worker) {
            workers[process]?.killAt = killAt
            process.send(SIGTERM)
        }
    }

    // MARK: Time

    private func millisecondsToNextDue() -> Int? {
        var due = workers.values.compactMap(\.killAt) + current.places.compactMap(\.startAt)
        if let incoming { due.append(incoming.deadline) }
        if manager.watchdogInterval != nil { due.append(nextWatchdog) }
        // Rounded up, or the last fraction would be waited for in a busy loop.
        return due.min().map { (clock.now.duration(to: $0)).wholeMilliseconds + 1 }
    }

    private func doWhatIsDue() {
        let now = clock.now
        for (process, worker) in workers {
            guard let killAt = worker.killAt, killAt <= now else { continue }
            // Once is enough, but the wait for its end must not be busy.
            workers[process]?.killAt = now + .seconds(1)
            logger.warning("Worker killed.", metadata: about(worker.pool, process))
            process.send(SIGKILL)
        }
        if state != .stopping { restart(now) }
        if let incoming, incoming.deadline <= now {
            logger.error("The new workers were not ready in time.")
            abandonReload()
        }
        if let interval = manager.watchdogInterval, nextWatchdog <= now {
            manager.alive()
            nextWatchdog = now + interval
        }
    }

    // MARK: The end

    private func removeSockets() {
        for pool in sockets.keys {
            do {
                try PrivateFile.remove(current.settings.socket(pool))
            } catch {
                logger.warning("A socket stays behind.", error: error)
            }
        }
    }

    private func about(_ pool: PoolName, _ process: ChildProcess? = nil) -> Logger.Metadata {
        var facts: Logger.Metadata = ["worker_pool": "\(pool.rawValue)"]
        if let process { facts["worker_pid"] = .stringConvertible(process.id) }
        return facts
    }
}

extension Duration {
    /// Rounded towards zero.
    var wholeMilliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
