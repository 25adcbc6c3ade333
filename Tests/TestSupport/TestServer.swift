import Foundation
import Glibc
package import MariaDB
import Synchronization

/// A MariaDB server for tests alone: a temporary data folder, a unix socket in it, no port.
///
/// It is gone, data and all, when this value is released and when the test process ends, however it
/// ends: a small shell waits at a pipe that the process holds open, and cleans up when it closes.
package final class TestServer: Sendable {
    /// The server that the tests of this process share, started when first asked for.
    ///
    /// `GATEHOUSE_TEST_MARIADB_SOCKET` names another one to use, with `root` and no password.
    package static func shared() throws -> ConnectionConfiguration {
        let socket = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_MARIADB_SOCKET"]
        if let socket, !socket.isEmpty {
            return ConnectionConfiguration(address: .socket(path: socket), user: "root")
        }
        return try sharedServer.get().configuration
    }

    /// Held to the end of the process.
    private static let sharedServer = Result { try TestServer() }

    /// Signs in as `root`, with no database chosen.
    package let configuration: ConnectionConfiguration

    /// In memory where there is room: every test makes a database of its own, and on a disk the files of its tables
    /// are what most of its time goes into.
    private static let place: String = {
        let memory = "/dev/shm/"
        var space = statvfs()
        let isRoomy =
            unsafe access(memory, W_OK) == 0 && statvfs(memory, &space) == 0
            && UInt64(space.f_bavail) * UInt64(space.f_frsize) >= 2 << 30
        return isRoomy ? memory : NSTemporaryDirectory()
    }()

    private let folder: String
    private let running = Mutex<Running?>(nil)

    /// The shell that looks after the server, and the pipe that keeps it waiting.
    private struct Running {
        let guardian: ChildProcess
        /// The writing end.
        let leash: Int32
    }

    /// Makes a data folder and starts the server in it.
    package init() throws {
        // Short, for the path of a unix socket has 107 bytes at most.
        folder = Self.place + "gatehouse-db-" + UUID().uuidString.prefix(8)
        configuration = ConnectionConfiguration(
            address: .socket(path: folder + "/socket"), user: "root")
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        do {
            try install()
            try start()
        } catch {
            end(keepingData: false)
            throw error
        }
    }

    deinit {
        end(keepingData: false)
    }

    /// Starts the server again on the data it had; returns when it answers. Does nothing if it runs.
    package func start() throws {
        guard running.withLock({ $0 == nil }) else { return }
        let program = try Self.find("mariadbd")
        let pipe = try Self.makePipe()
        defer { close(pipe.reading) }
        // The server in the background gets no standard input, so that the pipe's other end is
        // here alone. A word tells the shell to keep the data and stop the server in good order.
        let guardian = try ChildProcess(
            "/bin/sh",
            [
                "-c",
                """
                folder=$1; shift
                "$@" >"$folder/output" 2>&1 </dev/null &
                echo $! >"$folder/process"
                read -r word
                if [ "$word" = keep ]; then
                    kill -TERM $! 2>/dev/null
                else
                    kill -KILL $! 2>/dev/null
                fi
                wait
                [ "$word" = keep ] || rm -rf "$folder"
                """,
                "sh", folder, program,
            ] + settings + [
                "--socket=\(folder)/socket", "--pid-file=\(folder)/pid", "--skip-networking",
                "--max-connections=500", "--character-set-server=utf8mb4", "--skip-log-bin",
            ], input: pipe.reading)
        running.withLock { $0 = Running(guardian: guardian, leash: pipe.writing) }
        try waitUntilItAnswers()
    }

    /// Stops the server in good order; the data stays for ``start()``.
    package func stop() {
        end(keepingData: true)
    }

    /// Ends the server without a warning, as the machine's memory manager would; the data stays.
    package func kill() throws {
        Glibc.kill(try processID(), SIGKILL)
        end(keepingData: true)
    }

    /// Makes the server hang: connections stay, and nothing is answered until ``resume()``.
    package func pause() throws {
        let id = try processID()
        Glibc.kill(id, SIGSTOP)
        // The threads stop one after the other, and one that still runs could answer.
        let tasks = "/proc/\(id)/task"
        var isStopped = false
        while !isStopped {
            isStopped = try FileManager.default.contentsOfDirectory(atPath: tasks).allSatisfy {
                let status = try? String(contentsOfFile: "\(tasks)/\($0)/stat", encoding: .utf8)
                return status?.contains(") T ") ?? true
            }
        }
    }

    package func resume() throws {
        Glibc.kill(try processID(), SIGCONT)
    }

    private func processID() throws -> pid_t {
        let text = try String(contentsOfFile: folder + "/process", encoding: .utf8)
        guard let id = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw TestServerError(message: "no process number in \(text)")
        }
        return id
    }

    private func end(keepingData: Bool) {
        let running = running.withLock { running in
            defer { running = nil }
            return running
        }
        guard let running else {
            if !keepingData { try? FileManager.default.removeItem(atPath: folder) }
            return
        }
        if keepingData { _ = unsafe write(running.leash, "keep\n", 5) }
        close(running.leash)
        running.guardian.waitUntilExit()
    }

    /// Neither end reaches a program that a test starts, which would hold the leash, too.
    private static func makePipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw TestServerError(message: "no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private func install() throws {
        let output = folder + "/installation"
        let installer = try ChildProcess(
            Self.find("mariadb-install-db"),
            settings + ["--auth-root-authentication-method=normal", "--skip-test-db"],
            output: output)
        guard installer.waitUntilExit() == 0 else {
            throw TestServerError(message: try String(contentsOfFile: output, encoding: .utf8))
        }
    }

    /// Small, and careless about a loss of power.
    private var settings: [String] {
        var settings = [
            "--no-defaults", "--datadir=\(folder)/data", "--tmpdir=\(folder)",
            "--innodb-buffer-pool-size=32M", "--innodb-log-file-size=32M",
            "--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync",
            "--innodb-doublewrite=0", "--sync-frm=0",
        ]
        if geteuid() == 0 { settings.append("--user=root") }
        return settings
    }

    private func waitUntilItAnswers() throws {
        let connection = Connection(configuration)
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            do {
                _ = try connection.first("SELECT 1")
                return
            } catch {
                let output = try? String(contentsOfFile: folder + "/output", encoding: .utf8)
                let gaveUp = output?.contains("[ERROR] Aborting") ?? false
                guard !gaveUp, error.isUnavailable, ContinuousClock.now < deadline else {
                    throw TestServerError(message: "\(error)\n\(output ?? "")")
                }
            }
            usleep(5_000)
        }
    }

    private static func find(_ program: String) throws -> String {
        // An ordinary user's PATH lacks the folders of servers.
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin:/usr/bin"
        for folder in path.split(separator: ":") {
            let candidate = "\(folder)/\(program)"
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
        }
        throw TestServerError(message: "\(program) is not installed")
    }
}

/// Why there is no MariaDB to test with.
struct TestServerError: Error, CustomStringConvertible {
    let message: String
    var description: String { "The test server does not run: \(message)" }
}
