import Domain
import JSON
import MariaDB

struct SQLAuditStore: AuditStore {
    let stores: SQLStores

    func record(_ event: AuditEvent) throws {
        // Touches no generation, but belongs into the transaction of what it tells of.
        try stores.change()
        try stores.connection.execute(
            """
            INSERT INTO audit_events (id, time, action, outcome, reason, request_id, actor_kind,
                actor_id, actor_name, credential_kind, credential_id, credential_name,
                organization_id, address, user_agent, target_kind, target_id, target_name, changes)
            VALUES (\(event.id), \(event.time), \(event.action), \(event.outcome.rawValue),
                \(event.reason.sqlValue), \(event.requestID), \((event.actor?.kind).sqlValue), \((event.actor?.id).sqlValue),
                \((event.actor?.name).sqlValue), \((event.credential?.kind).sqlValue), \((event.credential?.id).sqlValue),
                \((event.credential?.name).sqlValue), \(event.organizationID.sqlValue), \(event.address),
                \(event.userAgent), \((event.target?.kind).sqlValue), \((event.target?.id).sqlValue),
                \((event.target?.name).sqlValue), \(Self.text(of: event.changes)))
            """)
    }

    /// Finds the page's ids in the indexes alone, then reads their rows.
    ///
    /// Every index has the outcome before the id, so that each filter is in order of the id with an outcome and,
    /// by asking for one after the other, without: at most three pages are merged. The indexes are named, for left
    /// alone the server may take one by the outcome and walk to the page from the newest event.
    func list(_ filter: AuditFilter, _ page: PageRequest) throws -> ListPage<AuditEvent> {
        let conditions = Self.conditions(filter)
        let span = conditions + Self.span(filter, page)
        let found: SQL
        if conditions.isEmpty && filter.outcome == nil {
            found = "SELECT id FROM audit_events WHERE \(fragment: span.joined(by: " AND "))"
        } else {
            let indexes = Self.indexes(filter).joined(by: ", ")
            let outcomes = filter.outcome.map { [$0] } ?? AuditEvent.Outcome.allCases
            found = outcomes.map { outcome -> SQL in
                """
                (SELECT id FROM audit_events FORCE INDEX (\(fragment: indexes))
                WHERE outcome = \(outcome.rawValue) AND \(fragment: span.joined(by: " AND "))
                ORDER BY id DESC LIMIT \(page.rowLimit))
                """
            }.joined(by: " UNION ALL ")
        }
        let events = try stores.connection.query(
            """
            SELECT e.id, time, action, outcome, reason, request_id, actor_kind, actor_id, actor_name,
                credential_kind, credential_id, credential_name, organization_id, address,
                user_agent, target_kind, target_id, target_name, changes
            FROM (\(fragment: found) ORDER BY id DESC LIMIT \(page.rowLimit)) AS found
            STRAIGHT_JOIN audit_events e ON e.id = found.id
            ORDER BY found.id DESC
            """
        ).map(AuditEvent.init)
        return ListPage(events, limit: page.limit, id: \.id.value)
    }

    /// One for each field, or for it and the action together, of which the server takes the one with the fewest
    /// entries.
    private static func indexes(_ filter: AuditFilter) -> [SQL] {
        let hasAction = filter.action != nil
        var indexes: [SQL] = []
        if filter.organizationID != nil {
            indexes.append(
                hasAction ? "audit_events_organization_action" : "audit_events_organization")
        }
        switch (filter.actor.map { UniqueID($0) != nil }, hasAction) {
        case (nil, _): break
        case (true?, false): indexes.append("audit_events_actor")
        case (true?, true): indexes.append("audit_events_actor_action")
        case (false?, false): indexes.append("audit_events_actor_name")
        case (false?, true): indexes.append("audit_events_actor_name_action")
        }
        switch (filter.credential.map { UniqueID($0) != nil }, hasAction) {
        case (nil, _): break
        case (true?, false): indexes.append("audit_events_credential")
        case (true?, true): indexes.append("audit_events_credential_action")
        case (false?, false): indexes.append("audit_events_credential_name")
        case (false?, true): indexes.append("audit_events_credential_name_action")
        }
        if !indexes.isEmpty { return indexes }
        return hasAction ? ["audit_events_action"] : ["audit_events_outcome"]
    }

    private static func conditions(_ filter: AuditFilter) -> [SQL] {
        var conditions: [SQL] = []
        if let organization = filter.organizationID {
            conditions.append("organization_id = \(organization)")
        }
        if let actor = filter.actor {
            conditions.append(
                UniqueID(actor).map { "actor_id = \($0.description)" } ?? "actor_name = \(actor)")
        }
        if let action = filter.action { conditions.append("action = \(action)") }
        if let credential = filter.credential {
            conditions.append(
                UniqueID(credential).map { "credential_id = \($0.description)" }
                    ?? "credential_name = \(credential)")
        }
        return conditions
    }

    /// An event's id is made at its time, so that a span of time is a span of the key that orders the list.
    private static func span(_ filter: AuditFilter, _ page: PageRequest) -> [SQL] {
        var end = page.end
        if let to = filter.to {
            let next = Instant(milliseconds: to.milliseconds + 1)
            end = min(end, UniqueID(at: next, random: (0, 0)))
        }
        var span: [SQL] = ["id < \(end)"]
        if let from = filter.from { span.append("id >= \(UniqueID(at: from, random: (0, 0)))") }
        return span
    }

    private static func text(of changes: [AuditEvent.Change]) -> String {
        JSON.object(
            JSON.Object(
                changes.map { change in
                    (change.field, ["old": JSON(change.old), "new": JSON(change.new)])
                })
        ).text
    }

    func purge(before time: Instant, limit: Int) throws -> Int {
        // The application may not delete from the trail; this procedure may (sql/users.sql).
        try stores.connection.execute("CALL purge_audit_events(\(time), \(limit))").affectedRows
    }
}

extension AuditEvent {
    init(_ row: Row) throws {
        guard let outcome = Outcome(rawValue: try row.string("outcome")) else {
            throw UnreadableRow(column: "outcome")
        }
        guard let changes = try JSON(parsing: try row.string("changes")).object else {
            throw UnreadableRow(column: "changes")
        }
        self.init(
            id: try row.id("id"), time: try row.instant("time"), action: try row.string("action"),
            outcome: outcome, reason: try row.optionalString("reason"),
            requestID: try row.string("request_id"),
            actor: try Reference(
                kind: try row.optionalString("actor_kind"), id: try row.optionalString("actor_id"),
                name: try row.optionalString("actor_name")),
            credential: try Reference(
                kind: try row.optionalString("credential_kind"),
                id: try row.optionalString("credential_id"),
                name: try row.optionalString("credential_name")),
            organizationID: try row.optionalID("organization_id"),
            address: try row.string("address"), userAgent: try row.string("user_agent"),
            target: try Reference(
                kind: try row.optionalString("target_kind"),
                id: try row.optionalString("target_id"),
                name: try row.optionalString("target_name")),
            changes: changes.members.map { member in
                Change(
                    member.name, old: member.value["old"]?.string, new: member.value["new"]?.string)
            })
    }
}

extension AuditEvent.Reference {
    /// Nil where the three columns are.
    fileprivate init?(kind: String?, id: String?, name: String?) throws {
        guard let kind, let id, let name else { return nil }
        self.init(kind: kind, id: id, name: name)
    }
}
