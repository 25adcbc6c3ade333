import OpenSSL
import Testing

@Suite("SHA-256")
struct SHA256Tests {
    /// FIPS 180-4's examples.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func `the examples of FIPS 180-4 come out`(message: String, digest: String) {
        #expect(hexadecimal(SHA256.hash(Array(message.utf8))) == digest)
    }

    @Test func `many threads may hash at once`() async {
        let digests = await withTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<64 {
                group.addTask { SHA256.hash(Array("abc".utf8)) }
            }
            return await group.reduce(into: Set()) { $0.insert($1) }
        }

        #expect(digests == [SHA256.hash(Array("abc".utf8))])
    }
}

@Suite("HMAC with SHA-256")
struct HMACSHA256Tests {
    /// RFC 4231 §4.2 to §4.8 (without the truncated one).
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            Array(1...25), [UInt8](repeating: 0xCD, count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131),
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131),
            Array(
                ("This is a test using a larger than block-size key and a larger than "
                    + "block-size data. The key needs to be hashed before being used by the "
                    + "HMAC algorithm.").utf8),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ])
    func `the cases of RFC 4231 come out`(key: [UInt8], message: [UInt8], code: String) {
        #expect(hexadecimal(HMACSHA256.authenticationCode(for: message, key: key)) == code)
        #expect(
            hexadecimal(HMACSHA256.authenticationCode(for: message, key: SecretBytes(key))) == code)
    }

    @Test func `an empty key is a key, and not the one used before`() {
        _ = HMACSHA256.authenticationCode(for: [1], key: [2, 3])

        let code = HMACSHA256.authenticationCode(for: [], key: [UInt8]())

        #expect(
            hexadecimal(code) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }
}

@Suite("Random numbers and comparison")
struct RandomTests {
    @Test(arguments: [0, 1, 12, 32, 100_000])
    func `as many bytes come as were asked for`(count: Int) {
        #expect(Random.bytes(count).count == count)
    }

    @Test func `no two are alike, and every bit is used`() {
        let all = (0..<1_000).map { _ in Random.bytes(32) }

        #expect(Set(all).count == 1_000)
        for bit in 0..<256 {
            let ones = all.count { $0[bit / 8] >> (bit % 8) & 1 == 1 }
            #expect(350...650 ~= ones)
        }
    }

    @Test(
        arguments: [
            ([], [], true), ([1, 2, 3], [1, 2, 3], true), ([1, 2, 3], [1, 2, 4], false),
            ([1, 2, 3], [0, 2, 3], false), ([1, 2], [1, 2, 3], false), ([], [0], false),
        ] as [([UInt8], [UInt8], Bool)])
    func `only the same bytes are equal`(left: [UInt8], right: [UInt8], areEqual: Bool) {
        #expect(ConstantTime.equal(left, right) == areEqual)
    }
}

@Suite("Secret bytes")
struct SecretBytesTests {
    @Test func `what was put in is lent`() {
        let secret = SecretBytes([1, 2, 3])

        let lent = secret.withBytes { bytes in bytes.indices.map { bytes[$0] } }

        #expect(lent == [1, 2, 3])
        #expect(secret.count == 3)
        #expect(SecretBytes([]).count == 0)
    }

    @Test func `taking empties the caller's copy`() {
        var bytes: [UInt8] = [1, 2, 3]

        let secret = SecretBytes(taking: &bytes)

        #expect(bytes.isEmpty)
        #expect(secret.withBytes { $0[2] } == 3)
    }

    @Test func `a description shows none of it`() {
        #expect("\(SecretBytes([1, 2, 3]))" == "(secret)")
    }
}
