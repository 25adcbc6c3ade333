import Domain
import MariaDB
import Storage

/// Calls every verb of every store once, and the lists with and without a cursor and with all filters.
///
/// `QueryPlanTests` holds that no statement of a store is left out: a new verb is called here.
struct StoreWalk {
    private let scaled: ScaledStores
    private let crowd: Crowd

    private var stores: SQLStores { scaled.stores }
    private var now: Instant { scaled.now }

    /// Rows that the loader made, as stores see them.
    fileprivate struct Crowd {
        /// In all organizations, with hundreds of sessions and thousands of events.
        let administrator: User
        let person: User
        /// One of a fifth of all users.
        let organization: Organization
        let other: Organization
        let group: Domain.Group.ID
        let role: Role
        let token: PersonalAccessToken.ID
        let key: APIKey.ID
        let session: Session.ID
        let client: Client.ID
        let accessToken: AccessToken.ID
    }

    init(_ scaled: ScaledStores) throws {
        self.scaled = scaled
        crowd = try Crowd(scaled.stores)
    }

    func run() throws {
        try scaled.undone(walkUsers)
        try scaled.undone(walkGroups)
        try scaled.undone(walkOrganizations)
        try scaled.undone(walkMembers)
        try scaled.undone(walkRoles)
        try scaled.undone(walkSessions)
        try scaled.undone(walkSignInThrottle)
        try scaled.undone(walkPersonalAccessTokens)
        try scaled.undone(walkAPIKeys)
        try scaled.undone(walkSigningKeys)
        try scaled.undone(walkClients)
        try scaled.undone(walkRegistrations)
        try scaled.undone(walkPushedRequests)
        try scaled.undone(walkDevices)
        try scaled.undone(walkCustomScopes)
        try scaled.undone(walkGrants)
        try scaled.undone(walkAuthorizations)
        try scaled.undone(walkConsents)
        try scaled.undone(walkHandovers)
        try scaled.undone(walkLogoutNotices)
        try scaled.undone(walkAudit)
    }

    /// The first page, and one in the middle of two years.
    private var pages: [PageRequest] {
        [.first, PageRequest(after: UniqueID(at: now.adding(days: -365), random: (0, 0)))]
    }

    private func prefix(_ text: String) throws -> NamePrefix {
        struct TooShort: Error {}
        guard let prefix = NamePrefix(text) else { throw TooShort() }
        return prefix
    }

    private func newID<ID: Identifier>(_: ID.Type = ID.self) -> ID {
        ID(UniqueID(at: now, random: (.random(in: 0 ... .max), .random(in: 0 ... .max))))
    }

    private func digest() -> Secret.Digest {
        Secret.Digest((0..<32).map { _ in .random(in: 0 ... .max) })
    }

    private func walkUsers() throws {
        let users = stores.users
        let everybody = try prefix("us")
        let person = crowd.person
        _ = try users.find(person.id)
        _ = try users.lockedFind(person.id)
        _ = try users.find(signInName: person.username)
        _ = try users.passwordHash(of: person.id)
        for page in pages { _ = try users.list(page) }
        for kind in User.Kind.allCases {
            for isDisabled in [false, true] {
                _ = try users.list(kind, isDisabled: isDisabled, username: everybody, limit: 8)
                _ = try users.list(kind, isDisabled: isDisabled, email: everybody, limit: 8)
            }
        }
        _ = try users.countAll()
        _ = try users.lockedSystemAdministratorCount()
        let new = User(
            id: newID(), username: "somebody", email: "somebody@example.net", emailVerified: false,
            displayName: "Somebody", kind: .person, isSystemAdministrator: false,
            isDisabled: false, createdAt: now, updatedAt: now, lastSignInAt: nil)
        try users.insert(new, passwordHash: "hash")
        try users.update(person)
        _ = try users.setPasswordHash("newer", of: new.id, replacing: "hash", at: now)
        _ = try users.setPasswordHash("newest", of: new.id, replacing: nil, at: now)
        _ = try users.recordSignIn(of: new.id, provedBy: "newest", rehashed: nil, at: now)
        _ = try users.delete(new.id)
    }

