import Domain
import HTTP

/// *Roles* of an organization: the built-in ones, and its own.
struct RolesPage: SignedInPage {
    static let template = "roles"

    struct Row {
        let name: String
        let kind: String
        let permissions: PermissionBadges
        /// Nil where it can't be changed.
        let address: String?
    }

    static let limit = 20

    let title: String
    let breadcrumb = [OrganizationRoutes.link]
    let tabs: [Tab]
    let primaryAction: Link?
    let notice: Notice?
    /// Says why there are no roles of one's own; nil where there can be.
    let explanation: String?
    let rows: [Row]
    let isFirst: Bool
    let first: String
    let next: String?

    init(
        _ list: ListPage<Role>, of organization: Organization, isOwner: Bool, isFirst: Bool,
        notice: Notice?
    ) {
        title = organization.name
        tabs = OrganizationRoutes.tabs(
            organization, isOwner: isOwner, isMember: true, current: "Roles")
        let home = RoleRoutes.home(organization)
        let hasCustom = organization.level == .enterprise
        primaryAction =
            !isOwner
            ? nil
            : hasCustom
                ? Link("New role", "\(home)/new")
                : Link(
                    "Change the access level",
                    "\(OrganizationRoutes.address(organization.id))#section-level")
        self.notice = notice
        explanation =
            hasCustom
            ? nil
            : organization.level == .none
                ? "At the level none roles restrict nothing."
                : "Roles of your own, with narrowed permissions, need the level enterprise."
        rows = list.items.map { role in
            Row(
                name: role.name, kind: role.isBuiltIn ? "Built in" : "Custom",
                permissions: PermissionBadges(role.permissions),
                address: role.isBuiltIn || !isOwner ? nil : "\(home)/\(role.id)")
        }
        self.isFirst = isFirst
        first = home
        next = list.next.map { "\(home)?after=\($0)" }
    }
}

/// *New role*, or one of the organization's own: its name, and scopes by group with selectors.
struct RolePage: SignedInPage {
    static let template = "role"

    /// Whole permissions of a group, and those that are narrowed to a part.
    struct Group {
        let whole: Choices
        /// Nil for a group whose scopes can't be narrowed.
        let parts: Rows?
    }

    let title: String
    let breadcrumb: [Link]
    let notice: Notice?
    let action: String
    let cancel: String
    let name: Field
    let error: String?
    let groups: [Group]
    let button: String
    /// Nil for a new one.
    let delete: String?

    init(
        _ role: Role?, _ draft: RoleDraft, of organization: Organization,
        problems: FormProblems = .none, notice: Notice? = nil, growing: String? = nil
    ) {
        let home = RoleRoutes.home(organization)
        title = role?.name ?? "New role"
        breadcrumb = RoleRoutes.breadcrumb(organization)
        self.notice = Notice(problems) ?? notice
        action = role.map { "\(home)/\($0.id)" } ?? home
        cancel = home
        name = Field(
            "name", "Name", value: draft.name, autocomplete: "off",
            error: problems.text("name", "Name"),
            isFocused: role == nil && growing == nil && problems.isEmpty)
        error =
            problems.has("scopes", code: "required")
            ? "Choose at least one permission." : problems.text("scopes", "Permissions")
        groups = PlatformScope.Group.allCases.map { group in
            Group(
                whole: Choices(
                    "scopes", group.title, key: "scopes-\(group.rawValue)",
                    group.scopes.map { ($0.name, $0.title, $0.meaning) }, checked: draft.whole),
                parts: Self.parts(of: group, draft, problems, growing: growing))
        }
        button = role == nil ? "Create role" : "Save"
        delete = role.map { "\(home)/\($0.id)/delete" }
    }

    private static func parts(
        of group: PlatformScope.Group, _ draft: RoleDraft, _ problems: FormProblems,
        growing: String?
    ) -> Rows? {
        guard group != .organizations, let example = group.scopes.first?.name else { return nil }
        let name = RoleDraft.parts(of: group)
        return Rows(
            name, "\(group.title), in part", label: "\(group.title), in part",
            draft.narrowed[group] ?? [],
            hint: group == .uns
                ? "Topics alone, such as \(example):plant1/#"
                : "One thing alone by its id, such as \(example):ID",
            isGrowing: growing == name,
            problem: { text in
                if problems.isEmpty { return nil }
                guard let scope = Scope(text), scope.platform.group == group,
                    scope.selector != nil
                else { return "This is no narrowed permission of \(group.title)." }
                return nil
            })
    }
}

/// A role as an owner filled it in.
struct RoleDraft {
    let name: String
    /// Scopes whose box is ticked.
    let whole: [String]
    /// Narrowed scopes as they were typed, empty rows left out.
    let narrowed: [PlatformScope.Group: [String]]

    static func parts(of group: PlatformScope.Group) -> String { "parts_\(group.rawValue)" }

    /// As it is shown at first.
    init() {
        name = ""
        whole = []
        narrowed = [:]
    }

    init(_ role: Role) {
        name = role.name
        let scopes = role.permissions.scopes
        whole = scopes.filter { $0.selector == nil }.map(\.description)
        narrowed = Dictionary(grouping: scopes.filter { $0.selector != nil }) { $0.platform.group }
            .mapValues { $0.map(\.description) }
    }

    init(_ form: PageForm) {
        name = form.text("name").trimmingWhiteSpace()
        whole = form.all("scopes")
        narrowed = PlatformScope.Group.allCases.reduce(into: [:]) { narrowed, group in
            let typed = form.all(Self.parts(of: group)).map { $0.trimmingWhiteSpace() }
                .filter { !$0.isEmpty }
            if !typed.isEmpty { narrowed[group] = typed }
        }
    }

    /// All of them, for the rules.
    var scopes: [String] {
        whole + PlatformScope.Group.allCases.flatMap { narrowed[$0] ?? [] }
    }
}
