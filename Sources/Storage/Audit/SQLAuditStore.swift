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
        let found: SQL
        let criteria = Criterion.all(of: filter)
        if criteria.isEmpty {
            let span = Self.span("audit_events", filter, page).joined(by: " AND ")
            found = "SELECT id FROM audit_events WHERE \(fragment: span)"
        } else {
            let outcomes = filter.outcome.map { [$0] } ?? AuditEvent.Outcome.allCases
            found = outcomes.map { Self.found(criteria, $0, filter, page) }
                .joined(by: " UNION ALL ")
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

    /// The ids of the page with one outcome.
    ///
    /// Of several criteria each is looked for in its own index, and what all have is found by the id, so that no row is
    /// read: an actor with many events and a credential with many, but not of the actor, have nothing in common, and
    /// only the entries of the one with fewer are looked at to see that.
    private static func found(
        _ criteria: [Criterion], _ outcome: AuditEvent.Outcome, _ filter: AuditFilter,
        _ page: PageRequest
    ) -> SQL {
        let first = criteria[0].name
        let tables = criteria.map { criterion -> SQL in
            "audit_events \(fragment: criterion.name) FORCE INDEX (\(fragment: criterion.index))"
        }
        var conditions = criteria.map { criterion -> SQL in
            "\(fragment: criterion.name).outcome = \(outcome.rawValue) AND \(fragment: criterion.condition)"
        }
        conditions += criteria.dropFirst().map { criterion -> SQL in
            "\(fragment: criterion.name).id = \(fragment: first).id"
        }
        conditions += span(first, filter, page)
        return """
            (SELECT \(fragment: first).id FROM \(fragment: tables.joined(by: " JOIN "))
            WHERE \(fragment: conditions.joined(by: " AND "))
            ORDER BY \(fragment: first).id DESC LIMIT \(page.rowLimit))
            """
    }

    /// What a filter asks for that an index has in front of the outcome.
    private struct Criterion {
        /// What the table is called where this is looked for.
        let name: SQL
        let index: SQL
        let condition: SQL

        static func all(of filter: AuditFilter) -> [Criterion] {
            var criteria: [Criterion] = []
            if let organization = filter.organizationID {
                criteria.append(
                    Criterion(
                        name: "organized", filter,
                        ("audit_events_organization", "audit_events_organization_action"),
                        "organized.organization_id = \(organization)"))
            }
            if let actor = filter.actor {
                let id = UniqueID(actor)?.description
                criteria.append(
                    Criterion(
                        name: "acted", filter,
                        id == nil
                            ? ("audit_events_actor_name", "audit_events_actor_name_action")
                            : ("audit_events_actor", "audit_events_actor_action"),
                        id.map { "acted.actor_id = \($0)" } ?? "acted.actor_name = \(actor)"))
            }
            if let credential = filter.credential {
                let id = UniqueID(credential)?.description
                criteria.append(
                    Criterion(
                        name: "shown", filter,
                        id == nil
                            ? (
                                "audit_events_credential_name",
                                "audit_events_credential_name_action"
                            )
                            : ("audit_events_credential", "audit_events_credential_action"),
                        id.map { "shown.credential_id = \($0)" }
                            ?? "shown.credential_name = \(credential)"))
            }
            if !criteria.isEmpty { return criteria }
            if let action = filter.action {
                return [
                    Criterion(
                        name: "done", index: "audit_events_action",
                        condition: "done.action = \(action)")
                ]
            }
            if filter.outcome == nil { return [] }
            // The outcome is asked for with every criterion.
            return [Criterion(name: "ended", index: "audit_events_outcome", condition: "TRUE")]
        }

        private init(name: SQL, index: SQL, condition: SQL) {
            self.name = name
            self.index = index
            self.condition = condition
        }

        /// - Parameter indexes: without and with the action.
        private init(
            name: SQL, _ filter: AuditFilter, _ indexes: (SQL, SQL), _ condition: SQL
        ) {
            guard let action = filter.action else {
                self.init(name: name, index: indexes.0, condition: condition)
                return
            }
            self.init(
                name: name, index: indexes.1,
                condition: "\(fragment: condition) AND \(fragment: name).action = \(action)")
        }
    }

    /// An event's id is made at its time, so that a span of time is a span of the key that orders the list.
    private static func span(
        _ table: SQL, _ filter: AuditFilter, _ page: PageRequest
    ) -> [SQL] {
        var end = page.end
        if let to = filter.to {
            let next = Instant(milliseconds: to.milliseconds + 1)
            end = min(end, UniqueID(at: next, random: (0, 0)))
        }
        var span: [SQL] = ["\(fragment: table).id < \(end)"]
        if let from = filter.from {
            span.append("\(fragment: table).id >= \(UniqueID(at: from, random: (0, 0)))")
        }
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
