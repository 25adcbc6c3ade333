import Dispatch
import FastCGI
import Glibc
import HTTP
import Testing

extension PoolSuites {
    @Suite struct StopTests {
        /// Lets a test hold a request in its handler.
        private struct Gate: Sendable {
            let entered = DispatchSemaphore(value: 0)
            let leave = DispatchSemaphore(value: 0)

            var respond: Respond {
                { parameters, _ in
                    if parameters.first("HOLD") != nil {
                        entered.signal()
                        leave.wait()
                    }
                    return .text("fine")
                }
            }
        }

        @Test func `an idle pool stops at once`() throws {
            let running = try RunningPool()
            let client = try running.client()
            #expect(try client.ask(Records.request()).body == "fine")

            running.pool.stop()

            #expect(client.isClosed())
            #expect(running.hasFinished())
            #expect(running.pool.statistics.openConnections == 0)
            #expect(running.pool.statistics.threads == 0)
        }

        @Test func `a pool that was stopped before it ran returns`() throws {
            let socket = try ListeningSocket()
            defer { socket.remove() }
            let pool = try WorkerPool(listening: socket.descriptor, threads: 1) { _ in
                ClosureHandler { _, _ in .text("fine") }
            }

            pool.stop()

            try pool.run()
        }

        @Test func `a request under way is finished`() throws {
            let gate = Gate()
            let running = try RunningPool(gate.respond)
            let client = try running.client()
            try client.send(Records.request([("HOLD", "")]))
            gate.entered.wait()

            running.pool.stop()
            gate.leave.signal()

            #expect(try client.receiveAnswer().body == "fine")
            #expect(client.isClosed())
            #expect(running.hasFinished())
        }

        @Test func `a request that was sent already on a parked connection is served`() throws {
            let gate = Gate()
            var limits = Limits()
            limits.linger = .zero
            let running = try RunningPool(threads: 1, limits: limits, gate.respond)
            let parked = try (0..<20).map { _ in try running.client() }
            for client in parked { #expect(try client.ask(Records.request()).body == "fine") }
            let busy = try running.client()
            try busy.send(Records.request([("HOLD", "")]))
            gate.entered.wait()
            for client in parked { try client.send(Records.request()) }

            running.pool.stop()
            gate.leave.signal()

            #expect(try busy.receiveAnswer().body == "fine")
            for client in parked {
                #expect(try client.receiveAnswer().body == "fine")
                #expect(client.isClosed())
            }
            #expect(running.hasFinished())
        }

        @Test func `a request that comes while the pool lingers is served`() throws {
            var limits = Limits()
            limits.linger = .seconds(2)
            let running = try RunningPool(limits: limits)
            let client = try running.client()
            #expect(try client.ask(Records.request()).body == "fine")
            // Else it might be closed behind this answer.
            #expect(running.comesTo { $0.busyThreads == 0 })

            running.pool.stop()

            #expect(try client.ask(Records.request()).body == "fine")
            #expect(client.isClosed())
            #expect(running.hasFinished())
        }

        @Test func `another pool on the same socket takes what comes later`() throws {
            let socket = try ListeningSocket()
            defer { socket.remove() }
            let old = try RunningPool(on: socket) { _, _ in .text("old") }
            #expect(try old.client().ask(Records.request()).body == "old")
            let new = try RunningPool(on: socket) { _, _ in .text("new") }

            old.pool.stop()
            #expect(old.hasFinished())

            for _ in 0..<50 { #expect(try new.client().ask(Records.request()).body == "new") }
        }

        @Test func `no request fails while one pool takes over from another`() throws {
            let socket = try ListeningSocket()
            defer { socket.remove() }
            let pools = try (0..<5).map { _ in try RunningPool(on: socket) }
            let client = DispatchQueue(label: "client")
            let answered = Answered()
            client.async {
                do {
                    // New connections all the time, as nginx makes them without keep-alive.
                    while !answered.isEnough {
                        let answer = try RawClient(socket.path).ask(Records.request(keep: false))
                        answered.count(answer.body == "fine")
                    }
                } catch {
                    Issue.record(error)
                    answered.count(false)
                }
            }

            for running in pools.dropLast() {
                let seen = answered.total
                while answered.total < seen + 200, answered.failed == 0 { sched_yield() }
                running.pool.stop()
                #expect(running.hasFinished())
            }
            answered.finish()
            client.sync {}

            #expect(answered.failed == 0)
            #expect(answered.total >= 800)
            withExtendedLifetime(pools) {}
        }

        @Test func `a handler that never returns delays the end no longer than allowed`() throws {
            let gate = Gate()
            var limits = Limits()
            limits.drain = .milliseconds(200)
            let running = try RunningPool(limits: limits, gate.respond)
            let client = try running.client()
            try client.send(Records.request([("HOLD", "")]))
            gate.entered.wait()

            running.pool.stop()

            #expect(running.hasFinished())
            #expect(running.pool.statistics.threads == 1)
            gate.leave.signal()
        }
    }
}
