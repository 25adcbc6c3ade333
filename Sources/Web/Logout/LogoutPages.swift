import Domain

/// *Sign out?*, asked where a client did not prove whom it means.
struct LogoutPage: Page {
    static let template = "logout"

    let title = "Sign out"
    let username: String
    /// Who asks.
    let clientName: String?
    /// What was asked for, to be judged again.
    let hidden: [Hidden]
    let stay: String
    let formTargets: [FormTarget]

    struct Hidden {
        let name: String
        let value: String
    }

    init(_ asked: LogoutRequest, _ plan: LogoutPlan, _ person: SignedInPerson) {
        username = person.user.username
        clientName = plan.client?.name
        hidden = asked.fields.compactMap { field in
            field.value.map { Hidden(name: field.name, value: $0) }
        }
        stay = SignInRoutes.home
        formTargets =
            plan.redirectURI.flatMap { FormTarget(redirectURI: $0.description) }.map { [$0] } ?? []
    }
}

/// *You are signed out*.
struct SignedOutPage: Page {
    static let template = "signed-out"

    let title = "You are signed out"
}
