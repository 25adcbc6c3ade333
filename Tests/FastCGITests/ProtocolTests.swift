import FastCGI
import Glibc
import HTTP
import Testing

/// A stream of bytes that breaks the protocol or its limits.
struct Malformed: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    /// Whether it breaks the rules with the bytes seen, and not only by ending there.
    var isPlain = true

    static let all: [Malformed] = {
        let begin = Records.begin()
        let pairs = Records.pairs([("REQUEST_METHOD", "GET")])
        let many = { (count: Int) in
            (0..<count).flatMap { Records.pairs([("N\($0)", "")]) }
        }
        func parameters(_ content: [UInt8]) -> [UInt8] {
            begin + content.cut(65_000).flatMap { Records.parameters($0) } + Records.parameters([])
                + Records.input([])
        }
        let huge = Records.longLength(0x7FFF_FFFF)
        var list = [
            Malformed(testDescription: "version 0", bytes: Records.record(1, version: 0)),
            Malformed(testDescription: "version 2", bytes: Records.record(1, version: 2)),
            Malformed(testDescription: "HTTP", bytes: Array("GET / HTTP/1.1\r\n\r\n".utf8)),
            Malformed(
                testDescription: "begin with id 0", bytes: Records.begin(id: 0)),
            Malformed(
                testDescription: "begin too short", bytes: Records.record(1, [0, 1, 1, 0])),
            Malformed(
                testDescription: "begin too long",
                bytes: Records.record(1, [UInt8](repeating: 1, count: 9))),
            Malformed(
                testDescription: "begin twice with one id", bytes: begin + begin),
            Malformed(
                testDescription: "begin among the parameters",
                bytes: begin + Records.parameters(pairs) + begin),
            Malformed(
                testDescription: "input before the parameters",
                bytes: begin + Records.input(Array("body".utf8))),
            Malformed(
                testDescription: "end of input before the end of the parameters",
                bytes: begin + Records.parameters(pairs) + Records.input([])),
            Malformed(
                testDescription: "parameters after their end",
                bytes: begin + Records.parameters([]) + Records.parameters(pairs)),
            Malformed(
                testDescription: "data, which only filters get", bytes: begin + Records.record(8)),
            Malformed(testDescription: "output from the server", bytes: begin + Records.record(6)),
            Malformed(testDescription: "end from the server", bytes: begin + Records.record(3)),
            Malformed(
                testDescription: "name and value of 2 GiB each", bytes: parameters(huge + huge)),
            Malformed(
                testDescription: "value of 2 GiB", bytes: parameters([1] + huge + [0x41])),
            Malformed(
                testDescription: "length behind the end", bytes: parameters([4, 5, 0x41, 0x42])),
            Malformed(testDescription: "length cut off", bytes: parameters([0x80, 0, 1])),
            Malformed(testDescription: "name without a value", bytes: parameters([3])),
            Malformed(testDescription: "201 pairs", bytes: parameters(many(201))),
            Malformed(testDescription: "a million pairs", bytes: parameters(many(1_000_000))),
            Malformed(
                testDescription: "64 KiB of parameters and a byte",
                bytes: parameters(
                    Records.pair([0x41], [UInt8](repeating: 0x42, count: 64 * 1024 - 5)))),
            Malformed(
                testDescription: "a pair of 64 MiB",
                bytes: parameters(
                    Records.pair([0x41], [UInt8](repeating: 0x42, count: 64 * 1024 * 1024)))),
            Malformed(
                testDescription: "a name of 2 GiB in GET_VALUES",
                bytes: Records.record(9, id: 0, huge + huge)),
            Malformed(
                testDescription: "GET_VALUES with a request id", bytes: Records.record(9, id: 3)),
            Malformed(
                testDescription: "nothing but strays",
                bytes: (0..<1000).flatMap { _ in Records.record(5, id: 9) }),
            Malformed(
                testDescription: "nothing but padding",
                bytes: begin
                    + (0..<2000).flatMap { _ in Records.parameters([0], padding: 255) }),
        ]
        for cut in [1, 7, 8, 12, 15, 16, 20, 24, 30] {
            list.append(
                Malformed(
                    testDescription: "the first \(cut) bytes of a request",
                    bytes: Array(Records.request().prefix(cut)), isPlain: false))
        }
        return list
    }()
}

extension PoolSuites {
    @Suite struct ProtocolTests {
        @Test(arguments: Malformed.all)
        func `what breaks the protocol closes its own connection only`(
            _ malformed: Malformed
        ) throws {
            let running = try RunningPool(threads: 1) { _, _ in .text("fine") }
            let other = try running.client()
            #expect(try other.ask(Records.request()).body == "fine")
            let client = try running.client()

            client.sendWhatGoes(malformed.bytes)
            if !malformed.isPlain { client.finishSending() }

            #expect(client.isClosed())
            #expect(try other.ask(Records.request()).body == "fine")
            #expect(running.pool.statistics.protocolErrors == 1)
            #expect(running.comesTo { $0.openConnections == 1 && $0.heldBytes == 0 })
        }

        @Test func `a request of 200 pairs and 64 KiB of parameters is taken`() throws {
            let running = try RunningPool { parameters, _ in .text("\(parameters.count)") }
            let client = try running.client()
            let long = Records.pair([0x41], [UInt8](repeating: 0x42, count: 64 * 1024 - 6))
            #expect(long.count == 64 * 1024)

            for content in [(0..<200).flatMap { _ in Records.pair([0x41], []) }, long] {
                let records = content.cut(65_528).flatMap { Records.parameters($0) }
                let answer = try client.ask(
                    Records.begin() + records + Records.parameters([]) + Records.input([]))

                #expect(answer.body == (content == long ? "1" : "200"))
            }
        }

