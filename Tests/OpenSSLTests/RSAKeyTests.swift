import OpenSSL
import Testing

@Suite("RSA keys")
struct RSAKeyTests {
    static let key = Result { try RSAPrivateKey.generate() }

    let message = Array("a message".utf8)

    @Test func `a signature is as long as the modulus, good for its key and message alone`() throws
    {
        let key = try Self.key.get()
        let other = try RSAPrivateKey.generate()

        let signature = try key.signature(for: message)

        #expect(key.publicKey.n.count == 256)
        #expect(key.publicKey.e == [1, 0, 1])
        #expect(signature.count == 256)
        #expect(key.publicKey.isValid(signature: signature, for: message))
        #expect(!other.publicKey.isValid(signature: signature, for: message))
        #expect(!key.publicKey.isValid(signature: signature, for: message + [0]))
    }

    @Test func `signatures of another length and changed ones are refused`() throws {
        let key = try Self.key.get()
        let signature = try key.signature(for: message)
        let zeros = [UInt8](repeating: 0, count: 256)

        var bad: [[UInt8]] = [
            [], [0], signature.dropLast(), signature + [0], [0] + signature, zeros,
            zeros.dropLast() + [1], key.publicKey.n,
        ]
        for bit in stride(from: 0, to: 2048, by: 7) {
            var changed = signature
            changed[bit / 8] ^= 1 << (bit % 8)
            bad.append(changed)
        }

        for signature in bad {
            #expect(!key.publicKey.isValid(signature: signature, for: message))
        }
    }

    @Test func `numbers that make no key for us are refused`() throws {
        let key = try Self.key.get().publicKey
        func modulus(bits: Int) -> [UInt8] {
            [0x80] + [UInt8](repeating: 0, count: bits / 8 - 2) + [1]
        }

        #expect(throws: Never.self) { try RSAPublicKey(n: key.n, e: key.e) }
        #expect(throws: Never.self) { try RSAPublicKey(n: key.n, e: [3]) }
        #expect(throws: Never.self) { try RSAPublicKey(n: modulus(bits: 8192), e: key.e) }
        for n in [
            [], [1], [0] + key.n, modulus(bits: 512), modulus(bits: 1024), modulus(bits: 2040),
            [0x7F] + modulus(bits: 2048).dropFirst(), modulus(bits: 8200), modulus(bits: 16384),
            key.n.dropLast() + [0xFE],
        ] as [[UInt8]] {
            #expect(throws: OpenSSLError.self) { try RSAPublicKey(n: n, e: key.e) }
        }
        for e in [[], [0], [1], [2], [4], [0, 3], [0, 1], [1, 0, 0], [1, 0, 0, 0, 1]] as [[UInt8]] {
            #expect(throws: OpenSSLError.self) { try RSAPublicKey(n: key.n, e: e) }
        }
    }

    @Test func `a key survives PKCS 8`() throws {
        let key = try Self.key.get()

        let again = try RSAPrivateKey(pkcs8: key.pkcs8())

        #expect(again.publicKey == key.publicKey)
        #expect(key.publicKey.isValid(signature: try again.signature(for: message), for: message))
        #expect(throws: OpenSSLError.self) { try ECPrivateKey(pkcs8: key.pkcs8()) }
    }

    /// Made with pyca/cryptography.
    @Test func `a private key of 1024 bits is refused`() {
        let der = bytes(
            """
            30820276020100300d06092a864886f70d0101010500048202603082025c02010002818100cac4a39f69
            bb7edad8ce83ae84e93d506898ba429bb53eadec24051b479d2a8cb62b38eaa07a2894aa910ab5fa1ec9
            7ff76f9642f8b2366c2894c1b73b1cce8bbb20b578bed997efac2ade0759f6ee360c19a2d89f0bd4e711
            80c7197d82cfd743d715cb8c0b40c9224fa3343bbb74ad34656efcb34ba16d3d6e9f69a1868709020301
            0001028181009e05ffcaa5f93494d3f0a6196585ec7df4f649facd24c453813c552a7c765509d292fec9
            84059008c4a142eaada23ec1571204d5eec1dcbe1026568e39286b2280de807947d1fbe5d5c4d3816871
            e5e32a7305ca49a9dc93509720b7c04c29cd8087e74fad766561cff3c31b9445372ed057bf25ed269a6c
            4120d64430bb9431024100f40b4edf7b547c1bf83fdab3a65f33e63b65dde18ae6b567de9f7ff1c45f87
            c6827c4292602634115575e650ddea142072b86f3fd54758f758a9154ced607ffd024100d4b3aa5aee1a
            e7e41d5271b343dd067a37928ac582aa019a5e878323207c4da7e0a8c04a08a4aeed8e04eed931db48b8
            b4caa0fcf27bead14f1eee46ca9d52fd024046f89ee8692269b16ca18d459f85a23f3b58e58cf8eb1d28
            66dab5c7a6972d92325256bde0ce5b680b156d746904f0f37ac95e390f1a5faa17139d09312356350240
            53e4bd677a0ca0b407a0b1f9ebe56c9d9df7adc673600c9bcf7711913449f2f329184627ad3b0f47e141
            2ed7f9e32cceb5784a811a3f2802007c09ad6053271d02406eea7c47ee79f730604607efc9f12c633fde
            a95ae13687765dacb8b38eda63887240a0e79bc4db1d6c3cf024906a549027e07094ebff08cb503489a4
            89ead941
            """)

        #expect {
            try RSAPrivateKey(pkcs8: SecretBytes(der))
        } throws: {
            "\($0)".contains("too short")
        }
    }

    @Test func `an error says what was wrong, and leaves nothing behind`() throws {
        let first = #expect(throws: OpenSSLError.self) {
            try ECPrivateKey(pkcs8: SecretBytes([0x30, 0x03, 0x02, 0x01, 0x00]))
        }
        let second = #expect(throws: OpenSSLError.self) {
            try ECPublicKey(
                x: [UInt8](repeating: 1, count: 32), y: [UInt8](repeating: 1, count: 32))
        }

        #expect(first?.reasons.isEmpty == false)
        #expect(second?.reasons.isEmpty == false)
        let earlier = Set(first?.reasons ?? [])
        #expect(earlier.isDisjoint(with: second?.reasons ?? []))
    }
}
