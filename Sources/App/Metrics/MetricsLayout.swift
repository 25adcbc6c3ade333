/// Which numbers there are, and where each stands in a slot of the shared file.
///
/// Every process builds the same layout, in the same order, so a place means the same to all.
package struct MetricsLayout: Sendable {
    /// A number that only grows.
    package struct Counter: Sendable {
        let cell: Int
    }

    /// A number that rises and falls.
    package struct Gauge: Sendable {
        let cell: Int
    }

    /// How often something took how long: a count for each upper bound, one for all above, and the sum.
    package struct Histogram: Sendable {
        let cell: Int
        /// Upper bounds in nanoseconds, rising.
        let bounds: [UInt64]
        var sumCell: Int { cell + bounds.count + 1 }
    }

    enum Kind: String {
        case counter, gauge, histogram
    }

    /// All numbers of one name, which differ in their labels.
    struct Family: Sendable {
        let name: String
        let kind: Kind
        let help: String
        var series: [Series]
    }

    struct Series: Sendable {
        let labels: [(name: String, value: String)]
        let cell: Int
        /// Of a histogram alone.
        let bounds: [UInt64]?
    }

    private(set) var families: [Family] = []
    private(set) var gaugeCells: [Int] = []
    private var cellsUsed = 0

    /// Cells of one slot: whole cache lines of 64 bytes.
    var width: Int { (cellsUsed + 7) / 8 * 8 }

    package init() {}

    /// A counter; its name ends in `_total`.
    package mutating func counter(
        _ name: String, _ help: String, _ labels: KeyValuePairs<String, String> = [:]
    ) -> Counter {
        Counter(cell: add(name, .counter, help, labels, cells: 1))
    }

    package mutating func gauge(
        _ name: String, _ help: String, _ labels: KeyValuePairs<String, String> = [:]
    ) -> Gauge {
        let gauge = Gauge(cell: add(name, .gauge, help, labels, cells: 1))
        gaugeCells.append(gauge.cell)
        return gauge
    }

    /// A histogram of times; its name ends in `_seconds`.
    package mutating func histogram(
        _ name: String, _ help: String, _ labels: KeyValuePairs<String, String> = [:],
        upTo bounds: [Duration]
    ) -> Histogram {
        let bounds = bounds.map(\.nanoseconds)
        let cell = add(
            name, .histogram, help, labels, cells: bounds.count + 2, bounds: bounds)
        return Histogram(cell: cell, bounds: bounds)
    }

    private mutating func add(
        _ name: String, _ kind: Kind, _ help: String, _ labels: KeyValuePairs<String, String>,
        cells: Int, bounds: [UInt64]? = nil
    ) -> Int {
        let cell = cellsUsed
        cellsUsed += cells
        let series = Series(
            labels: labels.map { (name: $0.key, value: $0.value) }, cell: cell, bounds: bounds)
        if let index = families.firstIndex(where: { $0.name == name }) {
            precondition(families[index].kind == kind, "\(name) has two kinds")
            families[index].series.append(series)
        } else {
            families.append(Family(name: name, kind: kind, help: help, series: [series]))
        }
        return cell
    }
}
