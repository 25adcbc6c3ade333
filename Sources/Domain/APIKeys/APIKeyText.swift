/// The text of an API key: `mchx_`, the id in 32 hexadecimal digits, the secret, and a checksum that refuses
/// a mistyped key without asking the database.
///
/// `mchx_<32 id><43 secret><8 checksum>`: all of `A-Z a-z 0-9 - _`, no separators inside. The checksum is
/// CRC-32 (ISO-HDLC) of everything before it; it guards against typing errors, not against attackers.
package enum APIKeyText {
    package static let prefix = "mchx_"
    private static let length = 5 + 32 + 43 + 8

    package static func make(id: APIKey.ID, secret: Secret) -> Secret {
        let body = prefix + id.description.filter { $0 != "-" } + secret.text
        return Secret(body + checksum(of: body.utf8))
    }

    /// The id in a key whose form and checksum are right; nil for anything else.
    package static func id(in text: String) -> APIKey.ID? {
        let bytes = Array(text.utf8)
        guard bytes.count == length, text.hasPrefix(prefix),
            String(decoding: bytes.suffix(8), as: UTF8.self) == checksum(of: bytes.dropLast(8))
        else { return nil }
        var canonical = ""
        for (index, byte) in bytes[5..<37].enumerated() {
            if index == 8 || index == 12 || index == 16 || index == 20 { canonical.append("-") }
            canonical.unicodeScalars.append(Unicode.Scalar(byte))
        }
        guard canonical == canonical.lowercased() else { return nil }
        return APIKey.ID(text: canonical)
    }

    private static func checksum(of bytes: some Sequence<UInt8>) -> String {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        let digits = String(~crc, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
