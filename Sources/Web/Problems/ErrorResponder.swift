import Domain
import HTTP
import HTTPTypes
import JSON

/// Turns what was thrown into an answer: the one switch between kinds of refusal and statuses.
struct ErrorResponder {
    let settings: SiteSettings
    /// Members that stand before those of the problem, at an address that has a shape of its own.
    var opening: [(String, JSON)] = []
    /// Whether clients of OAuth2 ask there, who read errors in the shape of RFC 6749 §5.2.
    var isForClients = false
    /// Makes a page of a problem, where a person asked and not a program.
    var page: ((Problem) -> Response)?

    /// The answer, and whether the error is a failure of the machine that the log must hear of.
    func response(to error: any Error, requestID: String) -> (Response, isFailure: Bool) {
        switch error {
        case let refusal as Refusal:
            return (response(to: refusal, requestID: requestID), false)
        case let bad as BadCredential:
            return (response(to: bad, requestID: requestID), false)
        case let error as OAuthError where page != nil:
            let problem = Problem(
                status: Self.status(of: error.code), code: error.code.rawValue,
                detail: error.message, requestID: requestID)
            return (response(with: problem), false)
        case let error as OAuthError:
            return (response(to: error), false)
        case let type as UnsupportedMediaType:
            let problem = Problem(
                status: .unsupportedMediaType, code: "unsupported_media_type",
                detail: "The body must be \(type.expected).", requestID: requestID)
            return (response(with: problem), false)
        case let failure as any MachineFailure where failure.isUnavailable:
            var response = breakdown(
                .serviceUnavailable, .temporarilyUnavailable, code: "temporarily_unavailable",
                "The service can't answer right now. Try again shortly.", requestID)
            response.headers[.retryAfter] = "5"
            return (response, true)
        default:
            return (
                breakdown(
                    .internalServerError, .serverError, code: "internal_error",
                    "Something went wrong. The request id tells the operator what.", requestID),
                true
            )
        }
    }

    /// RFC 6749 §5.2 has no errors for a server that is broken; those of §4.1.2.1 say it.
    private func breakdown(
        _ status: HTTPResponse.Status, _ error: OAuthError.Code, code: String, _ detail: String,
        _ requestID: String
    ) -> Response {
        if isForClients, page == nil {
            return response(to: OAuthError(error, detail), status: status)
        }
        return response(
            with: Problem(status: status, code: code, detail: detail, requestID: requestID))
    }

    private func response(to refusal: Refusal, requestID: String) -> Response {
        var problem = Problem(
            status: Self.status(of: refusal.kind), code: refusal.code, detail: refusal.message,
            requestID: requestID)
        problem.errors = refusal.problems
        var response = response(with: problem)
        switch refusal.kind {
        case .tooManyAttempts(let seconds), .unavailable(let seconds):
            response.headers[.retryAfter] = String(seconds)
        case .notSignedIn where page == nil:
            response.headers[.wwwAuthenticate] = challenge()
        case .forbidden:
            if page == nil, let scope = refusal.missingScope {
                response.headers[.wwwAuthenticate] =
                    "Bearer error=\"insufficient_scope\", scope=\"\(scope)\""
            }
        case .malformed, .invalid, .notSignedIn, .notFound, .conflict:
            break
        }
        return response
    }

    private func response(to bad: BadCredential, requestID: String) -> Response {
        let code: String
        let detail: String
        var challenge = challenge()
        switch bad.reason {
        case .none:
            code = "credential_required"
            detail = "Sign in, or send a credential."
        case .bearer:
            code = "invalid_token"
            detail = "The token is malformed, expired, revoked, or not for this service."
            // RFC 6750 §3: the reason stands in the challenge only where a token was sent.
            challenge += ", error=\"invalid_token\", error_description=\"\(detail)\""
        case .apiKey:
            code = "invalid_api_key"
            detail = "The API key is mistyped, expired or revoked."
        }
        var response = response(
            with: Problem(
                status: .unauthorized, code: code, detail: detail, requestID: requestID))
        response.headers[.wwwAuthenticate] = challenge
        return response
    }

