/// A UUID (RFC 9562) in lower case; those made here are of version 7, so they sort by the time they were made.
package struct UniqueID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// RFC 9562 §5.7: 48 bits of milliseconds, then 74 random bits around version and variant.
    package init(at time: Instant, random: (UInt64, UInt64)) {
        let milliseconds = UInt64(clamping: time.milliseconds)
        high = milliseconds << 16 | 0x7000 | random.0 & 0x0FFF
        low = 0x8000_0000_0000_0000 | random.1 & 0x3FFF_FFFF_FFFF_FFFF
    }

    /// Reads the 36 characters of the canonical form, digits in either case; nil for anything else.
    package init?(_ text: some StringProtocol) {
        var digits = 0
        var position = 0
        var high: UInt64 = 0
        var low: UInt64 = 0
        for byte in text.utf8 {
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
            } else {
                let value: UInt8
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0")
                case UInt8(ascii: "a")...UInt8(ascii: "f"): value = byte - UInt8(ascii: "a") + 10
                case UInt8(ascii: "A")...UInt8(ascii: "F"): value = byte - UInt8(ascii: "A") + 10
                default: return nil
                }
                if digits < 16 {
                    high = high << 4 | UInt64(value)
                } else if digits < 32 {
                    low = low << 4 | UInt64(value)
                } else {
                    return nil
                }
                digits += 1
            }
            position += 1
        }
        guard position == 36, digits == 32 else { return nil }
        self.init(high: high, low: low)
    }

    package var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for index in 0..<32 {
            if index == 8 || index == 12 || index == 16 || index == 20 {
                text.append(UInt8(ascii: "-"))
            }
            let half = index < 16 ? high : low
            let digit = UInt8(truncatingIfNeeded: half >> UInt64((15 - index % 16) * 4)) & 0x0F
            text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
        return String(decoding: text, as: UTF8.self)
    }

    package static func < (left: UniqueID, right: UniqueID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

/// The identity of one kind of thing, so that a user's id can't be passed for an organization's.
package protocol Identifier: Hashable, Comparable, Sendable, CustomStringConvertible {
    var value: UniqueID { get }
    init(_ value: UniqueID)
}

extension Identifier {
    /// Reads the canonical text; nil for anything else.
    package init?(text: some StringProtocol) {
        guard let value = UniqueID(text) else { return nil }
        self.init(value)
    }

    package var description: String { value.description }

    package static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}
