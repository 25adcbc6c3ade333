import FastCGI

/// Tells the service manager how we are, in the manner of sd_notify(3), if there is one.
struct ServiceManager: Sendable {
    /// Where it listens: `$NOTIFY_SOCKET`.
    private let socket: String?
    /// How often it wants to hear of us: half of `$WATCHDOG_USEC` (sd_watchdog_enabled(3) recommends
    /// "half of the time").
    let watchdogInterval: Duration?

    init(environment: [String: String]) {
        socket = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
        watchdogInterval =
            socket != nil && microseconds > 1 ? .microseconds(microseconds / 2) : nil
    }

    func ready() { tell("READY=1") }
    func stopping() { tell("STOPPING=1") }
    func alive() { tell("WATCHDOG=1") }

    /// sd_notify(3): `RELOADING=1` needs the time beside it, which must not be before the request's.
    func reloading() { tell("RELOADING=1\nMONOTONIC_USEC=\(MonotonicTime.microseconds)") }

    private func tell(_ text: String) {
        guard let socket else { return }
        do throws(SystemCallError) {
            try UnixSocket.send(Array(text.utf8), to: socket)
        } catch {
            // Whoever does not listen is not told; sd_notify(3): "it's generally recommended to ignore
            // the return value of this call".
        }
    }
}
