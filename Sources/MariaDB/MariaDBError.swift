/// What MariaDB, or the library on the way to it, could not do.
///
/// It carries the statement's text and never a bound value: what the server's message quotes of the
/// values is taken out.
package struct MariaDBError: Error, Sendable, Equatable {
    /// What was being done.
    package enum Operation: String, Sendable {
        case connect
        case prepare
        case execute
        case fetch
        case begin
        case commit
        /// Reading a column of a row.
        case read
    }

    package let operation: Operation
    /// MariaDB's number of the error, 2000 to 2999 the library's own; 0 when neither has one.
    package let code: Int
    package let sqlState: String
    package let message: String
    /// The statement with `?` for its values.
    package let sql: String?
    /// Whether a change may be in the database although there was an error: it was sent, and the
    /// connection broke before the answer came.
    package let mayHaveTakenEffect: Bool

    /// The name of the key, the foreign key or the check that the statement would have violated.
    package let violatedConstraint: String?

    init(
        operation: Operation, code: Int = 0, sqlState: String = "HY000", message: String,
        sql: String? = nil, mayHaveTakenEffect: Bool = false
    ) {
        self.operation = operation
        self.code = code
        self.sqlState = sqlState
        self.message = Self.withoutValues(message, code: code)
        self.sql = sql
        self.mayHaveTakenEffect = mayHaveTakenEffect
        violatedConstraint = Self.constraint(in: message, code: code)
    }
}

// MARK: What callers branch on

extension MariaDBError {
    /// Whether the statement would have made a second row with the same unique key.
    ///
    /// - Parameter key: its name, exactly; `PRIMARY` for the primary key.
    package func isDuplicate(onKey key: String) -> Bool {
        code == Code.duplicateEntry && violatedConstraint == key
    }

    /// Whether a row that is referred to is missing, or one that is to go is still referred to.
    ///
    /// - Parameter name: of the foreign key; nil for any.
    package func isForeignKeyViolation(of name: String? = nil) -> Bool {
        guard code == Code.rowIsReferenced || code == Code.noReferencedRow else { return false }
        return name == nil || name == violatedConstraint
    }

    /// Whether a `CHECK` said no.
    package func isCheckViolation(of name: String? = nil) -> Bool {
        code == Code.checkFailed && (name == nil || name == violatedConstraint)
    }

    /// Whether the database cannot be asked now: away, lost on the way, too slow, or full.
    ///
    /// The same request may succeed later; the answer is 503, not "something went wrong".
    package var isUnavailable: Bool {
        Code.unavailable.contains(code)
    }

    /// Whether someone else's transaction was in the way, so that ours was undone and may be run
    /// again as a whole.
    ///
    /// Galera reports a failed certification as a deadlock too, usually of the `COMMIT`.
    package var isConflict: Bool {
        code == Code.deadlock || code == Code.lockWaitTimeout
    }

    /// Whether the command never reached the server as a whole.
    ///
    /// The library says 2006 when *writing* to the connection failed and 2013 when *reading* the
    /// answer did. A server that has not the last byte of a command executes none of it.
    var wasNotSent: Bool {
        code == Code.serverGone
    }

    /// Whether the connection is of no use any more.
    ///
    /// Among the library's own errors are a few after which it could be used (a parameter of a
    /// wrong type); a new connection costs less than telling them apart.
    var endsSession: Bool {
        operation != .read && ((2000..<3000).contains(code) || Code.sessionEnds.contains(code))
    }

    /// Whether the prepared statement must be made anew, because a table changed underneath it or
    /// the server forgot it.
    var outdatesStatement: Bool {
        Code.outdatedStatement.contains(code)
    }

    /// The same error of a statement whose connection broke: unless it was not sent or could not do
    /// anything, nobody knows what became of it.
    func afterLosingTheAnswer() -> MariaDBError {
        switch operation {
        case .execute, .fetch, .commit: MariaDBError(self, mayHaveTakenEffect: !wasNotSent)
        case .connect, .prepare, .begin, .read: self
        }
    }

    private init(_ error: MariaDBError, mayHaveTakenEffect: Bool) {
        operation = error.operation
        code = error.code
        sqlState = error.sqlState
        message = error.message
        sql = error.sql
        violatedConstraint = error.violatedConstraint
        self.mayHaveTakenEffect = mayHaveTakenEffect
    }
}

