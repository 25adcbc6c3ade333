import Domain
import HTTP
import HTTPTypes

/// A visit to a page by somebody who is signed in, in the organization that they last chose.
struct SignedInVisit {
    let browser: BrowserVisit
    let person: SignedInPerson
    /// Those that the person belongs to, by name; of very many, some and the current one.
    let organizations: [Organization]
    /// The current one; nil for somebody who belongs to none.
    let organization: Organization?
    /// What the person may do in it; nil also while it is in maintenance and they don't manage it.
    let context: OrganizationContext?
    private let path: String

    var user: User { person.user }
    var authentication: Authentication { person.authentication }
    var services: Services { browser.services }
    var settings: SiteSettings { browser.settings }
    var form: PageForm { browser.form }
    var caller: Caller { browser.caller }
    var now: Instant { browser.now }

    init(_ request: Request, _ browser: BrowserVisit) throws {
        self.browser = browser
        path = request.path
        person = try browser.requirePerson()
        var some = try browser.services.organizations.memberships(of: person.user.id)
        let chosen: Organization.ID? = browser.cookies.id(.organization)
        if let chosen, !some.contains(where: { $0.id == chosen }),
            let further = try browser.services.organizations.membership(
                of: person.user.id, inNamed: chosen.description)
        {
            some.insert(further, at: 0)
        }
        organizations = some
        organization = some.first { $0.id == chosen } ?? some.first
        context = try Self.context(of: organization, person, browser.services)
    }

    private static func context(
        of organization: Organization?, _ person: SignedInPerson, _ services: Services
    ) throws -> OrganizationContext? {
        guard let organization else { return nil }
        var observer = NoDependencies()
        do {
            return try services.authentication.context(
                of: person.authentication, in: .id(organization.id), observer: &observer)
        } catch let refusal as Refusal
            where ["organization_maintenance", "organization_forbidden"].contains(refusal.code)
        {
            return nil
        }
    }

    /// A page in the frame.
    func page(_ page: some SignedInPage, status: HTTPResponse.Status = .ok) throws -> Response {
        var response = try browser.frame.response(
            page, shell: Shell(self, page, path: path), formToken: browser.formToken,
            status: status)
        // It stays the current one when another is joined that comes before it by name.
        if let organization, !browser.cookies.has(.organization) {
            response.remember(organization.id)
        }
        return response
    }

    /// Refuses (a 403 page) whoever is no system administrator.
    func requireAdministrator() throws {
        guard authentication.isSystemAdministrator else {
            throw Refusal.forbidden(
                "system_administrator_required", "Only a system administrator may see this.")
        }
    }
}

extension Response {
    /// Makes the organization the current one: a preference of the browser.
    mutating func remember(_ organization: Organization.ID) {
        setCookie(.organization, organization.description, seconds: 365 * 86_400)
    }
}

/// A visit to a page by a system administrator.
struct AdministratorPageVisit {
    let signedIn: SignedInVisit

    var user: User { signedIn.user }
    var services: Services { signedIn.services }
    var form: PageForm { signedIn.form }
    var caller: Caller { signedIn.caller }

    init(_ request: Request, _ browser: BrowserVisit) throws {
        signedIn = try SignedInVisit(request, browser)
        try signedIn.requireAdministrator()
    }

    func page(_ page: some SignedInPage, status: HTTPResponse.Status = .ok) throws -> Response {
        try signedIn.page(page, status: status)
    }
}

/// A visit to a page in the current organization.
struct OrganizationPageVisit {
    let signedIn: SignedInVisit
    let context: OrganizationContext

    var user: User { signedIn.user }
    var services: Services { signedIn.services }
    var form: PageForm { signedIn.form }
    var caller: Caller { signedIn.caller }

    init(_ request: Request, _ browser: BrowserVisit) throws {
        signedIn = try SignedInVisit(request, browser)
        guard let organization = signedIn.organization else {
            throw Refusal.forbidden(
                "no_organization",
                "You belong to no organization yet. Ask an owner of one to add you.")
        }
        guard let context = signedIn.context else {
            // Asked once more for its refusal, which says for how long it is in maintenance.
            var observer = NoDependencies()
            self.context = try signedIn.services.authentication.context(
                of: signedIn.authentication, in: .id(organization.id), observer: &observer)
            return
        }
        self.context = context
    }

    func page(_ page: some SignedInPage, status: HTTPResponse.Status = .ok) throws -> Response {
        try signedIn.page(page, status: status)
    }
}
