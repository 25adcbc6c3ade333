package import Domain
package import JSON

/// What a token says whose signature and times were found good.
package struct VerifiedToken: Sendable {
    /// `typ`, in lower case and without `application/`.
    package let type: String?

    /// The name of the key that signed it, as we know the key.
    package let keyID: String

    /// All claims.
    package let claims: JSON.Object

    /// `exp`
    package let expiresAt: Instant
    /// `iat`
    package let issuedAt: Instant?
    /// `nbf`
    package let notBefore: Instant?
    /// `iss`
    package let issuer: String?
    /// `sub`
    package let subject: String?
    /// `aud`, whether it was written as one text or as a list.
    package let audience: [String]
    /// `jti`
    package let id: String?
    /// `scope` as it was written; nil where there is none.
    package let scope: String?

    /// Refuses registered claims (RFC 7519 §4.1) that are not of their kind, and a missing expiry.
    init(type: String?, keyID: String, claims: JSON.Object) throws(JWTError) {
        self.type = type
        self.keyID = keyID
        self.claims = claims
        guard let expiresAt = try Self.time("exp", of: claims) else { throw .malformed }
        self.expiresAt = expiresAt
        issuedAt = try Self.time("iat", of: claims)
        notBefore = try Self.time("nbf", of: claims)
        issuer = try Self.text("iss", of: claims)
        subject = try Self.text("sub", of: claims)
        audience = try Self.audience(of: claims)
        id = try Self.text("jti", of: claims)
        // A scope that is no text must not pass for none, which would mean: not restricted.
        scope = try Self.text("scope", of: claims)
    }

    /// The texts of `scope`, which separates them by spaces (RFC 8693 §4.2).
    package var scopes: [String]? {
        scope?.split(separator: " ").map(String.init)
    }

    /// The end of the year 9999, the last that RFC 3339 can write.
    private static let latest = 253_402_300_799

    /// RFC 7519 §2 lets a NumericDate have a fraction. Nobody needs one; we do not take it.
    private static func time(
        _ name: String, of claims: JSON.Object
    ) throws(JWTError) -> Instant? {
        guard let value = claims[name] else { return nil }
        guard let seconds = value.int, 0...latest ~= seconds else { throw .malformed }
        return Instant(seconds: Int64(seconds))
    }

    private static func text(_ name: String, of claims: JSON.Object) throws(JWTError) -> String? {
        guard let value = claims[name] else { return nil }
        guard let text = value.string else { throw .malformed }
        return text
    }

    private static func audience(of claims: JSON.Object) throws(JWTError) -> [String] {
        guard let value = claims["aud"] else { return [] }
        if let text = value.string { return [text] }
        guard let texts = value.strings else { throw .malformed }
        return texts
    }
}
