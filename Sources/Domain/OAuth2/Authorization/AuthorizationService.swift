/// What comes next for a person whom a client sent: the one place that decides it, asked again after each step.
package enum AuthorizationStep: Sendable {
    /// Somebody has to sign in, or to give their password once more, and comes back with the same request and this
    /// text.
    /// The redirect URI tells the pages in between where they may lead in the end.
    case signIn(start: String, loginHint: String?, redirectURI: String)
    /// The person is asked whether the client may.
    case consent(ConsentQuestion)
    /// The client is told.
    case answer(AuthorizationAnswer)
}

/// What the client is told (RFC 6749 §4.1.2, §4.1.2.1), and where.
package struct AuthorizationAnswer: Sendable {
    package enum Outcome: Sendable {
        case code(Secret)
        case refusal(OAuthError)
    }

    package let target: AuthorizationTarget
    package let outcome: Outcome

    package init(_ outcome: Outcome, to target: AuthorizationTarget) {
        self.target = target
        self.outcome = outcome
    }
}

/// What a person is asked.
package struct ConsentQuestion: Sendable {
    /// One thing that the client wants.
    package struct Item: Sendable, Equatable {
        package let scope: String
        package let meaning: String
        /// Not among what the person allowed before.
        package let isNew: Bool
    }

    /// What the form shows to answer it: once, and in the same session.
    package let secret: Secret
    package let request: AuthorizationRequest
    package let user: User
    /// For who wants to sign in as somebody else and come back.
    package let start: String
    package let items: [Item]
    /// The one organization in which the client acts.
    package let organization: Organization?
    /// Those of the person's organizations in which scopes restrict nothing, where that matters here.
    package let unrestricted: [Organization]
    /// Whether the client registered itself, so that nobody has looked at what it is called.
    package let isSelfRegistered: Bool
}

/// The browser session of whoever sits there.
package struct AuthorizationVisitor: Sendable {
    package let user: User
    package let sessionID: Session.ID
    /// When they last gave their password.
    package let authenticatedAt: Instant

    package init(user: User, sessionID: Session.ID, authenticatedAt: Instant) {
        self.user = user
        self.sessionID = sessionID
        self.authenticatedAt = authenticatedAt
    }
}

