/// Reads authorization requests: the checks in the one order that is safe.
///
/// First who asks and where the answer goes; whatever is wrong there is told to the person and never sent anywhere
/// (RFC 6749 §4.1.2.1: «the authorization server SHOULD inform the resource owner of the error and MUST NOT
/// automatically redirect»). Only then the rest, whose faults are the client's to hear.
package struct AuthorizationRequestService {
    /// RFC 6749 has no limits; what is longer than anybody needs is refused, never cut.
    static let stateLimit = 4_096
    static let nonceLimit = 1_024
    static let claimsLimit = 4_096
    static let loginHintLimit = 255

    let stores: any Stores
    let idTokens: any IDTokens
    let secrets: any SecretSource
    let clock: Clock
    let resources: ProtectedResources
    let readClaims: @Sendable (String) -> RequestedClaims?

    /// - Parameter readClaims: reads the JSON of `claims`; nil for what is none.
    package init(
        stores: any Stores, idTokens: any IDTokens, secrets: any SecretSource, clock: Clock,
        resources: ProtectedResources,
        readClaims: @escaping @Sendable (String) -> RequestedClaims?
    ) {
        self.stores = stores
        self.idTokens = idTokens
        self.secrets = secrets
        self.clock = clock
        self.resources = resources
        self.readClaims = readClaims
    }

    /// The parameters that count: those that were sent. The one place where a request that was pushed (RFC 9126 §4) is
    /// put in the place of its `request_uri`; what a browser carries about is always what was sent.
    package func resolved(_ sent: AuthorizationParameters) throws -> AuthorizationParameters {
        guard let uri = sent[.requestURI], uri.utf8.starts(with: PushedRequest.prefix.utf8),
            !sent.isDoubled(.requestURI), !sent.isDoubled(.clientID)
        else { return sent }
        let digest = secrets.digest(of: uri)
        let end = clock.now.adding(seconds: AuthorizationStart.lifetime)
        // RFC 9126 §4, RFC 9101 §6.3: what was pushed counts alone, and only for who pushed it.
        guard let client = sent[.clientID].flatMap({ Client.ID(text: $0) }),
            var parameters = try stores.atomically({
                try stores.pushedRequests.open(digest, of: client, until: end, at: clock.now)
            })
        else {
            throw Self.unanswerable(
                "The application's request was answered before, or is too old. "
                    + "Go back to the application and begin again.")
        }
        parameters.pushedAs = digest
        return parameters
    }

    /// Who asks and where the answer goes. Throws a `Refusal` to be shown to the person.
    package func target(of parameters: AuthorizationParameters) throws -> AuthorizationTarget {
        let client = try checkClient(parameters)
        let redirectURI = try checkRedirectURI(parameters, of: client)
        let state = try checkState(parameters)
        return AuthorizationTarget(
            client: client, redirectURI: redirectURI,
            // A mode that is none is refused below, and the refusal needs one: the default of `code`.
            responseMode: parameters[.responseMode]
                .flatMap(AuthorizationTarget.ResponseMode.init(rawValue:)) ?? .query,
            state: state)
    }

    /// Everything else. Throws an `OAuthError` to be sent to the target.
    package func request(
        _ parameters: AuthorizationParameters, to target: AuthorizationTarget
    ) throws -> AuthorizationRequest {
        try checkNothingDoubled(parameters)
        try checkNoRequestObject(parameters)
        try checkResponseType(parameters)
        try checkResponseMode(parameters)
        try checkMayUseCodes(target.client)
        let challenge = try checkCodeChallenge(parameters, of: target.client)
        let scopes = try checkScopes(parameters[.scope], of: target.client)
        let resource = try resources.target(parameters.resources)
        let prompts = try checkPrompt(parameters[.prompt])
        let maxAge = try checkMaxAge(parameters[.maxAge])
        let nonce = try checkNonce(parameters[.nonce])
        let claims = try checkClaims(parameters[.claims])
        let subjects = try checkSubjects(parameters[.idTokenHint], claims, of: target.client)
        var request = AuthorizationRequest(
            target: target, scopes: scopes, resource: resource, codeChallenge: challenge,
            nonce: nonce, prompts: prompts, maxAge: maxAge,
            loginHint: loginHint(of: parameters), subjects: subjects, claims: claims)
        request.pushedAs = parameters.pushedAs
        return request
    }

    /// OpenID Connect Core §3.1.2.1: «It is RECOMMENDED that the hint value match the value used for discovery»; there
    /// is no error for one that is of no use.
    func loginHint(of parameters: AuthorizationParameters) -> String? {
        parameters[.loginHint].flatMap { $0.utf8.count <= Self.loginHintLimit ? $0 : nil }
    }

    /// The same for a request that its client pushes beforehand (RFC 9126 §2.1): nobody sits there, so every fault is
    /// the client's to hear.
    package func request(
        _ parameters: AuthorizationParameters, pushedBy client: Client
    ) throws -> AuthorizationRequest {
        let target: AuthorizationTarget
        do {
            // RFC 9126 §2.1: «client_id … is a required parameter … as defined in [RFC6749]»; another client's is refused.
            target = try self.target(of: parameters)
            guard target.client.id == client.id else { throw OAuthError.invalidClient }
        } catch let refusal as Refusal {
            throw OAuthError(.invalidRequest, refusal.message)
        }
        return try request(parameters, to: target)
    }

    // MARK: Who asks, and where the answer goes

    /// RFC 6749 §4.1.2.1: «missing, invalid, or mismatching redirection URI, or … client identifier»: no redirect.
    private func checkClient(_ parameters: AuthorizationParameters) throws -> Client {
        guard !parameters.isDoubled(.clientID), !parameters.isDoubled(.redirectURI) else {
            throw Self.unanswerable(
                "The address names the application, or where it wants you back, more than once.")
        }
        guard let id = parameters[.clientID].flatMap({ Client.ID(text: $0) }),
            let client = try stores.clients.find(id), client.isEnabled
        else {
            throw Self.unanswerable("The application is not known here, or was turned off.")
        }
        return client
    }

    /// RFC 9700 §2.1: «exact string matching … except for port numbers in localhost redirection URIs of native
    /// apps». It must be named even where only one is registered (OpenID Connect Core §3.1.2.1).
    private func checkRedirectURI(
        _ parameters: AuthorizationParameters, of client: Client
    ) throws -> String {
        guard let uri = parameters[.redirectURI],
            client.redirectURIs.contains(where: { $0.matches(uri) })
        else {
            throw Self.unanswerable(
                "The application wants you back at an address that it has not registered.")
        }
        return uri
    }

    /// What can't be given back unchanged is not taken (RFC 6749 §4.1.2: «The exact value received from the client»).
    private func checkState(_ parameters: AuthorizationParameters) throws -> String? {
        guard let state = parameters[.state], !parameters.isDoubled(.state) else { return nil }
        guard state.utf8.count <= Self.stateLimit else {
            throw Self.unanswerable("The application sent a state that is too long.")
        }
        return state
    }

    private static func unanswerable(_ message: String) -> Refusal {
        Refusal(.malformed, code: "invalid_authorization_request", message)
    }

    // MARK: Everything else

    private func checkNothingDoubled(_ parameters: AuthorizationParameters) throws {
        if parameters.hasDoubled {
            throw OAuthError(.invalidRequest, "A parameter was sent more than once.")
        }
    }

    /// OpenID Connect Core §6.1, §6.2. A request that was pushed has been put in the place of its `request_uri` before.
    private func checkNoRequestObject(_ parameters: AuthorizationParameters) throws {
        if parameters[.request] != nil {
            throw OAuthError(.requestNotSupported, "Request objects are not supported.")
        }
        if parameters[.requestURI] != nil {
            throw OAuthError(
                .requestURINotSupported, "A request_uri must be of a pushed request.")
        }
        // §7.2.1: «Should an OP not support this parameter and an RP uses it, the OP MUST return the
        // registration_not_supported error.»
        if parameters[.registration] != nil {
            throw OAuthError(
                .registrationNotSupported, "A client can't be registered by a request.")
        }
    }

    /// RFC 6749 §3.1.1; nothing but codes (RFC 9700 §2.1.2).
    private func checkResponseType(_ parameters: AuthorizationParameters) throws {
        guard let type = parameters[.responseType] else {
            throw OAuthError(.invalidRequest, "The parameter response_type is missing.")
        }
        guard type == "code" else {
            throw OAuthError(.unsupportedResponseType, "The response_type must be code.")
        }
    }

    private func checkResponseMode(_ parameters: AuthorizationParameters) throws {
        guard let mode = parameters[.responseMode] else { return }
        guard AuthorizationTarget.ResponseMode(rawValue: mode) != nil else {
            throw OAuthError(.invalidRequest, "The response_mode must be query or form_post.")
        }
    }

    private func checkMayUseCodes(_ client: Client) throws {
        guard client.grantTypes.contains(.authorizationCode) else {
            throw OAuthError(
                .unauthorizedClient, "The client is not registered for authorization codes.")
        }
    }

    /// RFC 7636 §4.4.1: «"error_description" … SHOULD explain the nature of error, e.g., code challenge required» and
    /// «transform algorithm not supported».
    private func checkCodeChallenge(
        _ parameters: AuthorizationParameters, of client: Client
    ) throws -> String? {
        let method = parameters[.codeChallengeMethod]
        guard let challenge = parameters[.codeChallenge] else {
            // RFC 9700 §2.1.1: «Public clients MUST use PKCE».
            guard client.kind == .confidential, !client.requiresPKCE, method == nil else {
                throw OAuthError(.invalidRequest, "A code_challenge is required.")
            }
            return nil
        }
        // §4.3: without a method it is «plain», which shows the verifier to whoever sees the request.
        guard method == PKCE.method else {
            throw OAuthError(.invalidRequest, "The code_challenge_method must be S256.")
        }
        guard PKCE.isWellFormed(challenge) else {
            throw OAuthError(.invalidRequest, "The code_challenge is malformed.")
        }
        return challenge
    }

    /// Words that are no scopes are passed over; what is one, but not registered for the client, refuses the request
    /// (RFC 6749 §3.3). Without `scope` it is what the client is registered for, but for OpenID Connect's, which have
    /// to be asked for.
    func checkScopes(_ asked: String?, of client: Client) throws -> ScopeWords {
        let granted: ScopeWords
        if let asked {
            granted = try stores.known(asked, within: client.scopes)
        } else {
            granted = client.scopes.filter { !ScopeWords.openID.contains($0) }
            if granted.isEmpty { throw OAuthError(.invalidScope, "A scope is required.") }
        }
        // OpenID Connect Core §11: it is for those who may refresh.
        return granted.filter {
            $0 != "offline_access" || client.grantTypes.contains(.refreshToken)
        }
    }

    /// OpenID Connect Core §3.1.2.1: «If this parameter contains none with any other value, an error is returned.»
    private func checkPrompt(_ text: String?) throws -> Set<AuthorizationRequest.Prompt> {
        let words = (text ?? "").split(separator: " ")
        let prompts = words.compactMap { AuthorizationRequest.Prompt(rawValue: String($0)) }
        guard prompts.count == words.count, !prompts.contains(.none) || words.count == 1 else {
            throw OAuthError(.invalidRequest, "The prompt has a value that is not supported.")
        }
        return Set(prompts)
    }

    private func checkMaxAge(_ text: String?) throws -> Int? {
        guard let text else { return nil }
        guard text.utf8.count <= 10, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let seconds = Int(text)
        else { throw OAuthError(.invalidRequest, "The max_age must be a number of seconds.") }
        return seconds
    }

    private func checkNonce(_ nonce: String?) throws -> String? {
        guard (nonce?.utf8.count ?? 0) <= Self.nonceLimit else {
            throw OAuthError(.invalidRequest, "The nonce is too long.")
        }
        return nonce
    }

    /// OpenID Connect Core §5.5
    private func checkClaims(_ text: String?) throws -> RequestedClaims {
        guard let text else { return .none }
        guard text.utf8.count <= Self.claimsLimit, let claims = readClaims(text) else {
            throw OAuthError(.invalidRequest, "The claims can't be read.")
        }
        // §5.5.1.1: «If the Claim is … Essential … and can't be satisfied … MUST treat that outcome as a failed
        // authentication attempt.»
        if claims.demandsContext {
            throw OAuthError(
                .unmetAuthenticationRequirements, "There is no acr to choose from.")
        }
        return claims
    }

    /// OpenID Connect Core §3.1.2.1 `id_token_hint`, §5.5.1 `sub`. Nobody is left where the two disagree.
    private func checkSubjects(
        _ hint: String?, _ claims: RequestedClaims, of client: Client
    ) throws -> Set<String>? {
        guard let hint else { return claims.subjects }
        // An ID token of another client's tells of somebody whom this client may not know.
        guard let read = try idTokens.readHint(hint), read.clientID == client.id else {
            throw OAuthError(.invalidRequest, "The id_token_hint is not one of this client's.")
        }
        let hinted: Set<String> = [read.subject.description]
        return claims.subjects?.intersection(hinted) ?? hinted
    }
}
