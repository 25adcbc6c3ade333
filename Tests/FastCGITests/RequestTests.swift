import Glibc
import HTTP
import HTTPTypes
import Synchronization
import Testing

@testable import FastCGI

extension PoolSuites {
    @Suite struct RequestTests {
        @Test func `a request is answered in the manner of CGI`() throws {
            let running = try RunningPool { parameters, _ in
                .text("asked for \(parameters.first("REQUEST_URI") ?? "nothing")")
            }

            let answer = try running.client().ask(
                Records.request([("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/a?b=c")]))

            #expect(
                answer.output
                    == "Status: 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
                    + "Content-Length: 16\r\n\r\nasked for /a?b=c")
            #expect(answer.protocolStatus == 0)
        }

        @Test func `the body reaches the handler, however it is cut into records`() throws {
            let body = (0..<40_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let running = try RunningPool { _, got in .text("\(got == .complete(body))") }
            let head =
                Records.begin() + Records.parameters(Records.pairs([("CONTENT_LENGTH", "40000")]))
                + Records.parameters([])
            let client = try running.client()

            for size in [7, 8176, 8184, 8191, 8192, 8193, 39_999, 40_000] {
                let records = body.cut(size).flatMap { Records.input($0) }
                let answer = try client.ask(head + records + Records.input([]))

                #expect(answer.body == "true", "records of \(size) bytes")
            }
        }

        @Test func `connections are used again`() throws {
            let running = try RunningPool()
            let client = try running.client()

            for _ in 0..<100 { #expect(try client.ask(Records.request()).body == "fine") }

            #expect(running.pool.statistics.accepts == 1)
            #expect(running.pool.statistics.requests == 100)
        }

        @Test func `a connection that is not to be kept is closed behind the answer`() throws {
            let running = try RunningPool()
            let client = try running.client()

            let answer = try client.ask(Records.request(keep: false))

            #expect(answer.body == "fine")
            #expect(client.isClosed())
            #expect(running.comesTo { $0.openConnections == 0 })
        }

        @Test func `a parameter that was sent twice stands twice`() throws {
            let running = try RunningPool { parameters, _ in
                .text(parameters.all("HTTP_COOKIE").joined(separator: "|"))
            }

            let answer = try running.client().ask(
                Records.request([("HTTP_COOKIE", "a=1"), ("X", ""), ("HTTP_COOKIE", "b=2")]))

            #expect(answer.body == "a=1|b=2")
        }

        @Test func `names with = and values with NUL stay what they are`() throws {
            let running = try RunningPool { parameters, _ in
                let value = parameters.bytes("REQUEST_URI").map(Array.init) ?? []
                return .text("\(value) \(parameters.first("HTTP_X") ?? "none")")
            }
            let pairs =
                Records.pair(Array("HTTP_X=1".utf8), Array("2".utf8))
                + Records.pair(Array("REQUEST_URI".utf8), [0x2F, 0, 0x61])

            let answer = try running.client().ask(
                Records.begin() + Records.parameters(pairs) + Records.parameters([])
                    + Records.input([]))

            #expect(answer.body == "[47, 0, 97] none")
        }

        @Test func `a request split anywhere is served`() throws {
            let body = Array("body".utf8)
            let running = try RunningPool(threads: 1) { _, got in
                .text(got == .complete(body) ? "whole" : "\(got)")
            }
            let request = Records.request(
                [("REQUEST_METHOD", "POST"), ("REQUEST_URI", "/")], body: body)
            let client = try running.client()

            for split in 1..<request.count {
                try client.send(Array(request[..<split]))
                #expect(running.comesTo { $0.heldBytes == split })
                try client.send(Array(request[split...]))

                #expect(try client.receiveAnswer().body == "whole", "split at \(split)")
            }
            #expect(running.pool.statistics.accepts == 1)
        }

        @Test func `a request in writes of one byte is served`() throws {
            let running = try RunningPool()
            let client = try running.client()
            // Longer than what the kernel would queue of such writes.
            let request = Records.request([("HTTP_X", String(repeating: "x", count: 2000))])

            for byte in request { try client.send([byte]) }

            #expect(try client.receiveAnswer().body == "fine")
        }

        @Test func `a request sent before the last one was answered is served next`() throws {
            let running = try RunningPool { parameters, _ in .text(parameters.first("N") ?? "") }
            let client = try running.client()

            try client.send(
                Records.request([("N", "one")], id: 1) + Records.request([("N", "two")], id: 2)
                    + Records.request([("N", "three")], id: 3))

            #expect(try client.receiveAnswer(id: 1).body == "one")
            #expect(try client.receiveAnswer(id: 2).body == "two")
            #expect(try client.receiveAnswer(id: 3).body == "three")
        }

        @Test func `each thread makes its own handler and no other uses it`() throws {
            let running = try RunningPool(threads: 3) { _ in ThreadBoundHandler() }
            let clients = try (0..<20).map { _ in try running.client() }

            for client in clients { try client.send(Records.request()) }

            for client in clients { #expect(try client.receiveAnswer().body == "true worker") }
            #expect(running.pool.statistics.threads == 3)
        }

        @Test func `a handler that can't be made ends the pool with its error`() throws {
            struct NoDatabase: Error {}
            let running = try RunningPool(threads: 2) { thread in
                if thread == 1 { throw NoDatabase() }
                return ClosureHandler { _, _ in .text("fine") }
            }

            #expect(running.hasFinished())

            #expect(running.error is NoDatabase)
        }
    }

    @Suite struct ResponseTests {
        @Test func `the answer to HEAD has the length of the body and no body`() throws {
            let running = try RunningPool()
            let client = try running.client()

            let answer = try client.ask(Records.request([("REQUEST_METHOD", "HEAD")]))

            #expect(answer.head.hasSuffix("Content-Length: 4"))
            #expect(answer.body == "")
            #expect(try client.ask(Records.request()).body == "fine")
        }

        @Test(arguments: [HTTPResponse.Status.noContent, .notModified])
        func `an answer without a body has no length either`(
            _ status: HTTPResponse.Status
        ) throws {
            let running = try RunningPool { _, _ in
                Response(status: status, headers: [.eTag: "\"x\""], body: [1, 2, 3])
            }

            let answer = try running.client().ask(Records.request())

            #expect(
                answer.output
                    == "Status: \(status.code) \(status.reasonPhrase)\r\nETag: \"x\"\r\n\r\n")
        }

        @Test func `fields of one name stay several`() throws {
            let running = try RunningPool { _, _ in
                var response = Response.redirect(to: "/")
                response.headers.append(HTTPField(name: .setCookie, value: "a=1"))
                response.headers.append(HTTPField(name: .setCookie, value: "b=2"))
                return response
            }

            let answer = try running.client().ask(Records.request())

            #expect(answer.head.contains("Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n"))
        }

        @Test func `a length that the handler gives gives way to the true one`() throws {
            let running = try RunningPool { _, _ in
                Response(status: .ok, headers: [.contentLength: "999"], body: [0x61])
            }

            let answer = try running.client().ask(Records.request())

            #expect(answer.output == "Status: 200 OK\r\nContent-Length: 1\r\n\r\na")
        }

        @Test(arguments: ["a\rb", "a\nb", "a\r\nX: y", "a\0b", "\n", "\r"])
        func `no line of a head is written that holds CR, LF or NUL`(_ text: String) {
            var head = ResponseHead()

            let wroteText = head.appendLine(text)
            let wroteOther = head.appendLine("a\tb \u{E9}")

            #expect(!wroteText)
            #expect(wroteOther)
        }

        @Test func `a handler can't smuggle a second status`() throws {
            let running = try RunningPool { _, _ in
                let name = HTTPField.Name("sTatus")
                return Response(status: .forbidden, headers: name.map { [$0: "200 OK"] } ?? [:])
            }

            let answer = try running.client().ask(Records.request())

            #expect(answer.status == "Status: 500 Internal Server Error")
            #expect(running.pool.statistics.invalidResponses == 1)
        }

        @Test func `a long answer arrives whole`() throws {
            let long = [UInt8](repeating: 0x78, count: 3_000_000)
            let running = try RunningPool { _, _ in Response(status: .ok, body: long) }

            let answer = try running.client().ask(Records.request())

            #expect(answer.body.utf8.count == 3_000_000)
        }
    }
}

/// Knows the thread that made it.
private final class ThreadBoundHandler: Handler {
    private let maker = pthread_self()

    func respond(to parameters: Parameters, body: RequestBody) -> Response {
        .text("\(maker == pthread_self()) worker")
    }
}

extension [UInt8] {
    func cut(_ size: Int) -> [[UInt8]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
