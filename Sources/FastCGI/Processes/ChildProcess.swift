import Glibc

/// A process that this one has started.
package struct ChildProcess: Sendable, Hashable {
    package let id: Int32

    /// How a process came to its end.
    package enum Ending: Sendable, Equatable, CustomStringConvertible {
        case exited(Int32)
        case killed(Int32)

        /// For the log: "exit status 1", "signal 9 (Killed)".
        package var description: String {
            switch self {
            case .exited(let status):
                return "exit status \(status)"
            case .killed(let signal):
                let name = unsafe strsignal(signal).map { unsafe String(cString: $0) } ?? "unknown"
                return "signal \(signal) (\(name))"
            }
        }
    }

    /// Starts `executable` with posix_spawn; `arguments` begin with the program's name.
    ///
    /// `descriptors` says which of ours stands at which number there; its standard output and error are
    /// ours, all else is closed as far as it was opened with O_CLOEXEC. Signals are as in a fresh process.
    package static func spawn(
        _ executable: String, _ arguments: [String], environment: [String: String],
        descriptors: [Int32: Descriptor]
    ) throws(SystemCallError) -> ChildProcess {
        var actions = unsafe posix_spawn_file_actions_t()
        var code = unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        // In the order of their numbers there. Ours are above them all (see `StandardStreams.reserve`),
        // or equal: posix_spawn_file_actions_adddup2 then clears close-on-exec (glibc 2.29 and later).
        for (number, descriptor) in descriptors.sorted(by: { $0.key < $1.key }) where code == 0 {
            code = unsafe posix_spawn_file_actions_adddup2(&actions, descriptor.number, number)
        }

        var attributes = posix_spawnattr_t()
        if code == 0 { code = unsafe posix_spawnattr_init(&attributes) }
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // Blocked and ignored signals are inherited through exec (signal(7)), ours are not meant for it.
        var none = Signals.set([])
        var all = sigset_t()
        unsafe sigfillset(&all)
        // A group of its own: Ctrl-C at a terminal goes to us alone, and we tell the workers.
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        if code == 0 { code = unsafe posix_spawnattr_setsigmask(&attributes, &none) }
        if code == 0 { code = unsafe posix_spawnattr_setsigdefault(&attributes, &all) }
        if code == 0 { code = unsafe posix_spawnattr_setpgroup(&attributes, 0) }
        if code == 0 { code = unsafe posix_spawnattr_setflags(&attributes, Int16(flags)) }

        var id: pid_t = 0
        if code == 0 {
            code = unsafe withCStrings(arguments) { arguments in
                unsafe withCStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
                    unsafe posix_spawn(
                        &id, executable, &actions, &attributes, arguments, environment)
                }
            }
        }
        guard code == 0 else {
            throw SystemCallError("The process \(executable) could not be started", code: code)
        }
        return ChildProcess(id: id)
    }

    /// A child that has ended, and how, if there is one; call it until it gives `nil`.
    package static func reap() -> (process: ChildProcess, ending: Ending)? {
        var status: Int32 = 0
        var id: pid_t
        repeat {
            id = unsafe waitpid(-1, &status, WNOHANG)
        } while id == -1 && errno == EINTR
        guard id > 0 else { return nil }
        // WIFEXITED and its like are macros, which Swift does not see: wait(2), <bits/waitstatus.h>.
        let signal = status & 0x7f
        let ending: Ending = signal == 0 ? .exited((status >> 8) & 0xff) : .killed(signal)
        return (ChildProcess(id: id), ending)
    }

    /// Sends it a signal; nothing happens when it has ended.
    package func send(_ signal: Int32) {
        Signals.send(signal, to: id)
    }

    /// Lends `strings` as a C array that ends with a null pointer.
    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = unsafe strings.map { unsafe strdup($0) }
        defer { unsafe copies.forEach { unsafe free($0) } }
        return unsafe body(copies + [nil])
    }
}

/// The three streams that every program expects.
package enum StandardStreams {
    /// Fills the numbers 0 to 2, and those up to `last`, with /dev/null where nothing is open, so that
    /// none of our own files gets such a number and is overwritten when a child's are laid out.
    package static func reserve(upTo last: Int32) throws(SystemCallError) {
        while true {
            // The three streams are for our children too, what fills a gap behind them is not.
            let number = unsafe open("/dev/null", O_RDWR)
            guard number >= 0 else {
                throw SystemCallError("/dev/null could not be opened")
            }
            if number > last {
                close(number)
                return
            }
            if number > STDERR_FILENO { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
        }
    }
}
