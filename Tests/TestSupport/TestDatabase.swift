package import MariaDB

/// An empty database with a random name on the shared server, dropped when this value is released.
///
/// Tests that each have their own run beside one another. Keep it where it lives as long as its
/// connections are used, best in a property of the suite: a connection does not keep it.
package final class TestDatabase: Sendable {
    /// Signs in with all rights.
    package let configuration: ConnectionConfiguration
    package let name: String

    /// A fresh one.
    package static func make() throws -> TestDatabase {
        try TestDatabase(server: TestServer.shared())
    }

    private init(server: ConnectionConfiguration) throws {
        name = "test_" + String(UInt64.random(in: .min ... .max), radix: 36)
        var configuration = server
        configuration.database = name
        self.configuration = configuration
        try Connection(server).execute(
            trustedText: "CREATE DATABASE \(name) CHARACTER SET utf8mb4")
    }

    deinit {
        var server = configuration
        server.database = nil
        // The folder goes at the end of the run in any case.
        try? Connection(server).execute(trustedText: "DROP DATABASE \(name)")
    }

    /// A new connection, for the thread that asks.
    package func connect() -> Connection {
        Connection(configuration)
    }
}
