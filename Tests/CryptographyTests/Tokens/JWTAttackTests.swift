import Cryptography
import Domain
import JSON
import OpenSSL
import Testing

/// What has been tried on other implementations (RFC 8725; published vulnerabilities).
@Suite("Attacks on tokens")
struct JWTAttackTests {
    let forge: Forge
    let claims = #"{"iss":"i","sub":"s","exp":1700003600}"#

    init() throws {
        forge = try Forge()
    }

    @Test func `the honest token is good`() throws {
        let token = try forge.token(header: forge.header(), claims: claims)

        #expect(error(of: token) == nil)
    }

    @Test(arguments: [
        "none", "None", "NONE", "nOnE", "none ", "", "HS256", "HS384", "HS512", "ES384", "ES512",
        "ES256K", "RS384", "RS512", "PS256", "EdDSA", "es256", "ES256 ", "ES256\0", "RSA-OAEP",
        "PBES2-HS256+A128KW", "dir", "\u{FF25}S256",
    ])
    func `another algorithm is refused, with or without a signature`(algorithm: String) throws {
        let header = forge.header(["alg": .string(algorithm)])
        let signed = try forge.token(header: header, claims: claims)
        let unsigned = forge.token(header: header, claims: claims, signature: [])

        #expect(error(of: signed) == .unsupportedAlgorithm)
        #expect(error(of: unsigned) == .unsupportedAlgorithm)
    }