    private func walkGroups() throws {
        let groups = stores.groups
        _ = try groups.find(crowd.group)
        _ = try groups.find(name: "staff")
        _ = try groups.lockedFind(crowd.group)
        for page in pages { _ = try groups.list(page) }
        _ = try groups.list(name: prefix("gr"), limit: 8)
        _ = try groups.names(ofUser: crowd.administrator.id, limit: 50)
        let members = try groups.members(of: crowd.group)
        _ = try groups.members(of: groups.list(.first).items.map(\.id))
        let new = Domain.Group(id: newID(), name: "new", createdAt: now, updatedAt: now)
        try groups.insert(new, members: members)
        try groups.update(new)
        try groups.setMembers([crowd.administrator.id], of: new.id)
        try groups.setMembers([crowd.person.id], of: new.id)
        _ = try groups.delete(new.id)
    }

    private func walkOrganizations() throws {
        let organizations = stores.organizations
        let organization = crowd.organization
        _ = try organizations.find(organization.id)
        _ = try organizations.lockedFind(organization.id)
        _ = try organizations.find(slug: organization.slug)
        for page in pages {
            _ = try organizations.list(page)
            _ = try organizations.list(ofUser: crowd.administrator.id, page)
            _ = try organizations.list(ofUser: crowd.person.id, page)
        }
        _ = try organizations.slugs(ofUser: crowd.administrator.id, limit: 50)
        _ = try organizations.countAll()
        _ = try organizations.lockedCount()
        _ = try organizations.memberCounts(of: organizations.list(.first).items.map(\.id))
        let new = Organization(
            id: newID(), slug: "new", name: "New", level: .basic, maintenance: .off,
            createdAt: now, updatedAt: now)
        try organizations.insert(new)
        try organizations.update(new)
        _ = try organizations.delete(new.id)
    }

    private func walkMembers() throws {
        let members = stores.members
        let organization = crowd.organization.id
        let principals: [Member.Principal] = [.user(crowd.person.id), .group(crowd.group)]
        let roles = [crowd.role]
        _ = try members.membership(of: crowd.person.id, in: organization)
        _ = try members.lockedMembership(of: crowd.person.id, in: organization)
        let all = try stores.organizations.list(.first).items.map(\.id)
        _ = try members.memberships(of: crowd.administrator.id, in: all)
        for page in pages { _ = try members.list(in: organization, page) }
        _ = try members.organizations(ofGroup: crowd.group)
        _ = try members.lockedOwners(of: organization)
        _ = try members.organizationsWithSoleOwner(crowd.person.id)
        for principal in principals {
            _ = try members.find(principal, in: organization)
            _ = try members.lockedFind(principal, in: organization)
            _ = try members.delete(principal, in: organization)
            let new = Member(
                id: newID(), organizationID: organization, principal: principal, name: "",
                displayName: "", isOwner: false, roles: roles, createdAt: now, updatedAt: now)
            try members.insert(new)
            try members.update(new)
        }
    }

    private func walkRoles() throws {
        let roles = stores.roles
        let organization = crowd.organization.id
        _ = try roles.list(in: organization)
        _ = try roles.find(crowd.role.id, in: organization)
        _ = try roles.lockedFind(crowd.role.id, in: organization)
        let new = Role(
            id: newID(), organizationID: organization, name: "new",
            permissions: Permissions(text: "uns:read"), createdAt: now, updatedAt: now)
        try roles.insert(new)
        try roles.update(new)
        _ = try roles.delete(new.id, in: organization)
    }

    private func walkHandovers() throws {
        let handovers = stores.handovers
        let new = Handover(
            id: newID(), sessionID: crowd.session, kind: .form, sealed: [1, 2, 3],
            expiresAt: now.adding(seconds: 60))
        try handovers.insert(new)
        _ = try handovers.find(new.id, of: crowd.session, kind: .form, at: now)
        _ = try handovers.delete(new.id, of: crowd.session)
        _ = try handovers.purge(before: now.adding(seconds: 30), limit: 100)
    }

