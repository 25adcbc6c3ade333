package import Domain
package import OpenSSL

/// The signature algorithms we know; each is for one kind of key (RFC 7518 §3.1).
package typealias SigningAlgorithm = SigningKeyRecord.Algorithm

/// A private key that signs tokens. Its algorithm follows from what kind of key it is, so that the
/// two cannot disagree.
package struct SigningKey: Sendable {
    private enum Private {
        case es256(ECPrivateKey)
        case rs256(RSAPrivateKey)
    }

    /// The `kid`: the thumbprint of the public key (RFC 7638).
    package let id: String

    /// The public half.
    package let publicKey: PublicKey

    private let privateKey: Private

    /// Makes a new key. For RS256 (2048 bits) this may take a second.
    package static func generate(_ algorithm: SigningAlgorithm) throws -> SigningKey {
        switch algorithm {
        case .es256: SigningKey(.es256(try .generate()))
        case .rs256: SigningKey(.rs256(try .generate()))
        }
    }

    /// Reads a key from PKCS#8 in DER; refuses one that is not for the algorithm.
    package init(pkcs8: SecretBytes, algorithm: SigningAlgorithm) throws {
        switch algorithm {
        case .es256: self.init(.es256(try ECPrivateKey(pkcs8: pkcs8)))
        case .rs256: self.init(.rs256(try RSAPrivateKey(pkcs8: pkcs8)))
        }
    }

    private init(_ privateKey: Private) {
        self.privateKey = privateKey
        switch privateKey {
        case .es256(let key): publicKey = .ec(key.publicKey)
        case .rs256(let key): publicKey = .rsa(key.publicKey)
        }
        id = publicKey.thumbprint
    }

    package var algorithm: SigningAlgorithm {
        publicKey.algorithm
    }

    /// What verifies the tokens that this key signs.
    package var verificationKey: VerificationKey {
        VerificationKey(id: id, key: publicKey)
    }

    /// The public half as it is published, with its `kid`, `use` and `alg`.
    package var jwk: JWK {
        JWK(key: publicKey, id: id, use: "sig", algorithm: algorithm.rawValue)
    }

    /// The private key as PKCS#8 in DER, to be sealed.
    package func pkcs8() throws -> SecretBytes {
        switch privateKey {
        case .es256(let key): try key.pkcs8()
        case .rs256(let key): try key.pkcs8()
        }
    }

    func signature(for message: [UInt8]) throws -> [UInt8] {
        switch privateKey {
        case .es256(let key): try key.signature(for: message)
        case .rs256(let key): try key.signature(for: message)
        }
    }
}

/// A public key under the name that tokens know it by.
package struct VerificationKey: Sendable, Hashable {
    /// The `kid`.
    package let id: String
    package let key: PublicKey

    package init(id: String, key: PublicKey) {
        self.id = id
        self.key = key
    }

    /// The one algorithm that this key verifies, whatever a token's header says.
    package var algorithm: SigningAlgorithm {
        key.algorithm
    }
}
