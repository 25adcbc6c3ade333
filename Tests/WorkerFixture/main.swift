// The gatehouse of the supervisor's tests: its frame is the real one, its workers answer lines of text.

import App
import FastCGI
import FoundationEssentials
import Gate
import Glibc

/// Answers each line of each connection, and finishes open connections when it is stopped.
final class LineServer: WorkerProgram {
    private let context: WorkerContext
    private let stopping: (wait: Descriptor, tell: Descriptor)
    private let finished: (wait: Descriptor, tell: Descriptor)

    init(_ context: WorkerContext) throws {
        self.context = context
        let (a, b) = try UnixSocket.pair()
        stopping = (a, b)
        let (c, d) = try UnixSocket.pair()
        finished = (c, d)
    }

    func run(ready: () -> Void) throws {
        let listening = context.listening
        // Several processes are woken for one connection, and all but one must not wait for the next.
        _ = fcntl(listening, F_SETFL, fcntl(listening, F_GETFL) | O_NONBLOCK)
        ready()
        var open = 0
        while true {
            let readable = try Waiting.readable(
                among: [listening, stopping.wait.number], milliseconds: nil)
            if readable.contains(stopping.wait.number) { break }
            let number = accept(listening, nil, nil)
            if number >= 0 {
                open += 1
                let connection = Descriptor(owning: number)
                try DetachedThread.start { [self] in
                    serve(connection)
                    try? finished.tell.write([0])
                }
            }
        }
        while open > 0 {
            open -= try finished.wait.read(atMost: 64).count
        }
    }

    func stop() {
        try? stopping.tell.write([0])
    }

    private func serve(_ connection: Descriptor) {
        var buffer: [UInt8] = []
        while let bytes = try? connection.read(atMost: 256), !bytes.isEmpty {
            buffer += bytes
            while let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeFirst(end + 1)
                try? connection.write(Array((answer(line) + "\n").utf8))
            }
        }
    }

    private func answer(_ line: String) -> String {
        let words = line.split(separator: " ").map(String.init)
        switch words.first {
        case "pid": return String(getpid())
        case "brand": return context.settings.brandName
        case "nice": return String(getpriority(Int32(PRIO_PROCESS.rawValue), 0))
        case "environment": return ProcessInfo.processInfo.environment[words[1]] ?? "-"
        case "limits":
            let file = try? FileContents(of: "/proc/self/limits", atMost: 65536)
            let lines = String(decoding: file?.bytes ?? [], as: UTF8.self).split(separator: "\n")
            return String(lines.first { $0.hasPrefix("Max core file size") } ?? "")
        case "count":
            context.metrics.answered(context.pool, status: 200, in: .milliseconds(1))
            return "counted"
        case "crash": _exit(Int32(words[1]) ?? 1)
        default: return line
        }
    }
}

/// Workers of the brand "broken" say that they cannot start, those of "crashing" just end.
struct FixtureWiring: Wiring {
    func workerProgram(_ context: WorkerContext) throws -> any WorkerProgram {
        switch context.settings.brandName {
        case "broken": throw CommandFailure("A broken brand.")
        case "crashing": _exit(9)
        default: return try LineServer(context)
        }
    }

    func share(_ settings: Settings) throws -> () -> Void {
        let counters = try SharedCounters(path: settings.generationsFile, count: 8)
        return { counters.bumpAll() }
    }

    func problems(_ settings: Settings) -> [SettingsProblem] { [] }
}

switch CommandLine.arguments.dropFirst().first {
case "add":
    // add FILE CELLS CELL TIMES
    let words = CommandLine.arguments.dropFirst(2).map { $0 }
    let counters = try SharedCounters(path: words[0], count: Int(words[1]) ?? 1)
    for _ in 0..<(Int(words[3]) ?? 0) { counters.bump(Int(words[2]) ?? 0) }
default:
    exit(
        Gatehouse.run(
            Array(CommandLine.arguments.dropFirst()),
            in: .ofThisProcess(wiring: FixtureWiring(), operations: nil)))
}
