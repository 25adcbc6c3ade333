import Domain
import MariaDB
import Storage
import TestSupport
import Testing

/// Every statement of every store, on tables with many rows: found by an index, in the order of an index, and
/// without reading much more than it answers with.
@Suite struct QueryPlanTests {
    /// All verbs, walked through once for all tests.
    private static let plans = Result {
        let scaled = try ScaledStores.shared.get().connect()
        let walk = try StoreWalk(scaled)
        return try QueryPlanRecorder.plans(of: scaled.stores.connection, during: walk.run)
    }

    /// Tables that have a handful of rows, however big the platform is.
    private static let smallTables = ["signing_keys"]

    /// A flaw that does no harm, and why.
    private struct Exception {
        /// How the statement begins, or a part of it that no other has.
        let statement: String
        let flaws: Set<PlanFlaw>
        let reason: String
    }

    private static let exceptions = [
        Exception(
            statement: "SELECT COUNT(*) AS count FROM users",
            flaws: [.fullIndexScan(table: "users"), .manyRows],
            reason: "Asked once, when the service starts."),
        Exception(
            statement: "SELECT COUNT(*) AS count FROM organizations",
            flaws: [.fullIndexScan(table: "organizations")],
            reason: "A number for whoever starts the platform; no request asks it."),
        Exception(
            statement: "SELECT id FROM organizations ORDER BY id LIMIT 2 FOR UPDATE",
            flaws: [.fullIndexScan(table: "organizations")],
            reason: "The scan ends at the second row."),
        Exception(
            statement: "SELECT name FROM group_members JOIN `groups`",
            flaws: [.filesort, .temporaryTable],
            reason: "Sorts the groups of one user."),
        Exception(
            statement: "SELECT o.slug FROM ( SELECT m.organization_id",
            flaws: [.filesort, .temporaryTable],
            reason: "Sorts the organizations of one user."),
        Exception(
            statement: "SELECT o.id, o.slug, o.name, o.rbac_level",
            flaws: [.filesort],
            reason: "Sorts the organizations of one user, and then the page."),
        Exception(
            statement: "SELECT e.id, time, action, outcome, reason",
            flaws: [.filesort],
            reason: "Sorts at most three pages of ids, one of each outcome."),
        Exception(
            statement: "AND acted.id = organized.id AND shown.id = organized.id",
            flaws: [.manyRows],
            reason: "Looks up in two indexes what the third one has; reads no row for it."),
        Exception(
            statement: "WHERE INSTR(CONCAT(' ', scopes, ' ')",
            flaws: [.fullScan(table: "oauth2_clients")],
            reason: "Asked when an administrator deletes a custom scope."),
    ]

    @Test func `every table that grows has many rows`() throws {
        let connection = try ScaledStores.shared.get().connect().stores.connection
        let rows = try connection.query(
            """
            SELECT table_name, table_rows FROM information_schema.tables
            WHERE table_schema = DATABASE()
            """)

        for row in rows {
            let (table, count) = (try row.string("table_name"), try row.int("table_rows"))
            #expect(count >= 100 || Self.smallTables.contains(table), "\(table)")
        }
    }

    @Test func `no statement of a store is left out`() throws {
        let sent = try Self.plans.get().map(\.statement)

        let (statements, unreadable) = try StatementSource.readAll()

        #expect(statements.count > 50)
        #expect(unreadable == [])
        for statement in statements {
            #expect(sent.contains { statement.matches($0) }, "StoreWalk lacks \(statement)")
        }
    }

    @Test func `no plan reads a table as a whole, or sorts one`() throws {
        let plans = try Self.plans.get()

        var complaints: [String: String] = [:]
        for plan in plans {
            let flaws = plan.flaws.subtracting(Self.allowed(plan))
            if !flaws.isEmpty {
                complaints[plan.statement] =
                    "\(flaws) \(plan.statement)\n  \(plan.rowsRead) rows read; \(plan.lines)"
            }
        }

        for complaint in complaints.values.sorted() { Issue.record("\(complaint)") }
    }

    @Test func `each exception is still needed`() throws {
        let plans = try Self.plans.get()

        for exception in Self.exceptions {
            let found = plans.filter { $0.statement.contains(exception.statement) }
            let flaws = found.reduce(into: Set()) { $0.formUnion($1.flaws) }
            #expect(exception.flaws.isSubset(of: flaws), "\(exception.statement)")
        }
    }

    private static func allowed(_ plan: QueryPlan) -> Set<PlanFlaw> {
        var allowed: Set<PlanFlaw> = []
        for exception in exceptions where plan.statement.contains(exception.statement) {
            allowed.formUnion(exception.flaws)
        }
        if plan.lines.allSatisfy({ smallTables.contains($0.table) }) {
            allowed.formUnion(smallTables.map(PlanFlaw.fullScan))
            allowed.insert(.filesort)
        }
        return allowed
    }
}
