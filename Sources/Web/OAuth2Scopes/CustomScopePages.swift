import Domain

/// *Custom scopes*: the list.
struct CustomScopesPage: SignedInPage {
    static let template = "custom-scopes"

    struct Row {
        let name: String
        let description: String
        let created: Moment
        let address: String
    }

    let title = "Custom scopes"
    let breadcrumb = [ClientRoutes.link]
    let tabs = ClientRoutes.tabs(isScopes: true)
    let primaryAction: Link?
    let notice: Notice?
    let hasRows: Bool
    let rows: [Row]
    let empty: EmptyState?
    let isFirst: Bool
    let first = CustomScopeRoutes.home
    let next: String?

    init(_ list: ListPage<CustomScope>, isFirst: Bool, notice: Notice?, now: Instant) {
        self.notice = notice
        self.isFirst = isFirst
        rows = list.items.map { scope in
            Row(
                name: scope.name, description: scope.description,
                created: Moment(scope.createdAt, now: now),
                address: "\(CustomScopeRoutes.home)/\(scope.id)")
        }
        hasRows = !rows.isEmpty
        let make = Link("New scope", "\(CustomScopeRoutes.home)/new")
        let isEmpty = rows.isEmpty && isFirst
        primaryAction = isEmpty ? nil : make
        empty =
            isEmpty
            ? EmptyState(
                text: "A custom scope is a word that clients and their own services agree on. "
                    + "Tokens carry it, consent explains it; the platform itself ignores it.",
                action: make) : nil
        next = list.next.map { "\(CustomScopeRoutes.home)?after=\($0)" }
    }
}

/// *New scope*, or one that is there, whose name stays.
struct CustomScopePage: SignedInPage {
    static let template = "custom-scope"

    let title: String
    let breadcrumb = CustomScopeRoutes.breadcrumb
    let notice: Notice?
    let action: String
    /// Nil for one that is there.
    let name: Field?
    let description: Field
    let button: String
    /// Nil for a new one.
    let delete: String?

    init(
        _ scope: CustomScope?, name: String, description: String,
        problems: FormProblems = .none, notice: Notice? = nil
    ) {
        self.notice = notice
        title = scope?.name ?? "New scope"
        action = scope.map { "\(CustomScopeRoutes.home)/\($0.id)" } ?? CustomScopeRoutes.home
        self.name =
            scope == nil
            ? Field(
                "name", "Name", value: name, autocomplete: "off",
                hint: "2 to 100 of a-z, 0-9, _ . : - and a letter first. It can't be changed "
                    + "afterwards, because clients and tokens hold it.",
                error: problems.text("name", "Name"), isFocused: true) : nil
        self.description = Field(
            "description", "Description", value: description, autocomplete: "off",
            hint: "What people read where they consent, such as: See your orders.",
            error: problems.text("description", "Description"))
        button = scope == nil ? "Create scope" : "Save"
        delete = scope.map { "\(CustomScopeRoutes.home)/\($0.id)/delete" }
    }
}
