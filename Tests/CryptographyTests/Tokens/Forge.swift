import Cryptography
import Domain
import JSON
import OpenSSL

/// Writes tokens that no honest signer would: any header, any claims, any signature.
struct Forge {
    let privateKey: ECPrivateKey
    let key: SigningKey

    init() throws {
        privateKey = try .generate()
        key = try SigningKey(pkcs8: privateKey.pkcs8(), algorithm: .es256)
    }

    /// A header as the signer writes it, with changes.
    func header(_ changes: JSON.Object = [:]) -> String {
        let honest: JSON.Object = ["alg": "ES256", "kid": .string(key.id), "typ": "at+jwt"]
        return JSON.object(honest.merging(changes)).text
    }

    /// A token over exactly these texts, signed by the key.
    func token(header: String, claims: String) throws -> String {
        try token(parts: Base64URL.encode(Array(header.utf8)), Base64URL.encode(Array(claims.utf8)))
    }

    /// A token over exactly these parts, signed by the key.
    func token(parts header: String, _ claims: String) throws -> String {
        let signed = "\(header).\(claims)"
        let signature = try privateKey.signature(for: Array(signed.utf8))
        return "\(signed).\(Base64URL.encode(signature))"
    }

    /// A token with this signature, whatever it is.
    func token(header: String, claims: String, signature: [UInt8]) -> String {
        [Array(header.utf8), Array(claims.utf8), signature].map(Base64URL.encode)
            .joined(separator: ".")
    }

    /// A token whose signature is an HMAC under these bytes.
    func token(header: String, claims: String, hmacKey: [UInt8]) -> String {
        let signed = [header, claims].map { Base64URL.encode(Array($0.utf8)) }
            .joined(separator: ".")
        let code = HMACSHA256.authenticationCode(for: Array(signed.utf8), key: hmacKey)
        return "\(signed).\(Base64URL.encode(code))"
    }
}
