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

    /// RFC 3339 in UTC with milliseconds and `Z`. Written out here because Foundation's style goes through a
    /// floating-point number of seconds and loses a millisecond now and then.
    package var description: String {
        let wholeSeconds = seconds
        let days = (wholeSeconds >= 0 ? wholeSeconds : wholeSeconds - 86_399) / 86_400
        let ofDay = wholeSeconds - days * 86_400
        // Days to a date of the proleptic Gregorian calendar, in eras of 400 years that begin on 1 March.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func digits(_ value: Int64, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return digits(year, 4) + "-" + digits(month, 2) + "-" + digits(day, 2) + "T"
            + digits(ofDay / 3600, 2) + ":" + digits(ofDay / 60 % 60, 2) + ":"
            + digits(ofDay % 60, 2) + "." + digits(milliseconds - wholeSeconds * 1000, 3) + "Z"
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
