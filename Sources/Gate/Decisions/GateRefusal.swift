import Domain

/// Why somebody is not let through, in the terms of wire.md 1: everything in it may be shown.
package struct GateRefusal: Error, Sendable, Equatable {
    package enum Status: Int, Sendable {
        case badRequest = 400
        case unauthorized = 401
        case forbidden = 403
        case tooManyRequests = 429
        case unavailable = 503

        /// The name of the status (RFC 9110 §15).
        package var title: String {
            switch self {
            case .badRequest: "Bad Request"
            case .unauthorized: "Unauthorized"
            case .forbidden: "Forbidden"
            case .tooManyRequests: "Too Many Requests"
            case .unavailable: "Service Unavailable"
            }
        }
    }

    /// What `WWW-Authenticate` says (RFC 6750 §3).
    package enum Challenge: Sendable, Equatable {
        /// Nothing was presented: no error is named.
        case bare
        case invalidToken(description: String)
        case insufficientScope(String)
    }

    package let status: Status
    /// Stable and machine readable.
    package let code: String
    package let detail: String
    package var challenge: Challenge?
    /// Seconds.
    package var retryAfter: Int?

    package init(
        _ status: Status, code: String, _ detail: String, challenge: Challenge? = nil,
        retryAfter: Int? = nil
    ) {
        self.status = status
        self.code = code
        self.detail = detail
        self.challenge = challenge
        self.retryAfter = retryAfter
    }

    /// The rules of the domain said no.
    init(_ refusal: Refusal) {
        let status: Status
        var retryAfter: Int?
        var challenge: Challenge?
        switch refusal.kind {
        case .malformed, .invalid, .conflict: status = .badRequest
        case .notSignedIn:
            status = .unauthorized
            challenge = .bare
        case .forbidden, .notFound: status = .forbidden
        case .tooManyAttempts(let seconds):
            status = .tooManyRequests
            retryAfter = seconds
        case .unavailable(let seconds):
            status = .unavailable
            retryAfter = seconds
        }
        if let scope = refusal.missingScope { challenge = .insufficientScope(scope) }
        self.init(
            status, code: refusal.code, refusal.message, challenge: challenge,
            retryAfter: retryAfter)
    }

    static func ambiguous(_ path: AmbiguousPath) -> GateRefusal {
        GateRefusal(
            .badRequest, code: "ambiguous_path",
            "The path can be read in more than one way: \(path.reason).")
    }

    static let nothingPresented = GateRefusal(
        .unauthorized, code: "credential_required",
        "Send a bearer token or an API key.", challenge: .bare)

    static let badToken = GateRefusal(
        .unauthorized, code: "invalid_token",
        "The token is malformed, expired, revoked, or not for this service.",
        challenge: .invalidToken(
            description: "The token is malformed, expired, revoked, or not for this service."))

    /// RFC 6750 §3: the reason stands in the challenge only where a token was sent.
    static let badKey = GateRefusal(
        .unauthorized, code: "invalid_api_key", "The API key is mistyped, expired or revoked.",
        challenge: .bare)

    static let routeNotAllowed = GateRefusal(
        .forbidden, code: "route_not_allowed",
        "Nothing at this address is open with this method.")

    static func missingScope(_ scope: PlatformScope) -> GateRefusal {
        GateRefusal(Refusal.missingScope(scope.name))
    }

    static let databaseUnavailable = GateRefusal(
        .unavailable, code: "temporarily_unavailable",
        "The service can't answer right now. Try again shortly.",
        retryAfter: 5)

    static let failed = GateRefusal(
        .unavailable, code: "internal_error",
        "Something went wrong. The request id tells the operator what.",
        retryAfter: 5)
}
