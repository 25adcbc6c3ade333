import Domain
import FastCGI
import Glibc
import Logging
import Synchronization

/// Tells clients that sessions have ended, on a thread and a connection of its own: a client that is slow to answer
/// keeps nothing else waiting. Every worker does so; the queue gives each notice to one of them.
final class LogoutMessenger: Sendable {
    private static let pause: UInt32 = 500_000

    private let composition: ServiceComposition
    private let context: WorkerContext
    private let isStopping = Atomic<Bool>(false)
    private let hasStopped = Atomic<Bool>(false)

    init(_ composition: ServiceComposition, _ context: WorkerContext) {
        self.composition = composition
        self.context = context
    }

    func start() throws {
        try DetachedThread.start { [self] in
            let notices = composition.logoutNotices(composition.stores())
            while !isStopping.load(ordering: .acquiring) {
                if !sendNext(notices) { usleep(Self.pause) }
            }
            hasStopped.store(true, ordering: .releasing)
        }
    }

    /// Takes no further notice. May be called from any thread.
    func stop() { isStopping.store(true, ordering: .releasing) }

    /// Waits for what is under way, which is not long (`OutboundPost.timeLimit`); what is not sent by then is sent by
    /// somebody else when its lease is over.
    func finish() {
        stop()
        for _ in 0..<120 where !hasStopped.load(ordering: .acquiring) { usleep(50_000) }
    }

    /// False where there is nothing to send.
    private func sendNext(_ notices: LogoutNoticeService) -> Bool {
        do {
            guard let outcome = try notices.sendNext() else { return false }
            switch outcome {
            case .accepted: break
            case .refused(let reason), .unreachable(let reason):
                context.logger.notice(
                    "A client could not be told of a logout.",
                    metadata: ["reason": "\(reason.prefix(255))"])
            }
            return true
        } catch {
            context.logger.warning("Telling clients of logouts must wait.", error: error)
            return false
        }
    }
}
