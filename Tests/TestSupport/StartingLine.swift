import Foundation

/// Lets threads begin at the same moment: each waits until all are there.
package final class StartingLine: Sendable {
    private let missing: DispatchGroup = DispatchGroup()

    package init(_ count: Int) {
        for _ in 0..<count { missing.enter() }
    }

    /// Called once by each thread.
    package func wait() {
        missing.leave()
        missing.wait()
    }
}
