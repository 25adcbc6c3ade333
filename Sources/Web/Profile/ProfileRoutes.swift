import Domain
import HTTP
import HTTPTypes

/// Pages where people see and change what is their own.
struct ProfileRoutes {
    static func register(in signedIn: inout Router<SignedInVisit>) {
        signedIn.get("/", home)
        signedIn.get("/profile", show)
        signedIn.post("/profile", update)
        signedIn.post("/profile/organization", choose)
    }

    @Sendable static func home(_ request: Request, _ visit: SignedInVisit) -> Response {
        .redirect(to: SignInRoutes.home)
    }

    @Sendable static func show(_ request: Request, _ visit: SignedInVisit) throws -> Response {
        let form = try visit.resumedForm().map { ProfileForm($0) } ?? ProfileForm(visit.user)
        let notice = Profile.notice(try request.pageQuery()["done"])
        return try visit.page(page(visit, form, notice: notice))
    }

    private static func page(
        _ visit: SignedInVisit, _ form: ProfileForm, problems: FormProblems = .none,
        notice: Notice? = nil
    ) throws -> ProfilePage {
        let affiliations = try visit.services.authentication.affiliations(of: visit.authentication)
        let memberships = try visit.services.organizations.memberships(
            of: visit.user.id, in: Array(visit.organizations.prefix(ProfilePage.named)))
        return ProfilePage(
            visit, memberships: memberships, groups: affiliations.groups, form: form,
            problems: problems, notice: notice)
    }

    @Sendable static func update(_ request: Request, _ visit: SignedInVisit) throws -> Response {
        let form = ProfileForm(visit.form)
        // One signs in with the address: a stolen session must not be enough to change it.
        if form.email != visit.user.email ?? "" {
            try visit.requireRecentPassword(formAddress: Profile.address)
        }
        do {
            _ = try visit.services.users.update(visit.user.id, form.changes, by: visit.caller)
        } catch let refusal as Refusal {
            let problems = try FormProblems(refusal, conflicts: ["email_taken": "email"])
            return try visit.page(
                page(visit, form, problems: problems), status: .unprocessableContent)
        }
        return Profile.done("profile-saved", at: Profile.address)
    }

    /// Makes another organization the current one, without a new sign-in.
    @Sendable static func choose(_ request: Request, _ visit: SignedInVisit) throws -> Response {
        let typed = visit.form.text("organization").trimmingWhiteSpace()
        guard
            let chosen = try visit.services.organizations.membership(
                of: visit.user.id, inNamed: typed)
        else {
            throw Refusal(
                .notFound, code: "not_found",
                "You belong to no organization of this slug or ID.")
        }
        let here = visit.browser.frame.returnAddress(visit.form.text("return_to"))
        var response = Response.redirect(to: here ?? SignInRoutes.home)
        response.remember(chosen.id)
        return response
    }
}
