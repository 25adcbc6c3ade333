/// Percent-encoding of RFC 3986 §2.1, strict in both directions.
package enum PercentCoding {
    /// The decoded text, or nil where a `%` is not followed by two hexadecimal digits, the result is not
    /// UTF-8, or it holds a NUL. With `plusIsSpace` a `+` becomes a space (form encoding); with `allowsNUL` a NUL
    /// is a character like others.
    package static func decode(
        _ text: some StringProtocol, plusIsSpace: Bool = false, allowsNUL: Bool = false
    ) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(hexValue),
                    let low = iterator.next().flatMap(hexValue)
                else { return nil }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace:
                bytes.append(UInt8(ascii: " "))
            default:
                bytes.append(byte)
            }
        }
        guard allowsNUL || !bytes.contains(0) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The text with everything but the unreserved characters of RFC 3986 §2.3 encoded.
    package static func encode(_ text: String) -> String {
        var encoded = ""
        encoded.reserveCapacity(text.utf8.count)
        for byte in text.utf8 { encoded += encode(byte) }
        return encoded
    }

    /// The byte as it is, where it is an unreserved character of RFC 3986 §2.3, else encoded.
    package static func encode(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            return String(Unicode.Scalar(byte))
        default:
            return "%" + String([hexDigit(byte >> 4), hexDigit(byte & 0x0F)])
        }
    }

    package static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func hexDigit(_ value: UInt8) -> Character {
        Character(
            Unicode.Scalar(value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10))
    }
}
