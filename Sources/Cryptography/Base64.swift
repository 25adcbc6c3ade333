/// Base64url without padding, as JOSE writes bytes (RFC 7515 §2, Appendix C).
package enum Base64URL {
    private static let alphabet = Base64Alphabet(lastTwo: "-_")

    package static func encode(_ bytes: [UInt8]) -> String {
        alphabet.encode(bytes)
    }

    /// The bytes; nil unless the text is exactly what `encode` makes of them: no padding, no white
    /// space, no other alphabet, no bits left over. So no two texts mean the same bytes.
    package static func decode(_ text: String) -> [UInt8]? {
        alphabet.decode(Array(text.utf8)[...])
    }

    package static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        alphabet.decode(text)
    }

    /// Appends the text for the bytes.
    static func append(_ bytes: [UInt8], to text: inout [UInt8]) {
        alphabet.append(bytes, to: &text)
    }
}

/// Base64 without padding, as PHC strings write bytes.
enum PHCBase64 {
    private static let alphabet = Base64Alphabet(lastTwo: "+/")

    static func encode(_ bytes: [UInt8]) -> String {
        alphabet.encode(bytes)
    }

    /// As strict as `Base64URL.decode`.
    static func decode(_ text: Substring) -> [UInt8]? {
        alphabet.decode(Array(text.utf8)[...])
    }
}

/// The 64 letters, and the way back.
private struct Base64Alphabet {
    private static let none: UInt8 = 0xFF

    private let letters: [UInt8]
    private let values: [UInt8]

    init(lastTwo: String) {
        letters = Array(
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + lastTwo).utf8)
        var values = [UInt8](repeating: Self.none, count: 256)
        for (value, letter) in letters.enumerated() {
            values[Int(letter)] = UInt8(value)
        }
        self.values = values
    }

    func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        append(bytes, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    func append(_ bytes: [UInt8], to text: inout [UInt8]) {
        text.reserveCapacity(text.count + (bytes.count * 4 + 2) / 3)
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(letters[Int(buffer >> bits & 0x3F)])
            }
        }
        if bits > 0 {
            text.append(letters[Int(buffer << (6 - bits) & 0x3F)])
        }
    }

    func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        // RFC 4648 §4: a last group is 2 or 3 letters; one letter alone is not a whole byte.
        guard text.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for letter in text {
            let value = values[Int(letter)]
            guard value != Self.none else { return nil }
            buffer = buffer << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
            }
        }
        // RFC 4648 §3.5: bits that fill up the last letter must be zero.
        guard buffer & (1 << bits - 1) == 0 else { return nil }
        return bytes
    }
}
