/// What a person reads on a device and types on the page (RFC 8628 §6.1): eight letters, shown as `BCDF-GHJK`.
package struct UserCode: Sendable, Equatable, CustomStringConvertible {
    /// RFC 8628 §6.1: no vowels, so that no words come about, and nothing that looks like something else.
    private static let alphabet = Array("BCDFGHJKLMNPQRSTVWXZ".utf8)
    private static let length = 8

    /// Without the dash.
    let letters: String

    package var description: String { "\(letters.prefix(4))-\(letters.suffix(4))" }

    /// A new one, each letter as likely as every other.
    init(from secrets: any SecretSource) {
        var letters: [UInt8] = []
        while letters.count < Self.length {
            // 240 is the last multiple of 20 that a byte can hold.
            for byte in secrets.randomBytes(16) where byte < 240 && letters.count < Self.length {
                letters.append(Self.alphabet[Int(byte) % Self.alphabet.count])
            }
        }
        self.letters = String(decoding: letters, as: UTF8.self)
    }

    /// As somebody typed it: in any case, with spaces and dashes anywhere. Nil for what can be no code.
    package init?(typed text: String) {
        guard text.utf8.count <= 100 else { return nil }
        var letters: [UInt8] = []
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace || scalar.properties.isDash { continue }
            guard scalar.isASCII else { return nil }
            let byte = UInt8(truncatingIfNeeded: scalar.value)
            let isLower = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            letters.append(isLower ? byte & 0xDF : byte)
        }
        guard letters.count == Self.length, letters.allSatisfy(Self.alphabet.contains) else {
            return nil
        }
        self.letters = String(decoding: letters, as: UTF8.self)
    }
}
