import Domain
import HTTP
import HTTPTypes

/// A request in the making of its answer, before anybody asked who it is. Every other visit is made of it.
struct OpenVisit {
    let services: Services
    let settings: SiteSettings
    let operation: any SiteOperation
    let frame: PageFrame
    let longAnswers: LongAnswers
}

/// Names of header fields that HTTPTypes does not know.
extension HTTPField.Name {
    static let machhubAPIKey = name("X-Machhub-Api-Key")
    static let apiKey = name("X-API-Key")
    static let organizationID = name("X-Organization-ID")
    static let domain = name("Domain")
    static let requestID = name("X-Request-ID")
    static let referrerPolicy = name("Referrer-Policy")
    static let pragma = name("Pragma")
    static let frameOptions = name("X-Frame-Options")

    private static func name(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else {
            preconditionFailure("\(text) is a field name")
        }
        return name
    }
}

extension OpenVisit {
    /// Who calls, as the audit trail says it.
    func caller(of request: Request, _ authentication: Authentication? = nil) -> Caller {
        Caller(
            authentication: authentication, requestID: request.id,
            address: request.remoteAddress,
            userAgent: String((request.headers[.userAgent] ?? "").prefix(255)))
    }

    /// The credential of the request, checked; nil where it presents none. Refuses one that is not to be
    /// believed.
    func authenticate(_ request: Request) throws -> Authentication? {
        let presented = try PresentedCredential(
            authorization: request.headerValues(.authorization),
            machhubAPIKey: request.headerValues(.machhubAPIKey),
            apiKey: request.headerValues(.apiKey))
        guard presented != .none else { return nil }
        var observer = NoDependencies()
        let authentication: Authentication
        do {
            guard
                let found = try services.authentication.admit(
                    presented, observer: &observer)
            else { throw BadCredential(presented) }
            authentication = found
        } catch let use as RevokedUse {
            try services.audit.record(use, by: caller(of: request))
            throw BadCredential(presented)
        }
        // RFC 8707 §2: a token for one API behind the gate is none for what is served here.
        if authentication.resource != nil { throw BadCredential(presented) }
        services.recordUse(authentication.credential)
        return authentication
    }
}

extension OpenVisit {
    /// The browser session of a request to the API, as scripts of our own pages make it; nil where there is none.
    /// Whatever changes something must say that it comes from this site, as browsers do by themselves.
    func authenticateBrowser(_ request: Request) throws -> Authentication? {
        guard let cookie = try Cookies(request).secret(.session) else { return nil }
        if request.method != .get, request.method != .head {
            try FormToken.checkOrigin(of: request)
            guard request.headers[.origin] != nil || request.headers[.secFetchSite] != nil else {
                throw Refusal.forbidden(
                    "origin_required", "With a browser session, Origin must say where this is from."
                )
            }
        }
        var observer = NoDependencies()
        guard
            let authentication = try services.authentication.authenticate(
                .browserSession(cookie), observer: &observer)
        else { return nil }
        services.recordUse(authentication.credential)
        return authentication
    }
}

/// No credential, or one that is not to be believed: 401, with a challenge (RFC 6750 §3).
struct BadCredential: Error {
    enum Reason {
        case none, bearer, apiKey
    }

    let reason: Reason

    init(_ presented: PresentedCredential) {
        switch presented {
        case .none, .browserSession: reason = .none
        case .bearer: reason = .bearer
        case .apiKey: reason = .apiKey
        }
    }
}
