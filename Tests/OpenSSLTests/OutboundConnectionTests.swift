import Foundation
import OpenSSL
import Testing

/// TLS towards others, against OpenSSL's own server.
@Suite struct OutboundConnectionTests {
    private let loopback = NetworkAddress(bytes: [127, 0, 0, 1])

    private func connect(
        _ port: UInt16, within limit: Duration = .seconds(20)
    ) throws -> OutboundConnection {
        try OutboundConnection(
            to: #require(loopback), port: port, deadline: .now + limit)
    }

    @Test func `what is sent arrives, and the answer comes back`() throws {
        let server = try TLSServer(name: "DNS:app.example")
        let connection = try connect(server.port)

        try connection.startTLS(as: "app.example", trusting: .file(server.authority))
        try connection.write(Array("GET / HTTP/1.0\r\n\r\n".utf8))

        var answer: [UInt8] = []
        while !answer.contains(UInt8(ascii: "\n")) {
            let bytes = try connection.read(atMost: 1_000)
            try #require(!bytes.isEmpty)
            answer += bytes
        }
        #expect(String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.0 200 "))
    }

    @Test func `the certificate has to be for the host, and from somebody whom we believe`() throws
    {
        let server = try TLSServer(name: "DNS:app.example,IP:127.0.0.1")
        let stranger = try TLSServer(name: "DNS:app.example")

        for host in ["app.example", "127.0.0.1"] {
            try connect(server.port).startTLS(as: host, trusting: .file(server.authority))
        }
        for host in ["other.example", "app.example.org", "example", "127.0.0.2", "1.app.example"] {
            #expect(throws: OpenSSLError.self, "\(host)") {
                try connect(server.port).startTLS(as: host, trusting: .file(server.authority))
            }
        }
        #expect(throws: OpenSSLError.self) {
            try connect(server.port).startTLS(as: "app.example")
        }
        #expect(throws: OpenSSLError.self) {
            try connect(server.port)
                .startTLS(as: "app.example", trusting: .file(stranger.authority))
        }
    }

    @Test func `TLS before 1.2 is refused`() throws {
        let server = try TLSServer(
            name: "DNS:app.example", options: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])

        #expect(throws: OpenSSLError.self) {
            try connect(server.port).startTLS(as: "app.example", trusting: .file(server.authority))
        }
    }

    @Test func `nothing listens there`() throws {
        let port: UInt16
        do { port = try TLSServer(name: "DNS:app.example").port }

        #expect(throws: OpenSSLError.self) { try connect(port) }
    }

    @Test func `who says nothing is not waited for beyond the deadline`() throws {
        // A server of TLS waits for our first words, as we wait for its.
        let server = try TLSServer(name: "DNS:app.example")
        let start = ContinuousClock.now
        let connection = try connect(server.port, within: .milliseconds(300))

        #expect(throws: OpenSSLError("connection", reasons: ["timed out"])) {
            try connection.read(atMost: 10)
        }
        #expect(ContinuousClock.now - start < .seconds(10))
    }
}

/// `openssl s_server` with a certificate of its own, on a port of its own.
private final class TLSServer {
    let port: UInt16
    /// The file of its certificate, which signed itself.
    let authority: String
    private let process: Process
    private let folder: URL

    struct DidNotStart: Error {}

    init(name: String, options: [String] = []) throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "gatehouse-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        authority = folder.appending(path: "certificate.pem").path
        let key = folder.appending(path: "key.pem").path
        let request = try Self.start([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", "/CN=test", "-addext", "subjectAltName=\(name)", "-days", "2",
            "-keyout", key, "-out", authority,
        ])
        request.process.waitUntilExit()
        let server = try Self.start(
            [
                "s_server", "-accept", "127.0.0.1:0", "-www", "-cert", authority, "-key", key,
            ] + options)
        process = server.process
        // It says «ACCEPT 127.0.0.1:<port>».
        var said = ""
        while !said.contains("ACCEPT") || !said.hasSuffix("\n") {
            let data = server.output.availableData
            guard !data.isEmpty else { throw DidNotStart() }
            said += String(decoding: data, as: UTF8.self)
        }
        guard let line = said.split(separator: "\n").first(where: { $0.hasPrefix("ACCEPT") }),
            let port = line.split(separator: ":").last.flatMap({ UInt16($0) })
        else { throw DidNotStart() }
        self.port = port
    }

    private static func start(_ words: [String]) throws -> (process: Process, output: FileHandle) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = words
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = Pipe()
        try process.run()
        return (process, output.fileHandleForReading)
    }

    deinit {
        // A test's thread blocks SIGTERM, and so does what it started.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }
}
