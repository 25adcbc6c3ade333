import Domain
import HTTP
import HTTPTypes

/// A visit to the pages of the organization that the path names: by a member, or by a system administrator.
struct OrganizationSettingsVisit {
    let signedIn: SignedInVisit
    let overview: OrganizationOverview
    /// What the person may do in it; nil for a system administrator who is no member.
    let context: OrganizationContext?

    var organization: Organization { overview.organization }
    var services: Services { signedIn.services }
    var form: PageForm { signedIn.form }
    var caller: Caller { signedIn.caller }
    var now: Instant { signedIn.now }

    /// Another's organization is not there (404).
    init(_ request: Request, _ browser: BrowserVisit) throws {
        signedIn = try SignedInVisit(request, browser)
        let id: Organization.ID = try request.id()
        let organizations = signedIn.services.organizations
        context = try Self.membership(id, signedIn)
        if signedIn.authentication.isSystemAdministrator {
            overview = try organizations.show(id, toAdministrator: signedIn.authentication)
        } else if let context {
            overview = try organizations.show(context)
        } else {
            throw Refusal.notFound
        }
    }

    /// Nil for who is no member.
    private static func membership(
        _ id: Organization.ID, _ visit: SignedInVisit
    ) throws -> OrganizationContext? {
        var observer = NoDependencies()
        do {
            return try visit.services.authentication.context(
                of: visit.authentication, in: .id(id), observer: &observer)
        } catch let refusal as Refusal where refusal.code == "organization_forbidden" {
            return nil
        }
    }

    /// What a member may do; refuses a system administrator who is none, who sees and doesn't manage.
    func requireContext() throws -> OrganizationContext {
        guard let context else {
            throw Refusal.forbidden(
                "owner_required", "You see this organization, but only its members manage it.")
        }
        return context
    }

    /// Refuses whoever does not manage the organization.
    func requireManager() throws -> OrganizationContext {
        let context = try requireContext()
        try context.checkHolds(.organizationsManage)
        return context
    }

    var isOwner: Bool { context?.isOwner ?? false }
    var manages: Bool { context?.permissions.holds(.organizationsManage) ?? false }

    func page(_ page: some SignedInPage, status: HTTPResponse.Status = .ok) throws -> Response {
        try signedIn.page(page, status: status)
    }
}

/// A visit to the pages of the organization that the path names by one of its owners.
struct OwnedOrganizationVisit {
    let settings: OrganizationSettingsVisit
    let context: OrganizationContext

    var signedIn: SignedInVisit { settings.signedIn }
    var organization: Organization { context.organization }
    var services: Services { signedIn.services }
    var form: PageForm { signedIn.form }
    var caller: Caller { signedIn.caller }
    var now: Instant { signedIn.now }

    init(_ request: Request, _ browser: BrowserVisit) throws {
        settings = try OrganizationSettingsVisit(request, browser)
        context = try settings.requireContext()
        try context.checkIsOwner()
    }

    func page(_ page: some SignedInPage, status: HTTPResponse.Status = .ok) throws -> Response {
        try signedIn.page(page, status: status)
    }
}