    /// RFC 6749 §5.2
    private func response(
        to error: OAuthError, status: HTTPResponse.Status? = nil
    ) -> Response {
        var response = Response.json(
            ["error": .string(error.code.rawValue), "error_description": .string(error.message)],
            status: status ?? Self.status(of: error.code)
        ).neverKept()
        if error.code == .invalidClient {
            // RFC 6749 §5.2: «MUST include the "WWW-Authenticate" response header field matching the
            // authentication scheme used by the client»; RFC 9110 §11.6.1 wants one in every 401.
            response.headers[.wwwAuthenticate] = "Basic realm=\"\(realm)\", charset=\"UTF-8\""
        }
        if error.code == .invalidToken {
            response.headers[.wwwAuthenticate] =
                challenge() + (error == .tokenRequired ? "" : ", error=\"invalid_token\"")
        }
        if let seconds = error.retryAfter { response.headers[.retryAfter] = String(seconds) }
        return response
    }

    private static func status(of code: OAuthError.Code) -> HTTPResponse.Status {
        switch code {
        case .invalidClient, .invalidToken: .unauthorized
        case .temporarilyUnavailable: .tooManyRequests
        case .invalidRequest, .invalidGrant, .unauthorizedClient, .unsupportedGrantType,
            .invalidScope, .invalidTarget, .accessDenied, .unsupportedResponseType, .serverError,
            .loginRequired, .consentRequired, .interactionRequired, .requestNotSupported,
            .requestURINotSupported, .registrationNotSupported, .unmetAuthenticationRequirements,
            .invalidRedirectURI, .invalidClientMetadata, .authorizationPending, .slowDown,
            .expiredToken:
            .badRequest
        }
    }

    private func response(with problem: Problem) -> Response {
        page?(problem) ?? .problem(opening + problem.members, status: problem.status)
    }

    func challenge() -> String { "Bearer realm=\"\(realm)\"" }

    private var realm: String {
        // RFC 9110 §5.6.4: a quoted-string can't hold a bare quotation mark or backslash.
        settings.brandName.filter { $0 != "\"" && $0 != "\\" && $0.isASCII }
    }

    private static func status(of kind: Refusal.Kind) -> HTTPResponse.Status {
        switch kind {
        case .malformed: .badRequest
        case .invalid: .unprocessableContent
        case .notSignedIn: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .conflict: .conflict
        case .tooManyAttempts: .tooManyRequests
        case .unavailable: .serviceUnavailable
        }
    }
}

/// A problem document (RFC 9457) with the members that every one of ours has.
struct Problem {
    let status: HTTPResponse.Status
    let code: String
    let detail: String
    let requestID: String
    var errors: [Refusal.Problem] = []

    init(status: HTTPResponse.Status, code: String, detail: String, requestID: String) {
        self.status = status
        self.code = code
        self.detail = detail
        self.requestID = requestID
    }

    /// The members in order, for answers that add their own.
    var members: [(String, JSON)] {
        var members: [(String, JSON)] = [
            // RFC 9457 §4.2.1: «about:blank», the title is that of the status.
            ("type", .string("about:blank")),
            ("title", .string(status.reasonPhrase)),
            ("status", .integer(status.code)),
            ("detail", .string(detail)),
            ("code", .string(code)),
            ("request_id", .string(requestID)),
        ]
        if !errors.isEmpty {
            members.append(
                (
                    "errors",
                    .array(
                        errors.map { problem in
                            [
                                "field": .string(problem.field),
                                "code": .string(problem.code),
                                "detail": .string(problem.detail),
                            ]
                        })
                ))
        }
        return members
    }

    var response: Response {
        .problem(members, status: status)
    }
}

extension Response {
    static func problem(_ members: [(String, JSON)], status: HTTPResponse.Status) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/problem+json", .cacheControl: "no-store"],
            body: JSON.members(members).bytes)
    }
}
