import Cryptography
import Domain
import Gate
import Glibc
import Synchronization

/// The slots of password hashing on this host: as many hashes at once as the setting says, whatever the
/// number of processes; and in each process a short queue.
final class HostHashingSlots: HashingSlots {
    /// How many threads of a process may wait: those of a pool must not all stand here.
    static let mostWaiting = 8
    /// How long one waits before it is told to come again, in steps of 5 ms.
    private static let steps = 1_000

    private let cells: SharedCounters
    private let count: Int
    private let waiting = Atomic<Int>(0)
    private let process = UInt64(getpid())

    init(cells: SharedCounters, count: Int) {
        self.cells = cells
        self.count = min(count, cells.count)
    }

    func withSlot<Result>(_ body: () throws -> Result) throws -> Result {
        let slot = try acquire()
        defer { _ = cells.exchange(slot, from: process, to: 0) }
        return try body()
    }

    private func acquire() throws -> Int {
        if let slot = tryAcquire() { return slot }
        guard waiting.wrappingAdd(1, ordering: .relaxed).newValue <= Self.mostWaiting else {
            waiting.wrappingSubtract(1, ordering: .relaxed)
            throw Self.busy
        }
        defer { waiting.wrappingSubtract(1, ordering: .relaxed) }
        for _ in 0..<Self.steps {
            usleep(5_000)
            if let slot = tryAcquire() { return slot }
        }
        throw Self.busy
    }

    private func tryAcquire() -> Int? {
        (0..<count).first { cells.exchange($0, from: 0, to: process) }
    }

    static func isAlive(process: UInt64) -> Bool {
        // kill(2): signal 0 checks existence alone. EPERM means that it is there.
        kill(pid_t(truncatingIfNeeded: process), 0) == 0 || errno == EPERM
    }

    private static let busy = Refusal(
        .tooManyAttempts(retryAfter: 2), code: "busy",
        "Too many people are signing in at this moment. Try again shortly.")
}