/// Answers authorization requests (RFC 6749 §4.1, OpenID Connect Core §3.1.2).
package struct AuthorizationService {
    let stores: any Stores
    let requests: AuthorizationRequestService
    let marks: any AuthorizationMarks
    let secrets: any SecretSource
    let clock: Clock
    let audit: AuditTrail

    package init(
        stores: any Stores, requests: AuthorizationRequestService,
        marks: any AuthorizationMarks, secrets: any SecretSource, clock: Clock, audit: AuditTrail
    ) {
        self.stores = stores
        self.requests = requests
        self.marks = marks
        self.secrets = secrets
        self.clock = clock
        self.audit = audit
    }

    /// What comes next. Throws a `Refusal` to be shown to the person, where there is no safe address to send an
    /// answer to.
    ///
    /// - Parameters:
    ///   - sent: the parameters as the browser brought them.
    ///   - visitor: who is signed in; nil for nobody.
    ///   - start: what came back with the request from the sign-in page, if it comes from there.
    package func step(
        _ sent: AuthorizationParameters, _ visitor: AuthorizationVisitor?, start: String?,
        by caller: Caller
    ) throws -> AuthorizationStep {
        let parameters = try requests.resolved(sent)
        let target = try requests.target(of: parameters)
        let start = start.flatMap { self.start.read($0, for: parameters, at: clock.now) }
        let signIn = AuthorizationStep.signIn(
            start: self.start.text(for: parameters, at: clock.now),
            loginHint: requests.loginHint(of: parameters), redirectURI: target.redirectURI)
        do {
            // RFC 9700 §4.11.2: an address that a stranger registered is not to be had as a redirector from here.
            // Before anybody has signed in only a client that wants no page at all is answered.
            if visitor == nil, parameters[.prompt] != AuthorizationRequest.Prompt.none.rawValue {
                return signIn
            }
            let request = try requests.request(parameters, to: target)
            guard let visitor, try checkVisitor(visitor, request, start) else {
                // OpenID Connect Core §3.1.2.1: «MUST NOT display any authentication or consent … pages».
                if request.isSilent {
                    throw OAuthError(.loginRequired, "Nobody is signed in, or not recently.")
                }
                return signIn
            }
            let organization = try checkMembership(of: visitor.user, request.client)
            let consent = try remembered(request, of: visitor.user)
            if mayBeSilent(request, consent) {
                return .answer(try give(request, to: visitor, by: caller))
            }
            if request.isSilent {
                throw OAuthError(.consentRequired, "The person has to be asked.")
            }
            return .consent(
                try question(sent, parameters, request, visitor, organization, consent))
        } catch let error as OAuthError {
            return .answer(AuthorizationAnswer(.refusal(error), to: target))
        }
    }

    private var start: AuthorizationStart { AuthorizationStart(marks: marks, secrets: secrets) }

    /// What the person answered. Throws a `Refusal` where the question is not theirs, is answered already, or is too
    /// old.
    package func decide(
        _ secret: String, allow: Bool, _ visitor: AuthorizationVisitor, by caller: Caller
    ) throws -> AuthorizationAnswer {
        let pending = try takePending(secret, of: visitor)
        let parameters = try requests.resolved(pending.parameters)
        let target = try requests.target(of: parameters)
        do {
            let request = try requests.request(parameters, to: target)
            guard allow else {
                try stores.atomically {
                    try audit.record(
                        "consent.denied", by: caller, outcome: .denied, reason: "denied",
                        organization: request.client.organizationID,
                        target: .client(request.client),
                        changes: [AuditEvent.Change("scope", old: nil, new: request.scopes.text)])
                }
                throw OAuthError(.accessDenied, "The person said no.")
            }
            _ = try checkMembership(of: visitor.user, request.client)
            return try give(request, to: visitor, isAllowed: true, by: caller)
        } catch let error as OAuthError {
            return AuthorizationAnswer(.refusal(error), to: target)
        }
    }

    private func takePending(
        _ secret: String, of visitor: AuthorizationVisitor
    ) throws -> PendingAuthorization {
        let pending = try stores.atomically {
            try stores.authorizations.takePending(
                secrets.digest(of: secret), of: visitor.sessionID, at: clock.now)
        }
        guard let pending else {
            throw Refusal(
                .malformed, code: "authorization_over",
                "This question was answered before, or is too old. "
                    + "Go back to the application and begin again.")
        }
        return pending
    }

    // MARK: Checks

    /// Whether whoever sits there is the one that the client wants, and proved it recently enough.
    private func checkVisitor(
        _ visitor: AuthorizationVisitor, _ request: AuthorizationRequest, _ start: Instant?
    ) throws -> Bool {
        let isFresh = start.map { visitor.authenticatedAt >= $0 } ?? false
        if let subjects = request.subjects, !subjects.contains(visitor.user.id.description) {
            // OpenID Connect Core §3.1.2.1, id_token_hint: «Otherwise, the Authorization Server SHOULD return an error,
            // such as login_required.»
            if isFresh {
                throw OAuthError(.loginRequired, "Somebody else has signed in.")
            }
            return false
        }
        if isFresh { return true }
        if request.prompts.contains(.login) { return false }
        guard let maxAge = request.maxAge else { return true }
        // max_age=0 means the same as prompt=login.
        return maxAge > 0
            && visitor.authenticatedAt.adding(seconds: Int64(maxAge)) >= clock.now
    }

    /// wire: «a person who is no member gets access_denied».
    private func checkMembership(of user: User, _ client: Client) throws -> Organization? {
        guard let id = client.organizationID else { return nil }
        guard let organization = try stores.organizations.find(id),
            try stores.members.membership(of: user.id, in: id) != nil
        else { throw Self.notAMember }
        return organization
    }

    private static let notAMember = OAuthError(
        .accessDenied, "The person is no member of the client's organization.")

    /// What was allowed before, as far as it is for the same organization.
    private func remembered(_ request: AuthorizationRequest, of user: User) throws -> Consent? {
        guard let consent = try stores.consents.find(of: user.id, for: request.client.id),
            consent.organizationID == request.client.organizationID
        else { return nil }
        return consent
    }

    private func mayBeSilent(_ request: AuthorizationRequest, _ consent: Consent?) -> Bool {
        guard let consent, request.target.isProven, !request.prompts.contains(.consent),
            // Whoever is to choose an account is asked on the page that names it.
            !request.prompts.contains(.selectAccount)
        else { return false }
        return request.scopes.words.allSatisfy(consent.scopes.cover)
    }

    // MARK: The question

    private func question(
        _ sent: AuthorizationParameters, _ parameters: AuthorizationParameters,
        _ request: AuthorizationRequest, _ visitor: AuthorizationVisitor,
        _ organization: Organization?, _ consent: Consent?
    ) throws -> ConsentQuestion {
        let secret = secrets.newSecret()
        let pending = PendingAuthorization(
            sessionID: visitor.sessionID, parameters: sent,
            expiresAt: clock.now.adding(seconds: PendingAuthorization.lifetime))
        try stores.atomically {
            try stores.authorizations.insert(pending, digest: secrets.digest(of: secret.text))
        }
        return ConsentQuestion(
            secret: secret, request: request, user: visitor.user,
            start: start.text(for: parameters, at: clock.now),
            items: try stores.items(request.scopes, since: consent),
            organization: organization,
            unrestricted: try stores.unrestricted(
                request.scopes, for: visitor.user, in: organization),
            isSelfRegistered: try stores.registrations.find(request.client.id) != nil)
    }

    // MARK: The answer

    /// A code, and the grant that begins with it: whatever ends the grant ends the code.
    ///
    /// - Parameter isAllowed: whether the person has just said so; else their consent must be there.
    private func give(
        _ request: AuthorizationRequest, to visitor: AuthorizationVisitor,
        isAllowed: Bool = false, by caller: Caller
    ) throws -> AuthorizationAnswer {
        let now = clock.now
        let client = request.client
        let text = secrets.newSecret(prefix: AuthorizationCode.prefix)
        let end = now.adding(seconds: AuthorizationCode.lifetime)
        let grant = OAuth2Grant(
            id: secrets.newID(at: now), clientID: client.id, userID: visitor.user.id,
            kind: .authorizationCode, sessionID: visitor.sessionID, scopes: request.scopes,
            resource: request.resource, organizationID: client.organizationID,
            // OpenID Connect Core §11: access «even when the End-User is not present».
            isOffline: request.scopes.contains("offline_access"),
            authenticatedAt: visitor.authenticatedAt, createdAt: now, expiresAt: end, endedAt: nil)
        let code = AuthorizationCode(
            grantID: grant.id, redirectURI: request.target.redirectURI,
            codeChallenge: request.codeChallenge, nonce: request.nonce,
            idTokenClaims: request.claims.idToken, userInfoClaims: request.claims.userInfo,
            expiresAt: end)
        try stores.atomically {
            try checkStill(request, visitor, at: now)
            if let pushed = request.pushedAs, try !stores.pushedRequests.use(pushed) {
                throw OAuthError(.invalidRequest, "The pushed request was answered before.")
            }
            if isAllowed {
                try remember(request, of: visitor.user, at: now, by: caller)
            } else if try !stores.consents.recordUse(
                of: visitor.user.id, for: client.id, at: now)
            {
                // Withdrawn since it was looked at.
                throw OAuthError(.accessDenied, "The person took their consent back.")
            }
            try stores.grants.insert(grant)
            try stores.authorizations.insert(code, digest: secrets.digest(of: text.text))
            try audit.record(
                "oauth2.code_issued", by: caller, organization: client.organizationID,
                target: .client(client),
                changes: [
                    AuditEvent.Change("scope", old: nil, new: request.scopes.text),
                    AuditEvent.Change("resource", old: nil, new: request.resource?.path),
                    AuditEvent.Change("grant", old: nil, new: grant.id.description),
                ])
        }
        return AuthorizationAnswer(.code(text), to: request.target)
    }

    /// Once more, and locked: whoever disables the client or the user, ends the membership or the session, ends what is
    /// there by then, this included, or comes before and is seen here.
    private func checkStill(
        _ request: AuthorizationRequest, _ visitor: AuthorizationVisitor, at now: Instant
    ) throws {
        guard
            let current = try stores.clients.lockedWhileEnabled(
                request.client.id, actingAs: visitor.user.id),
            current.organizationID == request.client.organizationID,
            current.redirectURIs.contains(where: { $0.matches(request.target.redirectURI) }),
            try stores.sessions.find(visitor.sessionID)?.isAlive(at: now) == true
        else { throw OAuthError(.accessDenied, "The client, the person or the sign-in is gone.") }
        if let organization = current.organizationID {
            guard
                try stores.members.lockedMembership(of: visitor.user.id, in: organization) != nil
            else { throw Self.notAMember }
        }
    }

    private func remember(
        _ request: AuthorizationRequest, of user: User, at now: Instant, by caller: Caller
    ) throws {
        let before = try remembered(request, of: user)
        let scopes = ScopeWords((before?.scopes.words ?? []) + request.scopes.words)
        try stores.consents.put(
            Consent(
                userID: user.id, clientID: request.client.id,
                organizationID: request.client.organizationID, scopes: scopes,
                grantedAt: before?.grantedAt ?? now, lastUsedAt: now))
        try audit.record(
            "consent.granted", by: caller, organization: request.client.organizationID,
            target: .client(request.client),
            changes: [AuditEvent.Change("scopes", old: before?.scopes.text, new: scopes.text)])
    }
}

