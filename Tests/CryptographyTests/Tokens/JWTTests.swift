import Cryptography
import Domain
import JSON
import Testing

@Suite("Tokens")
struct JWTTests {
    let now = Instant(seconds: 1_700_000_000)
    let verifier = JWTVerifier(
        types: ["at+jwt"], issuer: "https://issuer.example",
        audience: .any(of: ["https://api.example"]))

    let claims: JSON.Object = [
        "iss": "https://issuer.example", "sub": "user", "aud": "https://api.example",
        "iat": 1_700_000_000, "nbf": 1_700_000_000, "exp": 1_700_003_600, "jti": "token",
        "scope": "pipelines:read models:read", "token_use": "access", "groups": ["a", "b"],
    ]

    @Test(arguments: SigningAlgorithm.allCases)
    func `what was signed is verified and handed back`(algorithm: SigningAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)

        let text = try JWT.sign(claims, type: "at+jwt", with: key)
        let token = try verifier.verify(text, at: now, keys: only(key))

        #expect(token.type == "at+jwt")
        #expect(token.keyID == key.id)
        #expect(token.claims == claims)
        #expect(token.issuer == "https://issuer.example")
        #expect(token.subject == "user")
        #expect(token.audience == ["https://api.example"])
        #expect(token.issuedAt == now)
        #expect(token.notBefore == now)
        #expect(token.expiresAt == Instant(seconds: 1_700_003_600))
        #expect(token.id == "token")
        #expect(token.scope == "pipelines:read models:read")
        #expect(token.scopes == ["pipelines:read", "models:read"])
        #expect(token.claims["groups"]?.strings == ["a", "b"])
    }

    @Test func `the header says algorithm, key and type, and nothing else`() throws {
        let key = try SigningKey.generate(.es256)

        let text = try JWT.sign(claims, type: "JWT", with: key)

        let header = try #require(text.split(separator: ".").first)
        #expect(
            Base64URL.decode(String(header)).map { String(decoding: $0, as: UTF8.self) }
                == "{\"alg\":\"ES256\",\"kid\":\"\(key.id)\",\"typ\":\"JWT\"}")
    }

    /// Made with joserfc (Python) and keys of its own.
    @Test(arguments: [
        (
            """
            {"crv": "P-256", "x": "_hAPrsKkD8aywtzB7UfQFc2FYgLaDJQr8V5v71bibRo", \
            "y": "uU1pXBboNkJmxp4BsXZzR_SAm4TSpA8G54KTCt-U18o", "kid": "joserfc-ES256", \
            "kty": "EC"}
            """,
            """
            eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiIsImtpZCI6Impvc2VyZmMtRVMyNTYifQ.eyJpc3MiOiJodHRw\
            czovL2lzc3Vlci5leGFtcGxlIiwic3ViIjoiam9zZXJmYyIsImF1ZCI6WyJodHRwczovL2FwaS5leGFtcGxl\
            Il0sImV4cCI6MjAwMDAwMDAwMH0.QTZYjhbtl4SQpit71Efl4XxA02gxFfdRag8mb0hMVe2s1SYxPigXV5m3\
            M5BbBS-RH4v2Zw9lC8rOBYzV-adiFw
            """
        ),
        (
            """
            {"n": "tpJweQ6lqZWRe5mIRBj-jcp5ivt6U0rVKVUtTvn2foiybfPJYWMP8h1JZrbP6hS6BmXY2dbu9GMxX\
            JC8eugOa9GjZYZG6TIhE-gCS0BFrtEqo2DIIH2K5AjfAeh9zRO6k815Br3Bc1GbPezUcOOZAR3DacKGmwd1S\
            H99_mYaiFZ4jDNM3Cv8NnQVH_m7mj6-B4ONeONQfr5C4bwDPqNcDwoidJaVPFDAbDZXlV7M7XM6N-Z6hqc8J\
            EeuGt1S3_nc-s3Vc-JsywTR6Bt9sN_bliiVrr2oh4trAMC8y-IYKaf13_tIDGLDERi-72X0FOzcP2G9Rq3i6\
            3arSOQ1KQC3nw", "e": "AQAB", "kid": "joserfc-RS256", "kty": "RSA"}
            """,
            """
            eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsImtpZCI6Impvc2VyZmMtUlMyNTYifQ.eyJpc3MiOiJodHRw\
            czovL2lzc3Vlci5leGFtcGxlIiwic3ViIjoiam9zZXJmYyIsImF1ZCI6WyJodHRwczovL2FwaS5leGFtcGxl\
            Il0sImV4cCI6MjAwMDAwMDAwMH0.gvXInui8kzbMr_VE5iiRu53y-S-5ly7iRfKS9GHAfU-f0SMm_HH1Ww44\
            rUg8UIYIgfWSWqMkmuzF7lginnWMRerbyZotKlwNWcOnO0BqMBggjeT7CMKBc3Mp4Qp2QAzYDbUwjbaaGxOJ\
            BgqTPzUztZyhZO1CNmQ-m2WykvGXBVK9jsXhMzYwh1sBfuAOXXnP7W37pvOYFZ-bO58Y9QqpZCDKWLDsMxwM\
            19MjfEXYed-YiKu6eaFG8CC1XCGYk70QMTvp6_zdNBklnH9_6ZPVnXNDARKIPMyopb9BZiJWaDksC_7z_SVk\
            Sjedz4iATIEUx8fpCIxxjuA2by_yIK8wuQ
            """
        ),
    ])
    func `another implementation's token is verified`(jwk: String, token: String) throws {
        let set = JWKSet([try JWK(parsing: JSON(parsing: jwk))])
        let verifier = JWTVerifier(
            types: ["JWT"], issuer: "https://issuer.example",
            audience: .only(oneOf: ["https://api.example"]), longestLifetime: 1_000_000_000)

        let verified = try verifier.verify(
            token, at: now, keys: set.verificationKey)

        #expect(verified.subject == "joserfc")
    }

    /// RFC 7515 A.2 (RS256) and A.3 (ES256), which carry neither `typ` nor `kid`.
    @Test(arguments: [
        (
            """
            {"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-V\
            aw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9w\
            Gzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMT\
            BQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kz\
            k2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}
            """,
            """
            eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGF\
            tcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu\
            3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdi\
            uB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--x\
            i12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5A\
            XLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw
            """
        ),
        (
            """
            {"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",\
            "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
            """,
            """
            eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGF\
            tcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw\
            5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q
            """
        ),
    ])
    func `the example of RFC 7515 is verified`(jwk: String, token: String) throws {
        let set = JWKSet([try JWK(parsing: JSON(parsing: jwk))])
        let verifier = JWTVerifier(types: [nil], issuer: "joe", audience: .unchecked)

        let verified = try verifier.verify(
            token, at: Instant(seconds: 1_300_819_379), keys: set.verificationKey)

        #expect(verified.claims["http://example.com/is_root"] == true)
        #expect(throws: JWTError.expired) {
            try verifier.verify(
                token, at: Instant(seconds: 1_300_819_380), keys: set.verificationKey)
        }
    }

    @Test func `keys are replaced while the old one still verifies`() throws {
        let old = try SigningKey.generate(.es256)
        let new = try SigningKey.generate(.es256)
        let text = try JWT.sign(claims, type: "at+jwt", with: old)
        let during = JWKSet([new.jwk, old.jwk])
        let after = JWKSet([new.jwk])

        #expect(throws: Never.self) {
            try verifier.verify(text, at: now, keys: during.verificationKey)
        }
        #expect(throws: JWTError.unknownKey) {
            try verifier.verify(text, at: now, keys: after.verificationKey)
        }
    }

    @Test func `the claims of a token can be read before its keys are known`() throws {
        let key = try SigningKey.generate(.es256)
        let token = try UnverifiedJWT(parsing: JWT.sign(claims, type: "at+jwt", with: key))

        #expect(token.keyID == key.id)
        #expect(try token.unverifiedClaims()["sub"] == "user")
        #expect(try verifier.verify(token, at: now, with: key.verificationKey).subject == "user")
    }

    private func only(_ key: SigningKey) -> (String?) -> VerificationKey? {
        { id in id == key.id ? key.verificationKey : nil }
    }
}
