import Domain
import HTTP

/// *Sign in*.
struct SignInPage: Page {
    static let template = "sign-in"

    let title = "Sign in"
    let username: Field
    let password: Field
    let returnTo: String?
    let isFresh: Bool
    /// Who is signed in already.
    let personName: String?
    let error: String?
    let formTargets: [FormTarget]

    init(
        name: String, returnTo: String?, isFresh: Bool, person: SignedInPerson?,
        error: String? = nil
    ) {
        self.returnTo = returnTo
        self.isFresh = isFresh
        self.error = error
        personName = person?.user.username
        let name = name.isEmpty && isFresh ? person?.user.username ?? "" : name
        // One message for both fields: which of them is wrong is not told.
        let describedBy = error == nil ? nil : "sign-in-error"
        username = Field(
            "username", "User name or e-mail", value: name, autocomplete: "username",
            describedBy: describedBy, isFocused: name.isEmpty)
        password = Field(
            "password", "Password", type: "password", autocomplete: "current-password",
            describedBy: describedBy, isFocused: !name.isEmpty)
        formTargets = returnTo.map(FormTarget.behind) ?? []
    }
}

/// *Confirm your password*.
struct ConfirmPasswordPage: Page {
    static let template = "confirm-password"

    let title = "Confirm your password"
    let username: String
    let password: Field
    let returnTo: String
    /// The form as it was, or where nothing needs a password.
    let cancelAddress: String
    let formTargets: [FormTarget]

    init(_ person: SignedInPerson, returnTo: String?, error: String? = nil) {
        username = person.user.username
        password = Field(
            "password", "Password", type: "password", autocomplete: "current-password",
            error: error, isFocused: true)
        self.returnTo = returnTo ?? SignInRoutes.home
        let isForm = returnTo?.contains("\(ResumedForm.parameter)=") ?? false
        cancelAddress = isForm ? self.returnTo : SignInRoutes.home
        formTargets = FormTarget.behind(self.returnTo)
    }
}

extension FormTarget {
    /// Where a redirect chain may end that a form begins whose answer leads to the address: `/oauth2/authorize`
    /// may send the browser on to its client at once.
    static func behind(_ returnTo: String) -> [FormTarget] {
        guard let mark = returnTo.firstIndex(of: "?"),
            returnTo[..<mark] == "/oauth2/authorize",
            let query = FormFields(encoded: returnTo[mark...].dropFirst()),
            let redirectURI = query["redirect_uri"],
            let target = FormTarget(redirectURI: redirectURI)
        else { return [] }
        return [target]
    }
}
