/// A secret of high entropy in the clear: shown once, never stored, never described.
package struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The text that the holder presents.
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    /// The SHA-256 of a secret: what is stored and looked up.
    package struct Digest: Hashable, Sendable, CustomStringConvertible {
        package let bytes: [UInt8]

        package init(_ bytes: [UInt8]) {
            precondition(bytes.count == 32, "a digest has 32 bytes")
            self.bytes = bytes
        }

        package var description: String { "digest" }
    }

    package var description: String { "secret" }
    package var debugDescription: String { "secret" }
}

/// Where secrets, identities and chance come from. A port, fulfilled by `Cryptography`.
package protocol SecretSource: Sendable {
    /// Bytes nobody can foretell. There is no fallback: a source that fails ends the process.
    func randomBytes(_ count: Int) -> [UInt8]
    /// SHA-256.
    func digest(of text: String) -> Secret.Digest
    /// Compares in a time that tells nothing of where the two differ.
    func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool
}

extension SecretSource {
    /// A new identity of any kind: UUIDv7.
    package func newID<ID: Identifier>(_: ID.Type = ID.self, at time: Instant) -> ID {
        let bytes = randomBytes(16)
        var halves: (UInt64, UInt64) = (0, 0)
        for index in 0..<8 {
            halves.0 = halves.0 << 8 | UInt64(bytes[index])
            halves.1 = halves.1 << 8 | UInt64(bytes[index + 8])
        }
        return ID(UniqueID(at: time, random: halves))
    }

    /// A secret of 256 random bits in unpadded base64url (43 characters) behind a prefix.
    package func newSecret(prefix: String = "") -> Secret {
        Secret(prefix + base64URL(randomBytes(32)))
    }

    /// Unpadded (RFC 7515 §2).
    package func base64URL(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var text = ""
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(alphabet[Int(buffer >> bits & 0x3F)])
            }
        }
        if bits > 0 { text.append(alphabet[Int(buffer << (6 - bits) & 0x3F)]) }
        return text
    }
}
