import Gate

/// Numbers about the service, shared by all its processes and written in Prometheus' text format.
///
/// Several workers listen at one socket, so whoever asks for the metrics reaches any one of them. Each
/// process therefore counts in a slot of its own in one shared file (no two write to one cache line), and
/// whoever is asked adds all slots up. What a worker counted stays when it dies: its slot is given to
/// another, which counts on from there.
package struct Metrics: Sendable {
    /// The most processes that count at once: two generations of two pools, and the supervisor.
    package static let slots = 4 * Settings.mostProcesses + 1

    private let layout: MetricsLayout
    private let cells: SharedCounters
    private let slot: Int

    /// Joins the counters in the file at `path`.
    package init(_ layout: MetricsLayout, path: String, slot: Int) throws {
        self.layout = layout
        self.slot = min(max(0, slot), Self.slots - 1)
        cells = try SharedCounters(path: path, count: layout.width * Self.slots)
    }

    package func add(_ amount: UInt64 = 1, to counter: MetricsLayout.Counter) {
        cells.add(slot * layout.width + counter.cell, amount)
    }

    /// Sets this process's part of a gauge; what is shown is the sum of all parts.
    package func set(_ gauge: MetricsLayout.Gauge, to value: Int) {
        cells.store(slot * layout.width + gauge.cell, UInt64(clamping: value))
    }

    /// Counts one more time that something took.
    package func observe(_ time: Duration, in histogram: MetricsLayout.Histogram) {
        let nanoseconds = time.nanoseconds
        let bucket =
            histogram.bounds.firstIndex { nanoseconds <= $0 } ?? histogram.bounds.count
        cells.add(slot * layout.width + histogram.cell + bucket, 1)
        cells.add(slot * layout.width + histogram.sumCell, nanoseconds)
    }

    /// Takes the gauges of a process back that has died. Its counters stay: they tell of the past.
    package func clearGauges(ofSlot slot: Int) {
        guard (0..<Self.slots).contains(slot) else { return }
        for cell in layout.gaugeCells {
            cells.store(slot * layout.width + cell, 0)
        }
    }

    /// The media type of `exposition()`.
    package static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    /// All numbers, as Prometheus' text format 0.0.4 wants them.
    package func exposition() -> String {
        var text = ""
        for family in layout.families {
            text += "# HELP \(family.name) \(Self.escaped(family.help))\n"
            text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
            for series in family.series {
                write(series, of: family.name, to: &text)
            }
        }
        return text
    }

    private func write(_ series: MetricsLayout.Series, of name: String, to text: inout String) {
        guard let bounds = series.bounds else {
            text += "\(name)\(Self.labels(series.labels)) \(total(series.cell))\n"
            return
        }
        var sum: UInt64 = 0
        for (index, bound) in bounds.enumerated() {
            sum &+= total(series.cell + index)
            let labels = Self.labels(series.labels + [("le", Self.seconds(bound))])
            text += "\(name)_bucket\(labels) \(sum)\n"
        }
        sum &+= total(series.cell + bounds.count)
        text += "\(name)_bucket\(Self.labels(series.labels + [("le", "+Inf")])) \(sum)\n"
        let all = total(series.cell + bounds.count + 1)
        text += "\(name)_sum\(Self.labels(series.labels)) \(Self.seconds(all))\n"
        text += "\(name)_count\(Self.labels(series.labels)) \(sum)\n"
    }

    private func total(_ cell: Int) -> UInt64 {
        (0..<Self.slots).reduce(0) { $0 &+ cells.load($1 * layout.width + cell) }
    }

    private static func labels(_ labels: [(name: String, value: String)]) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }
        return "{" + pairs.joined(separator: ",") + "}"
    }

    /// "Label values can be any Unicode string but the backslash, double-quote, and line feed characters
    /// have to be escaped"; in a help text, only backslash and line feed.
    private static func escaped(_ text: String, quotes: Bool = false) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.append(character)
            }
        }
        return result
    }

    /// Nanoseconds as seconds, without an exponent.
    private static func seconds(_ nanoseconds: UInt64) -> String {
        let (whole, part) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        guard part > 0 else { return String(whole) }
        let digits = String(part)
        let padded = String(repeating: "0", count: 9 - digits.count) + digits
        return "\(whole)." + padded.reversed().drop { $0 == "0" }.reversed()
    }
}

extension Duration {
    /// Never negative, and at most what 64 bits hold.
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return UInt64(min(seconds, 9_000_000_000)) * 1_000_000_000
            + UInt64(attoseconds / 1_000_000_000)
    }
}
