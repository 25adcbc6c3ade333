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

    func list(_ filter: AuditFilter, _ page: PageRequest) throws -> ListPage<AuditEvent> {
        let events = try stores.connection.query(
            """
            SELECT id, time, action, outcome, reason, request_id, actor_kind, actor_id, actor_name,
                credential_kind, credential_id, credential_name, organization_id, address,
                user_agent, target_kind, target_id, target_name, changes
            FROM audit_events
            WHERE \(fragment: Self.conditions(filter, page).joined(by: " AND "))
            ORDER BY id DESC LIMIT \(page.rowLimit)
            """
        ).map(AuditEvent.init)
        return ListPage(events, limit: page.limit, id: \.id.value)
    }

    private static func conditions(_ filter: AuditFilter, _ page: PageRequest) -> [SQL] {
        var conditions: [SQL] = ["id < \(page.end)"]
        if let organization = filter.organizationID {
            conditions.append("organization_id = \(organization)")
        }
        if let actor = filter.actor {
            conditions.append(
                UniqueID(actor).map { "actor_id = \($0.description)" } ?? "actor_name = \(actor)")
        }
        if let action = filter.action { conditions.append("action = \(action)") }
        if let outcome = filter.outcome { conditions.append("outcome = \(outcome.rawValue)") }
        if let credential = filter.credential {
            conditions.append(
                UniqueID(credential).map { "credential_id = \($0.description)" }
                    ?? "credential_name = \(credential)")
        }
        // An event's id is made at its time, so that a span of time is a span of the key that orders
        // the list, whichever index is taken.
        if let from = filter.from {
            conditions.append("id >= \(UniqueID(at: from, random: (0, 0)))")
        }
        if let to = filter.to {
            let next = Instant(milliseconds: to.milliseconds + 1)
            conditions.append("id < \(UniqueID(at: next, random: (0, 0)))")
        }
        return conditions
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
