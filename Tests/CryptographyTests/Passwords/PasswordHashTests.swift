import Cryptography
import Testing

@Suite("Password hashes")
struct PasswordHashTests {
    /// Cheap, so that many can be made.
    static let cost = PasswordHash.Cost(ln: 4, r: 8, p: 1) ?? .standard

    @Test func `the right password matches, others do not`() throws {
        let hash = try PasswordHash.make("correct horse", cost: Self.cost)

        #expect(try hash.matches("correct horse"))
        for wrong in ["", "correct horse ", " correct horse", "Correct horse", "correct hors"] {
            #expect(try !hash.matches(wrong))
        }
    }

    @Test func `the standard cost is OWASP's`() throws {
        let hash = try PasswordHash.make("correct horse")

        #expect(hash.text.hasPrefix("$scrypt$ln=16,r=8,p=2$"))
        #expect(try hash.matches("correct horse"))
        #expect(try !hash.matches("wrong horse"))
        #expect(PasswordHash.Cost.standard == PasswordHash.Cost(ln: 16, r: 8, p: 2))
        #expect(PasswordHash.Cost.standard.memory >= 64 << 20)
    }

    /// Made with Python's hashlib.
    @Test func `another implementation's hash is matched`() throws {
        let text =
            "$scrypt$ln=4,r=8,p=2$AAECAwQFBgcICQoLDA0ODw$dx3OD6JVO5mqTwI4g3g+gF6RZ4eukXDyzJyT3DEj3Mc"
        let hash = try #require(PasswordHash(parsing: text))

        #expect(try hash.matches("pässword"))
        #expect(try !hash.matches("password"))
        #expect(hash.text == text)
    }

    @Test func `every byte of a password counts, and nothing is normalized`() throws {
        let a = String(repeating: "a", count: 72)
        let passwords = [
            "", "\0", "\0\0", "a", "a\0", "a\0\0", "a\0b", "a\0c", a, a + "a", a + "b",
            String(repeating: "a", count: 4_096), String(repeating: "a", count: 4_097),
            "é", "e\u{301}", " a", "a ", "K", "\u{212A}",
        ]

        for password in passwords {
            let hash = try PasswordHash.make(password, cost: Self.cost)
            for other in passwords {
                let isSame = password.utf8.elementsEqual(other.utf8)
                #expect(try hash.matches(other) == isSame)
            }
        }
    }

    @Test func `the same password is hashed differently each time`() throws {
        let all = try (0..<20).map { _ in try PasswordHash.make("same", cost: Self.cost).text }

        #expect(Set(all).count == 20)
    }

    @Test func `a hash survives its text`() throws {
        for _ in 0..<20 {
            let hash = try PasswordHash.make("a password", cost: Self.cost)
            #expect(PasswordHash(parsing: hash.text) == hash)
        }
    }

