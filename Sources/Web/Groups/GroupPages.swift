import Domain

/// *Groups*: the list.
struct GroupsPage: SignedInPage {
    static let template = "groups"

    struct Row {
        let name: String
        let address: String
        let members: String
        let created: Moment
    }

    let title = "Groups"
    let primaryAction: Link?
    let notice: Notice?
    let hasRows: Bool
    let rows: [Row]
    let empty: EmptyState?
    let isFirst: Bool
    let first = GroupRoutes.home
    let next: String?

    init(
        _ list: ListPage<(group: Group, members: [User.ID])>, isFirst: Bool, notice: Notice?,
        now: Instant
    ) {
        self.notice = notice
        self.isFirst = isFirst
        rows = list.items.map { group, members in
            Row(
                name: group.name, address: GroupRoutes.address(group.id),
                members: String(members.count), created: Moment(group.createdAt, now: now))
        }
        hasRows = !rows.isEmpty
        let make = Link("Create group", "\(GroupRoutes.home)/new")
        let isEmpty = rows.isEmpty && isFirst
        primaryAction = isEmpty ? nil : make
        empty =
            isEmpty
            ? EmptyState(
                text:
                    "A group gathers people who get roles in an organization together. Whoever is "
                    + "put into it has them at once, and loses them with it.",
                action: make) : nil
        next = list.next.map { "\(GroupRoutes.home)?after=\($0)" }
    }
}

/// *Create group*.
struct NewGroupPage: SignedInPage {
    static let template = "group-new"

    let title = "Create group"
    let breadcrumb = [GroupRoutes.link]
    let notice: Notice?
    let name: Field
    let members: Rows

    /// - Parameter unknown: what was typed and means nobody.
    init(
        _ draft: GroupDraft, problems: FormProblems = .none, unknown: Set<String> = [],
        isGrowing: Bool = false
    ) {
        notice = Notice(problems)
        name = Field(
            "name", "Name", value: draft.name, autocomplete: "off",
            error: problems.text("name", "Name"))
        members = Rows(
            "members", "Members", label: "User name or e-mail", draft.members,
            hint: "By user name or e-mail. More can be added later.",
            error: problems.text("members", "Members"), isGrowing: isGrowing,
            suggestions: .users,
            problem: { unknown.contains($0) ? GroupRoutes.unknownUser : nil })
    }
}

/// A group and who is in it.
struct GroupPage: SignedInPage {
    static let template = "group"

    struct Row {
        let name: String
        let address: String
        let username: String
        let email: String?
        let removeAddress: String
    }

    let title: String
    let breadcrumb = [GroupRoutes.link]
    let notice: Notice?
    let address: String
    let name: Field
    /// Such as `3 members`.
    let count: String
    /// Who is to be added.
    let member: Field
    let rows: [Row]
    let hasRows: Bool
    let next: Link?

    private static let limit = 20

    /// - Parameter members: all of them, by id.
    init(
        _ group: Group, _ members: [User.ID], _ users: UserService, after: User.ID?, name: String,
        member: String, notice: Notice?, problems: FormProblems
    ) throws {
        let address = GroupRoutes.address(group.id)
        title = group.name
        self.notice = notice
        self.address = address
        self.name = Field(
            "name", "Name", value: name, autocomplete: "off", error: problems.text("name", "Name"))
        count =
            members.isEmpty
            ? "Nobody is in it yet." : members.count == 1 ? "1 member" : "\(members.count) members"
        self.member = Field(
            "member", "User name or e-mail", value: member, autocomplete: "off",
            error: problems.text("member", "User name or e-mail"), suggestions: .users)
        let rest = members.filter { id in after.map { id > $0 } ?? true }
        let shown = rest.prefix(Self.limit)
        rows = try shown.compactMap { id in
            try Self.user(id, users).map { user in
                Row(
                    name: user.displayName, address: UserRoutes.address(id),
                    username: user.username, email: user.email,
                    removeAddress: "\(address)/members/\(id)/remove")
            }
        }
        hasRows = !rows.isEmpty
        next =
            rest.count > shown.count
            ? shown.last.map { Link("More members", "\(address)?after=\($0)#members") } : nil
    }

    /// Nil for one who was deleted meanwhile.
    private static func user(_ id: User.ID, _ users: UserService) throws -> User? {
        do {
            return try users.show(id)
        } catch let refusal as Refusal where refusal.kind == .notFound {
            return nil
        }
    }
}
