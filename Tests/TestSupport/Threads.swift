import Foundation
import Synchronization

/// Runs `body` on `count` threads at once, each with its number, and returns when all are done.
///
/// Real threads, for what they do blocks: tasks share one thread a core and would wait in a queue.
@discardableResult
package func onThreads<Result: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (_ number: Int) throws -> Result
) throws -> [Result] {
    let results = SharedResults<Result>()
    let done = DispatchGroup()
    for number in 0..<count {
        done.enter()
        let thread = Thread {
            let result = Swift.Result { try body(number) }
            results.byNumber.withLock { $0[number] = result }
            done.leave()
        }
        thread.start()
    }
    done.wait()
    return try results.byNumber.withLock { results in
        try (0..<count).compactMap { try results[$0]?.get() }
    }
}

private final class SharedResults<Value: Sendable>: Sendable {
    let byNumber = Mutex<[Int: Swift.Result<Value, any Error>]>([:])
}

/// Lets two threads wait for each other at a point, once.
package final class Meeting: Sendable {
    private let arrivals = [DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)]

    package init() {}

    /// - Parameter number: 0 or 1, who arrives.
    package func arrive(_ number: Int) {
        arrivals[1 - number].signal()
        arrivals[number].wait()
    }
}
