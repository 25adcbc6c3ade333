import FoundationEssentials

/// A moment, in whole milliseconds since 1970 in UTC: what the database keeps and the API shows.
package struct Instant: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// From a JWT NumericDate (RFC 7519 §2).
    package init(seconds: Int64) {
        milliseconds = seconds * 1000
    }

    /// Reads RFC 3339 with any offset; nil where the text is none.
    package init?(rfc3339 text: String) {
        let plain = Date.ISO8601FormatStyle()
        let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        guard
            let date = (try? fractional.parse(text)) ?? (try? plain.parse(text)),
            abs(date.timeIntervalSince1970) < 253_402_300_800
        else { return nil }
        milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded())
    }

    /// Whole seconds since 1970, rounded down: a JWT NumericDate.
    package var seconds: Int64 {
        milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000
    }

    /// RFC 3339 in UTC with milliseconds and `Z`.
    package var description: String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// The same moment without its milliseconds; what a JWT can say of it.
    package var wholeSecond: Instant { Instant(seconds: seconds) }

    package func adding(seconds: Int64) -> Instant {
        Instant(milliseconds: milliseconds + seconds * 1000)
    }

    package func adding(days: Int) -> Instant {
        adding(seconds: Int64(days) * 86_400)
    }

    /// Whole seconds from this moment to a later one, rounded up and never below 1: a `Retry-After`.
    package func secondsUntil(_ later: Instant) -> Int {
        max(1, Int((later.milliseconds - milliseconds + 999) / 1000))
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }
}

/// Tells the time; handed in, so that a test can be at any moment.
package struct Clock: Sendable {
    private let read: @Sendable () -> Instant

    package init(_ read: @escaping @Sendable () -> Instant) {
        self.read = read
    }

    package static let system = Clock {
        Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }

    package var now: Instant { read() }
}
