import Domain
import HTTP
import HTTPTypes

/// Pages where system administrators gather people in groups.
///
/// A group can give roles, so whoever is put into one can do more afterwards: the password must have been given
/// recently. Not for a name, and not for taking somebody out, which has to be quick.
struct GroupRoutes {
    static func register(in administrator: inout Router<AdministratorPageVisit>) {
        administrator.get("/settings/groups", index)
        administrator.get("/settings/groups/new", new)
        administrator.post("/settings/groups", create)
        administrator.get("/settings/groups/{id}", show)
        administrator.post("/settings/groups/{id}", update)
        administrator.post("/settings/groups/{id}/members", add)
        administrator.get("/settings/groups/{id}/members/{user}/remove", confirmRemoval)
        administrator.post("/settings/groups/{id}/members/{user}/remove", remove)
        administrator.get("/settings/groups/{id}/delete", confirmDeletion)
        administrator.post("/settings/groups/{id}/delete", delete)
    }

    static let home = "/settings/groups"
    static let link = Link("Groups", home)

    static func address(_ id: Group.ID) -> String { "\(home)/\(id)" }

    private static func done(_ what: String, of id: Group.ID) -> Response {
        .redirect(to: "\(address(id))?done=\(what)")
    }

    /// What was just done, as the address says it after a redirect.
    private static func notice(_ request: Request) -> Notice? {
        let text: String? =
            switch request.queryFields?["done"] {
            case "created": "The group was created."
            case "saved": "Saved."
            case "added": "Added. They have what the group gives, at once."
            case "removed": "Removed. They no longer have what only the group gave."
            case "deleted": "The group was deleted."
            default: nil
            }
        return text.map { Notice($0, .success) }
    }

    @Sendable static func index(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let after = try request.pageQuery()["after"].flatMap { UniqueID($0) }
        let list = try visit.services.groups.list(PageRequest(limit: 20, after: after))
        return try visit.page(
            GroupsPage(
                list, isFirst: after == nil, notice: notice(request), now: visit.signedIn.now))
    }

    // MARK: Creating

    @Sendable static func new(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let draft = try visit.signedIn.resumedForm().map { GroupDraft($0) } ?? GroupDraft()
        return try visit.page(NewGroupPage(draft))
    }

    @Sendable static func create(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let draft = GroupDraft(visit.form)
        if visit.form.has(Rows.button) {
            return try visit.page(NewGroupPage(draft, isGrowing: true))
        }
        try visit.signedIn.requireRecentPassword(formAddress: "\(home)/new")
        let (members, unknown) = try draft.people(visit.services.users)
        do {
            if !unknown.isEmpty {
                let problem = Refusal.Problem(
                    field: "members", code: "unknown_user", detail: unknownUser)
                throw Refusal.invalid(
                    [Naming.problem(with: draft.name, field: "name"), problem].compactMap { $0 })
            }
            let made = try visit.services.groups.create(
                name: draft.name, members: members, by: visit.caller)
            return done("created", of: made.group.id)
        } catch let refusal as Refusal {
            let problems = try FormProblems(refusal, conflicts: taken)
            return try visit.page(
                NewGroupPage(draft, problems: problems, unknown: unknown),
                status: .unprocessableContent)
        }
    }

    private static let taken = ["name_taken": "name"]
    static let unknownUser = "There is no such user."

    // MARK: Changing

    @Sendable static func show(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        var member = ""
        var notice = notice(request)
        // A resumed form is the one that adds a member: the name needs no password.
        if let form = try visit.signedIn.resumedForm() {
            member = form.text("member")
            notice = Notice("Nothing has been done yet. Send it again.")
        }
        let after = try request.pageQuery()["after"].flatMap { User.ID(text: $0) }
        return try page(request.id(), visit, after: after, member: member, notice: notice)
    }

