import Glibc

/// Signals as bytes of a stream, so that one loop can wait for them and for everything else.
package final class Signals: Sendable {
    /// Readable when a signal has come; each is one byte, its number.
    package let arrivals: Descriptor

    /// Takes `signals` away from the whole process and begins to listen for them.
    ///
    /// Call it before any other thread is started: a thread inherits what its maker blocks.
    /// SIGPIPE is blocked too: a closed connection is an error of the call that met it.
    package init(_ signals: [Int32]) throws(SystemCallError) {
        var blocked = Self.set(signals + [SIGPIPE])
        guard unsafe pthread_sigmask(SIG_BLOCK, &blocked, nil) == 0 else {
            throw SystemCallError("Signals could not be blocked")
        }
        let (ours, theirs) = try UnixSocket.pair()
        self.arrivals = ours
        try DetachedThread.start {
            var awaited = Self.set(signals)
            while true {
                var signal: Int32 = 0
                // sigwait(3) fails only for a set with an invalid signal.
                guard unsafe sigwait(&awaited, &signal) == 0 else { return }
                do throws(SystemCallError) {
                    try theirs.write([UInt8(truncatingIfNeeded: signal)])
                } catch {
                    // The loop that read the signals is gone, and with it who would act on them.
                    return
                }
            }
        }
    }

    /// The signals that have come; call it when `arrivals` is readable.
    package func next() throws(SystemCallError) -> [Int32] {
        try arrivals.read(atMost: 64).map(Int32.init)
    }

    /// Sends a signal to a process; one that has ended meanwhile is fine.
    package static func send(_ signal: Int32, to process: Int32) {
        kill(process, signal)
    }

    static func set(_ signals: [Int32]) -> sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in signals {
            unsafe sigaddset(&set, signal)
        }
        return set
    }
}

/// A thread that nobody waits for.
package enum DetachedThread {
    /// Starts `body` on a thread of its own.
    package static func start(_ body: @escaping @Sendable () -> Void) throws(SystemCallError) {
        let box = unsafe Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, nil,
            { argument in
                // The argument is the box that was retained for this thread.
                guard let argument = unsafe argument else { return nil }
                let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                body.run()
                return nil
            }, box.toOpaque())
        guard code == 0 else {
            unsafe box.release()
            throw SystemCallError("A thread could not be started", code: code)
        }
        pthread_detach(thread)
    }

    private final class Body {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}