extension MariaDBError: CustomStringConvertible {
    package var description: String {
        var text = "MariaDB: \(operation.rawValue) failed"
        if code != 0 { text += " with \(code) (\(sqlState))" }
        text += ": \(message)"
        if mayHaveTakenEffect { text += " (it may have taken effect)" }
        if let sql { text += " in: \(sql)" }
        return text
    }
}

// MARK: Codes

extension MariaDBError {
    /// Numbers from MariaDB's list of error codes, and the library's `errmsg.h`.
    private enum Code {
        static let duplicateEntry = 1062
        static let lockWaitTimeout = 1205
        static let deadlock = 1213
        static let rowIsReferenced = 1451
        static let noReferencedRow = 1452
        static let checkFailed = 4025
        static let serverGone = 2006

        /// Errors of the server after which it closes the connection.
        static let sessionEnds: Set<Int> = [
            1053,  // server shutdown in progress
            1153, 1154, 1155, 1156, 1157, 1158, 1159, 1160, 1161,  // packets lost or out of order
            1927,  // connection was killed
        ]

        static let outdatedStatement: Set<Int> = [
            1243,  // unknown prepared statement handler
            1615,  // prepared statement needs to be re-prepared
            2056,  // statement closed indirectly
            2057,  // the number of columns in the result set differs
        ]

        static let unavailable: Set<Int> = [
            1040,  // too many connections
            1047,  // Galera: this node is not (or no longer) part of the cluster
            1053,  // server shutdown in progress
            1158, 1159, 1160, 1161,  // network errors and time-outs that the server saw
            1203,  // the user has too many connections
            1205,  // lock wait time-out
            1213,  // deadlock, again after all tries
            1226,  // the user has exceeded a resource limit
            1317,  // query execution was interrupted
            1927,  // connection was killed
            1969,  // max_statement_time exceeded
            2002, 2003, 2005,  // no connection, unknown host
            2006, 2013, 2055,  // gone, lost
            2012,  // the handshake failed
        ]

        /// Messages that name only parts of the statement and of the schema, never a value.
        static let messageIsPlain: Set<Int> = [
            1044, 1045, 1049, 1130, 1698,  // access denied, unknown database, host not allowed
            1048, 1054, 1064, 1146, 1264, 1364, 1406,  // columns, syntax, tables
            1142, 1143, 1227,  // missing grants
        ]
    }

    /// The server quotes what it complains about: names, but values too (`Duplicate entry 'a@b.c'`,
    /// `Incorrect datetime value: 'x'`). Outside the messages that are known to be plain, all from
    /// the first to the last quotation mark goes; a value may contain the mark itself.
    private static func withoutValues(_ message: String, code: Int) -> String {
        if code == 0 || (2000..<3000).contains(code) || Code.messageIsPlain.contains(code) {
            return message
        }
        if code == Code.duplicateEntry, let key = constraint(in: message, code: code) {
            return "Duplicate entry for key '\(key)'"
        }
        guard let first = message.firstIndex(of: "'"), let last = message.lastIndex(of: "'"),
            first < last
        else {
            return message
        }
        return message[...first] + "…" + message[last...]
    }

    /// The name in the three messages that have one:
    ///
    /// - `Duplicate entry 'VALUE' for key 'NAME'`
    /// - `… a foreign key constraint fails (…, CONSTRAINT `NAME` FOREIGN KEY …`
    /// - ``CONSTRAINT `NAME` failed for `DATABASE`.`TABLE` ``
    private static func constraint(in message: String, code: Int) -> String? {
        switch code {
        case Code.duplicateEntry:
            // From the end, for the value comes first and may look like anything.
            guard message.last == "'" else { return nil }
            let text = message.dropLast()
            guard let mark = text.lastIndex(of: "'"), text[..<mark].hasSuffix(" for key ") else {
                return nil
            }
            return String(text[text.index(after: mark)...])
        case Code.rowIsReferenced, Code.noReferencedRow, Code.checkFailed:
            // The server wrote all of this message: names in backticks, no values.
            guard let start = message.firstRange(of: "CONSTRAINT `")?.upperBound,
                let end = message[start...].firstIndex(of: "`")
            else {
                return nil
            }
            return String(message[start..<end])
        default:
            return nil
        }
    }
}
