package import Domain
package import FoundationEssentials
import MariaDB
package import Storage
import Synchronization

/// The domain's stores on a fresh database with today's schema; a connection each time, for as many threads
/// as a test wants.
package final class TestStores: Sendable {
    package let database: TestDatabase
    package let generations = TestGenerations()

    private init(database: TestDatabase) {
        self.database = database
    }

    package static func make() throws -> TestStores {
        let database = try TestDatabase.make()
        let schema = try String(
            contentsOf: Repository.root.appending(path: "sql/schema.sql"), encoding: .utf8)
        let connection = database.connect()
        // In our own schema a line that ends in a semicolon ends a statement.
        for statement in schema.split(separator: ";\n") {
            try connection.execute(trustedText: String(statement))
        }
        return TestStores(database: database)
    }

    /// Stores on a connection of their own, for the thread that asks.
    /// - Parameter user: of the database; nil for one who may do everything.
    package func connect(as user: String? = nil) -> SQLStores {
        var configuration = database.configuration
        if let user { configuration.user = user }
        return SQLStores(connection: Connection(configuration), generations: generations)
    }
}

/// Where this checkout is.
package enum Repository {
    package static var root: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }
}

/// Generations of one process, and what was bumped so far.
package final class TestGenerations: Generations {
    private let counters = Mutex<[GenerationSubject: UInt64]>([:])

    package init() {}

    package func current(of subject: GenerationSubject) -> UInt64 {
        counters.withLock { $0[subject, default: 0] }
    }

    package func bump(_ subjects: Set<GenerationSubject>) {
        counters.withLock { counters in
            for subject in subjects { counters[subject, default: 0] += 1 }
        }
    }
}

/// A clock that stands still until it is moved.
package final class TestClock: Sendable {
    private let time: Mutex<Instant>

    /// At noon of 22 November 2026, unless told otherwise.
    package init(_ time: Instant = Instant(milliseconds: 1_795_348_800_000)) {
        self.time = Mutex(time)
    }

    package var clock: Clock {
        Clock { self.time.withLock { $0 } }
    }

    package func advance(seconds: Int64) {
        time.withLock { $0 = $0.adding(seconds: seconds) }
    }

    package func advance(days: Int) {
        time.withLock { $0 = $0.adding(days: days) }
    }
}
