import Cryptography
import Domain
import JSON
import Testing

/// The examples of the RFCs: those of our two algorithms are read, all others are refused.
@Suite("Examples of the RFCs")
struct JOSEExampleTests {
    static let claims = """
        eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0\
        cnVlfQ
        """

    /// RFC 7515 A.1 (HS256), A.4 (ES512, over "Payload") and A.5 (none); A.2 and A.3 are in JWTTests.
    @Test(arguments: [
        """
        eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\(claims).\
        dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk
        """,
        """
        eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPW\
        ROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKv\
        U8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn
        """,
        "eyJhbGciOiJub25lIn0.\(claims).",
    ])
    func `RFC 7515: examples of other algorithms are refused`(token: String) throws {
        let key = try SigningKey.generate(.es256).verificationKey

        #expect(error(of: token, key: key) == .unsupportedAlgorithm)
    }

    /// RFC 7515 A.6 and A.7: the same as A.2 and A.3, in the two forms of JSON.
    @Test func `RFC 7515: the examples in JSON are refused`() throws {
        let key = try SigningKey.generate(.es256).verificationKey
        let signature = """
            DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q
            """
        let header = #""header":{"kid":"e9bc097a-ce51-4036-9562-d2ade882db0d"}"#
        let rest = #""protected":"eyJhbGciOiJFUzI1NiJ9","signature":"\#(signature)""#

        for token in [
            #"{"payload":"\#(Self.claims)","signatures":[{\#(rest),\#(header)}]}"#,
            #"{"payload":"\#(Self.claims)",\#(rest),\#(header)}"#,
        ] {
            #expect(error(of: token, key: key) == .malformed)
        }
    }

    /// RFC 7515 E: a critical extension that nobody knows. No signature could help.
    @Test func `RFC 7515: the example with crit is refused`() throws {
        let key = try SigningKey.generate(.es256).verificationKey
        let token = """
            eyJhbGciOiJub25lIiwNCiAiY3JpdCI6WyJodHRwOi8vZXhhbXBsZS5jb20vVU5ERUZJTkVEIl0sDQogImh0dHA6L\
            y9leGFtcGxlLmNvbS9VTkRFRklORUQiOnRydWUNCn0.RkFJTA.
            """

        #expect(error(of: token, key: key) == .malformed)
    }

    /// RFC 7517 A.1 with its private halves of A.2, and the secrets of A.3.
    @Test func `RFC 7517: the public keys of the examples are read, the others are refused`() throws
    {
        let set = try JWKSet(parsing: ["keys": [JWKTests.ec, JWKTests.rsa]])
        var ec = try #require(JWKTests.ec.object)
        ec["d"] = "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"
        var rsa = try #require(JWKTests.rsa.object)
        rsa["qi"] = "GyM_p6JrXySiz1toFgKbWV-JdI3jQ4ypu9rbMWx3rQJBfmt0FoYzgUIZEVFEcOqwemRN81zoDAaa"
        let secrets: [JSON] = [
            ["kty": "oct", "alg": "A128KW", "k": "GawgguFyGrWKav7AX4VKUg"],
            [
                "kty": "oct", "kid": "HMAC key used in JWS spec Appendix A.1 example",
                "k": """
                AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow
                """,
            ],
        ]

        #expect(set.keys.map(\.id) == ["1", "2011-04-29"])
        // RFC 7517 4.2: the first says that it is for encryption.
        #expect(set.verificationKey(id: "1") == nil)
        #expect(set.verificationKey(id: "2011-04-29")?.algorithm == .rs256)
        #expect(throws: JWKError.privateMember("d")) { try JWK(parsing: .object(ec)) }
        #expect(throws: JWKError.privateMember("qi")) { try JWK(parsing: .object(rsa)) }
        for secret in secrets {
            #expect(throws: JWKError.privateMember("k")) { try JWK(parsing: secret) }
        }
    }

    /// RFC 7520 3.3
    static let bilbo: JSON = [
        "kty": "RSA", "kid": "bilbo.baggins@hobbiton.example", "use": "sig", "e": "AQAB",
        "n": .string(
            """
            n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_\
            AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpP\
            e7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg\
            _3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw
            """),
    ]

    /// RFC 7520 4: what all its signatures are over. It is prose, and no claims.
    static let prose = """
        SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250\
        byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hl\
        cmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4
        """

    /// RFC 7520 4.1.2
    static let signature = """
        MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xugl\
        II7PNDi84wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x\
        8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE\
        _oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg
        """

    static func header(_ algorithm: String) -> String {
        let text = #"{"alg":"\#(algorithm)","kid":"bilbo.baggins@hobbiton.example"}"#
        return Base64URL.encode(Array(text.utf8))
    }

    /// RFC 7520 4.1. A good signature over what is no JWT: it fails at the claims, and not before.
    @Test func `RFC 7520: the signature with RS256 is good, and over no claims`() throws {
        let key = try #require(JWK(parsing: Self.bilbo).verificationKey)
        let header = Self.header("RS256")
        var changed = Self.prose
        changed.replaceSubrange(
            changed.startIndex..<changed.index(after: changed.startIndex), with: "T")

        #expect(error(of: "\(header).\(Self.prose).\(Self.signature)", key: key) == .malformed)
        #expect(error(of: "\(header).\(changed).\(Self.signature)", key: key) == .badSignature)
        #expect(
            error(of: "\(Self.header("RS256 ")).\(Self.prose).\(Self.signature)", key: key)
                == .unsupportedAlgorithm)
    }

    /// RFC 7520 4.2 (PS384), 4.3 (ES512), 4.4 (HS256), each under the header that it has there, and 4.5 with its
    /// payload elsewhere.
    @Test func `RFC 7520: the other signatures are refused`() throws {
        let key = try #require(JWK(parsing: Self.bilbo).verificationKey)

        for algorithm in ["PS384", "ES512", "HS256"] {
            #expect(
                error(of: "\(Self.header(algorithm)).\(Self.prose).\(Self.signature)", key: key)
                    == .unsupportedAlgorithm)
        }
        #expect(error(of: "\(Self.header("RS256"))..\(Self.signature)", key: key) == .malformed)
    }

    /// RFC 7520 3.1
    @Test func `RFC 7520: the key on P-521 is refused`() {
        let key: JSON = [
            "kty": "EC", "kid": "bilbo.baggins@hobbiton.example", "use": "sig", "crv": "P-521",
            "x": """
            AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5RkTKqjqvjyekWF-7ytDyRXYgCF5cj0Kt
            """,
            "y": """
            AdymlHvOiLxXkEhayXQnNCvDX4h9htZaCJN34kfmC6pV5OhQHiraVySsUdaQkAgDPrwQrJmbnX9cwlGfP-HqHZR1
            """,
        ]
        var renamed = key.object ?? [:]
        renamed["crv"] = "P-256"

        #expect(throws: JWKError.unsupportedCurve) { try JWK(parsing: key) }
        #expect(throws: JWKError.unusableKey) { try JWK(parsing: .object(renamed)) }
    }

    private func error(of token: String, key: VerificationKey) -> JWTError? {
        let verifier = JWTVerifier(types: [nil, "JWT"], issuer: nil, audience: .unchecked)
        do {
            _ = try verifier.verify(token, at: Instant(seconds: 1_300_819_379)) { _ in key }
            return nil
        } catch {
            return error
        }
    }
}
