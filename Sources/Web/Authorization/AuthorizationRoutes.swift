import Domain
import HTTP
import HTTPTypes

/// Where clients send people (RFC 6749 §3.1), and where people say whether they may.
///
/// Signing in, giving the password once more and consenting do not call one another: each leads back to the same
/// address, where `AuthorizationService.step` decides what comes next.
struct AuthorizationRoutes {
    static let path = "/oauth2/authorize"
    /// Comes back from the sign-in page with the request; clients that send it gain nothing.
    private static let start = "gatehouse_start"

    static func register(in site: inout Router<OpenVisit>) {
        site.post("/oauth2/authorize", forward)
    }

    static func register(in browser: inout Router<BrowserVisit>) {
        browser.get("/oauth2/authorize", show)
        browser.post("/consent", decide)
    }

    /// OpenID Connect Core §3.1.2.1: «MUST support the use of the HTTP GET and POST methods». A form of another site
    /// brings no cookies (SameSite), so the browser is asked to come once more, with GET, which changes nothing.
    @Sendable static func forward(_ request: Request, _ visit: OpenVisit) throws -> Response {
        guard request.mediaType == "application/x-www-form-urlencoded" else {
            throw UnsupportedMediaType(expected: "application/x-www-form-urlencoded")
        }
        let form =
            try fields(request.query).fields
            + fields(String(decoding: request.body, as: UTF8.self)).fields
        return .redirect(to: Address.make(path, form.map { (name: $0.name, value: $0.value) }))
    }

    @Sendable static func show(_ request: Request, _ visit: BrowserVisit) throws -> Response {
        let fields = try fields(request.query)
        let sent = AuthorizationParameters(fields.fields.map { (name: $0.name, value: $0.value) })
        guard request.method == .get else {
            // The one GET that may give something; who only wants the head of it gets nothing.
            let requests = visit.services.oauth2.authorizationRequests
            _ = try requests.target(of: requests.resolved(sent))
            return Response(status: .noContent)
        }
        let step = try visit.services.oauth2.authorization.step(
            sent, visit.person.map(AuthorizationVisitor.init), start: fields[start],
            by: visit.caller)
        switch step {
        case .signIn(let start, let loginHint, let redirectURI):
            throw SignInNeeded(
                returnTo: again(sent, start, redirectURI), loginHint: loginHint,
                isFresh: visit.person != nil)
        case .consent(let question):
            return try visit.page(
                ConsentPage(
                    question,
                    switchAccount: visit.switchAccountAddress(
                        returnTo: again(
                            sent, question.start, question.request.target.redirectURI))))
        case .answer(let answer):
            return try response(answer, visit)
        }
    }

    /// What counts is the stored request: the form names it and says yes or no, nothing else.
    @Sendable static func decide(_ request: Request, _ visit: BrowserVisit) throws -> Response {
        let person = try visit.requirePerson()
        let decision = visit.form.text("decision")
        guard decision == "allow" || decision == "deny" else {
            throw Refusal(.malformed, code: "malformed_form", "Choose to allow or to deny.")
        }
        let answer = try visit.services.oauth2.authorization.decide(
            visit.form.text("question"), allow: decision == "allow", AuthorizationVisitor(person),
            by: visit.caller)
        return try response(answer, visit)
    }

    private static func fields(_ encoded: String) throws -> FormFields {
        // A state may hold whatever its client likes.
        guard let fields = FormFields(encoded: encoded, allowsNUL: true) else {
            throw Refusal(
                .malformed, code: "malformed_query", "The address is not properly encoded.")
        }
        return fields
    }

    /// The same request once more. One that was pushed says where it leads, too, which counts for nothing here: the
    /// pages on the way read it, whose forms may lead there in the end (`FormTarget.behind`).
    private static func again(
        _ sent: AuthorizationParameters, _ start: String, _ redirectURI: String
    ) -> String {
        let added = sent[.redirectURI] == nil ? [("redirect_uri", redirectURI)] : []
        return Address.make(
            path,
            sent.fields.map { (name: $0.name, value: $0.value) } + added + [(Self.start, start)])
    }

    /// RFC 6749 §4.1.2, §4.1.2.1.
    private static func response(
        _ answer: AuthorizationAnswer, _ visit: BrowserVisit
    ) throws -> Response {
        var fields: [(name: String, value: String)]
        switch answer.outcome {
        case .code(let code): fields = [("code", code.text)]
        case .refusal(let error):
            fields = [("error", error.code.rawValue), ("error_description", error.message)]
        }
        if let state = answer.target.state { fields.append(("state", state)) }
        // RFC 9207 §2: in every answer, so that a client knows whose it is.
        fields.append(("iss", visit.settings.publicURL))
        switch answer.target.responseMode {
        case .query:
            // RFC 6749 §3.1.2: a query that the URI has «MUST be retained». RFC 9700 §4.12: a status that makes the
            // browser forget the form that was sent, never 307.
            let separator = answer.target.redirectURI.contains("?") ? "&" : "?"
            let query = fields.map { "\($0.name)=\(PercentCoding.encode($0.value))" }
            return .redirect(
                to: answer.target.redirectURI + separator + query.joined(separator: "&"))
        case .formPost:
            return try visit.page(FormPostPage(fields, to: answer.target))
        }
    }
}

extension AuthorizationVisitor {
    init(_ person: SignedInPerson) {
        self.init(
            user: person.user, sessionID: person.sessionID,
            authenticatedAt: person.authenticatedAt)
    }
}
