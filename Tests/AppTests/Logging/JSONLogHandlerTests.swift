import Foundation
import Logging
import Synchronization
import Testing

@testable import App

@Suite struct JSONLogHandlerTests {
    /// What a handler wrote, one element a call.
    final class Written: Sendable {
        private let lines = Mutex<[[UInt8]]>([])

        func append(_ bytes: [UInt8]) { lines.withLock { $0.append(bytes) } }
        var all: [[UInt8]] { lines.withLock { $0 } }
        var text: String { String(decoding: all.joined(), as: UTF8.self) }

        /// The only line, read as JSON.
        func object() throws -> [String: Any] {
            let line = try #require(all.count == 1 ? all.first : nil)
            return try #require(
                try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
        }
    }

    private func logger(_ written: Written, level: Logger.Level = .info) -> Logger {
        Logger(label: "test") { _ in
            JSONLogHandler(pool: "gate", level: level) { written.append($0) }
        }
    }

    @Test func `an event is one line of JSON with its time, level, pool and process`() throws {
        let written = Written()
        var logger = logger(written)
        logger[metadataKey: "request_id"] = "01890a5d"

        logger.warning(
            "Slow.",
            metadata: [
                "milliseconds": .stringConvertible(1200), "tags": ["a", "b"], "who": ["id": "7"],
            ])

        let line = try written.object()
        #expect(line["level"] as? String == "warning")
        #expect(line["message"] as? String == "Slow.")
        #expect(line["request_id"] as? String == "01890a5d")
        #expect(line["pool"] as? String == "gate")
        #expect(line["pid"] as? Int == Int(getpid()))
        #expect(line["milliseconds"] as? Int == 1200)
        #expect(line["tags"] as? [String] == ["a", "b"])
        #expect(line["who"] as? [String: String] == ["id": "7"])
        let time = try #require(line["time"] as? String)
        #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
        #expect(written.text.hasSuffix("}\n"))
    }

    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (951_782_399.999, "2000-02-28T23:59:59.999Z"),
        (951_782_400, "2000-02-29T00:00:00.000Z"),
        (951_868_800, "2000-03-01T00:00:00.000Z"),
        (1_735_689_599.5, "2024-12-31T23:59:59.500Z"),
        (4_107_542_400, "2100-03-01T00:00:00.000Z"),
    ])
    func `times are RFC 3339 in UTC`(_ seconds: Double, _ text: String) {
        #expect(LogLine.timestamp(Date(timeIntervalSince1970: seconds)) == text)
    }

    @Test func `lines below the level are not written`() {
        let written = Written()
        let logger = logger(written, level: .warning)

        logger.info("no")
        logger.error("yes")

        #expect(written.all.count == 1)
    }

    @Test func `nothing in a text can begin a new line or steer a terminal`() throws {
        let written = Written()
        let nasty = "x\r\n{\"level\":\"info\"}\u{1b}[2J\u{9b}31m\u{0}\u{7f}\u{2028}\u{202e}\"\\"

        logger(written).info("\(nasty)", metadata: ["\(nasty)": "\(nasty)"])

        let bytes = try #require(written.all.first)
        #expect(bytes.filter { $0 == UInt8(ascii: "\n") }.count == 1)
        let scalars = String(decoding: bytes.dropLast(), as: UTF8.self).unicodeScalars
        #expect(scalars.allSatisfy { $0.properties.generalCategory != .control })
        #expect(scalars.allSatisfy { ![0x2028, 0x202e].contains($0.value) })
        #expect(try written.object()["message"] as? String == nasty)
    }

    @Test func `a member cannot be given twice`() throws {
        let written = Written()

        logger(written).info("true", metadata: ["message": "forged", "level": "critical"])

        let line = try written.object()
        #expect(line["message"] as? String == "true")
        #expect(line["level"] as? String == "info")
        #expect(line["metadata_message"] as? String == "forged")
        #expect(written.text.components(separatedBy: "\"message\":").count == 2)
    }

    @Test func `a line is at most what a pipe takes at once`() throws {
        let written = Written()
        let long = String(repeating: "\u{1}é", count: 10_000)

        logger(written).info("\(long)")
        logger(written).info(
            "short",
            metadata: Dictionary(uniqueKeysWithValues: (0..<500).map { ("k\($0)", "\(long)") }))

        #expect(written.all.count == 2)
        for line in written.all {
            #expect(line.count <= 4096)
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line)) }
        }
    }

    @Test(arguments: [
        "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ",
        "mchx_0123456789abcdefghijklmnop",
    ])
    func `what looks like a secret is hidden wherever it stands`(_ secret: String) {
        let written = Written()

        logger(written).info(
            "GET /x?token=\(secret)&y=1", metadata: ["header": "Bearer \(secret)"])

        #expect(!written.text.contains(secret))
        #expect(!written.text.contains(secret.suffix(12)))
        #expect(written.text.contains("GET /x?token=[hidden]&y=1"))
    }

    @Test func `a redacted value is not shown, however it is logged`() {
        let written = Written()
        let password = Redacted("correct horse")

        logger(written).error(
            "\(password)",
            metadata: [
                "a": "\(password)", "b": .string(String(describing: password)),
                "c": .string(String(reflecting: [password])),
            ])

        #expect(!written.text.contains("horse"))
    }
}
