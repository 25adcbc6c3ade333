import Domain
import HTTP

/// *Members* of an organization: the list.
struct MembersPage: SignedInPage {
    static let template = "members"

    struct Row {
        let name: String
        let displayName: String?
        let kind: String
        let roles: [Badge]
        let hasRoles: Bool
        let added: Moment
        let address: String
        let remove: String
    }

    static let limit = 20

    let title: String
    let breadcrumb = [OrganizationRoutes.link]
    let tabs: [Tab]
    let primaryAction: Link?
    let notice: Notice?
    let rows: [Row]
    let hasRows: Bool
    let isFirst: Bool
    let first: String
    let next: String?

    init(
        _ list: ListPage<Member>, of organization: Organization, isFirst: Bool, notice: Notice?,
        now: Instant
    ) {
        title = organization.name
        tabs = OrganizationRoutes.tabs(
            organization, isOwner: true, isMember: true, current: "Members")
        let home = MemberRoutes.home(organization)
        primaryAction = Link("Add member", "\(home)/new")
        self.notice = notice
        rows = list.items.map { Row($0, home: home, now: now) }
        hasRows = !rows.isEmpty
        self.isFirst = isFirst
        first = home
        next = list.next.map { "\(home)?after=\($0)" }
    }
}

extension MembersPage.Row {
    fileprivate init(_ member: Member, home: String, now: Instant) {
        name = member.name
        displayName =
            member.displayName.isEmpty || member.displayName == member.name
            ? nil : member.displayName
        kind = member.kindTitle
        roles =
            (member.isOwner ? [Badge("Owner", .violet)] : [])
            + member.roles.map { Badge($0.name, .neutral) }
        hasRoles = !roles.isEmpty
        added = Moment(member.createdAt, now: now)
        address = "\(home)/\(member.principal.id)"
        remove = "\(address)/remove"
    }
}

/// *Add member*, or one who is there.
struct MemberPage: SignedInPage {
    static let template = "member"

    let title: String
    let breadcrumb: [Link]
    let notice: Notice?
    let action: String
    let cancel: String
    /// Who it is; nil for one who is there.
    let kind: Choices?
    let name: Field?
    let roles: Choices
    /// Nil for a group, which never owns.
    let ownership: Ownership?
    let button: String
    /// Nil for a new one.
    let remove: String?

    struct Ownership {
        let isOwner: Bool
        let error: String?
    }

    init(
        _ member: Member?, _ draft: MemberDraft, of organization: Organization, roles: [Role],
        problems: FormProblems = .none
    ) {
        let home = MemberRoutes.home(organization)
        title = member?.shownName ?? "Add member"
        breadcrumb = MemberRoutes.breadcrumb(organization)
        notice = Notice(problems)
        action = member.map { "\(home)/\($0.principal.id)" } ?? home
        cancel = home
        kind =
            member == nil
            ? Choices(
                "kind", "Kind", kind: .one,
                [
                    (MemberDraft.user, "User", "A person or a service user."),
                    (MemberDraft.group, "Group", "Everybody in it gets the roles."),
                ], checked: [draft.isGroup ? MemberDraft.group : MemberDraft.user]) : nil
        name =
            member == nil
            ? Field(
                "name", "User name, e-mail or group", value: draft.name, autocomplete: "off",
                error: problems.text("name", "Name"), isFocused: problems.isEmpty,
                suggestions: .members(of: organization)) : nil
        self.roles = Choices(
            "roles", "Roles",
            roles.map { ($0.name, $0.name, $0.isBuiltIn ? nil : "A role of this organization.") },
            checked: draft.roles,
            hint: organization.level == .none
                ? "At the level none roles restrict nothing: every member may do everything but "
                    + "manage the organization."
                : "What members may do is the sum of their roles.",
            error: problems.text("roles", "Roles"))
        let isGroup = if case .group = member?.principal { true } else { false }
        ownership =
            isGroup
            ? nil : Ownership(isOwner: draft.isOwner, error: problems.text("owner", "Owner"))
        button = member == nil ? "Add member" : "Save"
        remove = member.map { "\(home)/\($0.principal.id)/remove" }
    }
}

/// A member as an owner filled them in.
struct MemberDraft {
    static let user = "user"
    static let group = "group"

    let isGroup: Bool
    /// User name, e-mail address or the group's name, as typed.
    let name: String
    let roles: [String]
    let isOwner: Bool

    /// As it is shown at first.
    init() {
        isGroup = false
        name = ""
        roles = [BuiltInRole.viewer.rawValue]
        isOwner = false
    }

    init(_ member: Member) {
        isGroup = if case .group = member.principal { true } else { false }
        name = member.name
        roles = member.roles.map(\.name)
        isOwner = member.isOwner
    }

    /// - Parameter member: the one who is changed; nil for a new one.
    init(_ form: PageForm, of member: Member? = nil) {
        switch member?.principal {
        case .group: isGroup = true
        case .user: isGroup = false
        case nil: isGroup = form.text("kind") == Self.group
        }
        name = member?.name ?? form.text("name").trimmingWhiteSpace()
        roles = form.all("roles")
        isOwner = form.has("owner")
    }

    var unknownName: Refusal {
        isGroup
            ? .invalid("name", code: "unknown_group", "There is no group of this name.")
            : .invalid(
                "name", code: "unknown_user",
                "There is no user with this user name or e-mail address.")
    }
}

extension Member {
    /// As people call them.
    var shownName: String { displayName.isEmpty ? name : displayName }

    var kindTitle: String {
        switch principal {
        case .user: "User"
        case .group: "Group"
        }
    }
}

extension Member.Principal {
    /// Of the user or the group.
    var id: UniqueID {
        switch self {
        case .user(let id): id.value
        case .group(let id): id.value
        }
    }
}
