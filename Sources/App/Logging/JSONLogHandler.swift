import FastCGI
import FoundationEssentials
import Glibc
package import Logging

/// Writes each log event as one line of JSON on standard error.
///
/// A line is one `write(2)` of at most 4,096 bytes, so the lines of several processes do not mix.
/// Control characters are escaped, so nothing that a client sends can begin a line of its own or
/// colour a terminal; what looks like one of our secrets is hidden, whoever logged it.
package struct JSONLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let pool: String
    private let process: Int32
    private let write: @Sendable ([UInt8]) -> Void

    /// `pool` says which part of the service speaks: `web`, `gate`, `supervisor`, or a command.
    package init(
        pool: String, level: Logger.Level,
        write: @escaping @Sendable ([UInt8]) -> Void = { StandardError.write($0) }
    ) {
        self.pool = pool
        self.logLevel = level
        self.process = getpid()
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error { all["error"] = .string("\(error)") }

        let now = Date()
        for limit in Self.limits {
            let line = line(event, all, now, limit)
            if line.count <= Self.longestLine {
                return write(line)
            }
        }
        write(line(event, [:], now, Self.limits[1]))
    }

    /// PIPE_BUF: "writes of up to PIPE_BUF bytes are atomic" (pipe(7)).
    static let longestLine = 4096

    /// How long a single text may be; when the line gets too long, the next one is tried.
    private static let limits = [2000, 150]

    private func line(_ event: LogEvent, _ metadata: Logger.Metadata, _ now: Date, _ limit: Int)
        -> [UInt8]
    {
        var line = LogLine(limit: limit)
        line.begin("{")
        line.add("time", LogLine.timestamp(now))
        line.add("level", event.level.rawValue)
        line.add("message", event.message.description)
        // The request first: it is what one looks for.
        if let request = metadata["request_id"] { line.add("request_id", request) }
        line.add("pool", pool)
        line.add("pid", process)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) where key != "request_id" {
            // A second member of the same name could hide the first from a reader.
            line.add(Self.taken.contains(key) ? "metadata_\(key)" : key, value)
        }
        line.end("}\n")
        return line.bytes
    }

    private static let taken: Set<String> = ["time", "level", "message", "pool", "pid"]
}

extension Logger {
    /// The logger of one part of the service, by the level of the settings.
    package init(pool: String, level: Logger.Level) {
        self.init(label: "gatehouse") { _ in JSONLogHandler(pool: pool, level: level) }
    }
}