extension Stores {
    /// What a person is asked, scope by scope; what the consent does not cover is new.
    func items(
        _ scopes: ScopeWords, since consent: Consent?
    ) throws -> [ConsentQuestion.Item] {
        try scopes.words.map { scope in
            ConsentQuestion.Item(
                scope: scope, meaning: try meaning(ofScope: scope),
                isNew: consent.map { !$0.scopes.cover(scope) } ?? false)
        }
    }

    /// The organizations in which scopes restrict nothing: the one, or the person's.
    func unrestricted(
        _ scopes: ScopeWords, for user: User, in organization: Organization?
    ) throws -> [Organization] {
        // Without a platform scope nothing is opened at any level.
        if scopes.permissions.isEmpty { return [] }
        let organizations =
            try organization.map { [$0] }
            ?? self.organizations.list(
                ofUser: user.id, PageRequest(limit: PageRequest.limits.upperBound)
            ).items
        return organizations.filter { $0.level == .none }
    }

    /// What a scope lets a client do, in words for people.
    package func meaning(ofScope word: String) throws -> String {
        switch word {
        case "openid": return "Know who you are"
        case "profile": return "See your name and user name"
        case "email": return "See your e-mail address"
        case "offline_access": return "Keep this access after you sign out"
        default: break
        }
        if let scope = Scope(word) {
            switch scope.selector {
            case nil: return scope.platform.meaning
            case .id(let id): return "\(scope.platform.meaning): only \(id)"
            case .topics(let filter): return "\(scope.platform.meaning): only \(filter)"
            }
        }
        return try customScopes.find(name: word)?.description ?? word
    }
}
