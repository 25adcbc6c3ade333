import Cryptography
import Domain
import JSON
import Testing

/// What the claims of a rightly signed token must say.
@Suite("Claims of tokens")
struct JWTClaimTests {
    static let now: Int64 = 1_700_000_000

    let forge: Forge

    init() throws {
        forge = try Forge()
    }

    @Test(arguments: [1, 60, 3600, 365 * 86_400] as [Int64])
    func `a token is good until the second before its expiry`(lifetime: Int64) throws {
        let exp = Self.now + lifetime

        #expect(error(of: good.merging(["exp": .integer(Int(exp))])) == nil)
        #expect(error(of: good.merging(["exp": .integer(Int(exp))]), at: exp - 1) == nil)
        #expect(error(of: good.merging(["exp": .integer(Int(exp))]), at: exp) == .expired)
        #expect(error(of: good.merging(["exp": .integer(Int(exp))]), at: exp + 1) == .expired)
    }

    @Test(arguments: [
        #"{}"#, #"{"exp":null}"#, #"{"exp":"9999999999"}"#, #"{"exp":1700003600.0}"#,
        #"{"exp":1700003600.5}"#, #"{"exp":1.7000036e9}"#, #"{"exp":1e300}"#, #"{"exp":-1}"#,
        #"{"exp":[1700003600]}"#, #"{"exp":true}"#, #"{"exp":32503680000}"#,
        #"{"exp":9223372036854775807}"#, #"{"exp":-9223372036854775808}"#,
        #"{"exp":99999999999999999999}"#, #"{"exp":253402300800}"#, #"{"EXP":1700003600}"#,
        #"{"exp":1700003600,"exp":1700003601}"#, #"{"exp":{}}"#,
    ])
    func `an expiry that is missing or no sane number is refused`(claims: String) throws {
        #expect(error(ofText: claims) == .malformed)
    }