    private func walkSessions() throws {
        let sessions = stores.sessions
        let person = crowd.administrator.id
        let (cookie, refresh) = (digest(), digest())
        let new = Session(
            id: newID(), userID: person, kind: .browser, userAgent: "agent",
            address: "192.0.2.1", createdAt: now, lastActiveAt: now, expiresAt: now.adding(days: 1),
            endedAt: nil, authenticatedAt: now)
        try sessions.insert(new, cookie: cookie)
        _ = try sessions.find(crowd.session)
        _ = try sessions.find(cookie: cookie)
        for page in pages { _ = try sessions.list(of: person, aliveAt: now, page) }
        _ = try sessions.update(new)
        _ = try sessions.update(new, cookie: cookie)
        try sessions.addRefreshToken(refresh, to: new.id, at: now, expiresAt: now.adding(days: 1))
        _ = try sessions.consumeRefreshToken(refresh, at: now)
        _ = try sessions.session(ofRefreshToken: refresh)
        try sessions.recordActivity([new.id: now, crowd.session: now.adding(seconds: 1)])
        _ = try sessions.end(new.id, of: person, at: now)
        _ = try sessions.endExpired(at: now.adding(days: -2), limit: 100)
        _ = try sessions.endAll(of: crowd.person.id, except: crowd.session, at: now)
        _ = try sessions.endAll(of: crowd.person.id, except: nil, at: now)
        _ = try sessions.purge(before: now.adding(days: -300), limit: 100)
    }

    private func walkSignInThrottle() throws {
        let throttle = stores.signInThrottle
        let bucket = digest()
        _ = try throttle.count(bucket, windowSeconds: 900, at: now)
        _ = try throttle.exhausted(bucket, limit: 1, at: now)
        try throttle.giveBack(bucket)
        _ = try throttle.isKnown(
            address: "192.0.2.1", of: crowd.person.id, since: now.adding(days: -30))
        try throttle.recordAddress("192.0.2.1", of: crowd.person.id, at: now)
        _ = try throttle.purge(
            bucketsBefore: now.adding(seconds: 60), addressesBefore: now.adding(days: -80),
            limit: 100)
    }

    private func walkPersonalAccessTokens() throws {
        let tokens = stores.personalAccessTokens
        let person = crowd.person.id
        let organization = crowd.organization.id
        _ = try tokens.lockedActiveCount(of: person, at: now)
        let new = PersonalAccessToken(
            id: newID(), userID: person, name: "new", permissions: nil,
            reach: .organization(organization), createdAt: now, expiresAt: now.adding(days: 30),
            revokedAt: nil, lastUsedAt: nil)
        try tokens.insert(new)
        _ = try tokens.find(new.id)
        _ = try tokens.find(crowd.token, of: person)
        for page in pages { _ = try tokens.list(of: person, page) }
        _ = try tokens.listActive(of: person, at: now)
        for page in pages { _ = try tokens.listOver(of: person, at: now, page) }
        try tokens.recordUse([new.id: now, crowd.token: now.adding(seconds: 1)])
        _ = try tokens.revoke(new.id, of: person, at: now)
        _ = try tokens.revokeAll(of: person, boundTo: organization, at: now)
        _ = try tokens.revokeAll(of: person, at: now)
        _ = try tokens.revokeAllOfFormerMembers(boundTo: crowd.other.id, at: now)
        _ = try tokens.revokeAll(boundTo: crowd.other.id, at: now)
    }

    private func walkAPIKeys() throws {
        let keys = stores.apiKeys
        let organization = crowd.organization.id
        let new = APIKey(
            id: newID(), organizationID: organization, name: "new",
            permissions: Permissions(text: "uns:read"), createdBy: crowd.person.id, createdAt: now,
            expiresAt: now.adding(days: 30), revokedAt: nil, lastUsedAt: nil)
        try keys.insert(new, digest: digest())
        _ = try keys.findForAuthentication(crowd.key)
        _ = try keys.find(crowd.key, in: organization)
        for page in pages { _ = try keys.list(in: organization, page) }
        try keys.recordUse([new.id: now, crowd.key: now.adding(seconds: 1)])
        _ = try keys.revoke(new.id, in: organization, at: now)
    }

    private func walkSigningKeys() throws {
        let keys = stores.signingKeys
        let new = SigningKeyRecord(
            id: "new", algorithm: .es256, state: .retired, publicKey: "{}", sealedPrivateKey: [1],
            createdAt: now, neededUntil: now)
        try keys.insert(new)
        _ = try keys.list()
        _ = try keys.lockedList()
        try keys.setState(.retired, of: new.id, at: now)
        try keys.extendNeed(of: new.id, until: now.adding(days: 1))
        _ = try keys.purge(before: now)
    }

