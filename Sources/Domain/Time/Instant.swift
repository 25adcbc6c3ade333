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

    /// Reads RFC 3339 with any offset; nil where the text is none. Written out here because Foundation's style
    /// takes 30 February for 2 March and an hour of 25 for tomorrow's first.
    package init?(rfc3339 text: String) {
        // §5.6: date-time = full-date "T" full-time; T and Z may be in lower case.
        var rest = text.utf8[...]
        guard let year = Self.number(&rest, digits: 4), Self.drop("-", from: &rest),
            let month = Self.number(&rest, digits: 2), Self.drop("-", from: &rest),
            let day = Self.number(&rest, digits: 2), Self.drop("Tt", from: &rest),
            let hour = Self.number(&rest, digits: 2), Self.drop(":", from: &rest),
            let minute = Self.number(&rest, digits: 2), Self.drop(":", from: &rest),
            let second = Self.number(&rest, digits: 2),
            (1...12).contains(month), (1...Self.days(inMonth: month, of: year)).contains(day),
            hour < 24, minute < 60, second <= 60,
            let fraction = Self.millisecondsOfFraction(&rest),
            let offset = Self.minutesOfOffset(&rest), rest.isEmpty
        else { return nil }
        let minutes = (Self.days(to: year, month, day) * 24 + hour) * 60 + minute - offset
        // A leap second (§5.7) is the first one of the next minute, as POSIX counts.
        milliseconds = (minutes * 60 + second) * 1000 + fraction
    }

    private static func number(_ text: inout Substring.UTF8View, digits: Int) -> Int64? {
        let digit = UInt8(ascii: "0")...UInt8(ascii: "9")
        let read = text.prefix(digits)
        guard read.count == digits, read.allSatisfy(digit.contains) else { return nil }
        text = text.dropFirst(digits)
        return read.reduce(0) { $0 * 10 + Int64($1 - digit.lowerBound) }
    }

    /// Whether the text went on with one of the characters.
    private static func drop(
        _ characters: StaticString, from text: inout Substring.UTF8View
    ) -> Bool {
        guard let first = text.first, "\(characters)".utf8.contains(first) else { return false }
        text = text.dropFirst()
        return true
    }

    /// What is finer than a millisecond is left out; nil for a point without digits.
    private static func millisecondsOfFraction(_ text: inout Substring.UTF8View) -> Int64? {
        guard drop(".", from: &text) else { return 0 }
        var value: Int64 = 0
        var count = 0
        while let digit = number(&text, digits: 1) {
            if count < 3 { value = value * 10 + digit }
            count += 1
        }
        guard count > 0 else { return nil }
        return count == 1 ? value * 100 : count == 2 ? value * 10 : value
    }

    private static func minutesOfOffset(_ text: inout Substring.UTF8View) -> Int64? {
        if drop("Zz", from: &text) { return 0 }
        let isNegative = text.first == UInt8(ascii: "-")
        guard drop("+-", from: &text), let hours = number(&text, digits: 2),
            drop(":", from: &text), let minutes = number(&text, digits: 2), hours < 24, minutes < 60
        else { return nil }
        return (isNegative ? -1 : 1) * (hours * 60 + minutes)
    }

    private static func days(inMonth month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1970 to a date of the proleptic Gregorian calendar, in eras of 400 years that begin on 1 March.
    private static func days(to year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
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
