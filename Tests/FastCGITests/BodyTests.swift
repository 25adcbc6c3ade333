import FastCGI
import HTTP
import Testing

extension PoolSuites {
    @Suite struct BodyTests {
        @Test(
            arguments: [
                [], [""], ["-4"], ["+4"], ["1e9"], [" 4"], ["4 "], ["0x4"], ["4.0"], ["5"], ["3"],
                ["0"], ["4", "4"], ["", "4"], ["4", ""], ["4,4"], ["18446744073709551620"],
                ["9223372036854775808"], ["99999999999999999999999999999"],
            ] as [[String]])
        func `a length that is not that of the body is told to the handler`(
            _ lengths: [String]
        ) throws {
            let running = try RunningPool { _, body in .text("\(body)") }
            let client = try running.client()

            let answer = try client.ask(
                Records.request(body: Array("body".utf8), length: lengths))

            #expect(answer.body == "lengthMismatch")
            #expect(running.pool.statistics.refusedBodies == 1)
            // The request was whole, so the connection goes on.
            #expect(try client.ask(Records.request()).body == "complete([])")
        }

        @Test(arguments: [[], [""], ["0"], ["00"]] as [[String]])
        func `without a body the length may be missing`(_ lengths: [String]) throws {
            let running = try RunningPool { _, body in .text("\(body)") }

            let answer = try running.client().ask(Records.request(length: lengths))

            #expect(answer.body == "complete([])")
        }

        @Test(arguments: [["1"], ["0", "0"], ["", ""], ["-0"]] as [[String]])
        func `without a body another length is wrong`(_ lengths: [String]) throws {
            let running = try RunningPool { _, body in .text("\(body)") }

            let answer = try running.client().ask(Records.request(length: lengths))

            #expect(answer.body == "lengthMismatch")
        }

        @Test func `a body of exactly the limit is taken`() throws {
            let body = [UInt8](repeating: 1, count: 64 * 1024)
            let running = try RunningPool { _, got in .text("\(got == .complete(body))") }
            let client = try running.client()

            #expect(try client.ask(Records.request(body: body)).body == "true")
            #expect(try client.ask(Records.request(body: body)).body == "true")
        }

        @Test(arguments: ["65537", "10", ""])
        func `a longer body is refused by count, whatever its length says`(_ length: String) throws
        {
            let running = try RunningPool { _, body in .text("\(body)") }
            let client = try running.client()
            let body = [UInt8](repeating: 1, count: 64 * 1024 + 1)

            let answer = try client.ask(Records.request(body: body, length: [length]))

            #expect(answer.body == "tooLarge")
            #expect(client.isClosed())
        }

        @Test func `the answer to a body that is much too long arrives nevertheless`() throws {
            let running = try RunningPool { _, body in .text("\(body)") }
            var client: RawClient? = try running.client()
            let body = [UInt8](repeating: 1, count: 20_000_000)

            // All of it is sent before the answer is read.
            try client?.send(Records.request(body: body))

            #expect(try client?.receiveAnswer().body == "tooLarge")
            #expect(client?.isClosed() == true)
            client = nil
            #expect(running.comesTo { $0.openConnections == 0 })
        }

        @Test func `half a body is told to the handler when the peer stops`() throws {
            let running = try RunningPool { _, body in .text("\(body)") }
            let client = try running.client()
            let request = Records.request(body: Array("a whole body".utf8))

            try client.send(Array(request.dropLast(14)))
            client.finishSending()

            #expect(try client.receiveAnswer().body == "incomplete")
            #expect(client.isClosed())
            #expect(running.comesTo { $0.openConnections == 0 && $0.heldBytes == 0 })
        }

        @Test func `a peer that has gone with half a body harms nobody`() throws {
            let running = try RunningPool(threads: 1)
            let request = Records.request(body: Array("a whole body".utf8))

            for _ in 0..<100 { try running.client().send(Array(request.dropLast(14))) }

            #expect(try isServing(running))
            #expect(running.comesTo { $0.openConnections == 0 })
        }

        @Test func `a body that does not come in time is refused`() throws {
            var limits = Limits()
            limits.request = .milliseconds(100)
            let running = try RunningPool(threads: 1, limits: limits) { _, body in .text("\(body)")
            }
            let client = try running.client()

            try client.send(Array(Records.request(body: Array("a whole body".utf8)).dropLast(14)))

            #expect(try client.receiveAnswer().body == "incomplete")
            #expect(client.isClosed())
            #expect(running.pool.statistics.overdue == 1)
        }
    }
}
