/// What is asked of the token endpoint, parsed once (RFC 6749 §4). What only one kind of grant needs stands in the
/// case of that kind.
package struct TokenRequest: Sendable {
    package enum Kind: Sendable {
        /// RFC 6749 §4.4
        case clientCredentials
        /// RFC 6749 §4.1.3, RFC 7636 §4.5
        case authorizationCode(Secret, redirectURI: String?, verifier: String?)
        /// RFC 6749 §6
        case refreshToken(Secret)
        /// RFC 8628 §3.4
        case deviceCode(Secret)
    }

    package let kind: Kind
    /// `scope` as it was sent; nil where it was not.
    package let scope: String?
    /// Every `resource` (RFC 8707 §2).
    package let resources: [String]

    package init(kind: Kind, scope: String? = nil, resources: [String] = []) {
        self.kind = kind
        self.scope = scope
        self.resources = resources
    }

    package var grantType: GrantType {
        switch kind {
        case .clientCredentials: .clientCredentials
        case .authorizationCode: .authorizationCode
        case .refreshToken: .refreshToken
        case .deviceCode: .deviceCode
        }
    }
}

/// What the token endpoint gives (RFC 6749 §5.1).
package struct TokenResponse: Sendable {
    package let accessToken: Secret
    /// Seconds.
    package let expiresIn: Int
    /// What was granted; always told.
    package let scopes: ScopeWords
    /// What renews the access token, where the client has that grant.
    package let refreshToken: Secret?
    /// Who signed in (OpenID Connect Core §2), where `openid` is among the scopes.
    package let idToken: Secret?
}
