package import Domain
import JSON

extension KeyRing: LogoutTokens {
    package func sign(
        _ claims: LogoutTokenClaims, with algorithm: SigningKeyRecord.Algorithm
    ) throws -> Secret {
        // OpenID Connect Back-Channel Logout 1.0 §2.4. Never a nonce, and a type of its own, so that it can't pass
        // for an ID token or a bearer.
        Secret(
            try JWT.sign(
                JSON.Object([
                    ("iss", .string(issuer)),
                    ("sub", .string(claims.subject.description)),
                    ("aud", .string(claims.clientID.description)),
                    ("iat", .integer(Int(claims.issuedAt.seconds))),
                    ("exp", .integer(Int(claims.expiresAt.seconds))),
                    ("jti", .string(claims.id.description)),
                    ("sid", .string(claims.sessionID.description)),
                    ("events", ["http://schemas.openid.net/event/backchannel-logout": [:]]),
                ]), type: "logout+jwt", with: currentKey(algorithm)))
    }
}
