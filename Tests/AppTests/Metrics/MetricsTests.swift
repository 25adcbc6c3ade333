import Foundation
import Gate
import Testing
import Web

@testable import App

@Suite struct MetricsTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/metrics" }

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func `the text is Prometheus' format 0·0·4`() throws {
        var layout = MetricsLayout()
        let good = layout.counter("a_total", "Things,\nby \\ kind.", ["kind": "go\"od\\\n"])
        _ = layout.counter("a_total", "Things,\nby \\ kind.", ["kind": "bad"])
        let gauge = layout.gauge("b", "Now.")
        let histogram = layout.histogram(
            "c_seconds", "Took.", ["pool": "web"], upTo: [.microseconds(250), .milliseconds(1)])
        let metrics = try Metrics(layout, path: path, slot: 1)

        metrics.add(3, to: good)
        metrics.set(gauge, to: 7)
        metrics.observe(.microseconds(250), in: histogram)
        metrics.observe(.microseconds(251), in: histogram)
        metrics.observe(.seconds(2), in: histogram)

        #expect(
            metrics.exposition() == #"""
                # HELP a_total Things,\nby \\ kind.
                # TYPE a_total counter
                a_total{kind="go\"od\\\n"} 3
                a_total{kind="bad"} 0
                # HELP b Now.
                # TYPE b gauge
                b 7
                # HELP c_seconds Took.
                # TYPE c_seconds histogram
                c_seconds_bucket{pool="web",le="0.00025"} 1
                c_seconds_bucket{pool="web",le="0.001"} 2
                c_seconds_bucket{pool="web",le="+Inf"} 3
                c_seconds_sum{pool="web"} 2.000501
                c_seconds_count{pool="web"} 3

                """#)
    }

    @Test func `all processes are added up, and one that died leaves its counters, not its gauges`()
        throws
    {
        var layout = MetricsLayout()
        let counter = layout.counter("a_total", "A.")
        let gauge = layout.gauge("b", "B.")
        let one = try Metrics(layout, path: path, slot: 1)
        let two = try Metrics(layout, path: path, slot: Metrics.slots - 1)

        one.add(2, to: counter)
        two.add(3, to: counter)
        one.set(gauge, to: 10)
        two.set(gauge, to: 5)
        two.clearGauges(ofSlot: 1)

        #expect(two.exposition().contains("\na_total 5\n"))
        #expect(two.exposition().contains("\nb 5\n"))
    }

    @Test(arguments: [-1, Metrics.slots, Int.max, Int.min])
    func `a slot that is not there harms nobody`(_ slot: Int) throws {
        var layout = MetricsLayout()
        let counter = layout.counter("a_total", "A.")

        let metrics = try Metrics(layout, path: path, slot: slot)
        metrics.add(to: counter)
        metrics.clearGauges(ofSlot: slot)

        #expect(metrics.exposition().contains("\na_total 1\n"))
    }

    @Test func `times that make no sense are counted as none`() throws {
        var layout = MetricsLayout()
        let histogram = layout.histogram("c_seconds", "C.", upTo: [.seconds(1)])
        let metrics = try Metrics(layout, path: path, slot: 0)

        metrics.observe(.seconds(-5), in: histogram)
        metrics.observe(.seconds(Int64.max), in: histogram)

        #expect(metrics.exposition().contains("c_seconds_bucket{le=\"1\"} 1\n"))
        #expect(metrics.exposition().contains("c_seconds_count 2\n"))
    }

    @Test func `the service's own numbers are all there from the first moment`() throws {
        let metrics = try ServiceMetrics(path: path, slot: 0)

        metrics.answered(.gate, status: 204, in: .microseconds(80))
        metrics.answered(.gate, status: 999, in: .zero)
        metrics.decided(from: .cache)
        metrics.signIn(.wrong)
        metrics.workersReady(.web, 2)

        let text = metrics.exposition()
        #expect(text.contains("gatehouse_requests_total{pool=\"gate\",status=\"2xx\"} 1\n"))
        #expect(text.contains("gatehouse_requests_total{pool=\"web\",status=\"5xx\"} 0\n"))
        #expect(text.contains("gatehouse_request_seconds_bucket{pool=\"gate\",le=\"0.00005\"} 0\n"))
        #expect(text.contains("gatehouse_request_seconds_bucket{pool=\"gate\",le=\"0.0001\"} 1\n"))
        #expect(text.contains("gatehouse_gate_decisions_total{source=\"cache\"} 1\n"))
        #expect(text.contains("gatehouse_sign_ins_total{outcome=\"wrong\"} 1\n"))
        #expect(text.contains("gatehouse_workers{pool=\"web\"} 2\n"))
        let names = text.split(separator: "\n").filter { $0.hasPrefix("# TYPE") }
        #expect(Set(names).count == names.count, "each name is introduced once")
    }

    @Test func `two processes that add to one cell lose nothing`() throws {
        let counters = try SharedCounters(path: path, count: 16)
        let processes = try (0..<2).map { _ in
            let process = Process()
            process.executableURL = RunningService.program
            process.arguments = ["add", path, "16", "5", "200000"]
            try process.run()
            return process
        }

        for _ in 0..<200_000 { counters.bump(5) }
        for process in processes {
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }

        #expect(counters.load(5) == 600_000)
        #expect(counters.load(4) == 0)
    }
}
