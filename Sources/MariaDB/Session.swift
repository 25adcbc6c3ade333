private import CMariaDB
private import Glibc

/// One sign-in at the server: the library's handle and the statements prepared on it.
///
/// It is never mended: once lost it is thrown away, and ``Connection`` makes another.
@safe final class Session {
    private let handle: UnsafeMutablePointer<MYSQL>
    private let statementCapacity: Int
    private var statements: [String: Kept] = [:]
    private var uses: UInt64 = 0

    /// A prepared statement and when it was last asked for, counted in uses.
    private struct Kept {
        let statement: Statement
        var lastUse: UInt64
    }

    /// Connects, signs in and sets up the session.
    static func open(_ configuration: ConnectionConfiguration) throws(MariaDBError) -> Session {
        // `mysql_init` does what `mysql_library_init` does, once for the process.
        // Manual, mysql_thread_init: "must be called early within each created thread". This
        // library keeps nothing by thread (the function is empty), so that there is no counterpart
        // to call when the thread ends; the call stays for the sake of the contract.
        mysql_thread_init()
        guard let handle = unsafe mysql_init(nil) else {
            throw MariaDBError(operation: .connect, code: 2008, message: "out of memory")
        }
        // Owned from here on: whatever is thrown below closes the handle, which is right also
        // after a failed connect. Manual, mysql_close: "Closes a previously opened connection. It
        // also deallocates the connection handle".
        let session = unsafe Session(handle, configuration.statementCacheCapacity)
        session.setOptions(configuration)
        try session.connect(configuration)
        try session.command(.connect, Self.settings(configuration))
        return session
    }

    private init(_ handle: UnsafeMutablePointer<MYSQL>, _ statementCapacity: Int) {
        unsafe self.handle = handle
        self.statementCapacity = statementCapacity
    }

    deinit {
        // Before the handle: `mysql_stmt_close` still speaks through it.
        statements.removeAll()
        unsafe mysql_close(handle)
    }

    // MARK: Asking

    /// Whether the server hung up, or said something unasked, since the last answer.
    ///
    /// poll(2): a closed peer shows as POLLHUP or as readable. In between two commands the server
    /// has nothing to say, so anything to be read is its farewell. This costs a system call, and
    /// it is what makes an idle connection over a server's restart harmless: nothing was sent yet.
    var wasClosedByServer: Bool {
        var descriptor = pollfd(
            fd: Int32(truncatingIfNeeded: unsafe mysql_get_socket(handle)), events: Int16(POLLIN),
            revents: 0)
        return unsafe poll(&descriptor, 1, 0) > 0
    }

    /// Runs a statement with its values; the rows go to `read`.
    func run<Result>(
        _ sql: SQL, _ read: (Statement) throws(MariaDBError) -> Result
    ) throws(MariaDBError) -> Result {
        let statement = try prepare(sql)
        do {
            try statement.execute(sql.values)
            return try read(statement)
        } catch {
            if error.outdatesStatement { statements[sql.text] = nil }
            throw error
        }
    }

    /// Runs a text without values, and without keeping it prepared; rows are passed over.
    func command(
        _ operation: MariaDBError.Operation, _ text: String
    ) throws(MariaDBError) {
        var text = text
        let status = text.withUTF8 { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                unsafe mysql_real_query(handle, characters.baseAddress, UInt(characters.count))
            }
        }
        guard status == 0 else { throw error(operation, text) }
        if unsafe mysql_field_count(handle) > 0 {
            guard let result = unsafe mysql_store_result(handle) else {
                throw error(operation, text)
            }
            unsafe mysql_free_result(result)
        }
    }

    // MARK: Prepared statements

    private func prepare(_ sql: SQL) throws(MariaDBError) -> Statement {
        guard sql.isReusable else {
            return try unsafe Statement(sql.text, on: OpaquePointer(handle))
        }
        uses &+= 1
        if let index = statements.index(forKey: sql.text) {
            statements.values[index].lastUse = uses
            return statements.values[index].statement
        }
        let statement = try unsafe Statement(sql.text, on: OpaquePointer(handle))
        if statements.count >= statementCapacity { forgetLeastRecentlyUsed() }
        statements[sql.text] = Kept(statement: statement, lastUse: uses)
        return statement
    }

    /// A walk over all: it happens only when a statement is prepared, which costs a round trip.
    private func forgetLeastRecentlyUsed() {
        guard let oldest = statements.min(by: { $0.value.lastUse < $1.value.lastUse }) else {
            return
        }
        statements[oldest.key] = nil
    }

    // MARK: Connecting

    private func setOptions(_ configuration: ConnectionConfiguration) {
        set(MYSQL_OPT_CONNECT_TIMEOUT, seconds: configuration.connectTimeout)
        set(MYSQL_OPT_READ_TIMEOUT, seconds: configuration.readTimeout)
        set(MYSQL_OPT_WRITE_TIMEOUT, seconds: configuration.writeTimeout)
        unsafe mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4")
        // A server could otherwise ask for any file that we may read.
        var never: UInt32 = 0
        unsafe mysql_options(handle, MYSQL_OPT_LOCAL_INFILE, &never)
        // "localhost" alone would make the library look for a socket.
        var way =
            switch configuration.address {
            case .socket: MYSQL_PROTOCOL_SOCKET
            case .host: MYSQL_PROTOCOL_TCP
            }
        unsafe mysql_options(handle, MYSQL_OPT_PROTOCOL, &way)
    }

    private func set(_ option: mysql_option, seconds: Duration?) {
        guard let seconds else { return }
        var value = UInt32(clamping: seconds.roundedUpSeconds)
        unsafe mysql_options(handle, option, &value)
    }

    private func connect(_ configuration: ConnectionConfiguration) throws(MariaDBError) {
        var host: String?
        var port: UInt16 = 0
        var socket: String?
        switch configuration.address {
        case .host(let name, let number): (host, port) = (name, number)
        case .socket(let path): socket = path
        }
        // The count of a changed row's is then the count of *found* rows: an UPDATE that sets what
        // is already there would otherwise look as if its WHERE had found nothing.
        // CLIENT_MULTI_STATEMENTS stays off: one text, one statement.
        let flags = UInt(CLIENT_FOUND_ROWS)
        let connected = unsafe mysql_real_connect(
            handle, host, configuration.user, configuration.password, configuration.database,
            UInt32(port), socket, flags)
        guard unsafe connected != nil else { throw error(.connect, nil) }
    }

    /// What a session must have whatever the server's own settings are.
    private static func settings(_ configuration: ConnectionConfiguration) -> String {
        // READ COMMITTED: each statement sees what is committed, which is what its own UPDATE
        // would change, so that nothing is decided on an old snapshot; and there are no gap locks,
        // hence fewer deadlocks. What must happen once is one UPDATE … WHERE, at any level.
        var settings = """
            SET SESSION autocommit = 1, \
            time_zone = '+00:00', \
            sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,\
            ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY', \
            tx_isolation = 'READ-COMMITTED', \
            innodb_lock_wait_timeout = \(configuration.lockWaitLimit.roundedUpSeconds), \
            lock_wait_timeout = \(configuration.lockWaitLimit.roundedUpSeconds)
            """
        if let limit = configuration.statementLimit {
            settings += ", max_statement_time = \(limit / .seconds(1))"
        }
        return settings
    }

    private func error(_ operation: MariaDBError.Operation, _ sql: String?) -> MariaDBError {
        unsafe MariaDBError(
            operation: operation, code: Int(mysql_errno(handle)),
            sqlState: String(cString: mysql_sqlstate(handle)),
            message: String(cString: mysql_error(handle)), sql: sql)
    }
}
