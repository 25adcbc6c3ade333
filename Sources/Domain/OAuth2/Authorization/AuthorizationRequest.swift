/// Who asks, and where the answer may go: known good before anything else is looked at, because whatever is wrong
/// from there on is told to that address (RFC 6749 §4.1.2.1).
package struct AuthorizationTarget: Sendable, Equatable {
    /// How the answer travels (OAuth 2.0 Multiple Response Types §2.1, OAuth 2.0 Form Post Response Mode).
    package enum ResponseMode: String, Sendable, CaseIterable {
        case query
        case formPost = "form_post"
    }

    package let client: Client
    /// As the request spells it, which on a loopback address is with the port of the moment.
    package let redirectURI: String
    package let responseMode: ResponseMode
    package let state: String?

    package init(
        client: Client, redirectURI: String, responseMode: ResponseMode, state: String?
    ) {
        self.client = client
        self.redirectURI = redirectURI
        self.responseMode = responseMode
        self.state = state
    }

    /// Whether nobody but the client can be at that address: https with a name of its own. On a loopback address or
    /// behind a private-use scheme any program of the device may listen (RFC 8252 §8.6, RFC 9700 §4.13).
    package var isProven: Bool { redirectURI.utf8.starts(with: "https://".utf8) }
}

/// A request for authorization (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1) whose every parameter was checked.
/// What is left to decide is whether the person who sits there agrees.
package struct AuthorizationRequest: Sendable, Equatable {
    /// OpenID Connect Core §3.1.2.1
    package enum Prompt: String, Sendable, CaseIterable {
        case none, login, consent
        case selectAccount = "select_account"
    }

    package let target: AuthorizationTarget
    /// All of them the client's own; what was asked for and is no scope was left out.
    package let scopes: ScopeWords
    /// The one API that the tokens will be for (RFC 8707); nil: the whole platform.
    package let resource: ProtectedResource?
    /// Of the method S256, the only one (RFC 7636 §4.2).
    package let codeChallenge: String?
    package let nonce: String?
    package let prompts: Set<Prompt>
    /// Seconds since the password was last given, at most.
    package let maxAge: Int?
    /// What the person may have called themselves, for the sign-in page.
    package let loginHint: String?
    /// The users, by id, for whom alone the client wants an answer (`id_token_hint`, or `sub` among the claims); nil:
    /// whoever it is.
    package let subjects: Set<String>?
    package let claims: RequestedClaims
    /// The pushed request that it was; a code uses it up.
    package var pushedAs: Secret.Digest?

    package var client: Client { target.client }
    package var isSilent: Bool { prompts.contains(.none) }

    package init(
        target: AuthorizationTarget, scopes: ScopeWords, resource: ProtectedResource?,
        codeChallenge: String?, nonce: String?, prompts: Set<Prompt>, maxAge: Int?,
        loginHint: String?, subjects: Set<String>?, claims: RequestedClaims
    ) {
        self.target = target
        self.scopes = scopes
        self.resource = resource
        self.codeChallenge = codeChallenge
        self.nonce = nonce
        self.prompts = prompts
        self.maxAge = maxAge
        self.loginHint = loginHint
        self.subjects = subjects
        self.claims = claims
    }
}
