import OpenSSL
import Testing

@Suite("scrypt")
struct ScryptTests {
    /// RFC 7914 §12, but the last, which takes a gigabyte.
    @Test(arguments: [
        (
            "", "", 16, 1, 1,
            """
            77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442\
            fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906
            """
        ),
        (
            "password", "NaCl", 1024, 8, 16,
            """
            fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162\
            2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640
            """
        ),
        (
            "pleaseletmein", "SodiumChloride", 16384, 8, 1,
            """
            7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2\
            d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887
            """
        ),
    ])
    func `the vectors of RFC 7914 come out`(
        password: String, salt: String, n: Int, r: Int, p: Int, key: String
    ) throws {
        let derived = try Scrypt.derive(
            password: Array(password.utf8), salt: Array(salt.utf8), n: n, r: r, p: p, length: 64)

        #expect(hexadecimal(derived) == key)
    }

    /// OWASP's parameters need 64 MiB, twice what OpenSSL allows unless told otherwise.
    @Test func `64 MiB and more may be used`() throws {
        #expect(Scrypt.memory(n: 1 << 16, r: 8, p: 2) > 64 << 20)
        #expect(
            try Scrypt.derive(password: [1], salt: [2], n: 1 << 16, r: 8, p: 2, length: 32).count
                == 32)
    }

    @Test func `every byte of a password counts`() throws {
        func derive(_ password: [UInt8]) throws -> [UInt8] {
            try Scrypt.derive(password: password, salt: [1], n: 16, r: 1, p: 1, length: 32)
        }
        let long = [UInt8](repeating: 0x61, count: 4096)

        let passwords: [[UInt8]] = [
            [], Array("a".utf8), Array("a\0b".utf8), Array("a\0c".utf8), Array("\0a".utf8), long,
            long + [0x62], Array(long.prefix(72)), Array(long.prefix(73)),
        ]

        #expect(Set(try passwords.map(derive)).count == passwords.count)
    }

    @Test func `zeros at the end of a short password do not count`() throws {
        func derive(_ password: String) throws -> [UInt8] {
            try Scrypt.derive(
                password: Array(password.utf8), salt: [1], n: 16, r: 1, p: 1, length: 32)
        }

        #expect(try derive("a") == derive("a\0"))
    }

    @Test(arguments: [
        (0, 1, 1, 32), (1, 1, 1, 32), (15, 1, 1, 32), (-16, 1, 1, 32), (1 << 25, 1, 1, 32),
        (16, 0, 1, 32), (16, -1, 1, 32), (16, 65, 1, 32), (16, 1, 0, 32), (16, 1, 65, 32),
        (16, 1, 1, 0), (Int.max, Int.max, Int.max, 32), (1 << 16, 1, 1, 32),
    ])
    func `parameters out of range are refused`(n: Int, r: Int, p: Int, length: Int) {
        #expect(throws: OpenSSLError.self) {
            try Scrypt.derive(password: [1], salt: [2], n: n, r: r, p: p, length: length)
        }
    }
}
