/// What a person asks of a new token.
package struct NewPersonalAccessToken: Sendable {
    package let name: String
    package let lifetimeDays: Int
    /// Nil where none were sent.
    package let scopes: [String]?
    package let allOrganizations: Bool

    package init(
        name: String, lifetimeDays: Int = PersonalAccessToken.defaultLifetime,
        scopes: [String]? = nil, allOrganizations: Bool = false
    ) {
        self.name = name
        self.lifetimeDays = lifetimeDays
        self.scopes = scopes
        self.allOrganizations = allOrganizations
    }
}

/// A token that was just made, with its text, which is shown this once and kept nowhere.
package struct IssuedPersonalAccessToken: Sendable {
    package let token: PersonalAccessToken
    package let text: Secret
}

/// A page of a person's tokens, and how many of all are active.
package struct PersonalAccessTokenOverview: Sendable {
    package let page: ListPage<PersonalAccessToken>
    package let activeCount: Int
}

/// Lets a person's scripts act for them without their password.
package struct PersonalAccessTokenService {
    let stores: any Stores
    let tokens: any BearerTokens
    let secrets: any SecretSource
    let clock: Clock
    let audit: AuditTrail

    package init(
        stores: any Stores, tokens: any BearerTokens, secrets: any SecretSource, clock: Clock,
        audit: AuditTrail
    ) {
        self.stores = stores
        self.tokens = tokens
        self.secrets = secrets
        self.clock = clock
        self.audit = audit
    }

    /// Issues a token in the organization of the request. Only for a person who sits there: that a token
    /// makes no tokens is proved by the visit.
    package func issue(
        _ new: NewPersonalAccessToken, for user: User, in context: OrganizationContext,
        by caller: Caller
    ) throws -> IssuedPersonalAccessToken {
        let organization = context.organization
        let scopes = try Self.checked(new, in: context)
        let now = clock.now
        let token = PersonalAccessToken(
            id: secrets.newID(at: now), userID: user.id, name: new.name,
            permissions: scopes?.permissions,
            reach: new.allOrganizations ? .allOrganizations : .organization(organization.id),
            createdAt: now,
            // RFC 7519 §2: exp has no use for parts of a second that a token would live longer here.
            expiresAt: now.adding(days: new.lifetimeDays).wholeSecond,
            revokedAt: nil, lastUsedAt: nil)
        // Before the transaction: the key ring may have to write that its key is needed for longer.
        let text = try tokens.sign(
            BearerClaims(
                use: .personalAccessToken, id: token.id.value, subject: user.id, issuedAt: now,
                expiresAt: token.expiresAt, scope: token.permissions?.text))
        try stores.atomically {
            // The user's row first: all that are made at once wait here and count one another.
            guard
                let active = try stores.personalAccessTokens.lockedActiveCount(
                    of: user.id, at: now)
            else {
                throw Refusal(.notSignedIn, code: "invalid_token", "Sign in again.")
            }
            guard active < PersonalAccessToken.activeLimit else { throw Self.limitReached }
            // Again, locked: a membership that ends meanwhile ends its tokens, this one included.
            guard
                let membership = try stores.members.lockedMembership(
                    of: user.id, in: organization.id)
            else { throw AuthenticationService.forbidden }
            try scopes?.check(
                heldIn: EffectivePermissions.held(by: membership, level: organization.level))
            try stores.personalAccessTokens.insert(token)
            try audit.record(
                "personal_access_token.created", by: caller, organization: organization.id,
                target: token.reference,
                changes: [
                    AuditEvent.Change("scopes", old: nil, new: token.permissions?.text),
                    AuditEvent.Change(
                        "all_organizations", old: nil, new: String(new.allOrganizations)),
                    AuditEvent.Change("expires_at", old: nil, new: token.expiresAt.description),
                ])
        }
        return IssuedPersonalAccessToken(token: token, text: text)
    }

    /// Refuses what could not be issued, however many tokens there are; every problem at once.
    package func check(
        _ new: NewPersonalAccessToken, in context: OrganizationContext
    ) throws {
        _ = try Self.checked(new, in: context)
    }

    package func status(of token: PersonalAccessToken) -> PersonalAccessToken.Status {
        token.status(at: clock.now)
    }

    /// All of the person's: active, expired and revoked, newest first.
    package func list(
        of user: User.ID, _ page: PageRequest
    ) throws -> ListPage<PersonalAccessToken> {
        try stores.personalAccessTokens.list(of: user, page)
    }

    /// The person's as people look at them: active ones first, those that expire soonest at the top, then those
    /// that are over, newest first.
    package func overview(
        of user: User.ID, _ page: PageRequest
    ) throws -> PersonalAccessTokenOverview {
        let now = clock.now
        let active = try stores.personalAccessTokens.listActive(of: user, at: now)
        // The cursor is of either part: it stands among the active ones, or behind them.
        let begin = page.after.map { after in
            active.firstIndex { $0.id.value == after }.map { $0 + 1 } ?? active.count
        }
        let shown = active[(begin ?? 0)...].prefix(page.limit)
        let isBehind = begin == active.count && page.after != active.last?.id.value
        // One is asked for in any case: whether there is more.
        let rest = try stores.personalAccessTokens.listOver(
            of: user, at: now,
            PageRequest(
                limit: max(1, page.limit - shown.count), after: isBehind ? page.after : nil))
        let over = shown.count < page.limit ? rest.items : []
        let items = shown + over
        let isMore =
            shown.endIndex < active.endIndex
            || (over.isEmpty ? !rest.items.isEmpty : rest.next != nil)
        return PersonalAccessTokenOverview(
            page: ListPage(items: Array(items), next: isMore ? items.last?.id.value : nil),
            activeCount: active.count)
    }

    package func show(_ id: PersonalAccessToken.ID, of user: User.ID) throws -> PersonalAccessToken
    {
        guard let token = try stores.personalAccessTokens.find(id, of: user) else {
            throw Refusal.notFound
        }
        return token
    }

    /// Revokes for good, from the return of this call on; again changes nothing.
    package func revoke(
        _ id: PersonalAccessToken.ID, of user: User.ID, by caller: Caller
    ) throws -> PersonalAccessToken {
        let now = clock.now
        return try stores.atomically {
            let isFirst = try stores.personalAccessTokens.revoke(id, of: user, at: now)
            let token = try show(id, of: user)
            if isFirst {
                try audit.record(
                    "personal_access_token.revoked", by: caller,
                    organization: token.reach.organization, target: token.reference,
                    changes: [
                        AuditEvent.Change("revoked_at", old: nil, new: token.revokedAt?.description)
                    ] + caller.owner(user))
            }
            return token
        }
    }

    /// The scopes, where the level has them; every problem at once.
    private static func checked(
        _ new: NewPersonalAccessToken, in context: OrganizationContext
    ) throws -> ScopeRequest? {
        let level = context.organization.level
        var problems: [Refusal.Problem] = []
        if let problem = Naming.problem(with: new.name, field: "name") { problems.append(problem) }
        if !PersonalAccessToken.lifetimes.contains(new.lifetimeDays) {
            problems.append(
                Refusal.Problem(
                    field: "expires_in_days", code: "not_allowed",
                    detail: "expires_in_days must be one of 30, 90, 180, 365."))
        }
        var scopes: ScopeRequest?
        do {
            switch (level, new.scopes) {
            case (.none, nil): break
            case (.none, _):
                problems.append(
                    Refusal.Problem(
                        field: "scopes", code: "scopes_not_allowed",
                        detail: "The organization has no access levels, so a token has no scopes."))
            case (_, let names):
                scopes = try ScopeRequest(names ?? [], field: "scopes", level: level)
                try scopes?.check(heldIn: context.permissions)
            }
        } catch let refusal as Refusal {
            problems += refusal.problems
        }
        if !problems.isEmpty { throw Refusal.invalid(problems) }
        return scopes
    }

    private static let limitReached = Refusal(
        .conflict, code: "token_limit_reached",
        "You have \(PersonalAccessToken.activeLimit) active tokens, which is the limit. Revoke one first."
    )
}

extension PersonalAccessToken {
    var reference: AuditEvent.Reference {
        AuditEvent.Reference(
            kind: "personal_access_token", id: id.description, name: name)
    }
}

extension PersonalAccessToken.Reach {
    /// The one organization that it is bound to.
    package var organization: Organization.ID? {
        if case .organization(let id) = self { id } else { nil }
    }
}
