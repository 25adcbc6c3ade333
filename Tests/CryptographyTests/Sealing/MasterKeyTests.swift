import Cryptography
import Domain
import OpenSSL
import Testing

@Suite("Sealed secrets")
struct MasterKeyTests {
    let key: MasterKey

    init() throws {
        key = try #require(MasterKey(MasterKey.generate()))
    }

    @Test(arguments: SigningAlgorithm.allCases)
    func `a signing key survives being sealed`(algorithm: SigningAlgorithm) throws {
        let signing = try SigningKey.generate(algorithm)

        let bytes = key.seal(try signing.pkcs8(), for: signing.id).bytes
        let opened = try key.open(SealedBox(bytes: bytes), for: signing.id)

        #expect(try SigningKey(pkcs8: opened, algorithm: algorithm).id == signing.id)
    }

    @Test func `a box opens for its purpose alone`() throws {
        let box = key.seal(SecretBytes([1, 2, 3]), for: "one")

        #expect(throws: Never.self) { try key.open(box, for: "one") }
        for purpose in ["", "two", "one ", "One", "on"] {
            #expect(throws: SealError.notAuthentic) { try key.open(box, for: purpose) }
        }
    }

    @Test func `another master key does not open it, and says so`() throws {
        let other = try #require(MasterKey(MasterKey.generate()))
        let box = key.seal(SecretBytes([1, 2, 3]), for: "one")

        #expect(throws: SealError.otherMasterKey) { try other.open(box, for: "one") }
    }

    @Test func `the same master key read again opens it`() throws {
        let bytes = MasterKey.generate()
        let first = try #require(MasterKey(bytes))
        let second = try #require(MasterKey(bytes))

        #expect(throws: Never.self) {
            try second.open(first.seal(SecretBytes([1]), for: "x"), for: "x")
        }
    }

    @Test func `a change of any bit is refused`() throws {
        let bytes = key.seal(SecretBytes([1, 2, 3]), for: "one").bytes

        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: SealError.self) { try key.open(SealedBox(bytes: changed), for: "one") }
        }
        for count in 0..<bytes.count {
            #expect(throws: SealError.self) {
                try key.open(SealedBox(bytes: Array(bytes.prefix(count))), for: "one")
            }
        }
        #expect(throws: SealError.self) { try key.open(SealedBox(bytes: bytes + [0]), for: "one") }
    }

    @Test func `a box shows its version, and neither secret nor key`() throws {
        let secret = Array("a secret of some length".utf8)
        let bytes = key.seal(SecretBytes(secret), for: "one").bytes

        #expect(bytes.first == 1)
        #expect(bytes.count == 1 + 4 + 12 + secret.count + 16)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("secret"))
    }

    @Test(arguments: [0, 16, 31, 33, 64])
    func `a master key has exactly 32 bytes`(count: Int) {
        #expect(MasterKey(SecretBytes([UInt8](repeating: 7, count: count))) == nil)
    }
}
