import Gate
import Web

/// What the service counts about itself.
package struct ServiceMetrics: Sendable {
    private let metrics: Metrics
    private let requests: [PoolName: [MetricsLayout.Counter]]
    private let requestTimes: [PoolName: MetricsLayout.Histogram]
    private let decisions: [StandingSource: MetricsLayout.Counter]
    private let signIns: [SignInAttempt: MetricsLayout.Counter]
    private let workers: [PoolName: MetricsLayout.Gauge]
    private let restarts: [PoolName: MetricsLayout.Counter]

    /// Joins the counters in the file at `path`; `slot` is this process's own.
    package init(path: String, slot: Int) throws {
        var layout = MetricsLayout()
        var requests: [PoolName: [MetricsLayout.Counter]] = [:]
        var requestTimes: [PoolName: MetricsLayout.Histogram] = [:]
        var workers: [PoolName: MetricsLayout.Gauge] = [:]
        var restarts: [PoolName: MetricsLayout.Counter] = [:]
        for pool in PoolName.allCases {
            let label = pool.rawValue
            requests[pool] = (1...5).map { status in
                layout.counter(
                    "gatehouse_requests_total", "Requests answered.",
                    ["pool": label, "status": "\(status)xx"])
            }
            requestTimes[pool] = layout.histogram(
                "gatehouse_request_seconds", "Time from a request's last byte to its answer.",
                ["pool": label], upTo: Self.timeBounds)
            workers[pool] = layout.gauge(
                "gatehouse_workers", "Workers that are ready.", ["pool": label])
            restarts[pool] = layout.counter(
                "gatehouse_worker_restarts_total", "Workers that died and were started again.",
                ["pool": label])
        }
        decisions = StandingSource.allCases.reduce(into: [:]) { all, source in
            all[source] = layout.counter(
                "gatehouse_gate_decisions_total", "Decisions of the gate, by where they came from.",
                ["source": source.rawValue])
        }
        signIns = SignInAttempt.allCases.reduce(into: [:]) { all, outcome in
            all[outcome] = layout.counter(
                "gatehouse_sign_ins_total", "Sign-ins with a password, by how they ended.",
                ["outcome": outcome.rawValue])
        }
        self.requests = requests
        self.requestTimes = requestTimes
        self.workers = workers
        self.restarts = restarts
        metrics = try Metrics(layout, path: path, slot: slot)
    }

    /// From what the gate needs to what a password hash needs.
    private static let timeBounds: [Duration] = [
        .microseconds(50), .microseconds(100), .microseconds(250), .microseconds(500),
        .milliseconds(1), .microseconds(2500), .milliseconds(5), .milliseconds(10),
        .milliseconds(25), .milliseconds(50), .milliseconds(100), .milliseconds(250),
        .milliseconds(500), .seconds(1), .seconds(5),
    ]

    /// One more request was answered with `status`.
    package func answered(_ pool: PoolName, status: Int, in time: Duration) {
        if let counters = requests[pool], let histogram = requestTimes[pool],
            (100...599).contains(status)
        {
            metrics.add(to: counters[status / 100 - 1])
            metrics.observe(time, in: histogram)
        }
    }

    /// The gate decided once more.
    func decided(from source: StandingSource) {
        if let counter = decisions[source] { metrics.add(to: counter) }
    }

    /// Somebody tried to sign in.
    func signIn(_ attempt: SignInAttempt) {
        if let counter = signIns[attempt] { metrics.add(to: counter) }
    }

    func workersReady(_ pool: PoolName, _ count: Int) {
        if let gauge = workers[pool] { metrics.set(gauge, to: count) }
    }

    func workerRestarted(_ pool: PoolName) {
        if let counter = restarts[pool] { metrics.add(to: counter) }
    }

    func slotFreed(_ slot: Int) {
        metrics.clearGauges(ofSlot: slot)
    }

    /// The body of `/metrics`.
    package func exposition() -> String {
        metrics.exposition()
    }
}
