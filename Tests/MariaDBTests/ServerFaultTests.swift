import MariaDB
import TestSupport
import Testing

/// What a connection does while its server stops, hangs, dies and comes back.
@Suite(.serialized) struct ServerFaultTests {
    private static let sharedServer = Result { try TestServer() }

    let server: TestServer
    let connection: Connection

    init() throws {
        server = try Self.sharedServer.get()
        // As a failed test may have left it.
        try server.start()
        try server.resume()
        connection = Connection(server.configuration)
        try connection.execute("CREATE DATABASE IF NOT EXISTS faults")
        try connection.execute("CREATE OR REPLACE TABLE faults.rows (id INT PRIMARY KEY)")
    }

    private func ids() throws -> [Int] {
        try connection.query("SELECT id FROM faults.rows ORDER BY id").map { row in
            try row.int("id")
        }
    }

    @Test func `an idle connection does not notice that the server was restarted`() throws {
        try connection.execute("INSERT INTO faults.rows (id) VALUES (\(1))")

        server.stop()
        try server.start()

        // The prepared statement of above, and a write at that.
        try connection.execute("INSERT INTO faults.rows (id) VALUES (\(2))")
        #expect(try ids() == [1, 2])
    }

    @Test func `a transaction begins on a new connection after a restart`() throws {
        server.stop()
        try server.start()

        try connection.transaction { connection in
            try connection.execute("INSERT INTO faults.rows (id) VALUES (3)")
        }

        #expect(try ids() == [3])
    }

    @Test func `while the server is away errors come at once, and end when it is back`() throws {
        server.stop()

        let time = ContinuousClock().measure {
            for _ in 0..<10 {
                let error = #expect(throws: MariaDBError.self) { try ids() }
                #expect(error?.isUnavailable == true)
                #expect(error?.mayHaveTakenEffect == false)
                #expect(throws: MariaDBError.self) { try connection.transaction { _ in } }
            }
        }
        try server.start()

        #expect(time < .milliseconds(500))
        #expect(try ids() == [])
    }

    @Test func `a command that could not be written is known not to have been executed`() throws {
        // In a transaction the connection is not looked at before it is used, nor replaced.
        let error = try #require(throws: MariaDBError.self) {
            try connection.transaction { connection in
                try connection.execute("INSERT INTO faults.rows (id) VALUES (1)")
                try server.kill()
            }
        }

        // Failed by the COMMIT, which reached nobody.
        #expect(error.operation == .commit)
        #expect(error.code == 2006)
        #expect(!error.mayHaveTakenEffect)
        try server.start()
        #expect(try ids() == [])
    }

    @Test func `a statement whose answer never comes is not asked again`() throws {
        var configuration = server.configuration
        configuration.readTimeout = .seconds(1)
        let impatient = Connection(configuration)
        func insert(_ id: Int) throws(MariaDBError) {
            try impatient.execute("INSERT INTO faults.rows (id) VALUES (\(id))")
        }
        try insert(1)

        try server.pause()
        let time = try ContinuousClock().measure {
            let error = try #require(throws: MariaDBError.self) { try insert(2) }
            #expect(error.code == 2013)
            #expect(error.isUnavailable)
            #expect(error.mayHaveTakenEffect)
        }
        try server.resume()

        // A second time would have waited for a connection, too.
        #expect(time < .seconds(2))
    }

    @Test func `a server that dies in the middle of a statement leaves open what came of it`()
        throws
    {
        let server = server

        let errors = try onThreads(2) { number -> MariaDBError? in
            guard number == 0 else {
                let connection = Connection(server.configuration)
                var isRunning = false
                while !isRunning {
                    isRunning =
                        try connection.first(
                            """
                            SELECT id FROM information_schema.processlist
                            WHERE info LIKE 'INSERT INTO faults.rows%' AND state = 'User sleep'
                            """) != nil
                }
                try server.kill()
                return nil
            }
            do throws(MariaDBError) {
                try Connection(server.configuration).execute(
                    "INSERT INTO faults.rows (id) SELECT 1 + SLEEP(\(7))")
                return nil
            } catch {
                return error
            }
        }
        try server.start()

        let error = try #require(errors[0])
        #expect(error.code == 2013)
        #expect(error.mayHaveTakenEffect)
        #expect(try ids() == [])
    }

    @Test func `a COMMIT whose answer never comes may have been one`() throws {
        var configuration = server.configuration
        configuration.readTimeout = .seconds(1)
        let impatient = Connection(configuration)
        var runs = 0

        let error = try #require(throws: MariaDBError.self) {
            try impatient.transaction { impatient in
                runs += 1
                try impatient.execute("INSERT INTO faults.rows (id) VALUES (1)")
                try server.pause()
            }
        }
        try server.resume()

        #expect(error.operation == .commit)
        #expect(error.mayHaveTakenEffect)
        #expect(error.description.contains("it may have taken effect"))
        #expect(runs == 1)
    }

    @Test func `a server that hangs costs one caller the time-out, not each`() throws {
        var configuration = server.configuration
        configuration.connectTimeout = .seconds(1)
        let connection = Connection(configuration)

        try server.pause()
        let first = ContinuousClock().measure {
            let error = #expect(throws: MariaDBError.self) { try connection.first("SELECT 1") }
            #expect(error?.isUnavailable == true)
        }
        let second = ContinuousClock().measure {
            #expect(throws: MariaDBError.self) { try connection.first("SELECT 1") }
        }
        try server.resume()

        #expect(first > .milliseconds(900))
        #expect(first < .seconds(3))
        #expect(second < .milliseconds(100))
    }

    @Test func `a slow statement is ended by the server, before we would hang up`() throws {
        var configuration = server.configuration
        configuration.readTimeout = .seconds(1)
        let connection = Connection(configuration)
        let before = try connection.first("SELECT CONNECTION_ID() AS id")?.int("id")

        let error = try #require(throws: MariaDBError.self) {
            try connection.execute("INSERT INTO faults.rows (id) SELECT 1 + SLEEP(30)")
        }

        #expect(error.code == 1969)
        #expect(error.isUnavailable)
        #expect(!error.mayHaveTakenEffect)
        #expect(try connection.first("SELECT CONNECTION_ID() AS id")?.int("id") == before)
        #expect(try ids() == [])
    }

    @Test func `too many connections is a server that is unavailable`() throws {
        try connection.execute("SET GLOBAL max_connections = 10")
        defer { _ = try? connection.execute("SET GLOBAL max_connections = 500") }
        var connections: [Connection] = []

        let error = try #require(throws: MariaDBError.self) {
            for _ in 0..<20 {
                let another = Connection(server.configuration)
                connections.append(another)
                _ = try another.first("SELECT 1")
            }
        }

        #expect(error.code == 1040)
        #expect(error.isUnavailable)
    }
}
