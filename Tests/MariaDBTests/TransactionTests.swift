import MariaDB
import Synchronization
import TestSupport
import Testing

@Suite struct TransactionTests {
    let database: TestDatabase
    let connection: Connection

    private struct Stop: Error {}

    init() throws {
        database = try TestDatabase.make()
        connection = database.connect()
        try connection.execute("CREATE TABLE counters (id INT PRIMARY KEY, value INT NOT NULL)")
        try connection.execute("INSERT INTO counters (id, value) VALUES (1, 0), (2, 0)")
    }

    private func values() throws -> [Int] {
        try database.connect().query("SELECT value FROM counters ORDER BY id").map { row in
            try row.int("value")
        }
    }

    @Test func `what the body did is there when it returns`() throws {
        let result = try connection.transaction { connection in
            try connection.execute("UPDATE counters SET value = 1 WHERE id = 1")
            let seen = try values()
            try connection.execute("UPDATE counters SET value = 1 WHERE id = 2")
            return seen
        }

        #expect(result == [0, 0])
        #expect(try values() == [1, 1])
    }

    @Test func `what the body did is undone when it throws`() throws {
        #expect(throws: Stop.self) {
            try connection.transaction { connection in
                try connection.execute("UPDATE counters SET value = 1 WHERE id = 1")
                throw Stop()
            }
        }

        #expect(try values() == [0, 0])
        #expect(try connection.execute("UPDATE counters SET value = 3").affectedRows == 2)
        #expect(try values() == [3, 3])
    }

    @Test func `a duplicate does not end the transaction`() throws {
        try connection.transaction { connection in
            #expect(throws: MariaDBError.self) {
                try connection.execute("INSERT INTO counters (id, value) VALUES (1, 1)")
            }
            try connection.execute("UPDATE counters SET value = 8 WHERE id = 1")
        }

        #expect(try values() == [8, 0])
    }

    @Test(arguments: [false, true])
    func `of two that wait for each other one runs again`(errorsAreSwallowed: Bool) throws {
        let database = database
        let meeting = Meeting()

        let runs = try onThreads(2) { number in
            var runs = 0
            try database.connect().transaction { connection in
                runs += 1
                func add(to id: Int) throws {
                    do {
                        try connection.execute(
                            "UPDATE counters SET value = value + 1 WHERE id = \(id)")
                    } catch {
                        guard errorsAreSwallowed else { throw error }
                    }
                }
                try add(to: 1 + number)
                if runs == 1 { meeting.arrive(number) }
                try add(to: 2 - number)
            }
            return runs
        }

        #expect(runs.sorted() == [1, 2])
        #expect(try values() == [2, 2])
    }

    @Test func `six that add to the same two rows all come through`() throws {
        let database = database

        try onThreads(6) { number in
            try database.connect().transaction { connection in
                for id in number.isMultiple(of: 2) ? [1, 2] : [2, 1] {
                    let row = try connection.first(
                        "SELECT value FROM counters WHERE id = \(id) FOR UPDATE")
                    let value = try #require(try row?.int("value"))
                    try connection.execute(
                        "UPDATE counters SET value = \(value + 1) WHERE id = \(id)")
                }
            }
        }

        #expect(try values() == [6, 6])
    }

    @Test func `a lock that is never let go is an unavailable database, within the read time-out`()
        throws
    {
        var configuration = database.configuration
        configuration.readTimeout = .seconds(2)
        let waiting = Connection(configuration)

        try connection.transaction { connection in
            try connection.execute("UPDATE counters SET value = 5 WHERE id = 1")
            var runs = 0

            let time = try ContinuousClock().measure {
                let error = try #require(throws: MariaDBError.self) {
                    try waiting.transaction { waiting in
                        runs += 1
                        try waiting.execute("UPDATE counters SET value = 6 WHERE id = 1")
                    }
                }
                #expect(error.code == 1205)
                #expect(error.isUnavailable)
                #expect(!error.mayHaveTakenEffect)
            }

            #expect(runs > 1)
            #expect(time < .seconds(5))
        }

        #expect(try values() == [5, 0])
        #expect(try waiting.execute("UPDATE counters SET value = 7 WHERE id = 1").affectedRows == 1)
    }

    @Test func `a connection that is killed in a transaction takes all of it along`() throws {
        let killer = database.connect()
        var errors: [MariaDBError] = []

        let thrown = try #require(throws: MariaDBError.self) {
            try connection.transaction { connection in
                try connection.execute("UPDATE counters SET value = 1 WHERE id = 1")
                let row = try connection.first("SELECT CONNECTION_ID() AS id")
                try killer.execute(trustedText: "KILL CONNECTION \(row?.int("id") ?? 0)")

                // The second would succeed on a new connection, as a statement for itself.
                for _ in 0..<2 {
                    do throws(MariaDBError) {
                        try connection.execute("UPDATE counters SET value = 2 WHERE id = 2")
                    } catch {
                        errors.append(error)
                    }
                }
            }
        }

        #expect(errors == [thrown, thrown])
        #expect(thrown.isUnavailable)
        #expect(!thrown.mayHaveTakenEffect)
        #expect(try values() == [0, 0])
        #expect(try connection.execute("UPDATE counters SET value = 4").affectedRows == 2)
    }

    @Test func `a pinned connection keeps its session or fails`() throws {
        let killer = database.connect()

        try connection.pinned {
            let row = try connection.first("SELECT CONNECTION_ID() AS id")
            try killer.execute(trustedText: "KILL CONNECTION \(row?.int("id") ?? 0)")

            #expect(throws: MariaDBError.self) { try connection.first("SELECT 1") }
            #expect(throws: MariaDBError.self) { try connection.first("SELECT 1") }
        }

        #expect(try connection.first("SELECT 1 AS one")?.int("one") == 1)
    }
}
