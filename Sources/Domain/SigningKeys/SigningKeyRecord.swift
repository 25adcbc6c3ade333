/// A key that signs tokens, as it is kept: the public part readable, the private part sealed.
package struct SigningKeyRecord: Sendable, Equatable {
    package enum State: String, Sendable {
        /// Published, so that everybody knows it before it signs.
        case next
        case current
        /// Signs nothing any more; verifies while something that it signed is alive.
        case retired
    }

    /// The JWS algorithm (RFC 7518 §3.1) that this key alone is for.
    package enum Algorithm: String, Sendable, CaseIterable {
        case es256 = "ES256"
        case rs256 = "RS256"
    }

    /// The `kid`: the thumbprint of the public key (RFC 7638).
    package let id: String
    package let algorithm: Algorithm
    package var state: State
    /// The public key as JWK JSON.
    package let publicKey: String
    /// The private key, sealed with the master key; empty once a retired key no longer needs it.
    package let sealedPrivateKey: [UInt8]
    package let createdAt: Instant
    /// Nothing that it signed lives longer than this.
    package var neededUntil: Instant

    package init(
        id: String, algorithm: Algorithm, state: State, publicKey: String,
        sealedPrivateKey: [UInt8], createdAt: Instant, neededUntil: Instant
    ) {
        self.id = id
        self.algorithm = algorithm
        self.state = state
        self.publicKey = publicKey
        self.sealedPrivateKey = sealedPrivateKey
        self.createdAt = createdAt
        self.neededUntil = neededUntil
    }
}
