internal import Glibc
internal import Synchronization

/// A place for one connection, used for one after the other. Between requests nobody holds it and it costs
/// nothing but its descriptor in epoll.
final class Connection: Sendable {
    /// What belongs to whichever thread is busy with the connection.
    struct State: Sendable {
        var descriptor: Int32 = -1
        var isInEpoll = false
        /// A request that came in pieces, as far as it has come; empty when it comes in one, as nginx
        /// sends it.
        var staged: [UInt8] = []
        var scanner: RecordScanner
        /// How many of these bytes the pool counts as held.
        var counted = 0
        /// The answer has gone out before the request was read to its end: what still comes is dropped
        /// until the peer has read the answer and closed. Closing at once would make the kernel tell the
        /// peer ECONNRESET, in place of our answer.
        var isDiscarding = false

        init(_ limits: Limits) {
            scanner = RecordScanner(limits)
        }

        /// Looks how far the staged request has come.
        mutating func scan() -> RecordScanner.Finding {
            var scanner = scanner
            defer { self.scanner = scanner }
            return scanner.scan(staged.span)
        }

        var isIdle: Bool { staged.isEmpty && !isDiscarding }
    }

    let index: Int
    private let limits: Limits
    private let state: Mutex<State>
    /// Set by whoever has seen an event, cleared by whoever looks after it.
    private let hasEvent = Atomic<Bool>(false)
    /// When the peer has to be done with what it is at, or 0.
    private let deadline = Atomic<Int64>(0)
    private let isAnswering = Atomic<Bool>(false)
    /// The descriptor once more, for the watchdog, which may shut it down while a thread is busy with it,
    /// but never after it was closed: by then the number may be that of another file.
    private let watched = Mutex<Int32>(-1)

    init(index: Int, _ limits: Limits) {
        self.index = index
        self.limits = limits
        state = Mutex(State(limits))
    }

    /// Runs `body` alone on this connection after an event. A thread that comes while another is busy
    /// leaves at once, and the other one runs its own `body` again: where that does not serve the
    /// connection, it has to have epoll tell of it again.
    func attend(_ body: (inout State) -> Void) {
        hasEvent.store(true, ordering: .relaxed)
        while true {
            // Either we get the lock, or its holder sees our event after it has let go: that needs the
            // store before the lock here and the unlock before the load below in one order for all.
            atomicMemoryFence(ordering: .sequentiallyConsistent)
            let held: Void? = state.withLockIfAvailable { state in
                hasEvent.store(false, ordering: .relaxed)
                if state.descriptor >= 0 { body(&state) }
            }
            guard held != nil else { return }
            atomicMemoryFence(ordering: .sequentiallyConsistent)
            guard hasEvent.load(ordering: .relaxed) else { return }
        }
    }

    /// Begins with a connection that was just accepted.
    func open(_ descriptor: Int32, _ body: (inout State) -> Void) {
        watched.withLock { $0 = descriptor }
        state.withLock { state in
            state.descriptor = descriptor
            body(&state)
        }
        // What came while it was held, as in `attend`.
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        if hasEvent.load(ordering: .relaxed) { attend(body) }
    }

    /// Ends the connection. Closing takes the descriptor out of epoll.
    func close(_ state: inout State, alreadyClosed: Bool = false) {
        watched.withLock { descriptor in
            if !alreadyClosed {
                // The peer is told even where a child process has inherited the descriptor.
                shutdown(state.descriptor, Int32(SHUT_RDWR))
                Glibc.close(state.descriptor)
            }
            descriptor = -1
        }
        deadline.store(0, ordering: .relaxed)
        state = State(limits)
    }

    /// Gives the peer so long, unless a deadline runs already.
    func startDeadline(_ duration: Duration, answering: Bool = false) {
        guard deadline.load(ordering: .relaxed) == 0 else { return }
        isAnswering.store(answering, ordering: .relaxed)
        deadline.store(MonotonicClock.now + duration.milliseconds, ordering: .relaxed)
    }

    func endDeadline() {
        deadline.store(0, ordering: .relaxed)
    }

    func isOverdue(at now: Int64) -> Bool {
        let deadline = deadline.load(ordering: .relaxed)
        return deadline != 0 && now > deadline
    }

    /// Ends what an overdue connection is at: its request, which a thread then finds at its end and can
    /// still answer, or its answer, whose writing then fails. Whoever holds the connection closes it.
    func cutOff(bothWays: Bool = false) {
        let how = bothWays || isAnswering.load(ordering: .relaxed) ? SHUT_RDWR : SHUT_RD
        watched.withLock { descriptor in
            if descriptor >= 0 { _ = shutdown(descriptor, Int32(how)) }
        }
    }
}

/// All places for connections of a pool, and which of them are free.
final class ConnectionTable: Sendable {
    let connections: [Connection]
    private let free: Mutex<[Int]>
    private let open = Atomic<Int>(0)

    init(_ limits: Limits) {
        connections = (0..<limits.connections).map { Connection(index: $0, limits) }
        free = Mutex(Array((0..<limits.connections).reversed()))
    }

    var openCount: Int { open.load(ordering: .sequentiallyConsistent) }

    func take() -> Connection? {
        guard let index = free.withLock({ $0.popLast() }) else { return nil }
        open.add(1, ordering: .sequentiallyConsistent)
        return connections[index]
    }

    func giveBack(_ connection: Connection) {
        free.withLock { $0.append(connection.index) }
        open.subtract(1, ordering: .sequentiallyConsistent)
    }
}
