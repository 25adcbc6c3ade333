import Domain
import Foundation
import Testing

@testable import App

/// What we send to addresses that clients name (security 109).
@Suite struct OutboundPostTests {
    private let anywhere = OutboundPost(allowsPrivate: true)

    @Test func `a form arrives as it was sent, and the status is told`() throws {
        let server = try ScriptedServer("HTTP/1.1 204 No Content\r\n\r\n")

        let status = try anywhere.send("a=b", to: server.address + "/logout?x=y")

        #expect(status == 204)
        let received = server.received()
        #expect(received.hasPrefix("POST /logout?x=y HTTP/1.1\r\n"))
        #expect(received.contains("\r\nHost: 127.0.0.1:\(server.port)\r\n"))
        #expect(received.contains("\r\nContent-Type: application/x-www-form-urlencoded\r\n"))
        #expect(received.contains("\r\nContent-Length: 3\r\n"))
        #expect(received.hasSuffix("\r\n\r\na=b"))
    }

    @Test func `OpenID Connect Back-Channel Logout 2.5: the token comes in a form`() throws {
        for (status, outcome) in [
            ("200 OK", LogoutDeliveryOutcome.accepted), ("204 No Content", .accepted),
            ("400 Bad Request", .refused("status 400")),
            ("302 Found", .refused("status 302")),
        ] {
            let server = try ScriptedServer("HTTP/1.1 \(status)\r\n\r\n")

            let told = LogoutPost(post: anywhere).deliver(
                // The server waits for these last letters.
                Secret("aA0-_.bB1.a=b"), to: server.address + "/logout?x=y")

            #expect(told == outcome)
            let received = server.received()
            #expect(received.hasPrefix("POST /logout?x=y HTTP/1.1\r\n"))
            #expect(received.contains("\r\nContent-Type: application/x-www-form-urlencoded\r\n"))
            #expect(received.hasSuffix("\r\n\r\nlogout_token=aA0-_.bB1.a=b"))
        }
    }

    @Test func `a redirect is an answer, and is not followed`() throws {
        let other = try ScriptedServer("HTTP/1.1 200 OK\r\n\r\n")
        let server = try ScriptedServer(
            "HTTP/1.1 302 Found\r\nLocation: \(other.address)/\r\n\r\n")

        #expect(try anywhere.send("a=b", to: server.address) == 302)

        #expect(server.received().hasPrefix("POST / HTTP/1.1\r\n"))
        #expect(!other.wasAsked)
    }

    @Test(arguments: [
        "http://127.0.0.1:1/", "https://127.0.0.1:1/", "https://localhost:1/", "https://[::1]:1/",
        "https://10.0.0.1:1/", "https://169.254.169.254/latest/", "https://127.1:1/",
        "https://2130706433:1/", "https://[::ffff:127.0.0.1]:1/", "http://app.example/",
        "https://user@127.0.0.1/", "ftp://127.0.0.1/", "https:///x", "nonsense",
        "https://app.example/#x", "https://app.example/a\r\nX: y",
    ])
    func `private addresses and plain http are not asked`(_ address: String) throws {
        let post = OutboundPost(allowsPrivate: false)

        #expect(throws: OutboundPost.Failure.self) { try post.send("a=b", to: address) }
    }

    @Test func `a private address is not even connected to`() throws {
        let server = try ScriptedServer("HTTP/1.1 200 OK\r\n\r\n")
        let post = OutboundPost(allowsPrivate: false)

        for scheme in ["http", "https"] {
            #expect(throws: OutboundPost.Failure.self) {
                try post.send("a=b", to: "\(scheme)://127.0.0.1:\(server.port)/")
            }
        }

        #expect(!server.wasAsked)
    }

    @Test(arguments: [
        "", "\r\n\r\n", "nonsense\r\n\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 99 x\r\n\r\n",
        "HTTP/1.1 2000 x\r\n\r\n", "HTTP/1.1 20 x\r\n\r\n", "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
    ])
    func `an answer that can't be read is none`(_ answer: String) throws {
        let server = try ScriptedServer(answer)

        #expect(throws: OutboundPost.Failure.self) { try anywhere.send("a=b", to: server.address) }
    }

    @Test func `an endless head is not read to its end`() throws {
        let server = try ScriptedServer(
            "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 100_000))

        #expect(throws: OutboundPost.Failure.self) { try anywhere.send("a=b", to: server.address) }
    }

    @Test func `what follows the head is not waited for`() throws {
        let server = try ScriptedServer(
            "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nsome", staysOpen: true)

        #expect(try anywhere.send("a=b", to: server.address) == 200)
    }
}

/// A server in Python that takes one request and answers with exactly these bytes.
private final class ScriptedServer {
    let port: Int
    var address: String { "http://127.0.0.1:\(port)" }
    private let process: Process
    private let output: FileHandle
    private let input: FileHandle

    struct DidNotStart: Error {}

    private static let program = """
        import os, socket, sys, threading
        answer, stays = sys.argv[1].encode(), sys.argv[2] == "true"
        listening = socket.create_server(("127.0.0.1", 0))
        print(listening.getsockname()[1], flush=True)
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
        connection, _ = listening.accept()
        data = b""
        while b"\\r\\n\\r\\n" not in data or not data.endswith(b"a=b"):
            chunk = connection.recv(65536)
            if not chunk:
                break
            data += chunk
        sys.stdout.write(data.decode())
        sys.stdout.flush()
        os.close(1)
        try:
            connection.sendall(answer)
            if stays:
                connection.recv(1)
        except OSError:
            pass
        connection.close()
        """

    init(_ answer: String, staysOpen: Bool = false) throws {
        process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", Self.program, answer, "\(staysOpen)"]
        let (output, input) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardInput = input
        try process.run()
        self.output = output.fileHandleForReading
        self.input = input.fileHandleForWriting
        var line = ""
        while !line.hasSuffix("\n") {
            let data = self.output.availableData
            guard !data.isEmpty else { throw DidNotStart() }
            line += String(decoding: data, as: UTF8.self)
        }
        guard let port = Int(line.dropLast()) else { throw DidNotStart() }
        self.port = port
    }

    /// All of the request.
    func received() -> String { String(decoding: output.readDataToEndOfFile(), as: UTF8.self) }

    /// Whether somebody connected; ends the server.
    var wasAsked: Bool {
        try? input.close()
        return !output.readDataToEndOfFile().isEmpty
    }

    deinit {
        // A test's thread blocks SIGTERM, and so does what it started.
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }
}