    @Test(arguments: [#"{"kid":"KID"}"#, #"{"alg":null,"kid":"KID"}"#, #"{"alg":1,"kid":"KID"}"#])
    func `a header without algorithm is refused`(header: String) throws {
        let header = header.replacing("KID", with: forge.key.id)

        #expect(error(of: try forge.token(header: header, claims: claims)) == .malformed)
    }

    @Test func `the other algorithm of ours is refused for a key that is not for it`() throws {
        let rsa = try SigningKey.generate(.rs256)
        let keys: (String?) -> VerificationKey? = { id in
            [forge.key, rsa].first { $0.id == id }?.verificationKey
        }

        for (algorithm, id) in [("RS256", forge.key.id), ("ES256", rsa.id)] {
            let header = forge.header(["alg": .string(algorithm), "kid": .string(id)])
            let token = try forge.token(header: header, claims: claims)
            #expect(error(of: token, keys: keys) == .unsupportedAlgorithm)
        }
    }

    @Test func `an HMAC under our public key in any form is refused`() throws {
        for key in [forge.key, try SigningKey.generate(.rs256)] {
            let text = key.jwk.json.text
            let der = subjectPublicKeyInfo(of: key)
            let pem = """
                -----BEGIN PUBLIC KEY-----
                \(Base64URL.encode(der).replacing("-", with: "+").replacing("_", with: "/"))
                -----END PUBLIC KEY-----
                """
            let secrets = [
                Array(text.utf8), der, Array(pem.utf8), Array("\(pem)\n".utf8),
                Array(" \(pem)".utf8), Array("\n\(pem)".utf8), Array(key.id.utf8), [],
            ]
            for algorithm in ["HS256", "ES256", "RS256"] {
                let header = forge.header(["alg": .string(algorithm), "kid": .string(key.id)])
                for secret in secrets {
                    let token = forge.token(header: header, claims: claims, hmacKey: secret)
                    #expect(
                        error(of: token, keys: { $0 == key.id ? key.verificationKey : nil }) != nil)
                }
            }
        }
    }

    @Test func `a key that the token brings along is not used`() throws {
        let attacker = try Forge()
        let jwk = attacker.key.jwk.json
        let brought: [JSON.Object] = [
            ["jwk": jwk], ["jku": "https://evil.example/jwks"], ["x5u": "https://evil.example/x"],
            ["x5c": ["MIIB"]], ["jwk": jwk, "jku": "file:///etc/passwd"],
        ]

        for members in brought {
            let ours = members.merging(["kid": .string(forge.key.id)])
            #expect(
                error(of: try attacker.token(header: attacker.header(ours), claims: claims))
                    == .badSignature)
            #expect(
                error(of: try attacker.token(header: attacker.header(members), claims: claims))
                    == .unknownKey)
            // Beside a signature of ours they are nothing but noise.
            #expect(
                error(of: try forge.token(header: forge.header(members), claims: claims)) == nil)
        }
    }

    @Test(arguments: [
        "../../../../dev/null", "' OR 1=1 -- ", "", " ", "*", "%", "null", "0", "KID ", " KID",
    ])
    func `a kid that names no key of ours is refused`(id: String) throws {
        let id = id.replacing("KID", with: forge.key.id)
        let token = try forge.token(header: forge.header(["kid": .string(id)]), claims: claims)

        #expect([.unknownKey, .malformed].contains(error(of: token)))
    }

    @Test(arguments: ["a\0b", "a\nb", "\u{7F}", "ключ", "\u{212A}ey", "e\u{301}"])
    func `a kid that is not printable ASCII is refused before it is looked up`(id: String) throws {
        let token = try forge.token(header: forge.header(["kid": .string(id)]), claims: claims)

        let error = error(
            of: token,
            keys: { _ in
                Issue.record("the kid was looked up")
                return nil
            })
        #expect(error == .malformed)
    }

    @Test(arguments: [.null, 1, [], ["a"], [:], true] as [JSON])
    func `a kid that is no text is refused`(id: JSON) throws {
        let token = try forge.token(header: forge.header(["kid": id]), claims: claims)

        #expect(error(of: token) == .malformed)
    }

    @Test func `a long kid is refused`() throws {
        let long = String(repeating: "k", count: 256)
        let longer = String(repeating: "k", count: 65_536)

        #expect(
            error(of: try forge.token(header: forge.header(["kid": .string(long)]), claims: claims))
                == .malformed)
        #expect(
            error(
                of: try forge.token(header: forge.header(["kid": .string(longer)]), claims: claims))
                == .tooLarge)
    }

    @Test func `a token without kid asks for no key`() throws {
        let header = JSON.object(["alg": "ES256", "typ": "at+jwt"]).text
        let token = try forge.token(header: header, claims: claims)

        #expect(error(of: token) == .unknownKey)
    }

    @Test(
        arguments: [
            ["crit": ["bork"]], ["crit": ["b64"], "b64": false], ["crit": []], ["crit": ["exp"]],
            ["crit": ["alg"]], ["crit": .null], ["b64": false], ["b64": true], ["zip": "DEF"],
            ["enc": "A128GCM"], ["crit": ["http://example.com/x"], "http://example.com/x": 1],
        ] as [JSON.Object])
    func `extensions and encryption are refused`(members: JSON.Object) throws {
        let token = try forge.token(header: forge.header(members), claims: claims)

        #expect(error(of: token) == .malformed)
    }

    @Test func `an encrypted token is refused before any work`() {
        let header = #"{"alg":"PBES2-HS256+A128KW","p2c":2147483647,"p2s":"AA","enc":"A128GCM"}"#
        let parts = [header, "key", "iv", "text", "tag"].map { Base64URL.encode(Array($0.utf8)) }

        #expect(error(of: parts.joined(separator: ".")) == .malformed)
        #expect(error(of: parts.prefix(3).joined(separator: ".")) == .malformed)
    }

    @Test func `base64url is read to the letter in every part`() throws {
        let token = try forge.token(header: forge.header(), claims: claims)
        let parts = token.split(separator: ".").map(String.init)
        #expect(parts.count == 3)

        for index in parts.indices {
            let part = parts[index]
            var bad = [
                part + "=", part + "==", " " + part, part + " ", part + "\n", "\t" + part,
                part + "\r\n", part + "A", part + "AAAA", "", part + "!", part + "\0",
                part.replacing("-", with: "+").replacing("_", with: "/") + "+", part + "%3D",
                String(part.dropLast()), part.dropFirst() + "", part + "é",
            ]
            bad += looseSpellings(of: part)
            for spelling in bad {
                var changed = parts
                changed[index] = spelling
                #expect(error(of: changed.joined(separator: ".")) != nil, "part \(index)")
            }
        }
    }

    /// A signer could sign a text with padding: the signature is good, the spelling is not.
    @Test func `a padded part is refused even under a good signature`() throws {
        let header = Base64URL.encode(Array(forge.header().utf8))
        let payload = Base64URL.encode(Array(claims.utf8))

        #expect(error(of: try forge.token(parts: header, payload)) == nil)
        for padding in ["=", "==", "===", " ", "\n"] {
            #expect(error(of: try forge.token(parts: header + padding, payload)) == .malformed)
            #expect(error(of: try forge.token(parts: header, payload + padding)) == .malformed)
        }
        for spelling in looseSpellings(of: payload) {
            #expect(error(of: try forge.token(parts: header, spelling)) == .malformed)
        }
    }

    @Test func `any number of parts but three, and empty parts, are refused`() throws {
        let token = try forge.token(header: forge.header(), claims: claims)
        let parts = token.split(separator: ".").map(String.init)
        let (h, c, s) = (parts[0], parts[1], parts[2])

        for text in [
            "", ".", "..", "...", h, "\(h).\(c)", "\(h).\(c).", "\(h)..\(s)", ".\(c).\(s)",
            "\(h).\(c).\(s).", ".\(h).\(c).\(s)", "\(h).\(c).\(s).\(s)", "\(h).\(c)..\(s)",
            "\(h).\(c).\(s).\(s).\(s)", "\(h)..\(c).\(s)", token + token, "Bearer \(token)",
            " \(token)", "\(token) ", "\(token)\n", "\"\(token)\"",
        ] {
            #expect(error(of: text) == .malformed, "\(text.prefix(40))")
        }
    }

    @Test(arguments: [
        #"{"alg":"ES256","alg":"none","kid":"KID","typ":"at+jwt"}"#,
        #"{"alg":"none","alg":"ES256","kid":"KID","typ":"at+jwt"}"#,
        #"{"alg":"ES256","kid":"x","kid":"KID","typ":"at+jwt"}"#,
        #"{"alg":"ES256","kid":"KID","typ":"JWT","typ":"at+jwt"}"#,
        #"{"alg":"ES256","kid":"KID","\u0061lg":"ES256","typ":"at+jwt"}"#,
        #"{"alg":"ES256","kid":"KID","typ":"at+jwt"} "x""#, #"["ES256"]"#, #""ES256""#, "null", "",
        #"{"alg":["ES256"],"kid":"KID"}"#, #"{"alg":"ES256","kid":"KID","typ":1}"#,
    ])
    func `a header that is no object of I-JSON is refused`(header: String) throws {
        let header = header.replacing("KID", with: forge.key.id)

        #expect(error(of: try forge.token(header: header, claims: claims)) == .malformed)
    }

    @Test func `the JSON forms of a JWS are refused`() throws {
        let token = try forge.token(header: forge.header(), claims: claims)
        let parts = token.split(separator: ".").map { JSON.string(String($0)) }
        let flattened: JSON = [
            "protected": parts[0], "payload": parts[1], "signature": parts[2],
            "header": ["alg": "none"],
        ]
        let general: JSON = [
            "payload": parts[1],
            "signatures": [["protected": parts[0], "signature": parts[2]]],
        ]

        for text in [
            flattened.text, general.text, "{\"a\":\"\(token)\"}", "\(token)\(general.text)",
        ] {
            #expect(error(of: text) == .malformed)
        }
    }

    @Test func `signatures with r or s out of range, DER, and other lengths are refused`() throws {
        let order: [UInt8] = [
            0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
            0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63,
            0x25, 0x51,
        ]
        let signed = [forge.header(), claims].map { Base64URL.encode(Array($0.utf8)) }
            .joined(separator: ".")
        let good = try forge.privateKey.signature(for: Array(signed.utf8))
        let (r, s) = (Array(good.prefix(32)), Array(good.suffix(32)))
        let zero = [UInt8](repeating: 0, count: 32)
        let signatures: [[UInt8]] = [
            zero + zero, zero + s, r + zero, order + order, r + order, order + s,
            Array(good.dropLast()), good + [0], [0] + good, zero + good,
            [0x30, 0x46, 0x02, 0x21, 0] + r + [0x02, 0x21, 0] + s, good + good,
            [UInt8](repeating: 0xFF, count: 64), s + r,
        ]

        #expect(
            error(of: forge.token(header: forge.header(), claims: claims, signature: good)) == nil)
        for signature in signatures {
            let token = forge.token(header: forge.header(), claims: claims, signature: signature)
            #expect(error(of: token) == .badSignature)
        }
    }

    /// Made with pyca/cryptography over keys on secp256k1 and P-384; their `kid` is "k".
    @Test(arguments: [
        """
        eyJhbGciOiJFUzI1NiIsImtpZCI6ImsifQ.eyJleHAiOjIwMDAwMDAwMDB9._qZm1IBQszRgff6taEHifDRV6Gn\
        x_fQPo-_aH7PTzkMDQhKhe60aODoh3Mxadf1QRBGWhn0XjPeXnuw9MeZfzQ
        """,
        """
        eyJhbGciOiJFUzI1NiIsImtpZCI6ImsifQ.eyJleHAiOjIwMDAwMDAwMDB9.b9jNwujUjvis0INKbM4rO-uTh2M\
        YOfKWRC6ezgF8qU5lAswpR_ZaHruhWk4ster3lcw_SQC6MxAbFrC3XBPDKXLy4FK3x4OZRA0MKkL3w-0sKKUFzzq\
        w82tmtUO4h2Ht
        """,
    ])
    func `a signature from another curve is refused`(token: String) {
        #expect(error(of: token, keys: { _ in forge.key.verificationKey }) == .badSignature)
    }

    @Test func `the right kid with another key is refused`() throws {
        let attacker = try Forge()
        let header = attacker.header(["kid": .string(forge.key.id)])

        #expect(error(of: try attacker.token(header: header, claims: claims)) == .badSignature)
    }

    @Test func `a change of any letter is refused`() throws {
        let token = Array(try forge.token(header: forge.header(), claims: claims).utf8)

        for index in token.indices {
            for replacement in [UInt8(ascii: "A"), UInt8(ascii: "_"), UInt8(ascii: ".")]
            where token[index] != replacement {
                var changed = token
                changed[index] = replacement
                #expect(error(of: String(decoding: changed, as: UTF8.self)) != nil)
            }
        }
    }

    @Test func `what is too large or too deep is refused at once`() throws {
        let nested = String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000)
        let encoded = Base64URL.encode(Array(String(repeating: "[", count: 5_000).utf8))
        let tokens: [(String, JWTError)] = [
            (String(repeating: "a", count: 1 << 20), .tooLarge),
            (String(repeating: ".", count: 10_000), .tooLarge),
            (String(repeating: ".", count: 8_192), .malformed),
            (
                forge.token(header: "{\"alg\":\(nested)}", claims: claims, signature: [1]),
                .tooLarge
            ),
            ("\(encoded).e30.AA", .malformed),
            (
                try forge.token(
                    parts: Base64URL.encode(Array(forge.header().utf8)),
                    String(encoded.prefix(6_000))), .malformed
            ),
        ]

        for (token, expected) in tokens {
            // The fastest of a few: other tests run beside this one.
            let fastest = (0..<5).map { _ in
                ContinuousClock().measure {
                    #expect(error(of: token) == expected)
                }
            }.min()
            #expect(try #require(fastest) < .milliseconds(50))
        }
    }

    @Test func `8 KiB are read and one byte more is not`() throws {
        func token(length: Int) throws -> String {
            // A character in base64 is 3/4 of a byte; come close with the claims, then cut to fit.
            for filling in stride(from: length * 3 / 4 - 300, to: length * 3 / 4, by: 1) {
                let claims =
                    "{\"iss\":\"i\",\"exp\":1700003600,\"x\":\"\(String(repeating: "x", count: filling))\"}"
                let token = try forge.token(header: forge.header(), claims: claims)
                if token.utf8.count == length { return token }
            }
            throw JWTError.malformed
        }

        let lengths = [8_192, 8_191].compactMap { length in try? token(length: length) }
        let longer = [8_193, 8_194].compactMap { length in try? token(length: length) }

        #expect(!lengths.isEmpty)
        #expect(!longer.isEmpty)
        for token in lengths { #expect(error(of: token) == nil) }
        for token in longer { #expect(error(of: token) == .tooLarge) }
    }

    @Test func `no error shows anything of the token`() throws {
        let secret = try forge.token(
            header: forge.header(["kid": "hidden"]), claims: #"{"sub":"hidden"}"#)

        let refusal = error(of: secret)

        #expect(refusal == .unknownKey)
        #expect(!"\(refusal, default: "") \(String(reflecting: refusal))".contains("hidden"))
    }

    /// The same bytes as a lenient reader sees them: other values in the bits that are not used.
    private func looseSpellings(of part: String) -> [String] {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        guard part.count % 4 != 0, let last = part.last, let value = letters.firstIndex(of: last)
        else { return [] }
        let unused = part.count % 4 == 2 ? 16 : 4
        return (1..<unused).map { part.dropLast() + String(letters[value | $0]) }
            .filter { $0 != part }
    }

    private func subjectPublicKeyInfo(of key: SigningKey) -> [UInt8] {
        switch key.publicKey {
        case .ec(let key):
            [
                0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06,
                0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
            ] + key.x + key.y
        case .rsa(let key):
            [
                0x30, 0x82, 0x01, 0x22, 0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D,
                0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x82, 0x01, 0x0F, 0x00, 0x30, 0x82, 0x01, 0x0A,
                0x02, 0x82, 0x01, 0x01, 0x00,
            ] + key.n + [0x02, 0x03] + key.e
        }
    }

    private func error(
        of token: String, keys: ((String?) -> VerificationKey?)? = nil
    ) -> JWTError? {
        let verifier = JWTVerifier(types: ["at+jwt", nil], issuer: nil, audience: .unchecked)
        do {
            _ = try verifier.verify(
                token, at: Instant(seconds: 1_700_000_000),
                keys: keys ?? { $0 == forge.key.id ? forge.key.verificationKey : nil })
            return nil
        } catch {
            return error
        }
    }
}
