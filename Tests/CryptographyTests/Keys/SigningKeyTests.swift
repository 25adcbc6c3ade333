import Cryptography
import Domain
import JSON
import OpenSSL
import Testing

@Suite("Signing keys")
struct SigningKeyTests {
    @Test(arguments: SigningAlgorithm.allCases)
    func `a key survives PKCS 8 under the same name`(algorithm: SigningAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)

        let again = try SigningKey(pkcs8: key.pkcs8(), algorithm: algorithm)

        #expect(again.id == key.id)
        #expect(again.verificationKey == key.verificationKey)
        #expect(again.algorithm == algorithm)
    }

    @Test func `a key is not taken for an algorithm that it is not for`() throws {
        let ec = try SigningKey.generate(.es256).pkcs8()
        let rsa = try SigningKey.generate(.rs256).pkcs8()

        #expect(throws: OpenSSLError.self) { try SigningKey(pkcs8: ec, algorithm: .rs256) }
        #expect(throws: OpenSSLError.self) { try SigningKey(pkcs8: rsa, algorithm: .es256) }
    }

    @Test func `what is published is public, named and bound to its algorithm`() throws {
        let ec = try SigningKey.generate(.es256)
        let rsa = try SigningKey.generate(.rs256)

        #expect(ec.jwk.json.object?.names == ["kty", "kid", "use", "alg", "crv", "x", "y"])
        #expect(rsa.jwk.json.object?.names == ["kty", "kid", "use", "alg", "e", "n"])
        #expect(ec.jwk.json["alg"] == "ES256")
        #expect(rsa.jwk.json["alg"] == "RS256")
        for key in [ec, rsa] {
            #expect(key.jwk.json["kid"]?.string == key.id)
            #expect(key.jwk.json["use"] == "sig")
            #expect(key.id.utf8.count == 43)
            #expect(try JWK(parsing: key.jwk.json).verificationKey == key.verificationKey)
        }
    }
}
