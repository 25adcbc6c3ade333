/// What a device is told (RFC 8628 §3.2).
package struct IssuedDeviceAuthorization: Sendable {
    package let deviceCode: Secret
    package let userCode: UserCode
}

/// What a person is asked about a device.
package struct DeviceQuestion: Sendable {
    /// What the form shows to answer it: once, and in the same session.
    package let secret: Secret
    package let client: Client
    package let authorization: DeviceAuthorization
    package let user: User
    package let items: [ConsentQuestion.Item]
    /// The one organization in which the client acts.
    package let organization: Organization?
    /// Those of the person's organizations in which scopes restrict nothing, where that matters here.
    package let unrestricted: [Organization]
    package let isSelfRegistered: Bool
}

/// Lets people allow something to a device that has no browser (RFC 8628).
package struct DeviceAuthorizationService {
    /// How many may begin within 15 minutes from one address.
    static let fromAddress = 300
    /// How many wrong user codes somebody may type within 15 minutes, and all who share an address (§5.1).
    static let wrongCodesOfUser = 5
    static let wrongCodesFromAddress = 50
    static let windowSeconds = 900

    let stores: any Stores
    let requests: AuthorizationRequestService
    let secrets: any SecretSource
    let clock: Clock
    let audit: AuditTrail

    package init(
        stores: any Stores, requests: AuthorizationRequestService, secrets: any SecretSource,
        clock: Clock, audit: AuditTrail
    ) {
        self.stores = stores
        self.requests = requests
        self.secrets = secrets
        self.clock = clock
        self.audit = audit
    }

    // MARK: The device

    /// Both codes for a client that wants to act for somebody (RFC 8628 §3.1). The scopes follow the rules of
    /// authorization requests.
    package func begin(
        scope: String?, resources: [String], by client: AuthenticatedClient, _ caller: Caller
    ) throws -> IssuedDeviceAuthorization {
        guard client.client.grantTypes.contains(.deviceCode) else {
            throw OAuthError(
                .unauthorizedClient, "The client is not registered for this grant type.")
        }
        let scopes = try requests.checkScopes(scope, of: client.client)
        let resource = try requests.resources.target(resources)
        let now = clock.now
        try count("device authorizations from \(AddressBlock(caller.address))", at: now)
        let code = secrets.newSecret(prefix: DeviceAuthorization.prefix)
        let authorization = DeviceAuthorization(
            clientID: client.client.id, scopes: scopes, resource: resource,
            address: caller.address, createdAt: now,
            expiresAt: now.adding(seconds: Int64(DeviceAuthorization.lifetime)))
        // Of 25,600,000,000 codes two at the same time are the same now and then.
        for _ in 0..<10 {
            let userCode = UserCode(from: secrets)
            let isKept = try stores.atomically {
                try stores.devices.insert(
                    authorization, digest: secrets.digest(of: code.text),
                    userCode: digest(of: userCode))
            }
            if isKept { return IssuedDeviceAuthorization(deviceCode: code, userCode: userCode) }
        }
        throw OAuthError(
            .temporarilyUnavailable, "There are too many devices waiting.", retryAfter: 60)
    }

    private func count(_ bucket: String, at now: Instant) throws {
        let (tries, windowEnd) = try stores.signInThrottle.count(
            secrets.digest(of: bucket), windowSeconds: Self.windowSeconds, at: now)
        guard tries <= Self.fromAddress else {
            throw OAuthError(
                .temporarilyUnavailable, "There were too many requests. Try again later.",
                retryAfter: now.secondsUntil(windowEnd))
        }
    }

    private func digest(of code: UserCode) -> Secret.Digest {
        secrets.digest(of: "user code \(code.letters)")
    }

    // MARK: The person

    /// The question about the device whose code the person typed; nil where there is none. Refuses
    /// (`tooManyAttempts`) who typed too many wrong ones, and (`forbidden`) who is no member of the client's
    /// organization.
    ///
    /// A try is counted before it is looked at, so that those at the same time can't pass the limit (§5.1: «the
    /// authorization server SHOULD rate-limit user code attempts»).
    package func question(
        _ typed: String, _ visitor: AuthorizationVisitor, by caller: Caller
    ) throws -> DeviceQuestion? {
        let now = clock.now
        // What can be no code at all is no guess.
        guard let code = UserCode(typed: typed) else { return nil }
        let buckets = try countTry(of: visitor.user, caller, at: now)
        guard let found = try stores.devices.find(userCode: digest(of: code), at: now),
            let client = try stores.clients.find(found.clientID), client.isEnabled
        else { return nil }
        for bucket in buckets { try stores.signInThrottle.giveBack(bucket) }
        let organization = try organization(of: visitor.user, client)
        let secret = secrets.newSecret()
        let isAsked = try stores.atomically {
            try stores.devices.ask(
                secrets.digest(of: secret.text), in: visitor.sessionID,
                aboutUserCode: digest(of: code), at: now)
        }
        guard isAsked else { return nil }
        let consent = try stores.consents.find(of: visitor.user.id, for: client.id)
        return DeviceQuestion(
            secret: secret, client: client, authorization: found, user: visitor.user,
            items: try stores.items(found.scopes, since: consent), organization: organization,
            unrestricted: try stores.unrestricted(
                found.scopes, for: visitor.user, in: organization),
            isSelfRegistered: try stores.registrations.find(client.id) != nil)
    }

    private func countTry(
        of user: User, _ caller: Caller, at now: Instant
    ) throws -> [Secret.Digest] {
        try [
            ("user codes of \(user.id)", Self.wrongCodesOfUser),
            ("user codes from \(AddressBlock(caller.address))", Self.wrongCodesFromAddress),
        ].map { text, limit in
            let bucket = secrets.digest(of: text)
            let (tries, windowEnd) = try stores.signInThrottle.count(
                bucket, windowSeconds: Self.windowSeconds, at: now)
            guard tries <= limit else {
                throw Refusal(
                    .tooManyAttempts(retryAfter: now.secondsUntil(windowEnd)),
                    code: "too_many_codes", "There were too many wrong codes. Try again later.")
            }
            return bucket
        }
    }

    private func organization(of user: User, _ client: Client) throws -> Organization? {
        guard let id = client.organizationID else { return nil }
        guard let organization = try stores.organizations.find(id),
            try stores.members.membership(of: user.id, in: id) != nil
        else { throw Self.notAMember }
        return organization
    }

    private static let notAMember = Refusal.forbidden(
        "organization_forbidden", "You are no member of the organization of this application.")

    /// What the person answered. What was asked is decided, whatever the form sends back. Throws a `Refusal` where
    /// the question is not theirs, was answered, or is too old.
    package func decide(
        _ secret: String, allow: Bool, _ visitor: AuthorizationVisitor, by caller: Caller
    ) throws {
        let now = clock.now
        let question = secrets.digest(of: secret)
        guard
            let found = try stores.devices.find(
                question: question, in: visitor.sessionID, at: now),
            let client = try stores.clients.find(found.clientID)
        else { throw Self.over }
        try stores.atomically {
            guard allow else {
                guard
                    try stores.devices.decide(
                        question, in: visitor.sessionID, giving: nil, at: now)
                else { throw Self.over }
                try record("consent.denied", found, client, caller, outcome: .denied)
                return
            }
            try checkStill(client, visitor, at: now)
            let grant = OAuth2Grant(
                id: secrets.newID(at: now), clientID: client.id, userID: visitor.user.id,
                kind: .deviceCode, sessionID: visitor.sessionID, scopes: found.scopes,
                resource: found.resource, organizationID: client.organizationID,
                isOffline: found.scopes.contains("offline_access"),
                authenticatedAt: visitor.authenticatedAt, createdAt: now,
                expiresAt: found.expiresAt, endedAt: nil)
            try stores.grants.insert(grant)
            guard
                try stores.devices.decide(
                    question, in: visitor.sessionID, giving: grant.id, at: now)
            else { throw Self.over }
            try remember(found.scopes, client, visitor.user, at: now)
            try record("oauth2.device_allowed", found, client, caller, grant: grant.id)
        }
    }

    private static let over = Refusal(
        .malformed, code: "authorization_over",
        "This question was answered before, or is too old. Begin again on your device.")

    /// Once more, and locked: whoever disables the client or the user, ends the membership or the session, ends what is
    /// there by then, this included, or comes before and is seen here.
    private func checkStill(
        _ client: Client, _ visitor: AuthorizationVisitor, at now: Instant
    ) throws {
        guard
            let current = try stores.clients.lockedWhileEnabled(
                client.id, actingAs: visitor.user.id),
            current.organizationID == client.organizationID,
            try stores.sessions.find(visitor.sessionID)?.isAlive(at: now) == true
        else { throw Self.over }
        if let organization = client.organizationID {
            guard
                try stores.members.lockedMembership(of: visitor.user.id, in: organization) != nil
            else { throw Self.notAMember }
        }
    }

    /// So that the person finds it among the applications that they have connected, and can withdraw it.
    private func remember(
        _ scopes: ScopeWords, _ client: Client, _ user: User, at now: Instant
    ) throws {
        let known = try stores.consents.find(of: user.id, for: client.id)
        let before = known?.organizationID == client.organizationID ? known : nil
        try stores.consents.put(
            Consent(
                userID: user.id, clientID: client.id, organizationID: client.organizationID,
                scopes: ScopeWords((before?.scopes.words ?? []) + scopes.words),
                grantedAt: before?.grantedAt ?? now, lastUsedAt: now))
    }

    private func record(
        _ action: String, _ found: DeviceAuthorization, _ client: Client, _ caller: Caller,
        outcome: AuditEvent.Outcome = .success, grant: OAuth2Grant.ID? = nil
    ) throws {
        try audit.record(
            action, by: caller, outcome: outcome, reason: outcome == .denied ? "denied" : nil,
            organization: client.organizationID, target: .client(client),
            changes: [
                AuditEvent.Change("scope", old: nil, new: found.scopes.text),
                AuditEvent.Change("resource", old: nil, new: found.resource?.path),
                AuditEvent.Change("device_address", old: nil, new: found.address),
                AuditEvent.Change("grant", old: nil, new: grant?.description),
            ])
    }
}
