package import Domain
import JSON

/// What must be true of a token besides its signature. One value for each kind of token that is
/// accepted somewhere.
package struct JWTVerifier: Sendable {
    /// Whom a token must be for.
    package enum Audience: Sendable, Hashable {
        /// One of the token's audiences is one of these.
        case any(of: [String])
        /// The token has one audience, and it is one of these: an assertion meant for us must not
        /// be good elsewhere too (RFC 7523 §3, and the audience injections of 2025).
        case only(oneOf: [String])
        /// Whoever asks looks at the audience himself.
        case unchecked
    }

    /// How far ahead of ours another clock may go.
    package static let tolerance: Int64 = 60

    /// The longest time ahead that an expiry is believed: a year, and a little.
    package static let longestLifetime: Int64 = 366 * 86_400

    private let types: [String?]
    private let issuer: String?
    private let audience: Audience
    private let acceptsExpired: Bool
    private let longestLifetime: Int64

    /// - Parameters:
    ///   - types: the `typ` values that are accepted; nil among them accepts a token without one.
    ///   - issuer: the only issuer; nil where whoever asks looks at it himself.
    ///   - acceptsExpired: for hints about a session that may be long over.
    ///   - longestLifetime: how many seconds ahead the expiry may lie.
    package init(
        types: [String?], issuer: String?, audience: Audience, acceptsExpired: Bool = false,
        longestLifetime: Int64 = Self.longestLifetime
    ) {
        self.types = types.map { $0.map(TokenHeader.normalizedType) }
        self.issuer = issuer
        self.audience = audience
        self.acceptsExpired = acceptsExpired
        self.longestLifetime = longestLifetime
    }

    /// Verifies a token with whatever key its `kid` names.
    ///
    /// - Parameter keys: the key to trust under that name, nil for none. A token that names no key
    ///   asks for nil.
    package func verify(
        _ token: String, at time: Instant, keys: (String?) -> VerificationKey?
    ) throws(JWTError) -> VerifiedToken {
        let token = try UnverifiedJWT(parsing: token)
        guard let key = keys(token.keyID) else { throw .unknownKey }
        return try verify(token, at: time, with: key)
    }

    /// Verifies a token that was taken apart before.
    package func verify(
        _ token: UnverifiedJWT, at time: Instant, with key: VerificationKey
    ) throws(JWTError) -> VerifiedToken {
        try token.checkSignature(by: key)
        guard types.contains(token.header.type) else { throw .wrongType }
        let verified = try VerifiedToken(
            type: token.header.type, keyID: key.id, claims: token.unverifiedClaims())
        try checkTimes(of: verified, at: time)
        try checkIssuer(of: verified)
        try checkAudience(of: verified)
        return verified
    }

    private func checkTimes(of token: VerifiedToken, at time: Instant) throws(JWTError) {
        // RFC 7519 §4.1.4: "on or after which the JWT MUST NOT be accepted". No tolerance here:
        // most of what we verify we have signed ourselves.
        guard acceptsExpired || time < token.expiresAt else { throw .expired }
        guard token.expiresAt.seconds - time.seconds <= longestLifetime + Self.tolerance else {
            throw .malformed
        }
        for begin in [token.notBefore, token.issuedAt] {
            if let begin, begin.seconds > time.seconds + Self.tolerance { throw .notYetValid }
        }
    }

    private func checkIssuer(of token: VerifiedToken) throws(JWTError) {
        guard let issuer else { return }
        guard let actual = token.issuer, areSame(actual, issuer) else { throw .wrongIssuer }
    }

    private func checkAudience(of token: VerifiedToken) throws(JWTError) {
        let isRight =
            switch audience {
            case .any(let ours):
                token.audience.contains { audience in ours.contains { areSame($0, audience) } }
            case .only(let ours):
                token.audience.count == 1
                    && ours.contains { our in token.audience.contains { areSame($0, our) } }
            case .unchecked:
                true
            }
        guard isRight else { throw .wrongAudience }
    }

    /// RFC 7519 §2, StringOrURI: "compared as case-sensitive strings with no transformations or
    /// canonicalizations applied". Swift's `==` would find canonically equivalent texts equal.
    private func areSame(_ left: String, _ right: String) -> Bool {
        left.utf8.elementsEqual(right.utf8)
    }
}
