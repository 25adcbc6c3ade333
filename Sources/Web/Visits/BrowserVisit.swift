import Domain
import HTTP
import HTTPTypes

/// A visit to a page by a browser, whoever sits there. What it sends with a form is known to come from a form
/// of ours: that is checked here, before any handler runs.
struct BrowserVisit {
    let open: OpenVisit
    /// Path and query that were asked for.
    let target: String
    /// Who is signed in; nil for nobody. Only the session's cookie says so: a bearer decides nothing here.
    let person: SignedInPerson?
    /// What was sent; empty but for a POST.
    let form: PageForm
    let cookies: Cookies
    let request: Request
    private let formKey: String

    var services: Services { open.services }
    var settings: SiteSettings { open.settings }
    var operation: any SiteOperation { open.operation }
    var frame: PageFrame { open.frame }
    var now: Instant { services.browser.clock.now }
    var caller: Caller { open.caller(of: request, person?.authentication) }

    init(_ request: Request, _ open: OpenVisit) throws {
        self.open = open
        self.request = request
        target = request.target
        cookies = try Cookies(request)
        let formToken = FormToken(secrets: open.services.browser.secrets)
        if request.method == .get || request.method == .head {
            form = PageForm()
        } else {
            try FormToken.checkOrigin(of: request)
            form = try PageForm(request)
            try formToken.check(form, cookies: cookies)
        }
        person = try SignedInPerson(cookies, open.services)
        formKey =
            (person == nil ? cookies.secret(.form) : cookies.secret(.session))
            ?? open.services.browser.secrets.newSecret().text
    }

    /// What a form's hidden field has to hold (`{{>form-token}}`).
    var formToken: String { FormToken(secrets: services.browser.secrets).text(for: formKey) }

    /// A page without the frame of those who are signed in: sign-in, consent, device.
    func page(_ page: some Page, status: HTTPResponse.Status = .ok) throws -> Response {
        var response = try frame.response(page, formToken: formToken, status: status)
        if person == nil {
            if cookies.secret(.form) == nil { response.setCookie(.form, formKey) }
            if cookies.has(.session) { response.removeCookie(.session) }
        }
        return response
    }

    /// Who is signed in; sends everybody else to sign in and come back to this address.
    func requirePerson(loginHint: String? = nil) throws -> SignedInPerson {
        guard let person else { throw SignInNeeded(returnTo: comeBack, loginHint: loginHint) }
        return person
    }

    /// Where to come back to after a sign-in: this page, or the one that its form was on.
    var comeBack: String? {
        if request.method == .get || request.method == .head { return frame.returnAddress(target) }
        // Referrer-Policy is same-origin, so the browser says on which page the form was.
        let own = "\(request.isSecure ? "https" : "http")://\(request.host)"
        guard let referrer = request.headers[.referer], referrer.hasPrefix(own) else { return nil }
        return frame.returnAddress(String(referrer.dropFirst(own.count)))
    }

    /// Where somebody who is signed in can sign in as somebody else, and come back.
    func switchAccountAddress(returnTo: String) -> String {
        SignInNeeded(returnTo: returnTo, isFresh: true).address
    }
}

/// Somebody who is signed in with this browser.
struct SignedInPerson {
    let authentication: Authentication
    let user: User
    let sessionID: Session.ID
    /// When the password was last given in this session: `auth_time` (OpenID Connect Core 1.0, 2).
    let authenticatedAt: Instant

    /// Nil where there is no cookie, or one whose session is over.
    fileprivate init?(_ cookies: Cookies, _ services: Services) throws {
        guard let cookie = cookies.secret(.session) else { return nil }
        var observer = NoDependencies()
        guard
            let authentication = try services.authentication.authenticate(
                .browserSession(cookie), observer: &observer),
            let user = authentication.user, let sessionID = authentication.sessionID,
            let authenticatedAt = authentication.authenticatedAt
        else { return nil }
        services.recordUse(authentication.credential)
        self.authentication = authentication
        self.user = user
        self.sessionID = sessionID
        self.authenticatedAt = authenticatedAt
    }
}

/// Thrown where a page needs somebody who is signed in: the browser is sent to `/login`, and back afterwards.
struct SignInNeeded: Error {
    /// A page of this site; checked again before it is believed.
    let returnTo: String?
    var loginHint: String?
    /// Whether the password is asked for although somebody is signed in.
    var isFresh = false

    var address: String {
        Address.make(
            "/login",
            [
                ("return_to", returnTo), ("login_hint", loginHint),
                ("prompt", isFresh ? "login" : nil),
            ])
    }
}