    private func walkClients() throws {
        let clients = stores.clients
        guard let known = try clients.find(crowd.client) else { return }
        _ = try clients.lockedFind(known.id)
        _ = try clients.lockedWhileEnabled(known.id, actingAs: crowd.person.id)
        for page in pages {
            _ = try clients.list(page)
            _ = try clients.list(matching: ClientFilter(text: known.name), page)
        }
        _ = try clients.holdings(of: known.id, limit: 100, at: now)
        let new = Client(
            id: newID(), name: "new", description: "", kind: .confidential,
            grantTypes: known.grantTypes, redirectURIs: [], postLogoutRedirectURIs: [],
            scopes: known.scopes, serviceUserID: known.serviceUserID, organizationID: nil,
            accessTokenLifetime: 60, refreshTokenLifetime: 3_600,
            authenticationMethod: .clientSecretBasic, keySet: nil, idTokenAlgorithm: .es256,
            requiresPKCE: true, backchannelLogoutURI: nil, backchannelLogoutNeedsSession: false,
            isEnabled: true, createdAt: now, updatedAt: now, lastUsedAt: nil)
        try clients.insert(new)
        try clients.update(new)
        _ = try clients.isInUse(scope: "scope1")
        _ = try clients.secrets(of: clients.list(.first).items.map(\.id))
        _ = try clients.liveSecretDigests(of: known.id, at: now)
        let secret = ClientSecret(
            id: newID(), clientID: new.id, hint: "abcd", createdAt: now, expiresAt: nil,
            lastUsedAt: nil)
        try clients.insert(secret, digest: digest())
        try clients.deleteExpiredSecrets(of: new.id, at: now)
        _ = try clients.useAssertion(digest(), of: new.id, expiresAt: now)
        try clients.recordUse(
            ofClients: [new.id: now, known.id: now.adding(seconds: 1)], ofSecrets: [secret.id: now])
        _ = try clients.delete(secret.id, of: new.id)
        _ = try clients.purgeAssertions(before: now.adding(seconds: 10), limit: 100)
        _ = try clients.delete(new.id)
    }

    private func walkRegistrations() throws {
        let registrations = stores.registrations
        let token = RegistrationToken(
            id: newID(), createdBy: crowd.person.id, createdAt: now, expiresAt: now)
        try registrations.insert(token, digest: digest())
        _ = try registrations.use(digest(), at: now.adding(seconds: -1))
        try registrations.deleteTokens(createdBy: crowd.person.id)
        _ = try registrations.purgeTokens(before: now.adding(seconds: 10), limit: 100)
        guard let known = try registrations.find(crowd.client) else { return }
        _ = try registrations.replace(known.digest, of: crowd.client, by: digest())
        _ = try registrations.due(at: now.adding(seconds: 7_200), limit: 100)
        try registrations.postpone(crowd.client, to: now.adding(days: 1))
        guard let newest = try stores.clients.list(.first).items.first else { return }
        try registrations.insert(
            ClientRegistration(clientID: newest.id, createdAt: now, dueAt: now),
            digest: digest())
    }

    private func walkPushedRequests() throws {
        let requests = stores.pushedRequests
        let new = digest()
        try requests.insert(
            PushedRequest(
                clientID: crowd.client,
                parameters: AuthorizationParameters([(name: "state", value: "x")]),
                expiresAt: now.adding(seconds: 90)), digest: new)
        _ = try requests.open(new, of: crowd.client, until: now.adding(seconds: 900), at: now)
        _ = try requests.use(new)
        _ = try requests.purge(before: now.adding(seconds: 10), limit: 100)
    }

    private func walkDevices() throws {
        let devices = stores.devices
        let (code, userCode, question) = (digest(), digest(), digest())
        _ = try devices.insert(
            DeviceAuthorization(
                clientID: crowd.client, scopes: .none, resource: nil, address: "192.0.2.1",
                createdAt: now, expiresAt: now.adding(seconds: 600)), digest: code,
            userCode: userCode)
        _ = try devices.find(code)
        _ = try devices.poll(code, at: now)
        _ = try devices.poll(code, at: now)
        _ = try devices.find(userCode: userCode, at: now)
        _ = try devices.ask(question, in: crowd.session, aboutUserCode: userCode, at: now)
        _ = try devices.find(question: question, in: crowd.session, at: now)
        _ = try devices.decide(question, in: crowd.session, giving: nil, at: now)
        _ = try devices.use(code, at: now)
        _ = try devices.purge(before: now.adding(seconds: 10), limit: 100)
    }

