import Domain
import HTTP
import HTTPTypes

/// Pages where people sign in, sign out, and give their password once more.
struct SignInRoutes {
    static func register(in browser: inout Router<BrowserVisit>) {
        browser.get("/login", new)
        browser.post("/login", create)
        browser.post("/logout", delete)
        browser.get("/confirm-password", edit)
        browser.post("/confirm-password", update)
    }

    /// Where somebody lands who did not want to go anywhere else.
    static let home = "/profile"

    @Sendable static func new(_ request: Request, _ visit: BrowserVisit) throws -> Response {
        let query = try request.pageQuery()
        let returnTo = visit.frame.returnAddress(query["return_to"])
        let isFresh = query["prompt"] == "login"
        if visit.person != nil, !isFresh { return .redirect(to: returnTo ?? home) }
        return try visit.page(
            SignInPage(
                name: query["login_hint"] ?? "", returnTo: returnTo, isFresh: isFresh,
                person: visit.person))
    }

    @Sendable static func create(_ request: Request, _ visit: BrowserVisit) throws -> Response {
        let form = visit.form
        let name = form.text("username")
        let returnTo = visit.frame.returnAddress(form.text("return_to"))
        func again(_ message: String, _ status: HTTPResponse.Status) throws -> Response {
            try visit.page(
                SignInPage(
                    name: name, returnTo: returnTo, isFresh: form.text("prompt") == "login",
                    person: visit.person, error: message), status: status)
        }
        let outcome: SignInOutcome
        do {
            outcome = try visit.services.signIn.signIn(
                name: name, password: form.text("password"), for: .browser, by: visit.caller)
        } catch let refusal as Refusal {
            guard case .tooManyAttempts(let seconds) = refusal.kind else { throw refusal }
            visit.operation.count(.throttled)
            return try throttled(seconds, again)
        }
        guard case .signedIn(let signedIn) = outcome, case .cookie(let cookie) = signedIn.given
        else {
            visit.operation.count(.wrong)
            return try again("User name or password is wrong.", .unprocessableContent)
        }
        visit.operation.count(.success)
        var response = Response.redirect(to: returnTo ?? home)
        response.setCookie(
            .session, cookie.text, seconds: visit.now.secondsUntil(signedIn.session.expiresAt))
        // Forms that were shown before belong to nobody now.
        response.removeCookie(.form)
        return response
    }

    /// The form again, with how long to wait.
    private static func throttled(
        _ seconds: Int, _ again: (String, HTTPResponse.Status) throws -> Response
    ) throws -> Response {
        let wait = Moment.words(forSeconds: Int64(seconds)) ?? "a minute"
        var response = try again(
            "There were too many wrong tries. Try again in \(wait).", .tooManyRequests)
        response.headers[.retryAfter] = String(seconds)
        return response
    }

    @Sendable static func delete(_ request: Request, _ visit: BrowserVisit) throws -> Response {
        try visit.services.signIn.signOut(by: visit.caller)
        var response = Response.redirect(to: "/login")
        response.removeCookie(.session)
        return response
    }

    @Sendable static func edit(_ request: Request, _ visit: BrowserVisit) throws -> Response {
        let person = try visit.requirePerson()
        let returnTo = visit.frame.returnAddress(try request.pageQuery()["return_to"])
        return try visit.page(ConfirmPasswordPage(person, returnTo: returnTo))
    }

    @Sendable static func update(_ request: Request, _ visit: BrowserVisit) throws -> Response {
        let person = try visit.requirePerson()
        let returnTo = visit.frame.returnAddress(visit.form.text("return_to"))
        func again(_ message: String, _ status: HTTPResponse.Status) throws -> Response {
            try visit.page(
                ConfirmPasswordPage(person, returnTo: returnTo, error: message), status: status)
        }
        let cookie: Secret?
        do {
            cookie = try visit.services.signIn.confirm(
                visit.form.text("password"), by: visit.caller)
        } catch let refusal as Refusal {
            guard case .tooManyAttempts(let seconds) = refusal.kind else { throw refusal }
            return try throttled(seconds, again)
        }
        guard let cookie else {
            return try again("This is not your password.", .unprocessableContent)
        }
        var response = Response.redirect(to: returnTo ?? home)
        response.setCookie(
            .session, cookie.text,
            seconds: visit.now.secondsUntil(person.authentication.credential.expiresAt))
        return response
    }
}
