import Cryptography
import Domain
import JSON
import OpenSSL
import Testing

@Suite("JSON Web Keys")
struct JWKTests {
    /// RFC 7517 A.1, the EC key; RFC 7638 §3.1, the RSA key.
    static let ec: JSON = [
        "kty": "EC", "crv": "P-256", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM", "use": "enc", "kid": "1",
    ]
    static let rsa: JSON = [
        "kty": "RSA", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29",
        "n": .string(
            """
            0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc\
            _BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQ\
            R0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bF\
            TWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw
            """),
    ]

    @Test func `the thumbprint of RFC 7638 comes out`() throws {
        let key = try JWK(parsing: Self.rsa)

        #expect(key.key.thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
    }

    @Test func `keys are written as they were read`() throws {
        #expect(try JWK(parsing: Self.ec).json == Self.ec)
        #expect(try JWK(parsing: Self.rsa).json == Self.rsa)
        #expect(try JWKSet(parsing: ["keys": [Self.ec, Self.rsa]]).json["keys"]?.array?.count == 2)
    }

    @Test func `unknown members are ignored and not written`() throws {
        let key = try JWK(parsing: with(["x5t": "abc", "extra": [1, 2]]))

        #expect(key.json == Self.ec)
    }

    @Test(arguments: ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
    func `a key with a private member is refused`(name: String) {
        #expect(throws: JWKError.privateMember(name)) {
            try JWK(parsing: with([name: "AQAB"]))
        }
        #expect(throws: JWKError.privateMember(name)) { try JWK(parsing: with([name: .null])) }
    }

    @Test(
        arguments: [
            ("oct", .unsupportedType), ("OKP", .unsupportedType), ("ec", .unsupportedType),
            ("", .unsupportedType),
        ] as [(String, JWKError)])
    func `other types of key are refused`(type: String, error: JWKError) {
        #expect(throws: error) { try JWK(parsing: with(["kty": .string(type)])) }
    }

    @Test func `a secret key is refused`() {
        let key: JSON = [
            "kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75",
        ]

        #expect(throws: JWKError.privateMember("k")) { try JWK(parsing: key) }
    }

    @Test(
        arguments: [
            (["crv": "P-384"], .unsupportedCurve), (["crv": "secp256k1"], .unsupportedCurve),
            (["crv": .null], .unsupportedCurve), (["x": .null], .invalidMember("x")),
            (["y": 5], .invalidMember("y")), (["x": "AA=="], .invalidMember("x")),
            (["kid": 5], .invalidMember("kid")), (["kid": ""], .invalidMember("kid")),
            (["kid": "a\nb"], .invalidMember("kid")), (["kid": "a\0"], .invalidMember("kid")),
            (["use": []], .invalidMember("use")), (["alg": 1], .invalidMember("alg")),
            (["key_ops": "verify"], .invalidMember("key_ops")),
            (["key_ops": ["verify", 1]], .invalidMember("key_ops")),
            // Not on the curve: one bit less, the other coordinate, another length, nothing.
            (["y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyI"], .unusableKey),
            (["x": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"], .unusableKey),
            (["x": "AA"], .unusableKey), (["x": "", "y": ""], .unusableKey),
            (["x": "ADCgQkzSHClEg4otdckrN-duog2fAIk6O07uijwKr-w"], .unusableKey),
        ] as [(JSON.Object, JWKError)])
    func `a malformed key on P-256 is refused`(changes: JSON.Object, error: JWKError) {
        #expect(throws: error) { try JWK(parsing: with(changes)) }
    }

    @Test func `weak and odd RSA keys are refused`() throws {
        let n = try #require(Self.rsa["n"]?.string.flatMap(Base64URL.decode))
        func key(n: [UInt8], e: [UInt8]) -> JSON {
            [
                "kty": "RSA", "n": .string(Base64URL.encode(n)),
                "e": .string(Base64URL.encode(e)),
            ]
        }
        let short = Array(n.prefix(127)) + [1]
        let even = n.dropLast() + [n[255] & 0xFE]

        #expect(throws: Never.self) { try JWK(parsing: key(n: n, e: [3])) }
        for bad in [
            key(n: short, e: [3]), key(n: Array(short.prefix(63)) + [1], e: [3]),
            key(n: Array(even), e: [3]), key(n: n, e: [1]), key(n: n, e: [2]), key(n: n, e: []),
            key(n: n, e: [0, 3]), key(n: [0] + n, e: [3]), key(n: [], e: [3]),
            key(n: n + n + n + n + n, e: [3]),
        ] {
            #expect(throws: JWKError.unusableKey) { try JWK(parsing: bad) }
        }
        #expect(throws: JWKError.invalidMember("n")) {
            try JWK(parsing: ["kty": "RSA", "e": "AQAB"])
        }
    }

    @Test(arguments: ["text", 1, [], .null] as [JSON])
    func `what is no object is no key and no set`(json: JSON) {
        #expect(throws: JWKError.notAnObject) { try JWK(parsing: json) }
        #expect(throws: JWKError.notAnObject) { try JWKSet(parsing: json) }
    }

    @Test func `a key verifies only what it says it is for`() throws {
        func verifies(_ changes: JSON.Object) throws -> Bool {
            let restricted = (["use": "sig"] as JSON.Object).merging(changes)
            return try JWK(parsing: with(restricted)).verificationKey != nil
        }

        #expect(try verifies([:]))
        #expect(try verifies(["alg": "ES256"]))
        #expect(try verifies(["key_ops": ["verify"]]))
        #expect(try !verifies(["use": "enc"]))
        #expect(try !verifies(["alg": "ES384"]))
        #expect(try !verifies(["alg": "RS256"]))
        #expect(try !verifies(["alg": "HS256"]))
        #expect(try !verifies(["alg": "none"]))
        #expect(try !verifies(["key_ops": ["sign"]]))
        #expect(try !verifies(["key_ops": []]))
    }

    private func with(_ changes: JSON.Object) -> JSON {
        .object((Self.ec.object ?? [:]).merging(changes))
    }
}

@Suite("Sets of keys")
struct JWKSetTests {
    @Test func `a key is found by its name`() throws {
        let keys = try (1...3).map { _ in try SigningKey.generate(.es256) }
        let set = try JWKSet(parsing: JWKSet(keys.map(\.jwk)).json)

        for key in keys {
            #expect(set.verificationKey(id: key.id) == key.verificationKey)
        }
        #expect(set.verificationKey(id: "another") == nil)
        #expect(set.verificationKey(id: nil) == nil)
    }

