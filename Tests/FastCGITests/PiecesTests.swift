import Dispatch
import FastCGI
import HTTP
import HTTPTypes
import Synchronization
import Testing

extension PoolSuites {
    /// Answers whose body is made while it is written.
    @Suite struct PiecesTests {
        private struct Broken: Error {}

        /// Counts, from any thread.
        private final class Count: Sendable {
            private let number = Atomic<Int>(0)

            var value: Int { number.load(ordering: .sequentiallyConsistent) }

            @discardableResult
            func up() -> Int {
                number.add(1, ordering: .sequentiallyConsistent).newValue
            }
        }

        /// `first`, then as many pieces as said, each asked of the closure.
        private static func response(
            _ count: Int, _ piece: @escaping (_ number: Int) throws -> [UInt8]
        ) -> Response {
            var number = 0
            return Response(
                status: .ok, body: Array("first".utf8),
                rest: BodyPieces {
                    number += 1
                    return number > count ? nil : try piece(number)
                })
        }

        @Test func `an answer in pieces arrives whole, and the connection goes on`() throws {
            let running = try RunningPool(threads: 1) { _, _ in
                Self.response(3) { Array(" \($0)".utf8) }
            }
            let client = try running.client()

            let answers = try (0..<2).map { _ in try client.ask(Records.request()) }

            for answer in answers {
                #expect(answer.body == "first 1 2 3")
                #expect(!answer.head.contains("Content-Length"))
                #expect(answer.protocolStatus == 0)
            }
        }

        @Test func `big and empty pieces arrive as they are`() throws {
            let sizes = [0, 1, 8_191, 8_192, 70_000, 0, 1_000_000]
            let running = try RunningPool(threads: 1) { _, _ in
                Self.response(sizes.count) {
                    [UInt8](repeating: UInt8(ascii: "a") + UInt8($0), count: sizes[$0 - 1])
                }
            }

            let body = try running.client().ask(Records.request()).body

            #expect(body.utf8.count == 5 + sizes.reduce(0, +))
            #expect(body.hasPrefix("firstcddd") && body.hasSuffix("hh"))
        }

        @Test func `an answer that breaks off has no end`() throws {
            let running = try RunningPool(threads: 1) { parameters, _ in
                if parameters.first("LONG") == nil { return .text("fine") }
                return Self.response(3) { number in
                    if number == 2 { throw Broken() }
                    return Array(" \(number)".utf8)
                }
            }
            let client = try running.client()

            try client.send(Records.request([("LONG", "")]))
            var records: [RawClient.Record] = []
            while let record = try client.receiveRecord() { records.append(record) }

            let output = records.flatMap(\.content)
            #expect(String(decoding: output, as: UTF8.self).hasSuffix("\r\n\r\nfirst 1"))
            #expect(records.allSatisfy { $0.type == 6 && !$0.content.isEmpty })
            #expect(running.comesTo { $0.failedWrites == 1 && $0.openConnections == 0 })
            #expect(try isServing(running))
        }

        @Test func `no piece is made before the one in front of it was taken`() throws {
            let made = Count()
            let running = try RunningPool(threads: 1) { _, _ in
                Self.response(5) { _ in
                    made.up()
                    return [UInt8](repeating: 1, count: 500_000)
                }
            }
            let client = try running.client()

            try client.send(Records.request())
            for _ in 0..<10 { _ = try client.receiveRecord() }

            // The socket's buffers don't hold one, and the next waits until it is written.
            #expect(made.value <= 2)
            #expect(try client.receiveAnswer().output.utf8.count > 2_400_000)
            #expect(made.value == 5)
        }

        @Test func `a peer that stops reading is cut off, and the pieces are let go`() throws {
            final class Held: Sendable {
                let gone: Count
                init(_ gone: Count) { self.gone = gone }
                deinit { gone.up() }
            }
            let gone = Count()
            var limits = Limits()
            limits.write = .milliseconds(50)
            let running = try RunningPool(threads: 1, limits: limits) { parameters, _ in
                if parameters.first("LONG") == nil { return .text("fine") }
                let held = Held(gone)
                return Self.response(100) { _ in
                    withExtendedLifetime(held) { [UInt8](repeating: 1, count: 2_000_000) }
                }
            }
            let client = try running.client()

            try client.send(Records.request([("LONG", "")]))

            #expect(running.comesTo { $0.failedWrites == 1 && $0.openConnections == 0 })
            #expect(try isServing(running))
            #expect(gone.value == 1)
        }

        @Test func `a peer that has gone asks for nothing more`() throws {
            let (made, leave) = (Count(), DispatchSemaphore(value: 0))
            let running = try RunningPool(threads: 1) { parameters, _ in
                if parameters.first("LONG") == nil { return .text("fine") }
                return Self.response(100) { _ in
                    if made.up() == 1 { leave.wait() }
                    return [UInt8](repeating: 1, count: 100)
                }
            }
            var client: RawClient? = try running.client()
            try client?.send(Records.request([("LONG", "")]))
            _ = try client?.receiveRecord()

            client = nil
            leave.signal()

            #expect(running.comesTo { $0.failedWrites == 1 })
            #expect(made.value == 1)
            #expect(try isServing(running))
        }

        @Test func `all pieces together have to be taken in time`() throws {
            var limits = Limits()
            limits.pieces = .zero
            let running = try RunningPool(threads: 1, limits: limits) { parameters, _ in
                parameters.first("LONG") == nil
                    ? .text("fine") : Self.response(1_000_000) { _ in [1] }
            }
            let client = try running.client()

            try client.send(Records.request([("LONG", "")]))
            while try client.receiveRecord() != nil {}

            #expect(running.comesTo { $0.failedWrites == 1 })
            #expect(try isServing(running))
        }

        @Test func `HEAD asks for no piece`() throws {
            let made = Count()
            let running = try RunningPool(threads: 1) { _, _ in
                Self.response(1) { _ in
                    made.up()
                    return [1]
                }
            }

            let answer = try running.client().ask(
                Records.request([("REQUEST_METHOD", "HEAD"), ("REQUEST_URI", "/")]))

            #expect(answer.body == "" && !answer.head.contains("Content-Length"))
            #expect(made.value == 0)
        }

        @Test func `a stop lets the pieces that are under way arrive`() throws {
            let (begun, leave) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            let running = try RunningPool(threads: 1) { _, _ in
                Self.response(2) { number in
                    if number == 1 {
                        begun.signal()
                        leave.wait()
                    }
                    return Array(" \(number)".utf8)
                }
            }
            let client = try running.client()
            try client.send(Records.request())
            begun.wait()

            running.pool.stop()
            leave.signal()

            #expect(try client.receiveAnswer().body == "first 1 2")
            #expect(running.hasFinished())
        }
    }
}