    /// - Parameters:
    ///   - name: as it was typed; nil for what it is.
    ///   - member: who was typed to be added.
    private static func page(
        _ id: Group.ID, _ visit: AdministratorPageVisit, after: User.ID? = nil,
        name: String? = nil, member: String = "", notice: Notice? = nil,
        problems: FormProblems = .none
    ) throws -> Response {
        let (group, members) = try visit.services.groups.show(id)
        return try visit.page(
            GroupPage(
                group, members, visit.services.users, after: after, name: name ?? group.name,
                member: member, notice: Notice(problems) ?? notice, problems: problems),
            status: problems.isEmpty ? .ok : .unprocessableContent)
    }

    @Sendable static func update(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let id: Group.ID = try request.id()
        let name = visit.form.text("name").trimmingWhiteSpace()
        do {
            _ = try visit.services.groups.update(
                id, name: name, members: nil, by: visit.caller)
            return done("saved", of: id)
        } catch let refusal as Refusal {
            return try page(
                id, visit, name: name, problems: FormProblems(refusal, conflicts: taken))
        }
    }

    // MARK: Members

    @Sendable static func add(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let id: Group.ID = try request.id()
        try visit.signedIn.requireRecentPassword(formAddress: address(id))
        let typed = visit.form.text("member").trimmingWhiteSpace()
        guard let user = try visit.services.users.find(named: typed) else {
            let problem = Refusal.Problem(
                field: "member", code: "unknown_user", detail: unknownUser)
            return try page(id, visit, member: typed, problems: FormProblems([problem]))
        }
        try visit.services.groups.add(user.id, to: id, by: visit.caller)
        return done("added", of: id)
    }

    @Sendable static func confirmRemoval(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let (group, members) = try visit.services.groups.show(request.id())
        let user = try visit.services.users.show(request.id("user"))
        guard members.contains(user.id) else { throw Refusal.notFound }
        return try visit.page(
            ConfirmPage(
                "Remove from the group?", breadcrumb: [link, Link(group.name, address(group.id))],
                facts: [Fact("Group", group.name), Fact("User", user.username)],
                Confirmation(
                    "Remove", to: "\(address(group.id))/members/\(user.id)/remove",
                    [losses], cancel: address(group.id))))
    }

    private static let losses =
        "What only the group gives is lost at once: roles, and tokens for organizations that they no "
        + "longer belong to, which are revoked for good."

    @Sendable static func remove(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let id: Group.ID = try request.id()
        try visit.services.groups.remove(request.id("user"), from: id, by: visit.caller)
        return done("removed", of: id)
    }

    // MARK: Deleting

    @Sendable static func confirmDeletion(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let (group, members) = try visit.services.groups.show(request.id())
        return try visit.page(
            ConfirmPage(
                "Delete group", breadcrumb: [link, Link(group.name, address(group.id))],
                facts: [Fact("Group", group.name), Fact("Members", String(members.count))],
                Confirmation(
                    "Delete", to: "\(address(group.id))/delete",
                    ["Its members stay users. \(losses) This cannot be undone."],
                    cancel: address(group.id))))
    }

    @Sendable static func delete(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let id: Group.ID = try request.id()
        try visit.signedIn.requireRecentPassword(formAddress: "\(address(id))/delete")
        try visit.services.groups.delete(id, by: visit.caller)
        return .redirect(to: "\(home)?done=deleted")
    }
}

/// A new group as an administrator typed it.
struct GroupDraft {
    var name = ""
    /// User names and e-mail addresses.
    var members: [String] = []

    /// Nothing yet.
    init() {}

    init(_ form: PageForm) {
        name = form.text("name").trimmingWhiteSpace()
        members = form.all("members").map { $0.trimmingWhiteSpace() }.filter { !$0.isEmpty }
    }

    /// Who is meant, and what means nobody.
    func people(_ users: UserService) throws -> (members: [User.ID], unknown: Set<String>) {
        var found: [User.ID] = []
        var unknown: Set<String> = []
        for text in members {
            if let user = try users.find(named: text) {
                found.append(user.id)
            } else {
                unknown.insert(text)
            }
        }
        return (found, unknown)
    }
}
