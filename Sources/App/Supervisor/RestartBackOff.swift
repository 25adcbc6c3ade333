/// How long the supervisor waits before it starts a worker again that has died.
///
/// A worker that worked for a while comes back at once. One that dies young again and again waits
/// longer each time, up to ten seconds, so that a broken worker does not burn the processor.
struct RestartBackOff {
    /// Who lived so long has done its work, and its death is a new story.
    static let young = Duration.seconds(10)
    static let longest = Duration.seconds(10)

    private var youngDeaths = 0

    /// The wait before the next start, after a worker that lived for `lifetime`.
    mutating func delay(afterLiving lifetime: Duration) -> Duration {
        if lifetime >= Self.young { youngDeaths = 0 }
        defer { youngDeaths += 1 }
        guard youngDeaths > 0 else { return .zero }
        return min(Self.longest, .milliseconds(100) * (1 << min(youngDeaths - 1, 10)))
    }
}
