import Domain
import HTTP
import HTTPTypes

/// The Security tab of the profile: password, sessions, connected applications, personal access tokens.
struct SecurityRoutes {
    static func register(in signedIn: inout Router<SignedInVisit>) {
        signedIn.get("/profile/security", show)
        signedIn.post("/profile/security/password", update)
    }

    @Sendable static func show(_ request: Request, _ visit: SignedInVisit) throws -> Response {
        // Whoever asks for the head alone takes nothing away from who comes to read.
        let secret =
            request.method == .get ? try visit.takeSecret(ShownToken.parameter, of: request) : nil
        let shown = try secret.flatMap { try ShownToken($0, visit) }
        return try visit.page(SecurityPage(visit, request.pageQuery(), shown: shown))
    }

    /// Changes the password.
    @Sendable static func update(_ request: Request, _ visit: SignedInVisit) throws -> Response {
        let form = visit.form
        let signsOutOthers = form.has("sign_out_others")
        func again(
            _ problems: FormProblems, _ status: HTTPResponse.Status = .unprocessableContent
        ) throws -> Response {
            try visit.page(
                SecurityPage(
                    visit, FormFields(),
                    password: PasswordSection(
                        visit.user, signsOutOthers: signsOutOthers, problems: problems)),
                status: status)
        }
        do {
            try visit.services.passwords.change(
                form.text("current_password"), to: form.text("new_password"), of: visit.user,
                in: visit.person.sessionID, signingOutOthers: signsOutOthers, by: visit.caller)
        } catch let refusal as Refusal {
            guard case .tooManyAttempts(let seconds) = refusal.kind else {
                return try again(FormProblems(refusal))
            }
            let wait = Moment.words(forSeconds: Int64(seconds)) ?? "a minute"
            let problem = Refusal.Problem(
                field: "current_password", code: refusal.code,
                detail: "There were too many wrong tries. Try again in \(wait).")
            var response = try again(FormProblems([problem]), .tooManyRequests)
            response.headers[.retryAfter] = String(seconds)
            return response
        }
        return Profile.done("password-changed", at: Profile.security)
    }
}
