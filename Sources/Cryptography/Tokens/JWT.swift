import Domain
package import JSON

/// Signed tokens in the compact form of RFC 7515 with claims as RFC 7519 has them.
package enum JWT {
    /// The longest token that is looked at, in bytes.
    package static let longest = 8 * 1024

    /// Signs claims.
    ///
    /// - Parameter type: the `typ` of the header: `JWT`, `at+jwt` …, what keeps tokens of one kind
    ///   from being taken for another (RFC 8725 §3.11).
    package static func sign(
        _ claims: JSON.Object, type: String, with key: SigningKey
    ) throws -> String {
        let header: JSON.Object = [
            "alg": .string(key.algorithm.rawValue), "kid": .string(key.id), "typ": .string(type),
        ]
        var token: [UInt8] = []
        Base64URL.append(header.bytes, to: &token)
        token.append(dot)
        Base64URL.append(claims.bytes, to: &token)
        let signature = try key.signature(for: token)
        token.append(dot)
        Base64URL.append(signature, to: &token)
        return String(decoding: token, as: UTF8.self)
    }

    static let dot = UInt8(ascii: ".")
}

/// A token that was taken apart, but not yet believed.
package struct UnverifiedJWT: Sendable {
    let header: TokenHeader

    private let bytes: [UInt8]
    private let claimsRange: Range<Int>

    /// Takes a token apart: three parts, a header that we understand. Says nothing about who wrote
    /// it.
    package init(parsing bytes: [UInt8]) throws(JWTError) {
        // Length first, so that the rest is bounded whatever was sent.
        guard bytes.count <= JWT.longest else { throw .tooLarge }
        // RFC 7515 §7.1: exactly three parts. Five would be a JWE; no form in JSON is taken.
        guard let first = bytes.firstIndex(of: JWT.dot),
            let second = bytes[(first + 1)...].firstIndex(of: JWT.dot),
            !bytes[(second + 1)...].contains(JWT.dot), second > first + 1
        else { throw .malformed }
        header = try TokenHeader(JSON.object(ofPart: bytes[..<first]))
        self.bytes = bytes
        claimsRange = first + 1..<second
    }

    package init(parsing text: String) throws(JWTError) {
        guard text.utf8.count <= JWT.longest else { throw .tooLarge }
        try self.init(parsing: Array(text.utf8))
    }

    /// The name of the key that the token says it was signed with.
    package var keyID: String? {
        header.keyID
    }

    /// The claims, written by anybody: good for finding out whose keys to verify with, for nothing
    /// else.
    package func unverifiedClaims() throws(JWTError) -> JSON.Object {
        try JSON.object(ofPart: bytes[claimsRange])
    }

    /// Whether the key signed this. The algorithm is the key's; the header has only to agree.
    func checkSignature(by key: VerificationKey) throws(JWTError) {
        // RFC 8725 §3.1: "each key MUST be used with exactly one algorithm, and this MUST be
        // checked when the cryptographic operation is performed".
        guard header.algorithm == key.algorithm else { throw .unsupportedAlgorithm }
        guard let signature = Base64URL.decode(bytes[(claimsRange.upperBound + 1)...]),
            !signature.isEmpty
        else { throw .malformed }
        let signed = bytes.span.extracting(0..<claimsRange.upperBound)
        guard key.key.isValid(signature: signature, for: signed) else { throw .badSignature }
    }
}

extension JSON {
    /// The object that a part of a token encodes.
    fileprivate static func object(ofPart text: ArraySlice<UInt8>) throws(JWTError) -> Object {
        guard let bytes = Base64URL.decode(text) else { throw .malformed }
        do {
            guard let object = try JSON(parsing: bytes).object else { throw JWTError.malformed }
            return object
        } catch {
            throw .malformed
        }
    }
}
