import HTTPTypes

extension OperationAPI {
    static let operations: [Operation] = [
        Operation(
            .get, "/healthz", id: "showHealth", .operation, "Whether a worker lives.",
            access: .open,
            answers: .ok(.object(.required("status", .constant("ok"))), "It does.")),
        Operation(
            .get, "/readyz", id: "showReadiness", .operation,
            "Whether the database answers and its schema is current.", access: .open,
            answers: .ok(.object(.required("status", .constant("ready"))), "All is there.")),
        Operation(
            .get, "/metrics", id: "showMetrics", .operation, "Metrics in Prometheus' text format.",
            details: "From the host itself alone.", access: .open,
            answers: .text("The metrics of all workers."),
            .problem(.forbidden, "Asked from another host.")),
    ]
}
