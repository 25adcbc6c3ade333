import OpenSSL
import Testing

@Suite("Keys on P-256")
struct ECKeyTests {
    let message = Array("a message".utf8)
    let order = bytes("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")

    /// RFC 6979 A.2.5: the key, and its signature over "sample" with SHA-256.
    let x = bytes("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6")
    let y = bytes("7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299")
    let r = bytes("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716")
    let s = bytes("f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8")

    @Test func `the signature of RFC 6979 is good`() throws {
        let key = try ECPublicKey(x: x, y: y)

        #expect(key.isValid(signature: r + s, for: Array("sample".utf8)))
        #expect(!key.isValid(signature: r + s, for: Array("Sample".utf8)))
        #expect(!key.isValid(signature: s + r, for: Array("sample".utf8)))
    }

    @Test func `a signature is 64 bytes, good for its key and message alone`() throws {
        let key = try ECPrivateKey.generate()
        let other = try ECPrivateKey.generate()

        for _ in 0..<200 {
            let signature = try key.signature(for: message)

            #expect(signature.count == 64)
            #expect(key.publicKey.isValid(signature: signature, for: message))
            #expect(!other.publicKey.isValid(signature: signature, for: message))
            #expect(!key.publicKey.isValid(signature: signature, for: message + [0]))
        }
    }

    @Test func `an empty message can be signed`() throws {
        let key = try ECPrivateKey.generate()

        #expect(key.publicKey.isValid(signature: try key.signature(for: [UInt8]()), for: []))
    }

    @Test func `r and s must lie between 0 and the order`() throws {
        let key = try ECPublicKey(x: x, y: y)
        let zero = [UInt8](repeating: 0, count: 32)
        let one: [UInt8] = zero.dropLast() + [1]
        let most = [UInt8](repeating: 0xFF, count: 32)
        var beyond = order
        beyond[31] += 1

        for bad in [zero, order, beyond, most] {
            #expect(!key.isValid(signature: bad + bad, for: Array("sample".utf8)))
            #expect(!key.isValid(signature: r + bad, for: Array("sample".utf8)))
            #expect(!key.isValid(signature: bad + s, for: Array("sample".utf8)))
            #expect(!key.isValid(signature: bad + one, for: Array("sample".utf8)))
        }
        #expect(!key.isValid(signature: one + one, for: Array("sample".utf8)))
    }

    @Test func `signatures of another length, DER and padded ones are refused`() throws {
        let key = try ECPublicKey(x: x, y: y)
        let der = [0x30, 0x46, 0x02, 0x21, 0x00] + r + [0x02, 0x21, 0x00] + s
        let signatures: [[UInt8]] = [
            [], [0], r, r + s.dropLast(), r + s + [0], [0] + r + s, [0] + r + [0] + s, der,
            Array((r + s).prefix(63)), r + s + r + s, Array(der.prefix(64)),
        ]

        for signature in signatures {
            #expect(!key.isValid(signature: signature, for: Array("sample".utf8)))
        }
    }

    @Test func `a change of any bit is noticed`() throws {
        let key = try ECPublicKey(x: x, y: y)

        for bit in 0..<512 {
            var signature = r + s
            signature[bit / 8] ^= 1 << (bit % 8)
            #expect(!key.isValid(signature: signature, for: Array("sample".utf8)))
        }
    }

    @Test func `points off the curve and coordinates of another length are refused`() {
        let zero = [UInt8](repeating: 0, count: 32)
        let prime = bytes("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff")
        let bad: [([UInt8], [UInt8])] = [
            (x, x), (y, x), (x, zero), (zero, zero), (zero, y), (prime, y), (x, prime), ([], []),
            (x + [0], y), ([0] + x, y), (Array(x.dropLast()), y), (x, Array(y.dropFirst())),
            (x + y, []),
        ]

        for (x, y) in bad {
            #expect(throws: OpenSSLError.self) { try ECPublicKey(x: x, y: y) }
        }
    }

    @Test func `a key survives PKCS 8`() throws {
        let key = try ECPrivateKey.generate()

        let again = try ECPrivateKey(pkcs8: key.pkcs8())

        #expect(again.publicKey == key.publicKey)
        #expect(key.publicKey.isValid(signature: try again.signature(for: message), for: message))
    }

    /// Keys of P-384, secp256k1, RSA and Ed25519, made with pyca/cryptography, and no key at all.
    @Test(arguments: [
        """
        3081b6020100301006072a8648ce3d020106052b8104002204819e30819b0201010430b5e79d350de096d26b
        b9c29ad03788a8bc4f08c6a1f936e613b09d25c512200b0359a13e205d438861bd79c66e12356da164036200
        040af0987892fdcb37931e337a1dc86af389ac5ff7cae46b9f6652635fd324d9f4940a111a9e06f6e77b8772
        edc1ef003be2a5f37e827be9a2eb1831cb7c7d06bf49b63bcf7838829a921dcf217519b9b61ef35b5db2778b
        10af46f769393d5316
        """,
        """
        308184020100301006072a8648ce3d020106052b8104000a046d306b0201010420c22398faf4c11665422ebc
        c2ba8141631e126a38502cd61a871e00327d5555b8a14403420004f949201bdf8c4e98ed817628f86073766e
        1343f69643ffbc64258e451a9119c2927ae19f6a076d561cb0b78985ed5f7ced9cf8ff4deef7ae58d6eac6f4
        f89d7c
        """,
        """
        302e020100300506032b657004220420af4b40a57005cf9bd17849b653e7801757e2acbbfd3586d86e3f3fd3
        0db21e3a
        """,
        "", "00", "30", "3003020100", "deadbeef",
    ])
    func `what is no key on P-256 is refused`(der: String) {
        #expect(throws: OpenSSLError.self) { try ECPrivateKey(pkcs8: SecretBytes(bytes(der))) }
        #expect(throws: OpenSSLError.self) { try RSAPrivateKey(pkcs8: SecretBytes(bytes(der))) }
    }

    @Test func `bytes behind a key and a key cut short are refused`() throws {
        let der = try ECPrivateKey.generate().pkcs8().withBytes { bytes in
            bytes.indices.map { bytes[$0] }
        }

        #expect(throws: OpenSSLError.self) { try ECPrivateKey(pkcs8: SecretBytes(der + [0])) }
        for count in 0..<der.count {
            #expect(throws: OpenSSLError.self) {
                try ECPrivateKey(pkcs8: SecretBytes(Array(der.prefix(count))))
            }
        }
    }

    @Test func `halves that are no pair are refused`() throws {
        let der = try ECPrivateKey.generate().pkcs8().withBytes { bytes in
            bytes.indices.map { bytes[$0] }
        }
        let other = try ECPrivateKey.generate().publicKey
        let mixed = Array(der.dropLast(64)) + other.x + other.y

        #expect(throws: OpenSSLError.self) { try ECPrivateKey(pkcs8: SecretBytes(mixed)) }
    }

    @Test func `many threads may sign and verify with one key`() async throws {
        let key = try ECPrivateKey.generate()

        let good = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<8 {
                group.addTask {
                    var good = 0
                    for round in 0..<100 {
                        let message = Array("\(task) \(round)".utf8)
                        let signature = try key.signature(for: message)
                        good += key.publicKey.isValid(signature: signature, for: message) ? 1 : 0
                    }
                    return good
                }
            }
            return try await group.reduce(0, +)
        }

        #expect(good == 800)
    }
}
