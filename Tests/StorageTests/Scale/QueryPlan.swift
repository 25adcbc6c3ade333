import MariaDB
import Testing

/// How the server went about one statement: what it planned, and how many rows it read.
struct QueryPlan {
    /// The lines of EXPLAIN; none for a procedure's call, which can't be explained.
    let lines: [Line]
    let statement: String
    /// Index entries and rows that the execution read.
    let rowsRead: Int

    struct Line: CustomStringConvertible {
        let select: String
        let table: String
        let access: String
        let key: String
        let rows: String
        let extra: String

        init(_ row: Row) throws {
            select = try row.optionalString("select_type") ?? ""
            table = try row.optionalString("table") ?? ""
            access = try row.optionalString("type") ?? ""
            key = try row.optionalString("key") ?? ""
            rows = try row.optionalString("rows") ?? ""
            extra = try row.optionalString("Extra") ?? ""
        }

        var description: String { "\(select) \(table) \(access) \(key) \(rows) «\(extra)»" }
    }
}

/// What is wrong with a plan once its tables are big.
enum PlanFlaw: Hashable {
    case fullScan(table: String)
    case fullIndexScan(table: String)
    case filesort
    case temporaryTable
    case manyRows
}

extension QueryPlan {
    /// More than any page needs, and less than the rows of what grows.
    static let rowLimit = 1_000

    var flaws: Set<PlanFlaw> {
        var flaws: Set<PlanFlaw> = []
        // An INSERT's own line says ALL and means nothing by it; <derived…> and <union…> are results.
        for line in lines where line.select != "INSERT" {
            let isTable = !line.table.hasPrefix("<")
            if isTable && line.access == "ALL" { flaws.insert(.fullScan(table: line.table)) }
            if isTable && line.access == "index" {
                flaws.insert(.fullIndexScan(table: line.table))
            }
            if line.extra.contains("Using filesort") { flaws.insert(.filesort) }
            if line.extra.contains("Using temporary") { flaws.insert(.temporaryTable) }
        }
        if rowsRead > Self.rowLimit { flaws.insert(.manyRows) }
        return flaws
    }
}

/// Explains each statement of a connection right before it is asked, and counts what it then reads.
final class QueryPlanRecorder {
    private let connection: Connection
    private var isAsking = false
    private var plans: [QueryPlan] = []
    private var pending: (statement: String, lines: [QueryPlan.Line], readBefore: Int)?
    /// What asking for the count itself adds to it.
    private var overhead = 0

    private init(_ connection: Connection) {
        self.connection = connection
    }

    static func plans(
        of connection: Connection, during body: () throws -> Void
    ) throws -> [QueryPlan] {
        let recorder = QueryPlanRecorder(connection)
        _ = try recorder.rowsRead()
        let first = try recorder.rowsRead()
        recorder.overhead = try recorder.rowsRead() - first
        connection.observer = { recorder.see($0) }
        defer { connection.observer = nil }
        try body()
        try recorder.finishPending()
        return recorder.plans
    }

    private func see(_ sql: SQL) {
        if isAsking { return }
        isAsking = true
        defer { isAsking = false }
        do {
            try finishPending()
            var lines: [QueryPlan.Line] = []
            if !sql.text.hasPrefix("CALL ") {
                lines = try connection.query("EXPLAIN \(fragment: sql)").map(QueryPlan.Line.init)
            }
            pending = (StatementSource.flattened(sql.text), lines, try rowsRead())
        } catch {
            Issue.record(error, "\(sql)")
        }
    }

    private func finishPending() throws {
        guard let pending else { return }
        self.pending = nil
        plans.append(
            QueryPlan(
                lines: pending.lines, statement: pending.statement,
                rowsRead: try rowsRead() - pending.readBefore - overhead))
    }

    private func rowsRead() throws -> Int {
        let wasAsking = isAsking
        isAsking = true
        defer { isAsking = wasAsking }
        return try connection.first(
            """
            SELECT CAST(SUM(CAST(variable_value AS INTEGER)) AS INTEGER) AS count
            FROM information_schema.session_status WHERE variable_name LIKE 'Handler\\_read%'
            """)?.int("count") ?? 0
    }
}
