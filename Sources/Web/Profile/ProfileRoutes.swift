import Domain
import HTTP
import HTTPTypes

/// Pages where people see and change what is their own.
struct ProfileRoutes {
    static func register(in signedIn: inout Router<SignedInVisit>) {
        signedIn.get("/", home)
        signedIn.get("/profile", show)
        signedIn.post("/profile/organization", choose)
    }

    @Sendable static func home(_ request: Request, _ visit: SignedInVisit) -> Response {
        .redirect(to: SignInRoutes.home)
    }

    @Sendable static func show(_ request: Request, _ visit: SignedInVisit) throws -> Response {
        let affiliations = try visit.services.authentication.affiliations(of: visit.authentication)
        return try visit.page(ProfilePage(visit, groups: affiliations.groups))
    }

    /// Makes another organization the current one; a preference of the browser, no new sign-in.
    @Sendable static func choose(_ request: Request, _ visit: SignedInVisit) throws -> Response {
        let chosen = visit.form.text("organization")
        guard visit.organizations.contains(where: { $0.id.description == chosen }) else {
            throw Refusal.notFound
        }
        let here = visit.browser.frame.returnAddress(visit.form.text("return_to"))
        var response = Response.redirect(to: here ?? SignInRoutes.home)
        response.setCookie(.organization, chosen, seconds: 365 * 86_400)
        return response
    }
}
