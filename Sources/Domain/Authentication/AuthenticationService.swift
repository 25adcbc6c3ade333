/// Answers «who is this, and what may they do here» for gate, API and pages alike.
///
/// Each read that a decision rests on is announced to a `DependencyObserver` first, so that the gate can keep
/// the decision for as long as none of it changed.
package struct AuthenticationService {
    let stores: any Stores
    let tokens: any BearerTokens
    let secrets: any SecretSource
    let clock: Clock

    package init(
        stores: any Stores, tokens: any BearerTokens, secrets: any SecretSource, clock: Clock
    ) {
        self.stores = stores
        self.tokens = tokens
        self.secrets = secrets
        self.clock = clock
    }

    /// Nil where the credential is not to be believed: unknown, expired, revoked, or its user disabled. All
    /// reasons look the same from outside.
    package func authenticate(
        _ presented: PresentedCredential, observer: inout some DependencyObserver
    ) throws -> Authentication? {
        do {
            return try admit(presented, observer: &observer)
        } catch is RevokedUse {
            return nil
        }
    }

    /// The same for the doors, where a credential is used and not only asked about: a personal access token or API
    /// key that was revoked throws `RevokedUse`, for the audit trail.
    package func admit(
        _ presented: PresentedCredential, observer: inout some DependencyObserver
    ) throws -> Authentication? {
        let now = clock.now
        observer.willRead(.everything)
        switch presented {
        case .none:
            return nil
        case .bearer(let token):
            observer.willRead(.signingKeys)
            guard let claims = try tokens.verify(token, at: now) else { return nil }
            return try authenticate(claims, at: now, observer: &observer)
        case .apiKey(let text):
            return try authenticate(apiKey: text, at: now, observer: &observer)
        case .browserSession(let secret):
            guard let session = try stores.sessions.find(cookie: secrets.digest(of: secret)) else {
                return nil
            }
            return try authenticate(session, kind: .browserSession, at: now, observer: &observer)
        }
    }

    /// The organization of a request and what the asker may do in it. Refuses one that is not there, one that
    /// the asker is no member of and one that the credential is not bound to with the same answer, and one
    /// in maintenance (503) unless the asker manages it.
    package func context(
        of authentication: Authentication, in reference: OrganizationReference,
        observer: inout some DependencyObserver
    ) throws -> OrganizationContext {
        // A slug never changes its organization while that exists, so finding the id needs no observer.
        let id: Organization.ID
        switch reference {
        case .id(let given): id = given
        case .slug(let slug):
            guard let found = try stores.organizations.find(slug: slug) else {
                throw Self.forbidden
            }
            id = found.id
        case .both(let given, let slug):
            guard try stores.organizations.find(slug: slug)?.id == given else {
                throw Refusal(
                    .malformed, code: "organization_mismatch",
                    "X-Organization-ID and Domain name different organizations.")
            }
            id = given
        }
        if let bound = authentication.boundOrganization, bound != id { throw Self.forbidden }
        observer.willRead(.organization(id))
        guard let organization = try stores.organizations.find(id) else { throw Self.forbidden }
        var membership: Membership?
        if let user = authentication.user {
            membership = try stores.members.membership(of: user.id, in: id)
            guard membership != nil else { throw Self.forbidden }
        }
        let permissions = EffectivePermissions.of(
            authentication.grant, membership: membership, level: organization.level)
        if organization.maintenance.isEnabled, !permissions.holds(.organizationsManage) {
            throw Refusal(
                .unavailable(retryAfter: organization.maintenance.retryAfter),
                code: "organization_maintenance",
                organization.maintenance.message.isEmpty
                    ? "The organization is in maintenance." : organization.maintenance.message)
        }
        return OrganizationContext(
            organization: organization, membership: membership, permissions: permissions,
            isOwner: (membership?.isOwner ?? false) && authentication.grant.carriesOwnership)
    }

    package static let forbidden = Refusal.forbidden(
        "organization_forbidden", "There is no such organization, or you are not a member of it.")

    private func authenticate(
        _ claims: BearerClaims, at now: Instant, observer: inout some DependencyObserver
    ) throws -> Authentication? {
        switch claims.use {
        case .session:
            guard let id = claims.sessionID else { return nil }
            observer.willRead(.credential(id.value))
            guard let session = try stores.sessions.find(id), session.userID == claims.subject
            else {
                return nil
            }
            return try authenticate(
                session, kind: .session, expiresAt: claims.expiresAt, at: now, observer: &observer)
        case .personalAccessToken:
            observer.willRead(.credential(claims.id))
            guard
                let token = try stores.personalAccessTokens.find(
                    PersonalAccessToken.ID(claims.id)),
                token.userID == claims.subject
            else { return nil }
            if token.revokedAt != nil { throw try revokedUse(of: token) }
            guard token.status(at: now) == .active else { return nil }
            let bound: Organization.ID?
            switch token.reach {
            case .organization(let id): bound = id
            case .allOrganizations: bound = nil
            case .nowhere: return nil
            }
            guard let user = try user(token.userID, observer: &observer) else { return nil }
            return Authentication(
                subject: .user(user),
                credential: Credential(
                    kind: .personalAccessToken, id: claims.id, name: token.name,
                    expiresAt: token.expiresAt),
                grant: token.permissions.map(Grant.scopedToken) ?? .unrestrictedToken,
                boundOrganization: bound)
        case .access:
            return try authenticateAccess(claims, at: now, observer: &observer)
        }
    }

    private func authenticate(
        _ session: Session, kind: Credential.Kind, expiresAt: Instant? = nil, at now: Instant,
        observer: inout some DependencyObserver
    ) throws -> Authentication? {
        guard session.isAlive(at: now),
            let user = try user(session.userID, observer: &observer)
        else { return nil }
        return Authentication(
            subject: .user(user),
            credential: Credential(
                kind: kind, id: session.id.value, name: "",
                expiresAt: min(expiresAt ?? session.expiresAt, session.expiresAt)),
            grant: .session, sessionID: session.id, authenticatedAt: session.authenticatedAt)
    }

    /// A token of a client: alive while itself, its grant, the sign-in that it was given in, the client and the
    /// user are.
    private func authenticateAccess(
        _ claims: BearerClaims, at now: Instant, observer: inout some DependencyObserver
    ) throws -> Authentication? {
        guard let clientID = claims.clientID else { return nil }
        observer.willRead(.credential(claims.id))
        guard let token = try stores.grants.findAccessToken(AccessToken.ID(claims.id)),
            token.revokedAt == nil, now < token.expiresAt
        else { return nil }
        observer.willRead(.credential(token.grantID.value))
        observer.willRead(.client(clientID))
        guard let (grant, client) = try stores.grants.findWithClient(token.grantID),
            grant.endedAt == nil, client.isEnabled, client.id.description == clientID,
            grant.userID == claims.subject,
            grant.resource == nil || grant.resource == claims.resource
        else { return nil }
        if let session = grant.sessionID, !grant.isOffline {
            observer.willRead(.credential(session.value))
            guard let found = try stores.sessions.find(session), found.isAlive(at: now) else {
                return nil
            }
        }
        guard let user = try user(grant.userID, observer: &observer) else { return nil }
        // What was taken from the client since is taken from its tokens, too.
        let permissions = Permissions(text: claims.scope ?? "")
            .intersection(client.scopes.permissions)
        return Authentication(
            subject: .user(user),
            credential: Credential(
                kind: .access, id: claims.id, name: client.name,
                expiresAt: min(claims.expiresAt, token.expiresAt)),
            grant: .delegated(permissions), boundOrganization: grant.organizationID,
            sessionID: grant.sessionID, clientID: clientID, resource: claims.resource)
    }

    private func authenticate(
        apiKey text: String, at now: Instant, observer: inout some DependencyObserver
    ) throws -> Authentication? {
        guard let id = APIKeyText.id(in: text) else { return nil }
        observer.willRead(.credential(id.value))
        guard let (key, digest) = try stores.apiKeys.findForAuthentication(id),
            secrets.areEqual(secrets.digest(of: text).bytes, digest.bytes)
        else { return nil }
        if key.revokedAt != nil {
            throw RevokedUse(
                credential: AuditEvent.Reference(
                    kind: Credential.Kind.apiKey.rawValue, id: key.id.description, name: key.name),
                actor: nil, organizationID: key.organizationID)
        }
        guard now < key.expiresAt else { return nil }
        return Authentication(
            subject: .apiKey(key.id.value, name: key.name),
            credential: Credential(
                kind: .apiKey, id: key.id.value, name: key.name, expiresAt: key.expiresAt),
            grant: .apiKey(key.permissions), boundOrganization: key.organizationID)
    }

    private func revokedUse(of token: PersonalAccessToken) throws -> RevokedUse {
        var organization: Organization.ID?
        if case .organization(let id) = token.reach { organization = id }
        return RevokedUse(
            credential: AuditEvent.Reference(
                kind: Credential.Kind.personalAccessToken.rawValue, id: token.id.description,
                name: token.name),
            actor: try stores.users.find(token.userID).map(AuditEvent.Reference.user),
            organizationID: organization)
    }

    private func user(
        _ id: User.ID, observer: inout some DependencyObserver
    ) throws -> User? {
        observer.willRead(.user(id))
        guard let user = try stores.users.find(id), !user.isDisabled else { return nil }
        return user
    }
}
