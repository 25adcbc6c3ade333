package import Domain
import JSON

extension KeyRing: IDTokens {
    package func sign(
        _ claims: IDTokenClaims, with algorithm: SigningKeyRecord.Algorithm
    ) throws -> String {
        // OpenID Connect Core §2. There is no `token_use`, so it can't pass for a bearer.
        var object: [(String, JSON)] = [
            ("iss", .string(issuer)),
            ("sub", .string(claims.subject.description)),
            ("aud", .string(claims.clientID.description)),
            ("iat", .integer(Int(claims.issuedAt.seconds))),
            ("exp", .integer(Int(claims.expiresAt.seconds))),
        ]
        if let time = claims.authenticatedAt {
            object.append(("auth_time", .integer(Int(time.seconds))))
            // RFC 8176 §2: there are only passwords.
            object.append(("amr", ["pwd"]))
        }
        if let session = claims.sessionID { object.append(("sid", .string(session.description))) }
        if let nonce = claims.nonce { object.append(("nonce", .string(nonce))) }
        if let hash = claims.accessTokenHash { object.append(("at_hash", .string(hash))) }
        for (claim, value) in claims.userClaims.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            object.append((claim.rawValue, JSON(value)))
        }
        return try JWT.sign(
            JSON.Object(object), type: Self.idTokenType, with: currentKey(algorithm))
    }

    package func readHint(_ text: String) throws -> IDTokenHint? {
        let ring = try loaded()
        let verifier = JWTVerifier(
            types: [Self.idTokenType], issuer: issuer,
            // Whose it is, is for whoever asks to look at.
            audience: .unchecked,
            // OpenID Connect RP-Initiated Logout §4: «The OP SHOULD accept ID Tokens … even when the exp time has
            // passed»; and a hint proves nothing.
            acceptsExpired: true)
        do {
            let token = try verifier.verify(text, at: clock.now) { id in
                id.flatMap { ring.verificationKeys[$0] }
            }
            // A sign-in token or a personal access token is of the same type, and says so.
            guard token.claims["token_use"] == nil, token.audience.count == 1,
                let client = token.audience.first.flatMap({ Client.ID(text: $0) }),
                let subject = token.subject.flatMap({ User.ID(text: $0) })
            else { return nil }
            return IDTokenHint(
                subject: subject, clientID: client,
                sessionID: token.claims["sid"]?.string.flatMap { Session.ID(text: $0) })
        } catch {
            return nil
        }
    }

    private static let idTokenType = "JWT"
}

extension KeyRing: AuthorizationMarks {
    package func mark(_ text: String) -> String {
        Base64URL.encode(
            masterKey.authenticationCode(for: Array(text.utf8), purpose: "authorization request"))
    }
}

extension JSON {
    fileprivate init(_ value: UserClaim.Value) {
        switch value {
        case .text(let text): self = .string(text)
        case .number(let number): self = .integer(number)
        case .bool(let bool): self = .bool(bool)
        }
    }
}
