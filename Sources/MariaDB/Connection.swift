private import Glibc

/// A thread's way to MariaDB.
///
/// It belongs to the thread that made it. It connects when it is first used, and anew after it was
/// lost, so that a server's restart is an error only to those who ask meanwhile. A statement that
/// failed because the connection was gone before the server had it is asked once more on a new
/// connection; one of which the server may have had a part is not.
package final class Connection {
    package let configuration: ConnectionConfiguration

    private var session: Session?
    /// The last failure to connect, if it took its time: it stands for the next attempts until
    /// then, so that a server that hangs costs one request the time-out and not each of them.
    private var refusal: (error: MariaDBError, until: ContinuousClock.Instant)?

    /// Set while all that is asked must be asked of the same session.
    private var isPinned = false
    /// What ended the pinned session, or the transaction in it: nothing is asked of it any more.
    private var pinFailure: MariaDBError?
    private var isInTransaction = false

    /// Told of each statement with its values right before it is asked; may itself ask this connection.
    ///
    /// For tests that look at every statement there is (its plan, say). Nothing else sets it.
    package var observer: ((SQL) -> Void)?

    package init(_ configuration: ConnectionConfiguration) {
        self.configuration = configuration
    }

    /// Runs a statement that changes something.
    @discardableResult
    package func execute(_ sql: SQL) throws(MariaDBError) -> Execution {
        try ask(sql) { statement throws(MariaDBError) in
            let execution = Execution(affectedRows: statement.affectedRows)
            statement.discardRows()
            return execution
        }
    }

    /// All rows of the answer, in memory: a bound on their number belongs into the statement.
    package func query(_ sql: SQL) throws(MariaDBError) -> [Row] {
        try ask(sql) { statement throws(MariaDBError) in
            try statement.rows()
        }
    }

    /// The first row of the answer.
    package func first(_ sql: SQL) throws(MariaDBError) -> Row? {
        try ask(sql) { statement throws(MariaDBError) in
            try statement.rows(limit: 1).first
        }
    }

    /// Runs a statement whose text comes from a file of ours: a migration, a schema.
    ///
    /// The one way past ``SQL``. Nothing that a request brought along may ever get here.
    package func execute(trustedText text: String) throws(MariaDBError) {
        try ask { session throws(MariaDBError) in
            try session.command(.execute, text)
        }
    }

    /// Hangs up. The next use connects again.
    package func close() {
        session = nil
        refusal = nil
    }

    // MARK: Asking

    private func ask<Result>(
        _ sql: SQL, _ read: (Statement) throws(MariaDBError) -> Result
    ) throws(MariaDBError) -> Result {
        observer?(sql)
        return try ask { session throws(MariaDBError) in
            try session.run(sql, read)
        }
    }

    private func ask<Result>(
        _ work: (Session) throws(MariaDBError) -> Result
    ) throws(MariaDBError) -> Result {
        if isPinned { return try askPinned(work) }
        // A statement outside of a transaction is one for itself, so a conflict undid all of it.
        var tries = Tries(timeLimit: configuration.readTimeout)
        while true {
            do {
                return try askOnce(work)
            } catch {
                guard error.isConflict, tries.another() else { throw error }
            }
        }
    }

    private func askOnce<Result>(
        _ work: (Session) throws(MariaDBError) -> Result
    ) throws(MariaDBError) -> Result {
        var isSecondTime = false
        while true {
            let session = try openSession()
            do {
                return try work(session)
            } catch {
                guard error.endsSession else { throw error }
                self.session = nil
                guard error.wasNotSent else { throw error.afterLosingTheAnswer() }
                guard !isSecondTime else { throw error }
                isSecondTime = true
            }
        }
    }

    private func openSession() throws(MariaDBError) -> Session {
        if let session {
            if !session.wasClosedByServer { return session }
            self.session = nil
        }
        let start = ContinuousClock.now
        if let refusal, start < refusal.until { throw refusal.error }
        do {
            let session = try Session.open(configuration)
            self.session = session
            refusal = nil
            return session
        } catch {
            let end = ContinuousClock.now
            refusal = end - start > .milliseconds(500) ? (error, end + .seconds(1)) : nil
            throw error
        }
    }

    // MARK: One session

    /// Runs `body` on one session of the server, from first to last: what belongs to a session
    /// (a named lock) is there in all of it, or `body` fails.
    package func pinned<Result>(_ body: () throws -> Result) throws -> Result {
        precondition(!isPinned, "a connection is pinned once")
        _ = try openSession()
        isPinned = true
        pinFailure = nil
        defer { isPinned = false }
        return try body()
    }

    private func askPinned<Result>(
        _ work: (Session) throws(MariaDBError) -> Result
    ) throws(MariaDBError) -> Result {
        if let pinFailure { throw pinFailure }
        guard let session else {
            preconditionFailure("a pinned connection without a session")
        }
        do {
            return try work(session)
        } catch {
            // After a deadlock the server has undone the whole transaction and is outside of one:
            // what came next would be a statement for itself, whoever caught the error.
            if error.endsSession || (isInTransaction && error.isConflict) { pinFailure = error }
            if error.endsSession { self.session = nil }
            // What is lost inside of a transaction is undone when the server notices.
            throw error.endsSession && !isInTransaction ? error.afterLosingTheAnswer() : error
        }
    }

    // MARK: Transactions

    /// Runs `body` in a transaction: committed when it returns, undone when it throws.
    ///
    /// When somebody else's transaction was in the way (deadlock, lock wait time-out, Galera's
    /// certification) all of `body` is run again, up to five times in all. It must therefore keep
    /// what it does outside of the database until it has returned.
    ///
    /// A connection lost before the `COMMIT` means that nothing happened. One lost during the
    /// `COMMIT` leaves that open: the error's ``MariaDBError/mayHaveTakenEffect`` is then true.
    @discardableResult
    package func transaction<Result>(
        _ body: (Connection) throws -> Result
    ) throws -> Result {
        precondition(!isPinned, "transactions do not nest")
        var tries = Tries(timeLimit: configuration.readTimeout)
        while true {
            do {
                return try transactionOnce(body)
            } catch let conflict as Conflict {
                guard tries.another() else { throw conflict.error }
            }
        }
    }

    /// A transaction that is undone and may be run again.
    private struct Conflict: Error {
        let error: MariaDBError
    }

    private func transactionOnce<Result>(
        _ body: (Connection) throws -> Result
    ) throws -> Result {
        try begin()
        isPinned = true
        isInTransaction = true
        pinFailure = nil
        defer {
            isPinned = false
            isInTransaction = false
        }
        let result: Result
        do {
            result = try body(self)
        } catch {
            rollBack()
            if let pinFailure, pinFailure.isConflict { throw Conflict(error: pinFailure) }
            throw error
        }
        if let pinFailure {
            rollBack()
            throw pinFailure.isConflict ? Conflict(error: pinFailure) : pinFailure
        }
        try commit()
        return result
    }

    /// Nothing has happened yet, so a lost connection is no reason to stop, however it was lost.
    private func begin() throws(MariaDBError) {
        do {
            try openSession().command(.begin, "START TRANSACTION")
        } catch {
            guard error.endsSession, error.operation == .begin else { throw error }
            session = nil
            try openSession().command(.begin, "START TRANSACTION")
        }
    }

    private func commit() throws {
        do {
            try session?.command(.commit, "COMMIT")
        } catch {
            // Whatever the state of the transaction is now, hanging up ends it.
            session = nil
            if error.isConflict { throw Conflict(error: error) }
            throw error.afterLosingTheAnswer()
        }
    }

    private func rollBack() {
        do {
            try session?.command(.execute, "ROLLBACK")
        } catch {
            // Hanging up undoes the transaction too, and the reason for it is what matters.
            session = nil
        }
    }
}

/// What a statement did.
package struct Execution: Sendable, Equatable {
    /// The rows that an UPDATE's or DELETE's `WHERE` *found*, or that an INSERT made.
    ///
    /// Found, not changed: an UPDATE that sets what is already there counts its row. Where the
    /// difference matters, say it in the `WHERE`: `SET used_at = … WHERE used_at IS NULL`.
    /// `INSERT … ON DUPLICATE KEY UPDATE` counts 1 for a new row and for one that stays as it was,
    /// 2 for a changed one.
    package let affectedRows: Int
}

/// How often, and after what pause, something is tried that others are in the way of.
private struct Tries {
    private var count = 1
    private let deadline: ContinuousClock.Instant?

    init(timeLimit: Duration?) {
        deadline = timeLimit.map { ContinuousClock.now + $0 }
    }

    /// Pauses and says yes, or says no at once. The pause is random, so that two that met do not
    /// meet again, and grows with each try.
    mutating func another() -> Bool {
        guard count < 5 else { return false }
        if let deadline, ContinuousClock.now >= deadline { return false }
        count += 1
        usleep(UInt32.random(in: 1_000...(5_000 << UInt32(count))))
        return true
    }
}
