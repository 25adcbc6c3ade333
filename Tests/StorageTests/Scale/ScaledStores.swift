import Domain
import Foundation
import MariaDB
import Storage
import TestSupport

/// The stores on a database with a hundredth of what `Tests/Scale` loads, loaded once for all tests of it.
///
/// It is shared, so whoever changes something undoes it: see ``undone(_:)``.
struct ScaledStores {
    static let shared = Result { try Source() }

    /// The database, for as many threads as want it.
    final class Source: Sendable {
        fileprivate let stores: TestStores

        init() throws {
            stores = try TestStores.make()
            var configuration = stores.database.configuration
            // A statement that loads takes what it takes.
            configuration.readTimeout = nil
            let connection = Connection(configuration)
            try connection.execute(
                trustedText: "SET @fraction = 0.01, @now = '\(ScaledStores.loadedUntil)'")
            let text = try String(
                contentsOf: Repository.root.appending(path: "Tests/Scale/load.sql"), encoding: .utf8
            )
            try SQLScript(text).run(on: connection)
        }

        func connect() -> ScaledStores {
            ScaledStores(stores: stores.connect())
        }
    }

    private static let loadedUntil = "2026-11-22 12:00:00"

    /// When the last row was made: the noon of `TestClock`.
    let now = TestClock().clock.now
    let stores: SQLStores

    /// Runs the body in a transaction and undoes all that it did.
    func undone(_ body: () throws -> Void) throws {
        struct Undo: Error {}
        do {
            try stores.atomically {
                try body()
                throw Undo()
            }
        } catch is Undo {}
    }
}
