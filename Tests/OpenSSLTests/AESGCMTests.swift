import OpenSSL
import Testing

@Suite("AES-256-GCM")
struct AESGCMTests {
    let key = SecretBytes(Random.bytes(32))

    /// Case 16 of the GCM specification (McGrew and Viega, appendix B).
    @Test func `the vector of the specification opens`() throws {
        let key = SecretBytes(
            bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"))
        let sealed = bytes(
            """
            cafebabefacedbaddecaf888
            522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
            8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662
            76fc6ece0f4e1768cddf8853bb2d551b
            """)

        let opened = AESGCM.open(
            sealed, key: key, associatedData: bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2"))

        #expect(
            content(try #require(opened))
                == bytes(
                    """
                    d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
                    1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39
                    """))
    }

    @Test(arguments: [0, 1, 15, 16, 17, 1_000])
    func `what was sealed opens again`(count: Int) throws {
        let secret = Random.bytes(count)

        let sealed = AESGCM.seal(SecretBytes(secret), key: key, associatedData: [1, 2])

        #expect(sealed.count == 12 + count + 16)
        let opened = AESGCM.open(sealed, key: key, associatedData: [1, 2])
        #expect(content(try #require(opened)) == secret)
    }

    @Test func `the same secret is sealed differently each time`() {
        let secret = SecretBytes([1, 2, 3])

        let all = (0..<100).map { _ in AESGCM.seal(secret, key: key, associatedData: []) }

        #expect(Set(all).count == 100)
        #expect(Set(all.map { $0.prefix(12) }).count == 100)
    }

    @Test func `a change of any bit, another key and another context are refused`() {
        let sealed = AESGCM.seal(SecretBytes([1, 2, 3]), key: key, associatedData: [7])

        for bit in 0..<sealed.count * 8 {
            var changed = sealed
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(AESGCM.open(changed, key: key, associatedData: [7]) == nil)
        }
        #expect(AESGCM.open(sealed, key: key, associatedData: []) == nil)
        #expect(AESGCM.open(sealed, key: key, associatedData: [7, 0]) == nil)
        #expect(
            AESGCM.open(sealed, key: SecretBytes(Random.bytes(32)), associatedData: [7]) == nil)
        #expect(AESGCM.open(sealed, key: key, associatedData: [7]) != nil)
    }

    @Test func `a box cut short or made longer is refused`() {
        let sealed = AESGCM.seal(SecretBytes([1, 2, 3]), key: key, associatedData: [])

        for count in 0..<sealed.count {
            #expect(AESGCM.open(Array(sealed.prefix(count)), key: key, associatedData: []) == nil)
        }
        #expect(AESGCM.open(sealed + [0], key: key, associatedData: []) == nil)
    }

    private func content(_ secret: SecretBytes) -> [UInt8] {
        secret.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }
}
