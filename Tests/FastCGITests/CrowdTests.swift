import Dispatch
import FastCGI
import Glibc
import HTTP
import HTTPTypes
import Testing

extension PoolSuites {
    @Suite struct CrowdTests {
        init() {
            // So that descriptors above 1,023 come about, which libfcgi could not close.
            var limit = rlimit()
            unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            limit.rlim_cur = min(limit.rlim_max, 8192)
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }

        @Test func `a thousand idle connections keep nobody waiting`() throws {
            let running = try RunningPool(threads: 1)
            let idle = try (0..<1000).map { _ in try running.client() }
            for client in idle { #expect(try client.ask(Records.request()).body == "fine") }
            #expect(running.comesTo { $0.parkedConnections == 1000 })

            let client = try running.client()
            for _ in 0..<100 { #expect(try client.ask(Records.request()).body == "fine") }

            for client in idle { #expect(try client.ask(Records.request()).body == "fine") }
            #expect(running.pool.statistics.accepts == 1001)
            #expect(client.descriptor > 1023)
        }

        @Test func `a crowd of slow writers keeps nobody waiting and is cut off`() throws {
            var limits = Limits()
            limits.request = .milliseconds(300)
            let running = try RunningPool(threads: 1, limits: limits)
            let request = Records.request()
            let slow = try (0..<500).map { _ in try running.client() }
            for client in slow { try client.send(Array(request.prefix(20))) }
            #expect(running.comesTo { $0.heldBytes == 500 * 20 || $0.overdue > 0 })

            #expect(try isServing(running))

            for client in slow { #expect(client.isClosed()) }
            #expect(running.pool.statistics.overdue == 500)
            #expect(running.comesTo { $0.openConnections == 0 && $0.heldBytes == 0 })
        }

        @Test func `writing byte by byte does not put the deadline off`() throws {
            var limits = Limits()
            limits.request = .milliseconds(200)
            let running = try RunningPool(threads: 1, limits: limits)
            let client = try running.client()
            let endless = Records.begin() + Records.header(4, length: 60_000)
            try client.send(endless)

            var refused = false
            for _ in 0..<50_000 where !refused {
                do { try client.send([1]) } catch { refused = true }
                sched_yield()
                if running.pool.statistics.overdue > 0 { refused = true }
            }

            #expect(running.comesTo { $0.overdue == 1 && $0.openConnections == 0 })
        }

        @Test func `a peer that does not read its answer is cut off`() throws {
            var limits = Limits()
            limits.write = .milliseconds(50)
            let running = try RunningPool(threads: 1, limits: limits) { parameters, _ in
                parameters.first("LONG") == nil
                    ? .text("fine")
                    : Response(status: .ok, body: [UInt8](repeating: 1, count: 4_000_000))
            }
            let client = try running.client()

            try client.send(Records.request([("LONG", "")]))

            #expect(running.comesTo { $0.failedWrites == 1 })
            #expect(try isServing(running))
        }

        @Test func `a peer that has gone before its answer kills nobody`() throws {
            let (entered, leave) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            let running = try RunningPool(threads: 1) { parameters, _ in
                guard parameters.first("LONG") != nil else { return .text("fine") }
                entered.signal()
                leave.wait()
                return Response(status: .ok, body: [UInt8](repeating: 1, count: 1_000_000))
            }
            var client: RawClient? = try running.client()
            try client?.send(Records.request([("LONG", "")]))
            entered.wait()

            client = nil
            leave.signal()

            #expect(try isServing(running))
            #expect(running.pool.statistics.failedWrites == 1)
        }

        @Test func `unfinished requests together are bounded`() throws {
            var limits = Limits()
            limits.unfinished = 100_000
            let running = try RunningPool(threads: 1, limits: limits)
            let part =
                Records.begin() + Records.header(4, length: 60_000)
                + [UInt8](repeating: 1, count: 40_000)
            let two = try (0..<2).map { _ in try running.client() }
            for client in two { try client.send(part) }
            #expect(running.comesTo { $0.heldBytes == 2 * part.count })

            let third = try running.client()
            third.sendWhatGoes(part)

            #expect(third.isClosed())
            #expect(try isServing(running))
        }

        @Test func `connections beyond the limit wait for a place`() throws {
            var limits = Limits()
            limits.connections = 2
            let running = try RunningPool(limits: limits)
            var two: [RawClient] = try (0..<2).map { _ in try running.client() }
            for client in two { #expect(try client.ask(Records.request()).body == "fine") }
            let third = try running.client()
            try third.send(Records.request())
            #expect(running.comesTo { $0.refusedAccepts > 0 })

            two = []

            #expect(try third.receiveAnswer().body == "fine")
            // It looked for a place a few times, not in a circle.
            #expect(running.pool.statistics.refusedAccepts < 100)
        }
    }
}
