internal import Glibc
internal import Synchronization

/// Threads that serve the FastCGI connections of one listening socket, which other processes may share.
///
/// No thread waits on an idle connection, nor on one whose request is still on its way: both stand in
/// epoll, and any free thread takes the next one that something has come for.
package final class WorkerPool: Sendable {
    private let pool: PoolState
    private let threads: Int
    private let makeHandler: @Sendable (_ thread: Int) throws -> any Handler
    /// One for each worker thread and one for the thread in `run()`.
    private let counters: [Counters]
    /// Wakes the thread in `run()`.
    private let control: Pipe
    /// Ends the worker threads.
    private let finish: Pipe
    private let runningThreads = Atomic<Int>(0)
    private let failure = Mutex<(any Error)?>(nil)

    /// Takes a socket that listens already. It becomes non-blocking and stays the caller's, who keeps it
    /// open until `run()` has returned. `makeHandler` is called once on each thread.
    package init(
        listening: Int32, threads: Int, limits: Limits = Limits(),
        makeHandler: @escaping @Sendable (_ thread: Int) throws -> any Handler
    ) throws {
        precondition(threads > 0, "a pool needs a thread")
        try Socket.setNonBlocking(listening)
        pool = try PoolState(listening: listening, limits)
        self.threads = threads
        self.makeHandler = makeHandler
        counters = (0...threads).map { _ in Counters() }
        control = try Pipe()
        finish = try Pipe()
    }

    /// Serves until `stop()` was called and what was under way is done, or `limits.drain` is over. Throws
    /// what `makeHandler` threw on any thread, or what kept a thread from starting; the others are
    /// drained first.
    package func run() throws {
        // signal(7): a write to a socket whose peer has gone raises SIGPIPE, and libfcgi uses write(2).
        signal(SIGPIPE, SIG_IGN)
        try pool.epoll.addFinish(finish.reading)
        try pool.epoll.addListening(pool.listening)
        startThreads()
        watch()
        drain()
        finish.end()
        let deadline = MonotonicClock.now + 1000
        while runningThreads.load(ordering: .sequentiallyConsistent) > 0,
            MonotonicClock.now < deadline
        {
            control.wait(milliseconds: 100)
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// Ends `run()`. May be called from any thread, more than once, and before `run()`.
    package func stop() {
        pool.isStopping.store(true, ordering: .sequentiallyConsistent)
        control.wake()
    }

    package var statistics: PoolStatistics {
        var sum = PoolStatistics()
        for counters in counters { counters.add(to: &sum) }
        sum.openConnections = pool.table.openCount
        sum.heldBytes = pool.heldBytes.load(ordering: .relaxed)
        sum.threads = runningThreads.load(ordering: .relaxed)
        return sum
    }

    // MARK: Threads

    private func startThreads() {
        for number in 0..<threads {
            runningThreads.add(1, ordering: .sequentiallyConsistent)
            do {
                try Thread.start(name: "worker-\(number)") { [self] in
                    work(number)
                    runningThreads.subtract(1, ordering: .sequentiallyConsistent)
                    control.wake()
                }
            } catch {
                runningThreads.subtract(1, ordering: .sequentiallyConsistent)
                fail(error)
            }
        }
    }

    private func work(_ number: Int) {
        do {
            try Worker(pool, makeHandler(number), counters[number]).run()
        } catch {
            fail(error)
        }
        counters[number].isBusy.store(false, ordering: .relaxed)
    }

    private func fail(_ error: any Error) {
        failure.withLock { first in
            if first == nil { first = error }
        }
        stop()
    }

    // MARK: Deadlines

    /// How often deadlines are looked at: they are exact to this.
    private static let tick: Int32 = 250

    private func watch() {
        while !pool.isStopping.load(ordering: .sequentiallyConsistent) {
            control.wait(milliseconds: Self.tick)
            let now = MonotonicClock.now
            cutOffOverdue(now)
            resumeAccepting(now)
        }
    }

    private func cutOffOverdue(_ now: Int64) {
        for connection in pool.table.connections where connection.isOverdue(at: now) {
            connection.cutOff()
        }
    }

    private func resumeAccepting(_ now: Int64) {
        let from = pool.acceptsFrom.load(ordering: .sequentiallyConsistent)
        guard from != 0, now >= from else { return }
        pool.acceptsFrom.store(0, ordering: .sequentiallyConsistent)
        do {
            try pool.epoll.addListening(pool.listening)
        } catch {
            // It is still there (EEXIST), or there is no memory for it: then later.
            if error.code != EEXIST { pool.pauseAccepting(now) }
        }
    }

    // MARK: The end

    /// Lets what is under way end. The listening socket is left to the processes that share it.
    ///
    /// The connections that nginx keeps open are the difficulty: it may have sent a request on one that
    /// looks idle to us, and asks again elsewhere only for the methods of RFC 9110 §9.2.2 (idempotent). So
    /// they are served for a while longer, each closed behind its answer; nginx takes the connection it
    /// used last, so the busy ones are gone after moments. After that, those are closed on which nothing
    /// has come.
    ///
    /// Two races of a few microseconds remain, and HTTP has the same ones (RFC 9112 §9.3.1): a request may
    /// come between the look at a connection that was idle all the while and its closing, or on a
    /// connection whose answer nginx has and whose end it has not. Only the side that opened the
    /// connection could end them.
    private func drain() {
        let start = MonotonicClock.now
        let closeIdleFrom = start + pool.limits.linger.milliseconds
        let end = start + pool.limits.drain.milliseconds
        pool.isDraining.store(true, ordering: .sequentiallyConsistent)
        pool.epoll.remove(pool.listening)
        takeWoken()
        while pool.table.openCount > 0 {
            let now = MonotonicClock.now
            if now >= end { break }
            if now >= closeIdleFrom { closeIdle() }
            cutOffOverdue(now)
            if pool.table.openCount > 0 { control.wait(milliseconds: 20) }
        }
        for connection in pool.table.connections { connection.cutOff(bothWays: true) }
    }

    /// Takes the connections that wait in the backlog at this moment. The kernel has woken one of the
    /// processes for each of them (EPOLLEXCLUSIVE), and where that was this one, no other looks for it
    /// until the next connection comes.
    private func takeWoken() {
        let counters = counters[threads]
        for _ in 0..<pool.limits.connections {
            guard
                let (connection, descriptor) = pool.accept(counting: counters, whileDraining: true)
            else { return }
            connection.open(descriptor) { state in
                if state.isInEpoll {
                    // Again, because a thread came for it in vain while it was held here.
                    return pool.epoll.renew(connection: connection.index, descriptor)
                }
                do {
                    try pool.epoll.add(connection: connection.index, descriptor)
                    state.isInEpoll = true
                } catch {
                    connection.close(&state)
                    pool.table.giveBack(connection)
                }
            }
        }
    }

    private func closeIdle() {
        var byte: [UInt8] = [0]
        for connection in pool.table.connections {
            connection.attend { state in
                guard state.isIdle else { return }
                if Socket.peek(state.descriptor, into: &byte) == .nothingYet {
                    connection.close(&state)
                    pool.table.giveBack(connection)
                } else if state.isInEpoll {
                    // A thread may have come for it in vain while it was held here.
                    pool.epoll.renew(connection: connection.index, state.descriptor)
                }
            }
        }
    }
}
