import Domain
import HTTP
import HTTPTypes

/// Where clients send people to sign out (OpenID Connect RP-Initiated Logout 1.0 §2).
///
/// Who comes with their own ID token is signed out at once; everybody else is asked, for a link or an image
/// elsewhere must not sign people out.
struct LogoutRoutes {
    static let path = "/oauth2/logout"

    static func register(in site: inout Router<OpenVisit>) {
        site.post("/oauth2/logout", create)
    }

    static func register(in browser: inout Router<BrowserVisit>) {
        browser.get("/oauth2/logout", show)
    }

    @Sendable static func show(_ request: Request, _ visit: BrowserVisit) throws -> Response {
        let asked = try LogoutRequest(request.pageQuery())
        let plan = try visit.services.oauth2.logout.plan(asked)
        guard let person = visit.person else { return try done(plan, asked, visit) }
        // §2: «If the subject does not match the current session the OP SHOULD ask the End-User».
        // And who only wants the head of the page does not mean to end anything.
        guard plan.subject == person.user.id, request.method == .get else {
            return try visit.page(LogoutPage(asked, plan, person))
        }
        return try end(plan, asked, visit)
    }

    /// The button of our own page, or a client's form: that one brings no cookies (SameSite), so the browser is asked
    /// to come once more, with GET.
    @Sendable static func create(_ request: Request, _ open: OpenVisit) throws -> Response {
        let form = try PageForm(request)
        guard form.has(FormToken.field) else {
            let asked = try LogoutRequest(form.fields)
            return .redirect(to: Address.make(path, asked.fields))
        }
        // Which checks the form's token, and where it comes from.
        let visit = try BrowserVisit(request, open)
        let asked = try LogoutRequest(form.fields)
        return try end(try visit.services.oauth2.logout.plan(asked), asked, visit)
    }

    private static func end(
        _ plan: LogoutPlan, _ asked: LogoutRequest, _ visit: BrowserVisit
    ) throws -> Response {
        try visit.services.signIn.signOut(by: visit.caller)
        var response = try done(plan, asked, visit)
        response.removeCookie(.session)
        return response
    }

    private static func done(
        _ plan: LogoutPlan, _ asked: LogoutRequest, _ visit: BrowserVisit
    ) throws -> Response {
        guard let target = plan.redirectURI?.description else {
            return try visit.page(SignedOutPage())
        }
        // §3: «If the state parameter is included … the OP passes this value back to the RP».
        return .redirect(
            to: asked.state.map { state in
                let separator = target.contains("?") ? "&" : "?"
                return "\(target)\(separator)state=\(PercentCoding.encode(state))"
            } ?? target)
    }
}

extension LogoutRequest {
    private static let names: Set<String> = [
        "id_token_hint", "client_id", "post_logout_redirect_uri", "state",
    ]

    /// Refuses a parameter that stands twice; one without a value counts as left out (as RFC 6749 §3.1 has it).
    init(_ fields: FormFields) throws {
        var seen: Set<String> = []
        for field in fields.fields where Self.names.contains(field.name) {
            guard seen.insert(field.name).inserted else {
                throw Refusal(
                    .malformed, code: "parameter_doubled", "A parameter was sent more than once.")
            }
        }
        func value(_ name: String) -> String? {
            fields[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        self.init(
            idTokenHint: value("id_token_hint"), clientID: value("client_id"),
            postLogoutRedirectURI: value("post_logout_redirect_uri"), state: value("state"))
    }

    /// As they were sent.
    var fields: [(name: String, value: String?)] {
        [
            ("id_token_hint", idTokenHint), ("client_id", clientID),
            ("post_logout_redirect_uri", postLogoutRedirectURI), ("state", state),
        ]
    }
}
