import Domain
import JSON
package import OpenSSL

/// A public key of one of the two kinds that we verify signatures with.
package enum PublicKey: Sendable, Hashable {
    case ec(ECPublicKey)
    case rsa(RSAPublicKey)

    /// The one algorithm that this kind of key is used for.
    package var algorithm: SigningAlgorithm {
        switch self {
        case .ec: .es256
        case .rsa: .rs256
        }
    }

    /// The name of the key by its content: RFC 7638, with SHA-256.
    package var thumbprint: String {
        // RFC 7638 §3: the required members alone, in the order of their names, no white space.
        Base64URL.encode(SHA256.hash(JSON.object(requiredMembers).bytes))
    }

    /// RFC 7638 §3.2: the members that stand for the key itself, in alphabetical order.
    var requiredMembers: JSON.Object {
        switch self {
        case .ec(let key):
            [
                "crv": "P-256", "kty": "EC", "x": .string(Base64URL.encode(key.x)),
                "y": .string(Base64URL.encode(key.y)),
            ]
        case .rsa(let key):
            [
                "e": .string(Base64URL.encode(key.e)), "kty": "RSA",
                "n": .string(Base64URL.encode(key.n)),
            ]
        }
    }

    /// Whether the signature, in the form that JWS gives it, is this key's over the message.
    func isValid(signature: [UInt8], for message: Span<UInt8>) -> Bool {
        switch self {
        case .ec(let key): key.isValid(signature: signature, for: message)
        case .rsa(let key): key.isValid(signature: signature, for: message)
        }
    }
}
