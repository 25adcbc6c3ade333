import HTTP
import HTTPTypes
import JSON

/// What the site must know of the process that it runs in. A port, fulfilled by `App`.
package protocol SiteOperation: Sendable {
    /// The metrics of all workers in Prometheus' text format.
    func metrics() -> String
    /// Counts a try to sign in with a password.
    func count(_ attempt: SignInAttempt)
}

/// How a try to sign in with a password ended, for the counters.
package enum SignInAttempt: String, CaseIterable, Sendable {
    case success, wrong, throttled
}

/// Whether this thread's database answers and its schema is current. A port, fulfilled by `App`; asked on
/// the thread that owns the connection.
package protocol Readiness {
    /// Nil when ready, else a sentence that says what is missing; it tells nothing that is secret.
    func whatIsMissing() -> String?
}

/// Where the operator and nginx look whether all is well.
struct OperationAPI {
    static func register(in open: inout Router<OpenVisit>) {
        open.get("/healthz", health)
        open.get("/readyz", readiness)
        open.get("/metrics", metrics)
    }

    /// This worker lives.
    @Sendable static func health(_ request: Request, _ visit: OpenVisit) -> Response {
        .json(["status": "ok"])
    }

    /// The database answers and its schema is current; 503 if not.
    @Sendable static func readiness(_ request: Request, _ visit: OpenVisit) -> Response {
        guard let missing = visit.services.readiness.whatIsMissing() else {
            return .json(["status": "ready"])
        }
        var response = Problem(
            status: .serviceUnavailable, code: "not_ready", detail: missing, requestID: request.id
        ).response
        response.headers[.retryAfter] = "5"
        return response
    }

    @Sendable static func metrics(_ request: Request, _ visit: OpenVisit) -> Response {
        .text(
            visit.operation.metrics(),
            contentType: "text/plain; version=0.0.4; charset=utf-8")
    }
}
