import FastCGI
import Foundation
import Testing

@testable import App

/// `serve` of the worker fixture in a folder of its own, and what it writes.
final class RunningService {
    let sample: SettingsSample
    let process = Process()
    private let log = Pipe()
    private var unread: [UInt8] = []
    /// Every line that was read so far.
    private(set) var lines: [String] = []

    /// How long a test waits for something that must come.
    static let patience = 30_000

    struct NothingCame: Error, CustomStringConvertible {
        let description: String
    }

    /// Starts it; `settings` are the file's, which a test may change, `environment` what is added.
    init(
        _ sample: SettingsSample? = nil, settings: [String: Any] = [:],
        environment: [String: String] = [:]
    ) throws {
        // A worker that is gone is an error of the call that meets it, not the end of the tests.
        signal(SIGPIPE, SIG_IGN)
        var sample = try sample ?? SettingsSample()
        sample.environment["GATEHOUSE_CONFIG"] = sample.folder.path + "/settings.json"
        sample.environment["GATEHOUSE_LOG_LEVEL"] = "debug"
        sample.environment.merge(environment) { $1 }
        self.sample = sample
        try write(["gate_processes": 1].merging(settings) { $1 })

        process.executableURL = Self.program
        process.arguments = ["serve"]
        process.environment = sample.environment
        process.standardError = log
        process.standardInput = FileHandle.nullDevice
        try process.run()
        // Ours would keep the pipe open when everybody else has gone.
        try log.fileHandleForWriting.close()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    /// The fixture lies where the tests were built.
    static var program: URL {
        let own =
            CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return URL(filePath: own).deletingLastPathComponent().appending(path: "WorkerFixture")
    }

    /// Writes the settings file anew.
    func write(_ settings: [String: Any]) throws {
        let data = try JSONSerialization.data(withJSONObject: settings)
        try sample.folder.write("settings.json", String(decoding: data, as: UTF8.self))
    }

    func send(_ signal: Int32) {
        kill(process.processIdentifier, signal)
    }

    /// Reads the log up to the line with `message`, and gives it.
    @discardableResult
    func line(_ message: String) throws -> [String: Any] {
        while let line = try nextLine() {
            let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            if let object, object["message"] as? String == message { return object }
        }
        throw NothingCame(description: "\(message) did not come in: \(lines)")
    }

    /// Waits for the end, and gives the exit status; the rest of the log is in `lines`.
    func end() throws -> Int32 {
        while try nextLine() != nil {}
        process.waitUntilExit()
        return process.terminationStatus
    }

    private func nextLine() throws -> String? {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: unread[..<end], as: UTF8.self)
                unread.removeFirst(end + 1)
                lines.append(line)
                return line
            }
            let handle = log.fileHandleForReading
            guard
                try Waiting.readable(
                    among: [handle.fileDescriptor], milliseconds: Self.patience
                ).count == 1
            else {
                throw NothingCame(description: "No further line came after: \(lines)")
            }
            let data = handle.availableData
            if data.isEmpty { return nil }
            unread += data
        }
    }

    /// Asks a worker of `pool` one thing, on a connection of its own.
    func ask(_ pool: PoolName, _ question: String) throws -> String {
        try Conversation(sample.folder.path + "/\(pool.rawValue).sock").ask(question)
    }

    func conversation(_ pool: PoolName) throws -> Conversation {
        try Conversation(sample.folder.path + "/\(pool.rawValue).sock")
    }
}

/// A connection to a worker of the fixture.
final class Conversation: Sendable {
    private let socket: Descriptor

    init(_ path: String) throws {
        socket = try UnixSocket.connect(to: path)
    }

    func say(_ line: String) throws {
        try socket.write(Array((line + "\n").utf8))
    }

    /// The next line from there, `nil` when the worker has gone.
    func hear() throws -> String? {
        var bytes: [UInt8] = []
        while bytes.last != UInt8(ascii: "\n") {
            guard
                try Waiting.readable(
                    among: [socket.number], milliseconds: RunningService.patience
                ).count == 1
            else {
                throw RunningService.NothingCame(description: "The worker does not answer.")
            }
            let more: [UInt8]
            do throws(SystemCallError) {
                more = try socket.read(atMost: 256)
            } catch {
                // A worker that dies with a question unread resets the connection.
                if error.code == ECONNRESET { return nil }
                throw error
            }
            if more.isEmpty { return nil }
            bytes += more
        }
        return String(decoding: bytes.dropLast(), as: UTF8.self)
    }

    func ask(_ question: String) throws -> String {
        try say(question)
        return try #require(try hear())
    }
}
