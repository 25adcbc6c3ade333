import Domain

/// A time in words, with the exact one behind it (`{{#created}}{{>time}}{{/created}}`).
struct Moment {
    /// For `datetime`.
    let iso: String
    /// For `title`.
    let exact: String
    let words: String

    init(_ time: Instant, now: Instant) {
        iso = time.description
        // 2026-11-22T12:34:56.789Z
        exact = "\(iso.prefix(10)) \(iso.dropFirst(11).prefix(8)) UTC"
        let seconds = (time.milliseconds - now.milliseconds) / 1_000
        // What was set to end in 90 days has a moment less left when it is first shown.
        let span = Self.words(forSeconds: seconds < 0 ? -seconds : Self.rounded(seconds))
        words = span.map { seconds < 0 ? "\($0) ago" : "in \($0)" } ?? "just now"
    }

    /// The day in UTC, such as `20 February 2027`.
    static func date(_ time: Instant) -> String {
        let parts = time.description.prefix(10).split(separator: "-")
        let months = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September",
            "October", "November", "December",
        ]
        guard parts.count == 3, let month = Int(parts[1]), let day = Int(parts[2]),
            months.indices.contains(month - 1)
        else { return String(time.description.prefix(10)) }
        return "\(day) \(months[month - 1]) \(parts[0])"
    }

    /// To the nearest of the smallest unit that the words for it speak of.
    private static func rounded(_ seconds: Int64) -> Int64 {
        let unit: Int64 = seconds >= 86_400 ? 86_400 : seconds >= 3_600 ? 3_600 : 60
        return (seconds + unit / 2) / unit * unit
    }

    /// Nil for less than a minute.
    static func words(forSeconds seconds: Int64) -> String? {
        let units: [(Int64, String)] = [
            (365 * 86_400, "year"), (30 * 86_400, "month"), (86_400, "day"), (3_600, "hour"),
            (60, "minute"),
        ]
        guard let (length, unit) = units.first(where: { seconds >= $0.0 }) else { return nil }
        // Tokens live for 90, 180 or 365 days: months are spoken of from a year on, days until then.
        if unit == "month" { return "\(seconds / 86_400) days" }
        let count = seconds / length
        return "\(count) \(unit)\(count == 1 ? "" : "s")"
    }

    /// The class of an end that is near: amber under 30 days, red under 7, by the exact time.
    static func urgency(of end: Instant, now: Instant) -> String? {
        if end < now.adding(days: 7) { return "urgent" }
        return end < now.adding(days: 30) ? "soon" : nil
    }
}