    @Test(arguments: [
        "", "$", "$scrypt", "$scrypt$ln=4,r=8,p=1$SALT", "scrypt$ln=4,r=8,p=1$SALT$HASH",
        "$scrypt$ln=4,r=8,p=1$SALT$HASH$", "$scrypt$ln=4,r=8,p=1$SALT$HASH ",
        "$scrypt$ln=4,r=8,p=1$SALT$HASH=", "$scrypt$ln=4,r=8,p=1$SALT==$HASH",
        " $scrypt$ln=4,r=8,p=1$SALT$HASH", "$Scrypt$ln=4,r=8,p=1$SALT$HASH",
        "$bcrypt$ln=4,r=8,p=1$SALT$HASH", "$argon2id$ln=4,r=8,p=1$SALT$HASH",
        "$scrypt$r=8,ln=4,p=1$SALT$HASH", "$scrypt$ln=4,r=8$SALT$HASH",
        "$scrypt$ln=4,r=8,p=1,x=1$SALT$HASH", "$scrypt$ln=04,r=8,p=1$SALT$HASH",
        "$scrypt$ln=+4,r=8,p=1$SALT$HASH", "$scrypt$ln=-4,r=8,p=1$SALT$HASH",
        "$scrypt$ln= 4,r=8,p=1$SALT$HASH", "$scrypt$ln=4.0,r=8,p=1$SALT$HASH",
        "$scrypt$ln=,r=8,p=1$SALT$HASH", "$scrypt$ln=0,r=8,p=1$SALT$HASH",
        "$scrypt$ln=21,r=8,p=1$SALT$HASH", "$scrypt$ln=63,r=8,p=1$SALT$HASH",
        "$scrypt$ln=64,r=8,p=1$SALT$HASH", "$scrypt$ln=4,r=0,p=1$SALT$HASH",
        "$scrypt$ln=4,r=33,p=1$SALT$HASH", "$scrypt$ln=4,r=8,p=0$SALT$HASH",
        "$scrypt$ln=4,r=8,p=17$SALT$HASH", "$scrypt$ln=20,r=8,p=16$SALT$HASH",
        "$scrypt$ln=19,r=8,p=1$SALT$HASH", "$scrypt$ln=16,r=1,p=1$SALT$HASH",
        "$scrypt$ln=99999999999999999999,r=8,p=1$SALT$HASH", "$scrypt$ln=4,r=8,p=1$AAAA$HASH",
        "$scrypt$ln=4,r=8,p=1$SALT$AAAA", "$scrypt$ln=4,r=8,p=1$$HASH",
        "$scrypt$ln=4,r=8,p=1$SALT$", "$scrypt$ln=4,r=8,p=1$SAL-$HASH",
        "$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODx$HASH", "$scrypt$$SALT$HASH", "!", "*",
        "$scrypt$ln=4,r=8,p=1$SALT$HASHHASHHASHHASH",
    ])
    func `a text that we did not write is refused`(pattern: String) {
        let salt = "AAECAwQFBgcICQoLDA0ODw"
        let hash = "dx3OD6JVO5mqTwI4g3g+gF6RZ4eukXDyzJyT3DEj3Mc"
        func text(_ pattern: String) -> String {
            pattern.replacing("SALT", with: salt).replacing("HASH", with: hash)
        }

        #expect(PasswordHash(parsing: text("$scrypt$ln=4,r=8,p=1$SALT$HASH")) != nil)
        #expect(PasswordHash(parsing: text(pattern)) == nil)
    }

    @Test func `a hash made more cheaply than now is outdated`() throws {
        let now = try #require(PasswordHash.Cost(ln: 5, r: 8, p: 2))
        func needsRehash(ln: Int, r: Int, p: Int) throws -> Bool {
            let cost = try #require(PasswordHash.Cost(ln: ln, r: r, p: p))
            return try PasswordHash.make("x", cost: cost).needsRehash(for: now)
        }

        #expect(try !needsRehash(ln: 5, r: 8, p: 2))
        #expect(try !needsRehash(ln: 6, r: 8, p: 2))
        #expect(try needsRehash(ln: 5, r: 8, p: 1))
        #expect(try needsRehash(ln: 4, r: 8, p: 4))
        #expect(try needsRehash(ln: 4, r: 8, p: 2))
        let short = "$scrypt$ln=5,r=8,p=2$AAECAwQFBgcICQoLDA0ODw$AAECAwQFBgcICQoLDA0ODw"
        #expect(try #require(PasswordHash(parsing: short)).needsRehash(for: now))
    }

    @Test func `no password fits the unmatchable hash, and it takes as long`() throws {
        let cost = try #require(PasswordHash.Cost(ln: 12, r: 8, p: 1))
        let real = try PasswordHash.make("a password", cost: cost)
        let dummy = PasswordHash.unmatchable(cost: cost)
        func fastest(_ hash: PasswordHash) throws -> Duration {
            try (0..<10).map { _ in
                try ContinuousClock().measure { _ = try hash.matches("a password") }
            }.min() ?? .zero
        }

        #expect(try !dummy.matches("a password"))
        #expect(try !dummy.matches(""))
        #expect(dummy.text.utf8.count == real.text.utf8.count)
        #expect(dummy.cost == real.cost)
        let (one, other) = (try fastest(real), try fastest(dummy))
        #expect(one < other * 3 && other < one * 3)
    }

    @Test func `a description shows nothing of the hash`() throws {
        #expect("\(try PasswordHash.make("x", cost: Self.cost))" == "(password hash)")
    }
}