    @Test func `an expiry long past is refused, unless hints are asked for`() throws {
        #expect(error(of: good.merging(["exp": 0])) == .expired)
        #expect(error(of: good.merging(["exp": 1])) == .expired)
        #expect(
            error(
                of: good.merging(["exp": 1]),
                by: JWTVerifier(
                    types: ["at+jwt"], issuer: nil, audience: .unchecked, acceptsExpired: true))
                == nil)
    }

    @Test func `the longest lifetime may be set`() {
        let short = JWTVerifier(
            types: ["at+jwt"], issuer: nil, audience: .unchecked, longestLifetime: 300)

        #expect(error(of: good.merging(["exp": .integer(Int(Self.now) + 360)]), by: short) == nil)
        #expect(
            error(of: good.merging(["exp": .integer(Int(Self.now) + 361)]), by: short) == .malformed
        )
    }

    @Test(arguments: ["nbf", "iat"])
    func `a beginning may lie ahead by 60 seconds at most`(name: String) {
        func error(_ seconds: Int64) -> JWTError? {
            self.error(of: good.merging([name: .integer(Int(Self.now + seconds))]))
        }

        #expect(error(-1_000_000) == nil)
        #expect(error(0) == nil)
        #expect(error(60) == nil)
        #expect(error(61) == .notYetValid)
        #expect(error(300) == .notYetValid)
    }

    @Test(
        arguments: [
            ("nbf", "1700000000"), ("nbf", 1.5), ("iat", -1), ("iat", .null), ("iat", [1]),
            ("iss", ["https://issuer.example"]), ("iss", 1), ("iss", .null), ("sub", 5),
            ("sub", []),
            ("jti", 7), ("jti", .null), ("aud", 1), ("aud", .null), ("aud", ["a", 1]),
            ("aud", [[]]),
            ("aud", [:]), ("scope", ["a"]), ("scope", .null), ("scope", 1), ("scope", true),
        ] as [(String, JSON)])
    func `a registered claim of another kind is refused`(name: String, value: JSON) {
        #expect(error(of: good.merging([name: value])) == .malformed)
    }

    @Test(arguments: [
        "https://issuer.example/", "https://issuer.example ", "https://ISSUER.example",
        "http://issuer.example", "https://issuer.example.evil.example", "",
        "https://issuer.exampl\u{65}\u{301}",
    ])
    func `another issuer is refused`(issuer: String) {
        #expect(error(of: good.merging(["iss": .string(issuer)])) == .wrongIssuer)
    }

    @Test func `a missing issuer is refused where one is asked for`() {
        var claims = good
        claims["iss"] = nil

        #expect(error(of: claims) == .wrongIssuer)
        #expect(
            error(
                of: claims,
                by: JWTVerifier(types: ["at+jwt"], issuer: nil, audience: .unchecked)) == nil)
    }

    @Test func `issuers are compared byte for byte`() {
        let kelvin = JWTVerifier(
            types: ["at+jwt"], issuer: "https://K.example", audience: .unchecked)

        #expect(error(of: good.merging(["iss": "https://K.example"]), by: kelvin) == nil)
        #expect(
            error(of: good.merging(["iss": "https://\u{212A}.example"]), by: kelvin)
                == .wrongIssuer)
    }

    @Test(
        arguments: [
            ("a", true), (["a"], true), (["x", "a"], true), (["b", "a"], true), ("x", false),
            ([], false), ("", false), ("A", false), (["x", "y"], false), ("a b", false),
        ] as [(JSON, Bool)])
    func `one of the audiences must be ours`(audience: JSON, isRight: Bool) {
        let verifier = JWTVerifier(
            types: ["at+jwt"], issuer: nil, audience: .any(of: ["a", "b"]))

        #expect(
            error(of: good.merging(["aud": audience]), by: verifier)
                == (isRight ? nil : .wrongAudience))
    }

    @Test(
        arguments: [
            ("a", true), (["a"], true), ("b", true), (["a", "evil"], false),
            (["evil", "a"], false),
            (["a", "b"], false), (["a", "a"], false), ([], false), ("evil", false),
        ] as [(JSON, Bool)])
    func `an assertion has one audience, and it is ours`(audience: JSON, isRight: Bool) {
        let verifier = JWTVerifier(
            types: ["at+jwt"], issuer: nil, audience: .only(oneOf: ["a", "b"]))

        #expect(
            error(of: good.merging(["aud": audience]), by: verifier)
                == (isRight ? nil : .wrongAudience))
    }

    @Test func `a missing audience is refused where one is asked for`() {
        var claims = good
        claims["aud"] = nil

        for audience in [JWTVerifier.Audience.any(of: ["a"]), .only(oneOf: ["a"]), .any(of: [])] {
            let verifier = JWTVerifier(types: ["at+jwt"], issuer: nil, audience: audience)
            #expect(error(of: claims, by: verifier) == .wrongAudience)
        }
    }

    @Test(arguments: [
        "[]", "1", "\"text\"", "null", "", "{", "{}}", "{\"exp\":1700003600,}",
        "\u{FEFF}{\"exp\":1700003600}", #"{"exp":1700003600,"sub":"a","sub":"b"}"#,
        #"{"exp":1700003600,"aud":"a","aud":"b"}"#, #"{"exp":1700003600,"x":{"a":1,"a":2}}"#,
        #"{"exp":1700003600,"x":"\ud800"}"#,
    ])
    func `claims that are no object of I-JSON are refused`(claims: String) {
        #expect(error(ofText: claims) == .malformed)
    }

    @Test(arguments: [
        ("at+jwt", true), ("AT+JWT", true), ("application/at+jwt", true),
        ("Application/At+Jwt", true), ("JWT", false), ("dpop+jwt", false), ("logout+jwt", false),
        ("secevent+jwt", false), ("application/x/at+jwt", false), ("", false), ("at+jwt ", false),
        ("at-jwt", false),
    ])
    func `a token of another type is refused`(type: String, isRight: Bool) throws {
        let token = try forge.token(
            header: forge.header(["typ": .string(type)]), claims: JSON.object(good).text)

        #expect(error(ofToken: token) == (isRight ? nil : .wrongType))
    }

    @Test func `a token without type is taken only where that is said`() throws {
        let header = JSON.object(["alg": "ES256", "kid": .string(forge.key.id)]).text
        let token = try forge.token(header: header, claims: JSON.object(good).text)

        #expect(error(ofToken: token) == .wrongType)
        #expect(
            error(
                ofToken: token,
                by: JWTVerifier(types: ["JWT", nil], issuer: nil, audience: .unchecked)) == nil)
    }

    private let good: JSON.Object = [
        "iss": "https://issuer.example", "aud": "https://api.example", "exp": 1_700_003_600,
    ]

    private let verifier = JWTVerifier(
        types: ["at+jwt"], issuer: "https://issuer.example",
        audience: .any(of: ["https://api.example"]))

    private func error(
        of claims: JSON.Object, by verifier: JWTVerifier? = nil, at seconds: Int64 = now
    ) -> JWTError? {
        error(ofText: JSON.object(claims).text, by: verifier, at: seconds)
    }

    private func error(
        ofText claims: String, by verifier: JWTVerifier? = nil, at seconds: Int64 = now
    ) -> JWTError? {
        do {
            let token = try forge.token(header: forge.header(), claims: claims)
            return error(ofToken: token, by: verifier, at: seconds)
        } catch {
            Issue.record(error)
            return nil
        }
    }

    private func error(
        ofToken token: String, by verifier: JWTVerifier? = nil, at seconds: Int64 = now
    ) -> JWTError? {
        do {
            _ = try (verifier ?? self.verifier).verify(
                token, at: Instant(seconds: seconds),
                keys: { $0 == forge.key.id ? forge.key.verificationKey : nil })
            return nil
        } catch {
            return error
        }
    }
}
