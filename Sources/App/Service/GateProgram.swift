import Domain
import FastCGI
import Gate
import HTTP
import HTTPTypes
import Logging

/// What a worker of the pool `gate` does: the answers to nginx's `auth_request`.
final class GateProgram: WorkerProgram {
    private let pool: WorkerPool
    private let housekeeping: Housekeeping

    init(_ context: WorkerContext) throws {
        let composition = try ServiceComposition(context.settings)
        let settings = context.settings
        let policy = try settings.readGatePolicy()
        let cache = DecisionCache(
            capacity: settings.gateCacheEntries, isOn: settings.gateCache)
        let realm = settings.brandName.realm
        pool = try WorkerPool(
            listening: context.listening, threads: settings.gate.threads, limits: settings.limits
        ) { _ in
            let stores = composition.stores()
            let gatekeeper = Gatekeeper(
                standings: Standings(
                    authentication: composition.authentication(stores), cache: cache,
                    generations: composition.host.generations, secrets: composition.secrets,
                    clock: composition.clock, count: context.metrics.decided(from:)),
                policy: policy, uses: composition.uses, audit: composition.audit(stores))
            return GateHandler(
                GateService(
                    gatekeeper, realm: realm, issuer: settings.publicURL.description
                ) { failure, requestID in
                    context.logger.error(
                        "The gate could not decide.", error: failure,
                        metadata: ["request_id": "\(requestID)"])
                },
                context)
        }
        housekeeping = Housekeeping(composition, context, purges: false)
    }

    func run(ready: () -> Void) throws {
        try housekeeping.start()
        ready()
        try pool.run()
        housekeeping.finish()
    }

    func stop() { pool.stop() }
}

private final class GateHandler: Handler {
    private let service: GateService
    private let context: WorkerContext

    init(_ service: GateService, _ context: WorkerContext) {
        self.service = service
        self.context = context
    }

    func respond(to parameters: Parameters, body: RequestBody) -> Response {
        let start = ContinuousClock.now
        let response = service.respond(to: parameters)
        context.metrics.answered(
            .gate, status: response.status.code, in: ContinuousClock.now - start)
        return response
    }
}

extension String {
    /// As the realm of a challenge: RFC 9110 §5.6.4, a quoted-string without what would need escaping.
    var realm: String {
        String(
            unicodeScalars.filter { (0x20..<0x7F).contains($0.value) && $0 != "\"" && $0 != "\\" }
                .map(Character.init))
    }
}
