import Cryptography
import JSON
import OpenSSL
import Testing

/// A key has one spelling; what a lenient reader would take for the same key is refused.
@Suite("Spellings of JSON Web Keys")
struct JWKSpellingTests {
    @Test(arguments: ["x", "y"])
    func `RFC 7518 6.2.1.2: a coordinate is base64url of exactly 32 bytes`(name: String) throws {
        let key = try #require(JWKTests.ec.object)
        let text = try #require(key[name]?.string)
        let coordinate = try #require(Base64URL.decode(text))

        for spelling in spellings(of: text) {
            var changed = key
            changed[name] = .string(spelling)
            #expect(throws: JWKError.self, "\(spelling)") { try JWK(parsing: .object(changed)) }
        }
        for bytes in [
            coordinate + [0], [0] + coordinate, coordinate.dropFirst() + [],
            coordinate.dropLast() + [],
            [4] + coordinate, [2] + coordinate, [3] + coordinate, coordinate + coordinate,
            coordinate.reversed(),
        ] {
            var changed = key
            changed[name] = .string(Base64URL.encode(bytes))
            #expect(throws: JWKError.unusableKey) { try JWK(parsing: .object(changed)) }
        }
    }

    @Test(arguments: ["n", "e"])
    func `RFC 7518 6.3.1: a number is base64url without zeros before it`(name: String) throws {
        let key = try #require(JWKTests.rsa.object)
        let text = try #require(key[name]?.string)
        let number = try #require(Base64URL.decode(text))

        for spelling in spellings(of: text) {
            var changed = key
            changed[name] = .string(spelling)
            #expect(throws: JWKError.self, "\(spelling)") { try JWK(parsing: .object(changed)) }
        }
        for bytes in [[0] + number, [0, 0] + number, []] {
            var changed = key
            changed[name] = .string(Base64URL.encode(bytes))
            #expect(throws: JWKError.unusableKey) { try JWK(parsing: .object(changed)) }
        }
    }

    /// RFC 7517 §4: «The member names within a JWK MUST be unique»; that the last counts is the weaker of two
    /// ways it leaves open.
    @Test(arguments: [
        #"{"kty":"EC","kty":"EC","crv":"P-256","x":"X","y":"Y"}"#,
        #"{"kty":"oct","kty":"EC","crv":"P-256","x":"X","y":"Y"}"#,
        #"{"kty":"EC","crv":"P-256","x":"AA","x":"X","y":"Y"}"#,
        #"{"kty":"EC","crv":"P-256","x":"X","y":"Y","use":"sig","use":"enc"}"#,
        #"{"kty":"EC","crv":"P-256","x":"X","y":"Y","kid":"a","kid":"b"}"#,
        #"{"kty":"EC","crv":"P-256","x":"X","\u0079":"Y","y":"Y"}"#,
    ])
    func `RFC 7517 4: a member that stands twice refuses the key`(text: String) throws {
        let x = try #require(JWKTests.ec["x"]?.string)
        let y = try #require(JWKTests.ec["y"]?.string)
        let key = text.replacing("X", with: x).replacing("Y", with: y)

        #expect(throws: (any Error).self) { try JWK(parsing: try JSON(parsing: key)) }
    }

    @Test(
        arguments: [
            ["crv": "p-256"], ["crv": "P-256 "], ["crv": "P-384"], ["crv": "P-521"],
            ["crv": "secp256k1"],
            ["crv": "Ed25519"], ["crv": "prime256v1"], ["crv": ""], ["crv": .null], ["crv": 256],
            ["crv": ["P-256"]],
        ] as [JSON.Object])
    func `RFC 7518 6.2.1.1: a curve has one name`(changes: JSON.Object) throws {
        let key = try #require(JWKTests.ec.object)

        #expect(throws: JWKError.unsupportedCurve) {
            try JWK(parsing: .object(key.merging(changes)))
        }
    }

    @Test func `a point beside the curve or at infinity is refused`() throws {
        let key = try #require(JWKTests.ec.object)
        let x = try #require(key["x"]?.string.flatMap(Base64URL.decode))
        let zero = [UInt8](repeating: 0, count: 32)

        for bit in 0..<256 {
            var beside = x
            beside[bit / 8] ^= 1 << (bit % 8)
            var changed = key
            changed["x"] = .string(Base64URL.encode(beside))
            #expect(throws: JWKError.unusableKey) { try JWK(parsing: .object(changed)) }
        }
        var infinity = key
        infinity["x"] = .string(Base64URL.encode(zero))
        infinity["y"] = .string(Base64URL.encode(zero))
        #expect(throws: JWKError.unusableKey) { try JWK(parsing: .object(infinity)) }
    }

    /// What the same bytes look like to readers that know other alphabets, padding, or blanks.
    private func spellings(of text: String) -> [String] {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var spellings = [
            text + "=", text + "==", " " + text, text + " ", text + "\n", text + "\r\n",
            "\t" + text,
            text + "\0", text + "!", text + ".", "0x" + text, text + "%3D",
            text.replacing("-", with: "+").replacing("_", with: "/") + "=",
        ]
        let unused = [0: 0, 2: 16, 3: 4][text.count % 4] ?? 0
        if let last = text.last.flatMap(letters.firstIndex(of:)), unused > 0 {
            spellings += (1..<unused).map { text.dropLast() + String(letters[last | $0]) }
        }
        return spellings
    }
}