    private func walkCustomScopes() throws {
        let scopes = stores.customScopes
        let new = CustomScope(
            id: newID(), name: "new", description: "New", createdAt: now, updatedAt: now)
        try scopes.insert(new)
        _ = try scopes.find(new.id)
        _ = try scopes.find(name: "scope1")
        _ = try scopes.known(among: ["scope1", "scope2", "nothing"])
        for page in pages { _ = try scopes.list(page) }
        try scopes.update(new)
        _ = try scopes.delete(new.id)
    }

    private func walkGrants() throws {
        let grants = stores.grants
        let person = crowd.person.id
        let new = OAuth2Grant(
            id: newID(), clientID: crowd.client, userID: person, kind: .clientCredentials,
            sessionID: nil, scopes: .none, resource: nil, organizationID: crowd.organization.id,
            isOffline: true, authenticatedAt: nil, createdAt: now, expiresAt: now, endedAt: nil)
        try grants.insert(new)
        try grants.insert(
            OAuth2Grant(
                id: newID(), clientID: crowd.client, userID: person, kind: .authorizationCode,
                sessionID: crowd.session, scopes: .none, resource: nil, organizationID: nil,
                isOffline: false, authenticatedAt: now, createdAt: now, expiresAt: now,
                endedAt: nil))
        let token = AccessToken(id: newID(), grantID: new.id, expiresAt: now)
        try grants.insert(token)
        _ = try grants.findAccessToken(crowd.accessToken)
        _ = try grants.findWithClient(new.id)
        _ = try grants.revoke(token.id, at: now)
        let (refresh, successor) = (digest(), digest())
        let refreshToken = RefreshToken(grantID: new.id, createdAt: now, expiresAt: now)
        _ = try grants.insertRefreshToken(refresh, refreshToken)
        _ = try grants.findRefreshToken(refresh)
        _ = try grants.useRefreshToken(
            refresh, followedBy: successor, retriesSince: now, at: now.adding(seconds: -1))
        _ = try grants.extend(new.id, until: now)
        _ = try grants.countTokens(ofUser: person, byClient: crowd.client, at: now)
        _ = try grants.end(new.id, at: now)
        _ = try grants.endAll(ofClient: crowd.client, kind: .clientCredentials, at: now)
        _ = try grants.endAll(ofClient: crowd.client, kind: nil, at: now)
        _ = try grants.endAll(ofUser: person, boundTo: crowd.organization.id, at: now)
        _ = try grants.endAll(ofUser: person, byClient: crowd.client, at: now)
        _ = try grants.endAllOffline(ofUser: person, except: crowd.session, at: now)
        _ = try grants.endAll(ofUser: person, at: now)
        _ = try grants.endAllOfFormerMembers(boundTo: crowd.other.id, at: now)
        _ = try grants.purge(before: now.adding(seconds: 10), limit: 100)
    }

    private func walkAuthorizations() throws {
        let authorizations = stores.authorizations
        let (question, text) = (digest(), digest())
        try authorizations.insert(
            PendingAuthorization(
                sessionID: crowd.session, parameters: AuthorizationParameters([]),
                expiresAt: now.adding(days: 1)), digest: question)
        _ = try authorizations.takePending(question, of: crowd.session, at: now)
        let grant = OAuth2Grant(
            id: newID(), clientID: crowd.client, userID: crowd.person.id, kind: .authorizationCode,
            sessionID: nil, scopes: .none, resource: nil, organizationID: nil, isOffline: true,
            authenticatedAt: nil, createdAt: now, expiresAt: now, endedAt: nil)
        try stores.grants.insert(grant)
        try authorizations.insert(
            AuthorizationCode(
                grantID: grant.id, redirectURI: "https://app.example", codeChallenge: nil,
                nonce: nil, idTokenClaims: [], userInfoClaims: [], expiresAt: now.adding(days: 1)),
            digest: text)
        _ = try authorizations.findCode(text)
        _ = try authorizations.code(of: grant.id)
        _ = try authorizations.useCode(text, at: now)
        _ = try authorizations.purge(before: now.adding(seconds: 10), limit: 100)
    }

