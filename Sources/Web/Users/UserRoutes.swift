import Domain
import HTTP
import HTTPTypes

/// Pages where system administrators make, change and end users.
///
/// The password must have been given recently before anything that lets somebody in: not for a display name, and not
/// for disabling, which has to be quick.
struct UserRoutes {
    static func register(in administrator: inout Router<AdministratorPageVisit>) {
        administrator.get("/settings/users", index)
        administrator.get("/settings/users/new", new)
        administrator.post("/settings/users", create)
        administrator.get("/settings/users/{id}", show)
        administrator.post("/settings/users/{id}", update)
        administrator.get("/settings/users/{id}/disable", confirmDisabling)
        administrator.post("/settings/users/{id}/disable", disable)
        administrator.post("/settings/users/{id}/enable", enable)
        administrator.get("/settings/users/{id}/delete", confirmDeletion)
        administrator.post("/settings/users/{id}/delete", delete)
    }

    static let home = "/settings/users"
    static let link = Link("Users", home)

    static func address(_ id: User.ID) -> String { "\(home)/\(id)" }

    static func done(_ what: String, of id: User.ID) -> Response {
        .redirect(to: "\(address(id))?done=\(what)")
    }

    /// What was just done, as the address says it after a redirect.
    static func notice(_ request: Request) -> Notice? {
        let text: String? =
            switch request.queryFields?["done"] {
            case "created": "The user was created."
            case "saved": "Saved."
            case "enabled": "Enabled. What ended when they were disabled stays ended."
            case "disabled": "Disabled. All that they held has ended."
            case "deleted": "The user was deleted, with everything of theirs."
            case "token-revoked": "The token was revoked. Nobody gets in with it any more."
            case "session-ended": "The session was ended."
            case "application-withdrawn": "The application can no longer act for them."
            default: nil
            }
        return text.map { Notice($0, .success) }
    }

    @Sendable static func index(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let query = try UserListQuery(request)
        let users = visit.services.users
        let list =
            query.name.isEmpty
            ? try users.list(query.page)
            : ListPage(items: try users.find(named: query.name).map { [$0] } ?? [], next: nil)
        return try visit.page(
            UsersPage(list, query, visit.services, notice: notice(request), now: visit.signedIn.now)
        )
    }

    // MARK: Creating

    @Sendable static func new(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let draft = try visit.signedIn.resumedForm().map { UserDraft($0) } ?? UserDraft()
        return try visit.page(NewUserPage(draft))
    }

    @Sendable static func create(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        try visit.signedIn.requireRecentPassword(formAddress: "\(home)/new")
        let draft = UserDraft(visit.form)
        do {
            let user = try visit.services.users.create(draft.new, by: visit.caller)
            return done("created", of: user.id)
        } catch let refusal as Refusal {
            let problems = try FormProblems(refusal, conflicts: taken)
            return try visit.page(
                NewUserPage(draft, problems: problems), status: .unprocessableContent)
        }
    }

    private static let taken = ["username_taken": "username", "email_taken": "email"]

    // MARK: Changing

    @Sendable static func show(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let user = try visit.services.users.show(request.id())
        var draft = UserDraft(user)
        var notice = notice(request)
        // A resumed form may also be a button alone.
        if let form = try visit.signedIn.resumedForm() {
            if form.has("username") { draft = UserDraft(form, kind: user.kind) }
            notice = Notice("Nothing has been done yet. Send it again.")
        }
        return try visit.page(UserPage(user, draft, visit, request.pageQuery(), notice: notice))
    }

    @Sendable static func update(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let user = try visit.services.users.show(request.id())
        let draft = UserDraft(visit.form, kind: user.kind)
        let changes = draft.changes(of: user)
        if changes.touchesSecurity {
            try visit.signedIn.requireRecentPassword(formAddress: address(user.id))
        }
        do {
            _ = try visit.services.users.update(user.id, changes, by: visit.caller)
            return done("saved", of: user.id)
        } catch let refusal as Refusal {
            let fields = taken.merging(["last_system_administrator": "system_administrator"]) {
                first, _ in first
            }
            let problems = try FormProblems(refusal, conflicts: fields)
            return try visit.page(
                UserPage(user, draft, visit, FormFields(), problems: problems),
                status: .unprocessableContent)
        }
    }

    // MARK: Disabling, enabling, deleting

    @Sendable static func confirmDisabling(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let user = try visit.services.users.show(request.id())
        let ends =
            user.kind == .person
            ? "They are signed out everywhere, their personal access tokens are revoked, and what "
                + "applications were given to act for them ends: at once, and for good."
            : "Clients that act as it get no more tokens, and those that they have stop working at once."
        return try visit.page(
            ConfirmPage(
                "Disable user", breadcrumb: breadcrumb(user), facts: facts(user, visit),
                Confirmation(
                    "Disable", to: "\(address(user.id))/disable",
                    [
                        ends,
                        "What they belong to is kept, so that they can be enabled again.",
                    ], cancel: address(user.id))))
    }

    /// Who it is, and what ends with them.
    private static func facts(_ user: User, _ visit: AdministratorPageVisit) throws -> [Fact] {
        let holdings = try UserHoldings(user, visit.services)
        let name = Fact("User", user.username)
        if user.kind == .service { return [name] }
        return [
            name, Fact("Sessions", holdings.sessions), Fact("Active tokens", holdings.tokens),
            Fact("Connected applications", holdings.applications),
        ]
    }

    static func breadcrumb(_ user: User) -> [Link] {
        [link, Link(user.username, address(user.id))]
    }

    @Sendable static func disable(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let user = try visit.services.users.show(request.id())
        return try refusable(user, visit) {
            _ = try visit.services.users.update(
                user.id, UserChanges(isDisabled: true), by: visit.caller)
            return done("disabled", of: user.id)
        }
    }

    /// The answer, or the user's page with what speaks against it: the last administrator and the last owner stay.
    private static func refusable(
        _ user: User, _ visit: AdministratorPageVisit, _ act: () throws -> Response
    ) throws -> Response {
        do {
            return try act()
        } catch let refusal as Refusal where refusal.kind == .conflict {
            return try visit.page(
                UserPage(
                    user, UserDraft(user), visit, FormFields(),
                    notice: Notice(refusal.message, .error)),
                status: .unprocessableContent)
        }
    }

    @Sendable static func enable(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let id: User.ID = try request.id()
        try visit.signedIn.requireRecentPassword(formAddress: address(id))
        _ = try visit.services.users.update(
            id, UserChanges(isDisabled: false), by: visit.caller)
        return done("enabled", of: id)
    }

    @Sendable static func confirmDeletion(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let user = try visit.services.users.show(request.id())
        return try visit.page(
            ConfirmPage(
                "Delete user", breadcrumb: breadcrumb(user), facts: facts(user, visit),
                Confirmation(
                    "Delete", to: "\(address(user.id))/delete",
                    [
                        "All of this goes at once, with what they belong to. This cannot be undone.",
                        "The audit log and the API keys that they made stay. To keep what they belong "
                            + "to, disable them instead.",
                    ], cancel: address(user.id))))
    }

    @Sendable static func delete(
        _ request: Request, _ visit: AdministratorPageVisit
    ) throws -> Response {
        let user = try visit.services.users.show(request.id())
        try visit.signedIn.requireRecentPassword(formAddress: "\(address(user.id))/delete")
        return try refusable(user, visit) {
            try visit.services.users.delete(user.id, by: visit.caller)
            return .redirect(to: "\(home)?done=deleted")
        }
    }
}
