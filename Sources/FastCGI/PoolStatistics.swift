internal import Synchronization

/// What a pool has done and is doing: for the metrics page. Counts only grow.
package struct PoolStatistics: Sendable, Equatable {
    package var accepts = 0
    package var requests = 0
    /// Connections closed because the peer broke the protocol or a limit of it.
    package var protocolErrors = 0
    /// Bodies handed to the handler as `tooLarge`, `incomplete` or `lengthMismatch`.
    package var refusedBodies = 0
    /// Requests and answers cut off by their deadline.
    package var overdue = 0
    /// Answers that could not be written to the end, most often because the peer had gone.
    package var failedWrites = 0
    /// Answers of a handler that HTTP does not allow, sent as 500.
    package var invalidResponses = 0
    /// Times when no connection could be accepted for want of descriptors, memory or room.
    package var refusedAccepts = 0
    package var openConnections = 0
    /// Bytes of requests that are on their way and not whole yet.
    package var heldBytes = 0
    /// Open connections that no thread is busy with.
    package var parkedConnections: Int { max(0, openConnections - busyThreads) }
    package var busyThreads = 0
    package var threads = 0
}

/// The counters that one thread writes, so that no two threads share a cache line; readable by all.
final class Counters: Sendable {
    let accepts = Atomic<Int>(0)
    let requests = Atomic<Int>(0)
    let protocolErrors = Atomic<Int>(0)
    let refusedBodies = Atomic<Int>(0)
    let overdue = Atomic<Int>(0)
    let failedWrites = Atomic<Int>(0)
    let invalidResponses = Atomic<Int>(0)
    let refusedAccepts = Atomic<Int>(0)
    let isBusy = Atomic<Bool>(false)

    func add(to sum: inout PoolStatistics) {
        sum.accepts += accepts.load(ordering: .relaxed)
        sum.requests += requests.load(ordering: .relaxed)
        sum.protocolErrors += protocolErrors.load(ordering: .relaxed)
        sum.refusedBodies += refusedBodies.load(ordering: .relaxed)
        sum.overdue += overdue.load(ordering: .relaxed)
        sum.failedWrites += failedWrites.load(ordering: .relaxed)
        sum.invalidResponses += invalidResponses.load(ordering: .relaxed)
        sum.refusedAccepts += refusedAccepts.load(ordering: .relaxed)
        sum.busyThreads += isBusy.load(ordering: .relaxed) ? 1 : 0
    }
}