    private func walkConsents() throws {
        let (consents, person) = (stores.consents, crowd.person.id)
        try consents.put(
            Consent(
                userID: person, clientID: crowd.client, organizationID: nil, scopes: .none,
                grantedAt: now, lastUsedAt: now))
        _ = try consents.find(of: person, for: crowd.client)
        for page in pages { _ = try consents.list(of: person, page) }
        _ = try consents.recordUse(of: person, for: crowd.client, at: now)
        _ = try consents.delete(of: person, for: crowd.client)
    }

    private func walkLogoutNotices() throws {
        let notices = stores.logoutNotices
        for _ in 0..<2 {
            guard
                let (notice, client) = try notices.claimNext(
                    newID(), at: now.adding(seconds: 600), leaseUntil: now.adding(seconds: 700))
            else { return }
            try notices.postpone(notice, until: now.adding(seconds: 10))
            try notices.postponeAll(ofClient: client.id, until: now.adding(seconds: 10))
            try notices.remove(notice)
        }
    }

    private func walkAudit() throws {
        try stores.audit.record(
            AuditEvent(
                id: newID(), time: now, action: "new", outcome: .success, reason: nil,
                requestID: "request", actor: nil, credential: nil, organizationID: nil,
                address: "192.0.2.1", userAgent: "agent", target: nil, changes: []))
        for filter in auditFilters {
            _ = try stores.audit.list(filter, pages[0])
            var span = filter
            (span.from, span.to) = (now.adding(days: -600), now.adding(days: -30))
            _ = try stores.audit.list(span, pages[1])
        }
        _ = try stores.audit.purge(before: now.adding(days: -700), limit: 100)
    }

    /// Every combination of fields, each with somebody who is in many events: what is found soon is no test.
    private var auditFilters: [AuditFilter] {
        let administrator = crowd.administrator
        var filters: [AuditFilter] = []
        for organization in [nil, crowd.organization.id] {
            for actor in [nil, administrator.id.description, administrator.username] {
                for action in [nil, "personal_access_token.created"] {
                    for outcome in [nil, AuditEvent.Outcome.success, .denied] {
                        for credential in [nil, crowd.key.description, "key10"] {
                            filters.append(
                                AuditFilter(
                                    organizationID: organization, actor: actor, action: action,
                                    outcome: outcome, credential: credential))
                        }
                    }
                }
            }
        }
        return filters
    }
}

extension StoreWalk.Crowd {
    fileprivate init(_ stores: SQLStores) throws {
        struct Missing: Error { let name: String }
        func found<Value>(_ value: Value?, _ name: String) throws -> Value {
            guard let value else { throw Missing(name: name) }
            return value
        }
        func id<ID: Identifier>(_ sql: SQL, as _: ID.Type = ID.self) throws -> ID {
            let text = try stores.connection.first(sql)?.string("id")
            return try found(text.flatMap { ID(text: $0) }, sql.text)
        }
        administrator = try found(stores.users.find(signInName: "user1"), "user1")
        person = try found(stores.users.find(signInName: "user8"), "user8")
        organization = try found(stores.organizations.find(slug: "org1"), "org1")
        other = try found(stores.organizations.find(slug: "org8"), "org8")
        group = try id(
            """
            SELECT group_id AS id FROM organization_members
            WHERE organization_id = \(organization.id) AND group_id IS NOT NULL LIMIT 1
            """)
        role = try found(
            stores.roles.list(in: organization.id).first { !$0.isBuiltIn }, "a custom role")
        token = try id(
            "SELECT id FROM personal_access_tokens WHERE user_id = \(person.id) ORDER BY id LIMIT 1"
        )
        // The robot that makes an eighth of all events.
        key = try id("SELECT id FROM api_keys WHERE name = 'key10'")
        session = try id(
            "SELECT id FROM sessions WHERE user_id = \(person.id) ORDER BY id DESC LIMIT 1")
        client = try id("SELECT id FROM oauth2_clients ORDER BY id LIMIT 1")
        accessToken = try id("SELECT id FROM oauth2_access_tokens ORDER BY id LIMIT 1")
    }
}
