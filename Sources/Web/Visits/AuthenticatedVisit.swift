import Domain
import HTTP

/// A visit with a checked credential, of whatever kind.
struct AuthenticatedVisit {
    let open: OpenVisit
    let authentication: Authentication
    let caller: Caller

    var services: Services { open.services }
    var settings: SiteSettings { open.settings }

    init(_ request: Request, _ open: OpenVisit) throws {
        guard
            let authentication = try open.authenticate(request)
                ?? open.authenticateBrowser(request)
        else {
            throw BadCredential(.none)
        }
        self.open = open
        self.authentication = authentication
        caller = open.caller(of: request, authentication)
        // A header that can't be read is refused where nothing hangs on it, too: who sent it meant something.
        _ = try organizationReference(of: request)
    }

    /// The organization that the headers name, or the one that the credential is bound to; nil without.
    func organizationContext(of request: Request) throws -> OrganizationContext? {
        var reference = try organizationReference(of: request)
        // Where it is fixed, the header may be left out (wire: API keys, clients with an organization); a
        // personal access token still has to be told where it is used.
        switch authentication.credential.kind {
        case .apiKey, .access:
            reference = reference ?? authentication.boundOrganization.map(OrganizationReference.id)
        case .session, .browserSession, .personalAccessToken: break
        }
        guard let reference else { return nil }
        var observer = NoDependencies()
        return try services.authentication.context(
            of: authentication, in: reference, observer: &observer)
    }

    /// The organization that the path names under `capture`. Another's is not there (404), the header may be
    /// left out, and one that names a different organization is refused.
    func organization(
        inPath request: Request, capture: String = "id"
    ) throws -> OrganizationContext {
        guard let id = Organization.ID(text: request.captures[capture] ?? "") else {
            throw Refusal.notFound
        }
        let named = try organizationReference(of: request)
        var observer = NoDependencies()
        let context: OrganizationContext
        do {
            context = try services.authentication.context(
                of: authentication, in: .id(id), observer: &observer)
        } catch let refusal as Refusal where refusal.code == "organization_forbidden" {
            throw Refusal.notFound
        }
        try Self.check(named, names: context.organization)
        return context
    }

    /// How the headers name an organization; nil where they name none.
    func organizationReference(of request: Request) throws -> OrganizationReference? {
        try OrganizationReference.read(
            organizationID: request.headerValues(.organizationID),
            domain: request.headerValues(.domain))
    }

    /// Refuses headers that name another organization than the path does.
    static func check(
        _ named: OrganizationReference?, names organization: Organization
    ) throws {
        switch named {
        case .id(let id) where id != organization.id, .both(let id, _) where id != organization.id:
            throw mismatch
        case .slug(let slug) where slug != organization.slug,
            .both(_, let slug) where slug != organization.slug:
            throw mismatch
        default:
            return
        }
    }

    private static let mismatch = Refusal(
        .malformed, code: "organization_mismatch",
        "The header names another organization than the path.")
}

/// A visit of a person who sits there: a sign-in token or a browser session.
struct InteractiveVisit {
    let authenticated: AuthenticatedVisit
    let user: User
    let sessionID: Session.ID

    var authentication: Authentication { authenticated.authentication }
    var caller: Caller { authenticated.caller }
    var services: Services { authenticated.services }
    var settings: SiteSettings { authenticated.settings }

    init(_ request: Request, _ open: OpenVisit) throws {
        authenticated = try AuthenticatedVisit(request, open)
        guard authenticated.authentication.isInteractive,
            let user = authenticated.authentication.user,
            let sessionID = authenticated.authentication.sessionID
        else {
            throw Refusal.forbidden(
                "interactive_session_required",
                "Only a person who is signed in may do this; a token or key may not.")
        }
        self.user = user
        self.sessionID = sessionID
    }
}

/// A visit with a checked credential in an organization (wire: endpoints marked *org*).
struct OrganizationVisit {
    let authenticated: AuthenticatedVisit
    let context: OrganizationContext

    var authentication: Authentication { authenticated.authentication }
    var caller: Caller { authenticated.caller }
    var services: Services { authenticated.services }
    var settings: SiteSettings { authenticated.settings }

    init(_ request: Request, _ open: OpenVisit) throws {
        authenticated = try AuthenticatedVisit(request, open)
        guard let context = try authenticated.organizationContext(of: request) else {
            throw OrganizationReference.required
        }
        self.context = context
    }
}

/// A visit of a person who sits there, in an organization.
struct InteractiveOrganizationVisit {
    let interactive: InteractiveVisit
    let context: OrganizationContext

    var authentication: Authentication { interactive.authentication }
    var user: User { interactive.user }
    var caller: Caller { interactive.caller }
    var services: Services { interactive.services }
    var settings: SiteSettings { interactive.settings }

    init(_ request: Request, _ open: OpenVisit) throws {
        interactive = try InteractiveVisit(request, open)
        guard let context = try interactive.authenticated.organizationContext(of: request) else {
            throw OrganizationReference.required
        }
        self.context = context
    }
}

/// A visit of a system administrator who sits there.
struct AdministratorVisit {
    let interactive: InteractiveVisit

    var user: User { interactive.user }
    var caller: Caller { interactive.caller }
    var services: Services { interactive.services }
    var settings: SiteSettings { interactive.settings }

    init(_ request: Request, _ open: OpenVisit) throws {
        let authenticated = try AuthenticatedVisit(request, open)
        guard authenticated.authentication.isSystemAdministrator else {
            throw Refusal.forbidden(
                "system_administrator_required", "Only a system administrator may do this.")
        }
        interactive = try InteractiveVisit(request, open)
    }
}
