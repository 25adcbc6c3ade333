import Domain
import FastCGI
import Gate
import HTTP
import HTTPTypes
import Logging
import MariaDB
import Storage
import Web

/// What a worker of the pool `web` does: sign-in, the JSON API, the pages.
final class WebProgram: WorkerProgram {
    private let context: WorkerContext
    private let composition: ServiceComposition
    private let pool: WorkerPool
    private let housekeeping: Housekeeping
    private let logoutMessenger: LogoutMessenger

    init(_ context: WorkerContext) throws {
        self.context = context
        let composition = try ServiceComposition(context.settings)
        self.composition = composition
        let settings = context.settings
        let site = Site(
            settings: SiteSettings(
                publicURL: settings.publicURL.description, hosts: settings.hosts,
                brandName: settings.brandName,
                signInTTL: Int(settings.signInLifetime.components.seconds),
                longAnswers: max(1, settings.web.threads / 4)),
            operation: Operation(counters: context.metrics))
        let resources = ProtectedResources(
            try settings.readGatePolicy().apis, issuer: settings.publicURL.description)
        let migrator = try settings.schemaMigrator()
        pool = try WorkerPool(
            listening: context.listening, threads: settings.web.threads, limits: settings.limits
        ) { _ in
            let stores = composition.stores()
            return WebHandler(
                site: site,
                services: composition.services(
                    stores,
                    readiness: DatabaseReadiness(stores: stores, migrator: migrator),
                    resources: resources),
                context: context)
        }
        housekeeping = Housekeeping(composition, context, purges: true)
        logoutMessenger = LogoutMessenger(composition, context)
    }

    func run(ready: () -> Void) throws {
        try housekeeping.start()
        try logoutMessenger.start()
        ready()
        try pool.run()
        logoutMessenger.finish()
        housekeeping.finish()
    }

    func stop() {
        logoutMessenger.stop()
        pool.stop()
    }

    private struct Operation: SiteOperation {
        let counters: ServiceMetrics

        func metrics() -> String { counters.exposition() }

        func count(_ attempt: SignInAttempt) { counters.signIn(attempt) }
    }
}

/// Turns what the door copied into a request, and logs one line for its answer.
private final class WebHandler: Handler {
    private let site: Site
    private let services: Services
    private let context: WorkerContext

    init(site: Site, services: Services, context: WorkerContext) {
        self.site = site
        self.services = services
        self.context = context
    }

    func respond(to parameters: Parameters, body: RequestBody) -> Response {
        let start = ContinuousClock.now
        let id = parameters.first("REQUEST_ID") ?? ""
        let response = answer(parameters, body, id: id)
        let duration = ContinuousClock.now - start
        context.metrics.answered(.web, status: response.status.code, in: duration)
        context.logger.info(
            "request",
            metadata: [
                "request_id": "\(id)",
                "method": "\(parameters.first("REQUEST_METHOD") ?? "")",
                // The query may hold what is nobody's business; the path never does.
                "path": "\((parameters.first("REQUEST_URI") ?? "").prefix { $0 != "?" })",
                "status": "\(response.status.code)",
                "address": "\(parameters.first("REMOTE_ADDR") ?? "")",
                "microseconds": "\(duration.microseconds)",
            ])
        return response
    }

    private func answer(_ parameters: Parameters, _ body: RequestBody, id: String) -> Response {
        switch body {
        case .tooLarge:
            return site.respond(toUnreadable: .tooLarge, id: id)
        case .incomplete, .lengthMismatch:
            return site.respond(toUnreadable: .malformed, id: id)
        case .complete(let bytes):
            guard let request = Request(parameters, body: bytes) else {
                return site.respond(toUnreadable: .malformed, id: id)
            }
            return site.respond(to: request, services) { [context] error in
                context.logger.error(
                    "The request failed.", error: error, metadata: ["request_id": "\(id)"])
            }
        }
    }
}

/// Asks the thread's own connection whether all is there.
private struct DatabaseReadiness: Readiness {
    let stores: SQLStores
    let migrator: Migrator

    func whatIsMissing() -> String? {
        do {
            // During a rolling upgrade the schema is ahead of this program, which can work with it.
            if case .behind = try migrator.status(on: stores.connection) {
                return "The schema of the database is not current."
            }
            return nil
        } catch {
            return "The database does not answer."
        }
    }
}

extension Settings {
    var limits: Limits {
        var limits = Limits()
        limits.drain = drain
        return limits
    }

    /// For the migrations of the SQL directory.
    func schemaMigrator() throws -> Migrator {
        try Migrator(folder: sqlDirectory + "/migrations")
    }
}

extension Duration {
    var microseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
