package import Glibc
import Synchronization

/// A program that a test started: `posix_spawn`, an exit status, nothing in between.
///
/// Unlike Foundation's `Process` it gives the child an empty signal mask. A test runs on a thread
/// of libdispatch, which blocks most signals; a shell that inherits this waits for its children for
/// ever, as `SIGCHLD` never comes. The child leads a process group of its own, so that Ctrl-C
/// at the terminal does not end it before it has cleaned up.
package final class ChildProcess: Sendable {
    package let id: pid_t
    private let status = Mutex<Int32?>(nil)

    /// - Parameters:
    ///   - input: a file descriptor that becomes the standard input; nil for `/dev/null`.
    ///   - output: a file that takes what is written to standard output and error; nil for
    ///     `/dev/null`.
    package init(
        _ program: String, _ arguments: [String], input: Int32? = nil, output: String? = nil
    ) throws {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        if let input {
            unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        unsafe posix_spawn_file_actions_addopen(
            &actions, 1, output ?? "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var noSignals = sigset_t()
        unsafe sigemptyset(&noSignals)
        unsafe posix_spawnattr_setsigmask(&attributes, &noSignals)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETPGROUP))

        var words = unsafe ([program] + arguments).map { unsafe strdup($0) }
        unsafe words.append(nil)
        defer { unsafe words.forEach { unsafe free($0) } }
        var id: pid_t = 0
        let code = unsafe posix_spawn(&id, program, &actions, &attributes, words, environ)
        guard code == 0 else {
            throw TestServerError(
                message: "\(program): \(unsafe String(cString: strerror(code)))")
        }
        self.id = id
    }

    /// Waits for the end of the program; 0 is success.
    @discardableResult
    package func waitUntilExit() -> Int32 {
        status.withLock { status in
            if let status { return status }
            var raw: Int32 = 0
            while unsafe waitpid(id, &raw, 0) == -1 && errno == EINTR {}
            status = raw
            return raw
        }
    }
}