        @Test func `parameters may be cut anywhere into records`() throws {
            let running = try RunningPool { parameters, _ in
                .text(parameters.first("REQUEST_URI") ?? "")
            }
            let client = try running.client()
            let content = Records.pairs([
                ("REQUEST_METHOD", "GET"), ("REQUEST_URI", String(repeating: "/a", count: 100)),
            ])

            for cut in 1..<content.count {
                let answer = try client.ask(
                    Records.begin() + Records.parameters(Array(content[..<cut]))
                        + Records.parameters(Array(content[cut...])) + Records.parameters([])
                        + Records.input([]))

                #expect(answer.body.count == 200, "cut at \(cut)")
            }
        }

        @Test func `padding up to 255 bytes is skipped, behind the last record too`() throws {
            let body = [UInt8](repeating: 7, count: 65_535)
            let running = try RunningPool { _, got in .text("\(got == .complete(body))") }
            let client = try running.client()
            let request =
                Records.begin(padding: 255)
                + Records.parameters(Records.pairs([("CONTENT_LENGTH", "65535")]), padding: 255)
                + Records.parameters([], padding: 255) + Records.input(body, padding: 255)
                + Records.input([], padding: 255)

            #expect(try client.ask(request).body == "true")
            #expect(try client.ask(request).body == "true")
        }

        @Test(arguments: [0, 2, 3, 99] as [UInt16])
        func `roles other than the responder's are answered UNKNOWN_ROLE`(_ role: UInt16) throws {
            let running = try RunningPool()
            let client = try running.client()

            try client.send(Records.begin(id: 5, role: role))

            let answer = try client.receiveAnswer(id: 5)
            #expect(answer == RawClient.Answer(output: "", protocolStatus: 3))
            #expect(client.isClosed())
        }

        @Test func `a second request beside the first is answered CANT_MPX_CONN`() throws {
            let running = try RunningPool()
            let client = try running.client()

            try client.send(
                Records.begin(id: 1) + Records.begin(id: 2) + Records.parameters(id: 2, [1])
                    + Records.parameters(id: 1, []) + Records.input(id: 2, [1])
                    + Records.input(id: 1, []))

            #expect(try client.receiveAnswer(id: 2).protocolStatus == 1)
            #expect(try client.receiveAnswer(id: 1).body == "fine")
            #expect(try client.ask(Records.request()).body == "fine")
        }

        @Test func `GET_VALUES is answered before, within and after a request`() throws {
            let running = try RunningPool()
            let client = try running.client()
            let names = ["FCGI_MAX_CONNS", "FCGI_MPXS_CONNS", "OTHER", "FCGI_MPXS_CONNS"]
            let question = Records.record(
                9, id: 0, Records.pairs(names.map { ($0, "") }), padding: 3)
            let value = RawClient.Record(
                type: 10, id: 0, content: Records.pairs([("FCGI_MPXS_CONNS", "0")]))

            try client.send(question)
            #expect(try client.receiveRecord() == value)

            try client.send(Records.begin() + question + Records.parameters([]) + question)
            #expect(try client.receiveRecord() == value)
            #expect(try client.receiveRecord() == value)
            try client.send(Records.input([]))
            #expect(try client.receiveAnswer().body == "fine")

            try client.send(question)
            #expect(try client.receiveRecord() == value)
        }

        @Test(arguments: [0, 4, 12, 200, 255] as [UInt8])
        func `other management records are answered UNKNOWN_TYPE`(_ type: UInt8) throws {
            let running = try RunningPool()
            let client = try running.client()

            try client.send(Records.record(type, id: 0, [1, 2, 3]))

            #expect(
                try client.receiveRecord()
                    == RawClient.Record(type: 11, id: 0, content: [type, 0, 0, 0, 0, 0, 0, 0]))
            #expect(try client.ask(Records.request()).body == "fine")
        }

        @Test func `an aborted request is ended without asking the handler`() throws {
            let running = try RunningPool()
            let client = try running.client()

            try client.send(
                Records.begin() + Records.parameters([]) + Records.input([1]) + Records.record(2))

            #expect(
                try client.receiveAnswer() == RawClient.Answer(output: "", protocolStatus: 0))
            #expect(client.isClosed())
            #expect(running.pool.statistics.requests == 0)
        }

        @Test func `records of requests that are not active are ignored`() throws {
            let running = try RunningPool()
            let client = try running.client()

            let answer = try client.ask(
                Records.record(2, id: 7) + Records.input(id: 7, [1, 2]) + Records.request())

            #expect(answer.body == "fine")
        }

        @Test func `ten thousand malformed requests cost no memory`() throws {
            let running = try RunningPool()
            let cases = Malformed.all.filter { $0.bytes.count < 100_000 }
            func attack(_ rounds: Int) throws {
                for number in 0..<rounds {
                    let client = try running.client()
                    client.sendWhatGoes(cases[number % cases.count].bytes)
                    client.finishSending()
                    // Until the worker is through with it.
                    while try client.receiveRecord() != nil {}
                }
            }

            try attack(1000)
            let before = residentKilobytes()
            try attack(10_000)
            let after = residentKilobytes()

            #expect(after - before < 2048, "\(before) kB before, \(after) kB after")
            #expect(try isServing(running))
            #expect(running.comesTo { $0.openConnections == 0 && $0.heldBytes == 0 })
        }
    }
}

/// VmRSS of proc(5).
func residentKilobytes() -> Int {
    guard let file = unsafe fopen("/proc/self/status", "r") else { return 0 }
    defer { unsafe _ = fclose(file) }
    var buffer = [CChar](repeating: 0, count: 8192)
    let count = unsafe fread(&buffer, 1, buffer.count, file)
    let text = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
}
