import Domain

/// *Audit Log*: the list.
struct AuditLogPage: SignedInPage {
    static let template = "audit-log"

    struct Reference {
        let name: String
        /// A session has none.
        let hasName: Bool
        let kind: String
        let id: String
    }

    struct Change {
        let field: String
        let old: String
        let new: String
    }

    struct Row {
        let time: Moment
        let actor: Reference?
        let credential: Reference?
        let organization: String?
        let address: String
        let words: String
        let action: String
        let target: Reference?
        let outcome: Badge
        let reason: String?
        let changes: [Change]
        let request: String
    }

    let title = "Audit Log"
    let notice: Notice?
    /// Whose events these are.
    let reach: String
    let from: Field
    let to: Field
    let person: Field
    let action: Selection
    /// Nil for owners, who read one.
    let organization: Field?
    let outcome: Selection
    let isFiltered: Bool
    let hasRows: Bool
    let rows: [Row]
    /// What stands there instead of rows.
    let none: String
    let isFirst: Bool
    let first: String
    let next: String?
    /// Nil where there is nothing to download.
    let csv: String?

    /// - Parameter names: of organizations that are still there.
    init(
        _ list: ListPage<AuditEvent>, _ query: AuditLogQuery, _ visit: AuditLogVisit,
        names: [Organization.ID: String], problems: FormProblems = .none
    ) {
        notice =
            problems.isEmpty
            ? nil
            : Notice("Nothing was looked for. What has to be changed is marked below.", .error)
        let own = visit.organization
        reach =
            own.map { "What was done in \($0.name), newest first." }
            ?? "What was done on the whole platform, newest first."
        func time(_ name: String, _ label: String, _ value: String) -> Field {
            Field(
                name, label, type: "datetime-local", value: value, autocomplete: "off",
                error: problems.text(name, label), isRequired: false)
        }
        from = time("from", "From (UTC)", query.from)
        to = time("to", "Until (UTC)", query.to)
        person = Field(
            "person", "Person", value: query.person, autocomplete: "off",
            hint: own == nil ? "User name, e-mail or ID." : "User name or ID.",
            isRequired: false, suggestions: .actors)
        action = Self.action(query.action)
        organization =
            own == nil
            ? Field(
                "organization", "Organization", value: query.organization,
                autocomplete: "off", hint: "Slug or ID.",
                error: problems.text("organization", "Organization"),
                isRequired: false) : nil
        outcome = Selection(
            "outcome", "Outcome",
            [("", "All")] + AuditEvent.Outcome.allCases.map { ($0.rawValue, $0.title) },
            selected: query.outcome, error: problems.text("outcome", "Outcome"))
        isFiltered = query.isFiltered
        let list = Self.light(list)
        rows = list.items.map { Row($0, names, now: visit.signedIn.now) }
        hasRows = !rows.isEmpty
        none =
            query.isFiltered
            ? "No event is like this."
            : "Here stands who did what, when and from where, and how it ended. Nothing was done yet."
        isFirst = query.after == nil
        first = query.address(after: nil)
        next = list.next.map { query.address(after: $0) }
        csv = rows.isEmpty ? nil : query.csvAddress
    }

    /// As many of the events as leave the page light, whatever their names: the list goes on behind the last one.
    private static func light(_ list: ListPage<AuditEvent>) -> ListPage<AuditEvent> {
        var room = 30_000
        let shown = list.items.prefix { event in
            room -= Row.weight(event)
            return room >= 0
        }
        guard let last = shown.last, shown.count < list.items.count else { return list }
        return ListPage(items: Array(shown), next: last.id.value)
    }

    /// One that has no words is among them while it is asked for.
    private static func action(_ chosen: String) -> Selection {
        var options = [("", "All actions")] + AuditWords.actions.map { ($0.code, $0.words) }
        if !options.contains(where: { $0.0 == chosen }) { options.append((chosen, chosen)) }
        return Selection(
            "action", "Action", options.map { (value: $0.0, label: $0.1) }, selected: chosen)
    }
}

extension AuditLogPage.Row {
    /// A page stays light with the longest values; the file has them whole.
    private static let longest = 100

    /// About as many bytes as it takes.
    fileprivate static func weight(_ event: AuditEvent) -> Int {
        // Each name stands twice, and the organization's is not known here.
        let references = [event.actor, event.credential, event.target].compactMap(\.self)
        let names = references.map { 2 * $0.name.utf8.count }.reduce(0, +)
        let changes = event.changes.map { change in
            60 + change.field.utf8.count
                + [change.old, change.new].map { min(longest, $0?.utf8.count ?? 0) }.reduce(0, +)
        }
        return 1_000 + names + changes.reduce(0, +) + (event.organizationID == nil ? 0 : 200)
    }

    fileprivate init(
        _ event: AuditEvent, _ names: [Organization.ID: String], now: Instant
    ) {
        func value(_ text: String?) -> String {
            guard let text, !text.isEmpty else { return "none" }
            return text.count > Self.longest ? "\(text.prefix(Self.longest))…" : text
        }
        time = Moment(event.time, now: now)
        actor = event.actor.map { AuditLogPage.Reference($0) }
        credential = event.credential.map { AuditLogPage.Reference($0) }
        organization = event.organizationID.map { names[$0] ?? $0.description }
        address = event.address
        words = AuditWords.words(of: event.action)
        action = event.action
        target = event.target.map { AuditLogPage.Reference($0) }
        outcome = Badge(event.outcome)
        reason = event.reason
        changes = event.changes.map {
            AuditLogPage.Change(field: $0.field, old: value($0.old), new: value($0.new))
        }
        request = event.requestID
    }
}

extension AuditLogPage.Reference {
    fileprivate init(_ reference: AuditEvent.Reference) {
        name = reference.name
        hasName = !reference.name.isEmpty
        kind = AuditWords.readable(reference.kind)
        id = reference.id
    }
}

extension AuditEvent.Outcome {
    fileprivate var title: String {
        switch self {
        case .success: "Success"
        case .denied: "Denied"
        case .error: "Error"
        }
    }
}

extension Badge {
    fileprivate init(_ outcome: AuditEvent.Outcome) {
        switch outcome {
        case .success: self.init(outcome.title, .green)
        case .denied: self.init(outcome.title, .amber)
        case .error: self.init(outcome.title, .red)
        }
    }
}
