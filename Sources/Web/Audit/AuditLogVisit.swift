import Domain
import HTTP
import HTTPTypes

/// A visit to the audit log: by a system administrator, who reads all of it, or by an owner, who reads that of the
/// current organization.
struct AuditLogVisit {
    let signedIn: SignedInVisit
    /// The only one whose events may be read; nil for a system administrator.
    let organization: Organization?

    var services: Services { signedIn.services }

    init(_ request: Request, _ browser: BrowserVisit) throws {
        signedIn = try SignedInVisit(request, browser)
        if signedIn.authentication.isSystemAdministrator {
            organization = nil
            return
        }
        guard let context = signedIn.context else {
            throw Refusal.forbidden(
                "owner_required",
                "Only an owner of the organization and a system administrator may see this.")
        }
        try context.checkIsOwner()
        organization = context.organization
    }

    /// Throws where the same visit, made now, would not be let in, or would be led elsewhere.
    func checkAgain() throws {
        let browser = signedIn.browser
        let now = try AuditLogVisit(
            browser.request, BrowserVisit(browser.request, browser.open))
        guard now.organization?.id == organization?.id else { throw Refusal.notFound }
    }

    func page(_ page: some SignedInPage, status: HTTPResponse.Status = .ok) throws -> Response {
        try signedIn.page(page, status: status)
    }

    /// The organization of that id or slug, as an administrator typed it.
    func organization(named typed: String) throws -> Organization? {
        try services.oauth2.clients.organization(named: typed)
    }
}
