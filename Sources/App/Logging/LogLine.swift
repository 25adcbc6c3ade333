import FoundationEssentials
import Logging

/// One line of the log while it is put together: JSON in which every text is escaped and bounded.
struct LogLine {
    private(set) var bytes: [UInt8] = []

    /// The most characters of one text; what is longer ends in an ellipsis.
    private let limit: Int
    private var isFirst = true

    init(limit: Int) {
        self.limit = limit
        bytes.reserveCapacity(512)
    }

    mutating func begin(_ text: StaticString) {
        bytes += text.description.utf8
        isFirst = true
    }

    mutating func end(_ text: StaticString) {
        bytes += text.description.utf8
        isFirst = false
    }

    mutating func add(_ key: String, _ text: String) {
        name(key)
        string(text)
    }

    mutating func add(_ key: String, _ number: Int32) {
        name(key)
        bytes += String(number).utf8
    }

    mutating func add(_ key: String, _ value: Logger.Metadata.Value) {
        name(key)
        self.value(value)
    }

    private mutating func name(_ key: String) {
        separate()
        string(key)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func separate() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
    }

    private mutating func value(_ value: Logger.Metadata.Value) {
        switch value {
        case .string(let text): string(text)
        case .stringConvertible(let value as any FixedWidthInteger): bytes += "\(value)".utf8
        case .stringConvertible(let value as Bool): bytes += "\(value)".utf8
        case .stringConvertible(let value): string(value.description)
        case .array(let values):
            begin("[")
            for value in values {
                separate()
                self.value(value)
            }
            end("]")
        case .dictionary(let members):
            begin("{")
            for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                add(key, value)
            }
            end("}")
        }
    }

    private mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var left = limit
        for scalar in SecretShapes.hidden(in: text).unicodeScalars {
            guard left > 0 else {
                bytes += "…".utf8
                break
            }
            left -= 1
            switch scalar {
            case "\"": bytes += #"\""#.utf8
            case "\\": bytes += #"\\"#.utf8
            case "\n": bytes += #"\n"#.utf8
            case "\r": bytes += #"\r"#.utf8
            case "\t": bytes += #"\t"#.utf8
            case _ where Self.mustBeEscaped(scalar): escape(scalar)
            default: bytes += UTF8.encode(scalar).map(Array.init) ?? []
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Controls (C0, DEL and C1, among them ESC and CSI), line and paragraph separators, and the marks
    /// that turn the direction of text around and so change what a line seems to say.
    private static func mustBeEscaped(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1f, 0x7f...0x9f, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff: true
        default: false
        }
    }

    private mutating func escape(_ scalar: Unicode.Scalar) {
        let digits = String(scalar.value, radix: 16)
        bytes += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
    }

    /// RFC 3339 in UTC with milliseconds.
    static func timestamp(_ date: Date) -> String {
        let milliseconds = Int((date.timeIntervalSince1970 * 1000).rounded(.down))
        let (days, ofDay) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        let (year, month, day) = civil(days)
        let seconds = ofDay / 1000
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
            + "T\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
            + ".\(padded(ofDay % 1000, 3))Z"
    }

    /// The Gregorian date that is `days` after 1 January 1970, for days from then on.
    ///
    /// Years are counted from March, so that a leap day is a year's last one; 146,097 days are 400
    /// years. A formatter of Foundation would take longer than the gate takes for a request.
    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let sinceMarch0 = days + 719_468
        let (era, ofEra) = sinceMarch0.quotientAndRemainder(dividingBy: 146_097)
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let dayOfYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
