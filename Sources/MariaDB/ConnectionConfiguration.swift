/// Where a MariaDB server is and how long it may take to answer.
package struct ConnectionConfiguration: Sendable, Equatable {
    /// The way to the server.
    package enum Address: Sendable, Equatable {
        case socket(path: String)
        case host(String, port: UInt16)
    }

    package var address: Address
    package var user: String
    package var password: String?
    package var database: String?

    /// How long a connection may take to be made, greeting and sign-in included.
    package var connectTimeout: Duration
    /// How long an answer may take; nil waits for ever, which only migrations want.
    ///
    /// The server is told to give up a statement, and a wait for a lock, before this time is over
    /// (see ``statementLimit`` and ``lockWaitLimit``): an error that the server sends says that
    /// nothing happened, while a connection that we leave says nothing.
    package var readTimeout: Duration?
    /// How long sending a statement may take; nil waits for ever.
    package var writeTimeout: Duration?

    /// How many prepared statements a connection keeps.
    ///
    /// The server's `max_prepared_stmt_count` (16,382 by default) bounds them for all connections
    /// together.
    package var statementCacheCapacity: Int

    package init(
        address: Address,
        user: String,
        password: String? = nil,
        database: String? = nil,
        connectTimeout: Duration = .seconds(3),
        readTimeout: Duration? = .seconds(10),
        writeTimeout: Duration? = .seconds(10),
        statementCacheCapacity: Int = 256
    ) {
        self.address = address
        self.user = user
        self.password = password
        self.database = database
        self.connectTimeout = connectTimeout
        self.readTimeout = readTimeout
        self.writeTimeout = writeTimeout
        self.statementCacheCapacity = max(1, statementCacheCapacity)
    }

    /// Four fifths of the read time-out: after this the server itself ends a statement.
    var statementLimit: Duration? {
        readTimeout.map { $0 * 4 / 5 }
    }

    /// A quarter of the read time-out: the longest wait for a lock, so that it may be tried again.
    ///
    /// Without a read time-out it is half a minute and not the day that MariaDB has as default: a
    /// change of a table that waits for its metadata lock holds up everyone who comes after it.
    var lockWaitLimit: Duration {
        readTimeout.map { $0 / 4 } ?? .seconds(30)
    }
}

extension ConnectionConfiguration: CustomStringConvertible, CustomDebugStringConvertible {
    /// Everything but the password.
    package var description: String {
        let place =
            switch address {
            case .socket(let path): path
            case .host(let host, let port): "\(host):\(port)"
            }
        return "\(user)@\(place)/\(database ?? "")"
    }

    package var debugDescription: String { description }
}

extension Duration {
    /// Whole seconds, rounded up, at least one: the unit of the library's time-outs, where 0 means
    /// "never".
    var roundedUpSeconds: Int64 {
        max(1, components.seconds + (components.attoseconds > 0 ? 1 : 0))
    }
}
