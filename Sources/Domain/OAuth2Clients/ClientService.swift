/// A client as it is shown, with what is known of its secrets.
package struct ClientOverview: Sendable {
    package let client: Client
    package let secrets: [ClientSecret]
}

/// A secret that was just made, with its text, which is shown this once and not kept.
package struct IssuedClientSecret: Sendable {
    package let secret: ClientSecret
    package let text: Secret
}

/// Lets system administrators register clients and decide about their lives. That the caller is one is checked
/// at the door.
package struct ClientService {
    let stores: any Stores
    let keys: any ClientKeys
    let secrets: any SecretSource
    let clock: Clock
    let audit: AuditTrail

    package init(
        stores: any Stores, keys: any ClientKeys, secrets: any SecretSource, clock: Clock,
        audit: AuditTrail
    ) {
        self.stores = stores
        self.keys = keys
        self.secrets = secrets
        self.clock = clock
        self.audit = audit
    }

    package func list(_ page: PageRequest) throws -> ListPage<ClientOverview> {
        let clients = try stores.clients.list(page)
        let secrets = try stores.clients.secrets(of: clients.items.map(\.id))
        return clients.map { ClientOverview(client: $0, secrets: secrets[$0.id] ?? []) }
    }

    /// Refuses with `notFound` where there is none.
    package func show(_ id: Client.ID) throws -> ClientOverview {
        guard let client = try stores.clients.find(id) else { throw Refusal.notFound }
        return try overview(of: client)
    }

    private func overview(of client: Client) throws -> ClientOverview {
        ClientOverview(
            client: client, secrets: try stores.clients.secrets(of: [client.id])[client.id] ?? [])
    }

    /// Refuses fields that no client may have, or not this one, without writing anything.
    package func check(_ fields: ClientFields, of id: Client.ID? = nil) throws {
        let client =
            try id.map { try show($0).client }
            ?? blank(fields.kind ?? .confidential, at: clock.now)
        var rules = ClientRules(stores: stores, keys: keys)
        _ = try rules.apply(fields, to: client)
        if !rules.problems.isEmpty { throw Refusal.invalid(rules.problems) }
    }

    /// Registers a client; one that proves itself with a secret gets its first.
    package func create(
        _ fields: ClientFields, by caller: Caller
    ) throws -> (ClientOverview, secret: IssuedClientSecret?) {
        let now = clock.now
        var rules = ClientRules(stores: stores, keys: keys)
        let client = try rules.apply(fields, to: blank(fields.kind ?? .confidential, at: now))
        if !rules.problems.isEmpty { throw Refusal.invalid(rules.problems) }
        let issued = firstSecret(of: client, at: now)
        try stores.atomically {
            try insert(client, issued)
            try audit.record(
                "client.created", by: caller, organization: client.organizationID,
                target: .client(client), changes: Self.changes(from: nil, to: client))
        }
        let overview = ClientOverview(client: client, secrets: issued.map { [$0.secret] } ?? [])
        return (overview, issued)
    }

    /// Nil for a client that proves itself otherwise.
    func firstSecret(of client: Client, at now: Instant) -> IssuedClientSecret? {
        client.authenticationMethod.usesSecret
            ? makeSecret(of: client.id, expiresAt: nil, at: now) : nil
    }

    func insert(_ client: Client, _ secret: IssuedClientSecret?) throws {
        try stores.clients.insert(client)
        if let secret { try insert(secret) }
    }

    func insert(_ secret: IssuedClientSecret) throws {
        try stores.clients.insert(secret.secret, digest: digest(of: secret))
    }

    /// What a client is where nothing else is said (wire: defaults).
    func blank(_ kind: Client.Kind, at now: Instant) -> Client {
        Client(
            id: secrets.newID(at: now), name: "", description: "", kind: kind,
            grantTypes: [.authorizationCode, .refreshToken], redirectURIs: [],
            postLogoutRedirectURIs: [], scopes: .none, serviceUserID: nil, organizationID: nil,
            accessTokenLifetime: 3_600, refreshTokenLifetime: 2_592_000,
            authenticationMethod: kind == .public ? .none : .clientSecretBasic, keySet: nil,
            idTokenAlgorithm: .rs256, requiresPKCE: true, backchannelLogoutURI: nil,
            backchannelLogoutNeedsSession: false, isEnabled: true, createdAt: now, updatedAt: now,
            lastUsedAt: nil)
    }

    /// Writes the given fields. Disabling ends all that the client was given, at once and for good; another
    /// service user or organization ends what was given for the old one.
    package func update(
        _ id: Client.ID, _ fields: ClientFields, by caller: Caller
    ) throws -> ClientOverview {
        let now = clock.now
        return try stores.atomically {
            guard let old = try stores.clients.lockedFind(id) else { throw Refusal.notFound }
            var rules = ClientRules(stores: stores, keys: keys)
            var client = try rules.apply(fields, to: old)
            if !rules.problems.isEmpty { throw Refusal.invalid(rules.problems) }
            guard client != old else { return try overview(of: old) }
            client.updatedAt = now
            try stores.clients.update(client)
            let isBeingDisabled = old.isEnabled && !client.isEnabled
            let ended = try endWhatFollowsNoMore(from: old, to: client, at: now)
            try audit.record(
                isBeingDisabled
                    ? "client.disabled"
                    : !old.isEnabled && client.isEnabled ? "client.enabled" : "client.updated",
                by: caller, organization: client.organizationID, target: .client(client),
                changes: Self.changes(from: old, to: client) + [
                    AuditEvent.Change(
                        "grants_ended", old: nil, new: ended == 0 ? nil : String(ended))
                ])
            return try overview(of: client)
        }
    }

    /// How many grants the change ended.
    private func endWhatFollowsNoMore(
        from old: Client, to client: Client, at now: Instant
    ) throws -> Int {
        if !client.isEnabled || old.organizationID != client.organizationID {
            return try stores.grants.endAll(ofClient: client.id, kind: nil, at: now)
        }
        if old.serviceUserID != client.serviceUserID {
            return try stores.grants.endAll(
                ofClient: client.id, kind: .clientCredentials, at: now)
        }
        return 0
    }

    /// Deletes the client with everything it was given.
    package func delete(_ id: Client.ID, by caller: Caller) throws {
        try stores.atomically {
            guard let client = try stores.clients.lockedFind(id),
                try stores.clients.delete(id)
            else { throw Refusal.notFound }
            try audit.record(
                "client.deleted", by: caller, organization: client.organizationID,
                target: .client(client), changes: Self.changes(from: client, to: nil))
        }
    }

    // MARK: Secrets

    /// Makes a second secret to change over to; a third live one is refused (`secret_limit_reached`).
    package func addSecret(
        to id: Client.ID, expiresAt: Instant?, by caller: Caller
    ) throws -> IssuedClientSecret {
        let now = clock.now
        if let expiresAt, expiresAt <= now {
            throw Refusal.invalid(
                "expires_at", code: "out_of_range", "expires_at must lie in the future.")
        }
        let issued = makeSecret(of: id, expiresAt: expiresAt, at: now)
        try stores.atomically {
            // The client's row first: all that are made at once wait here and count one another.
            guard let client = try stores.clients.lockedFind(id) else { throw Refusal.notFound }
            guard client.authenticationMethod.usesSecret else {
                throw Refusal(
                    .conflict, code: "client_without_secret",
                    "The client proves itself with \(client.authenticationMethod.rawValue), "
                        + "not with a secret.")
            }
            try stores.clients.deleteExpiredSecrets(of: id, at: now)
            let live = try stores.clients.secrets(of: [id])[id] ?? []
            guard live.count < ClientSecret.liveLimit else {
                throw Refusal(
                    .conflict, code: "secret_limit_reached",
                    "The client has \(ClientSecret.liveLimit) live secrets. Delete one first.")
            }
            try insert(issued)
            try audit.record(
                "client.secret_created", by: caller, organization: client.organizationID,
                target: .client(client),
                changes: [
                    AuditEvent.Change("secret", old: nil, new: issued.secret.id.description),
                    AuditEvent.Change("expires_at", old: nil, new: expiresAt?.description),
                ])
        }
        return issued
    }

    /// Deletes one; refuses the last live one of a client that needs one (`last_secret`).
    package func deleteSecret(
        _ secret: ClientSecret.ID, of id: Client.ID, by caller: Caller
    ) throws {
        let now = clock.now
        try stores.atomically {
            guard let client = try stores.clients.lockedFind(id) else { throw Refusal.notFound }
            let all = try stores.clients.secrets(of: [id])[id] ?? []
            guard all.contains(where: { $0.id == secret }) else { throw Refusal.notFound }
            let isAnotherLive = all.contains { $0.id != secret && $0.isLive(at: now) }
            guard isAnotherLive || !client.authenticationMethod.usesSecret else {
                throw Refusal(
                    .conflict, code: "last_secret",
                    "This is the client's last live secret. Make another one first.")
            }
            guard try stores.clients.delete(secret, of: id) else { throw Refusal.notFound }
            try audit.record(
                "client.secret_deleted", by: caller, organization: client.organizationID,
                target: .client(client),
                changes: [AuditEvent.Change("secret", old: secret.description, new: nil)])
        }
    }

    private func makeSecret(
        of client: Client.ID, expiresAt: Instant?, at now: Instant
    ) -> IssuedClientSecret {
        let text = secrets.newSecret(prefix: "ghs_")
        return IssuedClientSecret(
            secret: ClientSecret(
                id: secrets.newID(at: now), clientID: client, hint: String(text.text.suffix(4)),
                createdAt: now, expiresAt: expiresAt, lastUsedAt: nil),
            text: text)
    }

    private func digest(of issued: IssuedClientSecret) -> Secret.Digest {
        secrets.digest(of: issued.text.text)
    }

    static func changes(from old: Client?, to new: Client?) -> [AuditEvent.Change] {
        func change(_ field: String, _ value: (Client) -> String?) -> AuditEvent.Change {
            AuditEvent.Change(field, old: old.flatMap(value), new: new.flatMap(value))
        }
        return [
            change("name") { $0.name },
            change("description") { $0.description },
            change("type") { $0.kind.rawValue },
            change("grant_types") { $0.grantTypes.map(\.rawValue).joined(separator: " ") },
            change("redirect_uris") { $0.redirectURIs.map(\.description).joined(separator: " ") },
            change("post_logout_redirect_uris") {
                $0.postLogoutRedirectURIs.map(\.description).joined(separator: " ")
            },
            change("scopes") { $0.scopes.text },
            change("service_user_id") { $0.serviceUserID?.description },
            change("organization_id") { $0.organizationID?.description },
            change("access_token_ttl") { String($0.accessTokenLifetime) },
            change("refresh_token_ttl") { String($0.refreshTokenLifetime) },
            change("token_endpoint_auth_method") { $0.authenticationMethod.rawValue },
            change("jwks") { $0.keySet },
            change("id_token_signed_response_alg") { $0.idTokenAlgorithm.rawValue },
            change("require_pkce") { String($0.requiresPKCE) },
            change("backchannel_logout_uri") { $0.backchannelLogoutURI },
            change("backchannel_logout_session_required") {
                String($0.backchannelLogoutNeedsSession)
            },
            change("status") { $0.isEnabled ? "enabled" : "disabled" },
        ]
    }
}
