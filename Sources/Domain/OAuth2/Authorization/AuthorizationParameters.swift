/// The parameters of an authorization request as they were sent (RFC 6749 §4.1.1), nothing of them believed: what is
/// checked, what waits while somebody signs in or consents, and what a pushed request (RFC 9126) keeps.
package struct AuthorizationParameters: Sendable, Equatable {
    /// Those that mean something here. RFC 6749 §3.1: «The authorization server MUST ignore unrecognized request
    /// parameters.»
    package enum Name: String, Sendable, CaseIterable {
        case clientID = "client_id"
        case redirectURI = "redirect_uri"
        case responseType = "response_type"
        /// OAuth 2.0 Multiple Response Type Encoding Practices §2.1
        case responseMode = "response_mode"
        case scope
        case state
        /// RFC 7636 §4.3
        case codeChallenge = "code_challenge"
        case codeChallengeMethod = "code_challenge_method"
        /// OpenID Connect Core §3.1.2.1
        case nonce
        case prompt
        case maxAge = "max_age"
        case loginHint = "login_hint"
        case idTokenHint = "id_token_hint"
        /// OpenID Connect Core §5.5
        case claims
        /// OpenID Connect Core §6, RFC 9101, RFC 9126
        case request
        case requestURI = "request_uri"
        /// OpenID Connect Core §7.2.1
        case registration
        /// RFC 8707 §2; the one that may stand more than once.
        case resource
    }

    private let values: [Name: [String]]
    /// The pushed request that these stand in the place of (RFC 9126), by the digest of its `request_uri`.
    package var pushedAs: Secret.Digest?

    /// RFC 6749 §3.1: «Parameters sent without a value MUST be treated as if they were omitted from the request.»
    package init(_ fields: some Sequence<(name: String, value: String)>) {
        var values: [Name: [String]] = [:]
        for (name, value) in fields where !value.isEmpty {
            if let name = Name(rawValue: name) { values[name, default: []].append(value) }
        }
        self.values = values
    }

    /// The first value; nil where it was left out.
    package subscript(name: Name) -> String? { values[name]?.first }

    package var resources: [String] { values[.resource] ?? [] }

    /// RFC 6749 §3.1: «Request and response parameters MUST NOT be included more than once.»
    package func isDoubled(_ name: Name) -> Bool {
        name != .resource && (values[name]?.count ?? 0) > 1
    }

    package var hasDoubled: Bool { Name.allCases.contains(where: isDoubled) }

    /// Names and values in a fixed order, for keeping and for sending on; `init` reads them again.
    package var fields: [(name: String, value: String)] {
        Name.allCases.flatMap { name in
            (values[name] ?? []).map { (name: name.rawValue, value: $0) }
        }
    }
}