    @Test func `a token without kid may mean the only key for signatures`() throws {
        let key = try SigningKey.generate(.es256)
        let bare = JWK(key: key.publicKey, id: nil)
        let other = JWK(key: try SigningKey.generate(.es256).publicKey, id: nil, use: "enc")

        #expect(JWKSet([bare]).verificationKey(id: nil)?.id == key.id)
        #expect(JWKSet([bare, other]).verificationKey(id: nil)?.id == key.id)
        #expect(JWKSet([bare, bare]).verificationKey(id: nil) == nil)
        #expect(JWKSet([]).verificationKey(id: nil) == nil)
        #expect(JWKSet([bare]).verificationKey(id: key.id) == nil)
    }

    @Test func `two keys of one name are refused`() {
        #expect(throws: JWKError.duplicateID("1")) {
            try JWKSet(parsing: ["keys": [JWKTests.ec, JWKTests.ec]])
        }
    }

    @Test func `20 keys are taken and 21 are not`() throws {
        var key = try #require(JWKTests.ec.object)
        func keys(_ count: Int) -> JSON {
            [
                "keys": .array(
                    (0..<count).map {
                        key["kid"] = "key \($0)"
                        return .object(key)
                    })
            ]
        }

        #expect(try JWKSet(parsing: keys(20)).keys.count == 20)
        #expect(throws: JWKError.tooManyKeys) { try JWKSet(parsing: keys(21)) }
        #expect(throws: JWKError.tooManyKeys) { try JWKSet(parsing: keys(1_000)) }
    }

    @Test func `one bad key refuses the set`() {
        #expect(throws: JWKError.unsupportedType) {
            try JWKSet(parsing: ["keys": [JWKTests.rsa, ["kty": "oct"]]])
        }
        #expect(throws: JWKError.invalidMember("keys")) { try JWKSet(parsing: [:]) }
        #expect(throws: JWKError.invalidMember("keys")) { try JWKSet(parsing: ["keys": "none"]) }
        #expect(throws: JWKError.notAnObject) { try JWKSet(parsing: ["keys": [1]]) }
    }
}

extension JSON.Object {
    func merging(_ changes: JSON.Object) -> JSON.Object {
        var merged = self
        for member in changes.members {
            merged[member.name] = member.value
        }
        return merged
    }
}
