/// A client that registered itself, as it is told what it is now.
package struct RegisteredClient: Sendable {
    package let client: Client
    /// Made by this request.
    package let secret: IssuedClientSecret?
    /// What it shows to look after itself from now on.
    package let accessToken: Secret
}

/// Lets clients register themselves (RFC 7591), and look after themselves afterwards (RFC 7592).
package struct ClientRegistrationService {
    /// How many may register within an hour where anybody may: from one address, and in all.
    static let fromAddress = 100
    static let inAll = 1_000
    static let windowSeconds = 3_600

    let stores: any Stores
    let clients: ClientService
    let secrets: any SecretSource
    let clock: Clock
    let audit: AuditTrail
    let policy: RegistrationPolicy
    let brandName: String

    package init(
        stores: any Stores, clients: ClientService, secrets: any SecretSource, clock: Clock,
        audit: AuditTrail, policy: RegistrationPolicy, brandName: String
    ) {
        self.stores = stores
        self.clients = clients
        self.secrets = secrets
        self.clock = clock
        self.audit = audit
        self.policy = policy
        self.brandName = brandName
    }

    package var isOn: Bool { policy != .off }

    // MARK: Initial access tokens

    /// Makes a token that lets its holder register one client. That the caller is a system administrator is checked
    /// at the door.
    package func issueToken(
        lifetimeDays: Int, for user: User, by caller: Caller
    ) throws -> (RegistrationToken, text: Secret) {
        let now = clock.now
        let token = RegistrationToken(
            id: secrets.newID(at: now), createdBy: user.id, createdAt: now,
            expiresAt: now.adding(days: lifetimeDays))
        let text = secrets.newSecret(prefix: "ghi_")
        try stores.atomically {
            try stores.registrations.insert(token, digest: secrets.digest(of: text.text))
            try audit.record(
                "registration_token.created", by: caller, target: token.reference,
                changes: [
                    AuditEvent.Change("expires_at", old: nil, new: token.expiresAt.description)
                ])
        }
        return (token, text)
    }

    // MARK: Registration

    /// Registers the client (RFC 7591 §3). An initial access token works once, and stays good while what is sent with
    /// it is refused.
    package func register(
        _ metadata: ClientMetadata, with token: String?, by caller: Caller
    ) throws -> RegisteredClient {
        try checkMayRegister(with: token)
        let now = clock.now
        let fields = try ClientMetadataRules(stores: stores, brandName: brandName).fields(metadata)
        let client = try apply(fields, to: clients.blank(fields.kind ?? .confidential, at: now))
        if policy == .open { try countRegistration(from: caller, at: now) }
        let secret = clients.firstSecret(of: client, at: now)
        let accessToken = secrets.newSecret(prefix: "gra_")
        try stores.atomically {
            let used = try initialToken(token).map { token in
                guard
                    let id = try stores.registrations.use(secrets.digest(of: token), at: now)
                else { throw OAuthError.badToken }
                return id
            }
            try clients.insert(client, secret)
            try stores.registrations.insert(
                ClientRegistration(
                    clientID: client.id, createdAt: now,
                    dueAt: now.adding(days: ClientRegistration.daysUntilFirstUse)),
                digest: secrets.digest(of: accessToken.text))
            try audit.record(
                "client.registered", by: caller, actor: .client(client), target: .client(client),
                changes: ClientService.changes(from: nil, to: client) + [
                    AuditEvent.Change("registration_token", old: nil, new: used?.description)
                ])
        }
        return RegisteredClient(client: client, secret: secret, accessToken: accessToken)
    }

    /// Refuses whoever may not register, whatever the client is like. Whether the token is good is found out when it
    /// is used.
    package func checkMayRegister(with token: String?) throws {
        try checkIsOn()
        _ = try initialToken(token)
    }

    /// Nil where none is needed: then whatever is sent is not looked at.
    private func initialToken(_ token: String?) throws -> String? {
        policy == .token ? try checkIsSent(token) : nil
    }

    private func checkIsOn() throws {
        if !isOn { throw Refusal.notFound }
    }

    private func checkIsSent(_ token: String?) throws -> String {
        guard let token else { throw OAuthError.tokenRequired }
        return token
    }

    /// The client with the fields in it, if the rules of all clients allow it.
    private func apply(_ fields: ClientFields, to client: Client) throws -> Client {
        var rules = ClientRules(stores: stores, keys: clients.keys)
        let changed = try rules.apply(fields, to: client)
        guard let problem = rules.problems.first else { return changed }
        // RFC 7591 §3.2.2 has one error for redirect URIs and one for everything else.
        throw OAuthError(
            problem.field == "redirect_uris" ? .invalidRedirectURI : .invalidClientMetadata,
            problem.detail)
    }

    /// RFC 7591 §5: «the authorization server … MUST treat all client metadata as self-asserted», and there may be
    /// any number of them. Counted before anything is written, so that requests at the same time can't pass it.
    private func countRegistration(from caller: Caller, at now: Instant) throws {
        for (bucket, limit) in [
            ("registrations from \(AddressBlock(caller.address))", Self.fromAddress),
            ("registrations", Self.inAll),
        ] {
            let (count, windowEnd) = try stores.signInThrottle.count(
                secrets.digest(of: bucket), windowSeconds: Self.windowSeconds, at: now)
            guard count <= limit else {
                throw OAuthError(
                    .temporarilyUnavailable, "Too many clients have registered. Try again later.",
                    retryAfter: now.secondsUntil(windowEnd))
            }
        }
    }

    // MARK: Afterwards

    /// What the client is now (RFC 7592 §2.1). Its secret is not kept, so it is not told again.
    package func show(_ id: String, with token: String?) throws -> RegisteredClient {
        let (client, text) = try authenticate(id, token)
        return RegisteredClient(client: client, secret: nil, accessToken: Secret(text))
    }

    /// Puts what is sent in the place of what the client was (RFC 7592 §2.2), and gives it another registration access
    /// token. What only an administrator decides stays.
    /// - Parameters:
    ///   - claimed: `client_id` of the metadata, which must be there.
    ///   - secret: `client_secret` of the metadata, which must be the client's own where it is there.
    package func update(
        _ id: String, _ metadata: ClientMetadata, claimed: String?, secret: String?,
        with token: String?, by caller: Caller
    ) throws -> RegisteredClient {
        let (known, text) = try authenticate(id, token)
        let now = clock.now
        // RFC 7592 §2.2: «MUST include its "client_id" field, and it MUST be the same as its currently issued client
        // identifier»; «the value of "client_secret" MUST match the currently issued client secret».
        guard claimed == known.id.description else {
            throw ClientMetadataRules.refusal("The client_id must be the client's own.")
        }
        if let secret, try !isSecret(secret, of: known, at: now) {
            throw ClientMetadataRules.refusal("The client_secret can't be chosen.")
        }
        let rules = ClientMetadataRules(stores: stores, brandName: brandName)
        var fields = try rules.fields(metadata)
        if fields.kind != known.kind {
            throw ClientMetadataRules.refusal(
                "The token_endpoint_auth_method can't change between none and another one.")
        }
        fields.kind = nil
        // Nothing that a client says of itself: an administrator may have asked for it since.
        fields.requiresPKCE = nil
        let accessToken = secrets.newSecret(prefix: "gra_")
        return try stores.atomically {
            guard let old = try stores.clients.lockedFind(known.id), old.isEnabled,
                try stores.registrations.replace(
                    secrets.digest(of: text), of: known.id,
                    by: secrets.digest(of: accessToken.text))
            else { throw OAuthError.badToken }
            var client = try apply(fields, to: old)
            client.updatedAt = now
            try stores.clients.update(client)
            let live = try stores.clients.liveSecretDigests(of: client.id, at: now)
            let secret = live.isEmpty ? clients.firstSecret(of: client, at: now) : nil
            if let secret { try clients.insert(secret) }
            try audit.record(
                "client.updated", by: caller, actor: .client(client),
                organization: client.organizationID, target: .client(client),
                changes: ClientService.changes(from: old, to: client))
            return RegisteredClient(client: client, secret: secret, accessToken: accessToken)
        }
    }

    /// Deletes the client with everything it was given (RFC 7592 §2.3).
    package func delete(_ id: String, with token: String?, by caller: Caller) throws {
        let (client, _) = try authenticate(id, token)
        try stores.atomically {
            guard try stores.clients.delete(client.id) else { throw OAuthError.badToken }
            try audit.record(
                "client.deleted", by: caller, actor: .client(client),
                organization: client.organizationID, target: .client(client),
                changes: ClientService.changes(from: client, to: nil))
        }
    }

    /// RFC 7592 §2.1: one answer for a client that is not there, a token that is not its own, and a client that was
    /// turned off.
    private func authenticate(_ id: String, _ token: String?) throws -> (Client, String) {
        try checkIsOn()
        let text = try checkIsSent(token)
        guard let id = Client.ID(text: id), let found = try stores.registrations.find(id),
            secrets.areEqual(secrets.digest(of: text).bytes, found.digest.bytes),
            let client = try stores.clients.find(id), client.isEnabled
        else { throw OAuthError.badToken }
        return (client, text)
    }

    private func isSecret(_ text: String, of client: Client, at now: Instant) throws -> Bool {
        let digest = secrets.digest(of: text).bytes
        return try stores.clients.liveSecretDigests(of: client.id, at: now)
            .contains { secrets.areEqual(digest, $0.digest.bytes) }
    }

    // MARK: Housekeeping

    /// Removes clients that registered themselves and are not used, at most `limit`, and tokens that are of no use any
    /// more.
    package func removeUnused(limit: Int, by caller: Caller) throws {
        let now = clock.now
        _ = try stores.registrations.purgeTokens(before: now, limit: limit)
        for due in try stores.registrations.due(at: now, limit: limit) {
            let id = due.registration.clientID
            let idleAt = due.lastUsedAt?.adding(days: ClientRegistration.daysWithoutUse) ?? now
            try stores.atomically {
                if due.hasLiveGrant || now < idleAt {
                    let soon = now.adding(days: ClientRegistration.daysUntilFirstUse)
                    try stores.registrations.postpone(id, to: max(idleAt, soon))
                } else if let client = try stores.clients.find(id),
                    try stores.clients.delete(id)
                {
                    try audit.record(
                        "client.deleted", by: caller, reason: "unused",
                        organization: client.organizationID, target: .client(client),
                        changes: ClientService.changes(from: client, to: nil))
                }
            }
        }
    }
}

extension RegistrationToken {
    fileprivate var reference: AuditEvent.Reference {
        AuditEvent.Reference(kind: "registration_token", id: id.description, name: "")
    }
}

extension OAuthError {
    /// RFC 6750 §3.1
    static let badToken = OAuthError(
        .invalidToken, "The token is malformed, expired, used, or not for this.")
}
