import Domain
import FastCGI
import Gate
import Glibc
import Logging
import Storage
import Synchronization

/// What a worker does beside its requests, on a thread and a connection of its own: it writes when
/// credentials were used, every two seconds, and removes what has expired, in small batches.
final class Housekeeping: Sendable {
    /// wire: `last_used_at` may lag by 5 s.
    private static let flushInterval = 2
    private static let purgeInterval = 60
    private static let batch = 500

    private let composition: ServiceComposition
    private let context: WorkerContext
    private let purges: Bool
    private let isStopping = Atomic<Bool>(false)
    private let hasStopped = Atomic<Bool>(false)

    init(_ composition: ServiceComposition, _ context: WorkerContext, purges: Bool) {
        self.composition = composition
        self.context = context
        self.purges = purges
    }

    func start() throws {
        try DetachedThread.start { [self] in
            let stores = composition.stores()
            var ticks = 0
            while !isStopping.load(ordering: .acquiring) {
                usleep(200_000)
                ticks += 1
                if ticks % (Self.flushInterval * 5) == 0 { attempt("flush") { try flush(stores) } }
                if purges, ticks % (Self.purgeInterval * 5) == 0 {
                    attempt("purge") { try purge(stores) }
                }
            }
            attempt("flush") { try flush(stores) }
            hasStopped.store(true, ordering: .releasing)
        }
    }

    /// Writes what is left, once no request is under way any more. Waits at most three seconds.
    func finish() {
        isStopping.store(true, ordering: .releasing)
        for _ in 0..<60 where !hasStopped.load(ordering: .acquiring) {
            usleep(50_000)
        }
    }

    private func flush(_ stores: SQLStores) throws {
        try composition.uses.flush(into: stores)
    }

    private func purge(_ stores: SQLStores) throws {
        let now = composition.clock.now
        try stores.atomically {
            _ = try stores.sessions.endExpired(at: now, limit: Self.batch)
        }
        try stores.atomically {
            _ = try stores.sessions.purge(before: now.adding(days: -7), limit: Self.batch)
        }
        _ = try stores.signInThrottle.purge(
            bucketsBefore: now, addressesBefore: now.adding(days: -30), limit: Self.batch)
        _ = try stores.grants.purge(before: now, limit: Self.batch)
        _ = try stores.authorizations.purge(before: now, limit: Self.batch)
        _ = try stores.clients.purgeAssertions(before: now, limit: Self.batch)
        _ = try stores.pushedRequests.purge(before: now, limit: Self.batch)
        _ = try stores.devices.purge(
            before: now.adding(seconds: -DeviceAuthorization.keptSeconds), limit: Self.batch)
        try composition.registration(stores).removeUnused(
            limit: Self.batch, by: .operatorOfHost(command: "housekeeping"))
        _ = try stores.handovers.purge(before: now, limit: Self.batch)
        try stores.atomically { _ = try stores.signingKeys.purge(before: now) }
        _ = try stores.audit.purge(
            before: now.adding(days: -context.settings.auditRetentionDays), limit: Self.batch)
    }

    /// The database may be away; what was not done is done the next time.
    private func attempt(_ what: String, _ body: () throws -> Void) {
        do {
            try body()
        } catch {
            context.logger.warning("Housekeeping must wait: \(what).", error: error)
        }
    }
}
