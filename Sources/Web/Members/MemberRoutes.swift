import Domain
import HTTP
import HTTPTypes

/// Pages where owners decide who belongs to their organization, with which roles.
struct MemberRoutes {
    static func register(in owned: inout Router<OwnedOrganizationVisit>) {
        owned.get("/settings/organizations/{id}/members", index)
        owned.get("/settings/organizations/{id}/members/new", new)
        owned.post("/settings/organizations/{id}/members", create)
        owned.get("/settings/organizations/{id}/members/{member}", edit)
        owned.post("/settings/organizations/{id}/members/{member}", update)
        owned.get("/settings/organizations/{id}/members/{member}/remove", confirmRemoval)
        owned.post("/settings/organizations/{id}/members/{member}/remove", delete)
    }

    static func home(_ organization: Organization) -> String {
        "\(OrganizationRoutes.address(organization.id))/members"
    }

    static func breadcrumb(_ organization: Organization) -> [Link] {
        OrganizationRoutes.breadcrumb(organization) + [Link("Members", home(organization))]
    }

    @Sendable static func index(
        _ request: Request, _ visit: OwnedOrganizationVisit
    ) throws -> Response {
        let after = try request.pageQuery()["after"].flatMap { UniqueID($0) }
        let list = try visit.services.members.list(
            in: visit.context, PageRequest(limit: MembersPage.limit, after: after))
        return try visit.page(
            MembersPage(
                list, of: visit.organization, isFirst: after == nil,
                notice: OrganizationRoutes.notice(request), now: visit.now))
    }

    // MARK: Adding

    @Sendable static func new(
        _ request: Request, _ visit: OwnedOrganizationVisit
    ) throws -> Response {
        try newPage(MemberDraft(), visit)
    }

    private static func newPage(
        _ draft: MemberDraft, _ visit: OwnedOrganizationVisit, _ problems: FormProblems = .none
    ) throws -> Response {
        try visit.page(
            MemberPage(
                nil, draft, of: visit.organization,
                roles: visit.services.members.assignableRoles(keeping: [], in: visit.context),
                problems: problems),
            status: problems.isEmpty ? .ok : .unprocessableContent)
    }

    @Sendable static func create(
        _ request: Request, _ visit: OwnedOrganizationVisit
    ) throws -> Response {
        let draft = MemberDraft(visit.form)
        let members = visit.services.members
        do {
            let principal =
                draft.isGroup
                ? try members.group(named: draft.name, in: visit.context)
                : try members.user(named: draft.name, in: visit.context)
            guard let principal else {
                // The rules speak of ids; people typed a name.
                try members.check(nil, roles: draft.roles, in: visit.context)
                throw draft.unknownName
            }
            _ = try members.create(
                NewMember(principal: principal, roles: draft.roles, isOwner: draft.isOwner),
                in: visit.context, by: visit.caller)
            return .redirect(to: "\(home(visit.organization))?done=member-added")
        } catch let refusal as Refusal {
            return try newPage(
                draft, visit, FormProblems(refusal, conflicts: ["already_member": "name"]))
        }
    }

    // MARK: Changing

    @Sendable static func edit(
        _ request: Request, _ visit: OwnedOrganizationVisit
    ) throws -> Response {
        let member = try member(request, visit)
        return try page(member, MemberDraft(member), visit)
    }

    private static func page(
        _ member: Member, _ draft: MemberDraft, _ visit: OwnedOrganizationVisit,
        problems: FormProblems = .none
    ) throws -> Response {
        try visit.page(
            MemberPage(
                member, draft, of: visit.organization,
                roles: visit.services.members.assignableRoles(
                    keeping: member.roles, in: visit.context),
                problems: problems),
            status: problems.isEmpty ? .ok : .unprocessableContent)
    }

    @Sendable static func update(
        _ request: Request, _ visit: OwnedOrganizationVisit
    ) throws -> Response {
        let member = try member(request, visit)
        let draft = MemberDraft(visit.form, of: member)
        do {
            _ = try visit.services.members.update(
                member.principal.id, MemberChanges(roles: draft.roles, isOwner: draft.isOwner),
                in: visit.context, by: visit.caller)
        } catch let refusal as Refusal {
            return try page(
                member, draft, visit,
                problems: FormProblems(refusal, conflicts: ["last_owner": "owner"]))
        }
        // Who gave up their own ownership has no list of members any more.
        let isOwn = member.principal == .user(visit.signedIn.user.id)
        let list = home(visit.organization)
        return .redirect(
            to: isOwn && !draft.isOwner
                ? "\(OrganizationRoutes.home)?done=saved" : "\(list)?done=saved")
    }

    // MARK: Removing

    @Sendable static func confirmRemoval(
        _ request: Request, _ visit: OwnedOrganizationVisit
    ) throws -> Response {
        try removalPage(try member(request, visit), visit)
    }

    private static func removalPage(
        _ member: Member, _ visit: OwnedOrganizationVisit, refusedWith message: String? = nil
    ) throws -> Response {
        let own = "\(home(visit.organization))/\(member.principal.id)"
        let consequence =
            switch member.principal {
            case .user:
                "They lose access to this organization at once, unless a group gives it, and their "
                    + "tokens for it alone are revoked."
            case .group:
                "Whoever belongs to the organization by this group alone loses access at once, and "
                    + "their tokens for it are revoked."
            }
        return try visit.page(
            ConfirmPage(
                "Remove member", breadcrumb: breadcrumb(visit.organization),
                facts: [
                    Fact(member.kindTitle, member.shownName),
                    Fact("Organization", visit.organization.name),
                ],
                Confirmation(
                    "Remove", to: "\(own)/remove",
                    [message, consequence, "Adding them again does not bring tokens back."]
                        .compactMap(\.self),
                    cancel: home(visit.organization))),
            status: message == nil ? .ok : .unprocessableContent)
    }

    @Sendable static func delete(
        _ request: Request, _ visit: OwnedOrganizationVisit
    ) throws -> Response {
        let member = try member(request, visit)
        do {
            try visit.services.members.delete(
                member.principal.id, in: visit.context, by: visit.caller)
        } catch let refusal as Refusal where refusal.code == "last_owner" {
            return try removalPage(member, visit, refusedWith: refusal.message)
        }
        let isOwn = member.principal == .user(visit.signedIn.user.id)
        let place = isOwn ? OrganizationRoutes.home : home(visit.organization)
        return .redirect(to: "\(place)?done=member-removed")
    }

    private static func member(
        _ request: Request, _ visit: OwnedOrganizationVisit
    ) throws -> Member {
        guard let id = UniqueID(request.captures["member"] ?? "") else { throw Refusal.notFound }
        return try visit.services.members.show(id, in: visit.context)
    }
}
