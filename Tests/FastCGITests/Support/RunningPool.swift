import Dispatch
import FastCGI
import Glibc
import HTTP
import Synchronization
import Testing

typealias Respond = @Sendable (Parameters, RequestBody) -> Response

/// A handler made of a closure.
final class ClosureHandler: Handler {
    private let closure: Respond

    init(_ closure: @escaping Respond) {
        self.closure = closure
    }

    func respond(to parameters: Parameters, body: RequestBody) -> Response {
        closure(parameters, body)
    }
}

/// A listening unix socket in a folder of its own.
final class ListeningSocket: Sendable {
    let path: String
    let descriptor: Int32
    private let folder: String

    init() throws {
        var template = Array("\(P_tmpdir)/fastcgi-tests-XXXXXX".utf8CString)
        let made = unsafe template.withUnsafeMutableBufferPointer { template in
            unsafe template.baseAddress.flatMap { unsafe mkdtemp($0) } != nil
        }
        guard made else { throw RawClient.Failed(what: "mkdtemp") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        path = folder + "/worker.sock"
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard unsafe UnixAddress.with(path, { unsafe bind(descriptor, $0, $1) }) == 0,
            listen(descriptor, 4096) == 0
        else { throw RawClient.Failed(what: "bind") }
    }

    deinit {
        close(descriptor)
        remove()
    }

    /// Removes what stands in the file system; the process may end while pools still drain.
    func remove() {
        unsafe unlink(path)
        unsafe rmdir(folder)
    }
}

/// A pool that serves on a thread of its own until it goes out of scope.
final class RunningPool {
    let socket: ListeningSocket
    let pool: WorkerPool
    private let ownsSocket: Bool
    private let finished = DispatchSemaphore(value: 0)
    private let thrown = Box()

    final class Box: Sendable {
        let error = Mutex<(any Error)?>(nil)
    }

    init(
        threads: Int = 2, limits: Limits = Limits(), on socket: ListeningSocket? = nil,
        makeHandler: @escaping @Sendable (Int) throws -> any Handler
    ) throws {
        self.socket = try socket ?? ListeningSocket()
        ownsSocket = socket == nil
        pool = try WorkerPool(
            listening: self.socket.descriptor, threads: threads, limits: limits,
            makeHandler: makeHandler)
        let (pool, finished, thrown, listening) = (pool, finished, thrown, self.socket)
        DispatchQueue(label: "pool").async {
            do { try pool.run() } catch { thrown.error.withLock { $0 = error } }
            // Closed earlier, its number would soon be that of another test's socket.
            withExtendedLifetime(listening) {}
            finished.signal()
        }
    }

    convenience init(
        threads: Int = 2, limits: Limits = Limits(), on socket: ListeningSocket? = nil,
        _ respond: @escaping Respond = { _, _ in .text("fine") }
    ) throws {
        try self.init(threads: threads, limits: limits, on: socket) { _ in ClosureHandler(respond) }
    }

    deinit {
        pool.stop()
        if ownsSocket { socket.remove() }
    }

    func client() throws -> RawClient { try RawClient(socket.path) }

    /// Waits for the return of `run()`; false after 20 seconds.
    func hasFinished() -> Bool {
        guard finished.wait(timeout: .now() + 20) == .success else { return false }
        finished.signal()
        return true
    }

    var error: (any Error)? { thrown.error.withLock { $0 } }

    /// Waits until the statistics say so; false after 20 seconds.
    func comesTo(_ condition: (PoolStatistics) -> Bool) -> Bool {
        let end = DispatchTime.now() + 20
        while !condition(pool.statistics) {
            if DispatchTime.now() > end { return false }
            sched_yield()
        }
        return true
    }
}

/// Asks on a connection of its own whether the pool still answers.
func isServing(_ running: RunningPool) throws -> Bool {
    try running.client().ask(Records.request()).status?.hasPrefix("Status: ") == true
}

/// All suites that run pools, one test after the other: they look at the memory and descriptors of the
/// process, and each of them waits with its thread.

@Suite(.serialized) enum PoolSuites {}

/// Counts the answers that a client in the background gets.
final class Answered: Sendable {
    private let right = Atomic<Int>(0)
    private let wrong = Atomic<Int>(0)
    private let enough = Atomic<Bool>(false)

    var total: Int { right.load(ordering: .relaxed) }
    var failed: Int { wrong.load(ordering: .relaxed) }
    var isEnough: Bool { enough.load(ordering: .relaxed) || failed > 0 }

    func count(_ isRight: Bool) {
        if isRight {
            right.add(1, ordering: .relaxed)
        } else {
            wrong.add(1, ordering: .relaxed)
        }
    }

    func finish() {
        enough.store(true, ordering: .relaxed)
    }
}
