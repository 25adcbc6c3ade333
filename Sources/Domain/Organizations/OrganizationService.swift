/// What is asked of a new organization.
package struct NewOrganization: Sendable {
    package let name: String
    /// Derived from the name where nil.
    package let slug: String?
    package let level: Organization.Level

    package init(name: String, slug: String? = nil, level: Organization.Level = .basic) {
        self.name = name
        self.slug = slug
        self.level = level
    }
}

/// What is to change of an organization; nil stays.
package struct OrganizationChanges: Sendable {
    package struct Maintenance: Sendable {
        package var isEnabled: Bool?
        package var message: String?
        package var retryAfter: Int?

        package init(isEnabled: Bool? = nil, message: String? = nil, retryAfter: Int? = nil) {
            self.isEnabled = isEnabled
            self.message = message
            self.retryAfter = retryAfter
        }
    }

    package var name: String?
    package var level: Organization.Level?
    package var maintenance: Maintenance

    package init(
        name: String? = nil, level: Organization.Level? = nil,
        maintenance: Maintenance = Maintenance()
    ) {
        self.name = name
        self.level = level
        self.maintenance = maintenance
    }
}

/// An organization as one asker sees it.
package struct OrganizationOverview: Sendable, Equatable {
    package let organization: Organization
    /// Entries of the list of members: users and groups.
    package let memberCount: Int
    /// What the asker is in it; nil for an administrator who is no member, and for an API key.
    package let membership: Membership?
}

/// Makes, shows, changes and deletes organizations.
package struct OrganizationService {
    let stores: any Stores
    let secrets: any SecretSource
    let clock: Clock
    let audit: AuditTrail

    package init(
        stores: any Stores, secrets: any SecretSource, clock: Clock, audit: AuditTrail
    ) {
        self.stores = stores
        self.secrets = secrets
        self.clock = clock
        self.audit = audit
    }

    // MARK: Showing

    /// Those that the person belongs to, by name; of more than `limit` the newest.
    package func memberships(of user: User.ID, limit: Int = 200) throws -> [Organization] {
        try stores.organizations.list(ofUser: user, PageRequest(limit: limit)).items
            .sorted { ($0.name.lowercased(), $0.slug) < ($1.name.lowercased(), $1.slug) }
    }

    /// The organization of that id or slug, where the person belongs to it.
    package func membership(of user: User.ID, inNamed typed: String) throws -> Organization? {
        let found =
            if let id = Organization.ID(text: typed) {
                try stores.organizations.find(id)
            } else {
                try stores.organizations.find(slug: typed)
            }
        guard let found else { return nil }
        let memberships = try stores.members.memberships(of: user, in: [found.id])
        return memberships[found.id] == nil ? nil : found
    }

    /// What the person is in each of the organizations.
    package func memberships(
        of user: User.ID, in organizations: [Organization]
    ) throws -> [Organization.ID: Membership] {
        try stores.members.memberships(of: user, in: organizations.map(\.id))
    }

    /// Those that the asker belongs to; a system administrator sees all. A restricted credential sees those
    /// where it carries `organizations:read`, and one that is bound to an organization no other.
    package func list(
        for asker: Authentication, _ page: PageRequest
    ) throws -> ListPage<OrganizationOverview> {
        if asker.isSystemAdministrator {
            let organizations = try stores.organizations.list(page)
            return ListPage(
                items: try overviews(of: organizations.items, for: asker),
                next: organizations.next)
        }
        if let bound = asker.boundOrganization {
            guard page.after.map({ bound.value < $0 }) ?? true,
                let organization = try stores.organizations.find(bound)
            else { return ListPage(items: [], next: nil) }
            return ListPage(items: try visible([organization], to: asker), next: nil)
        }
        guard let user = asker.user else { return ListPage(items: [], next: nil) }
        // What a restricted credential must not see is left out, so a page may take several looks.
        var seen: [OrganizationOverview] = []
        var after = page.after
        repeat {
            let part = try stores.organizations.list(
                ofUser: user.id, PageRequest(limit: page.limit, after: after))
            seen += try visible(part.items, to: asker)
            after = part.next
        } while after != nil && seen.count <= page.limit
        return ListPage(seen, limit: page.limit) { $0.organization.id.value }
    }

    /// Needs `organizations:read`.
    package func show(_ context: OrganizationContext) throws -> OrganizationOverview {
        try context.checkHolds(.organizationsRead)
        return try overview(of: context.organization, membership: context.membership)
    }

    /// Any organization, for a system administrator.
    package func show(
        _ id: Organization.ID, toAdministrator asker: Authentication
    ) throws -> OrganizationOverview {
        try Self.checkIsSystemAdministrator(asker)
        guard let organization = try stores.organizations.find(id),
            let overview = try overviews(of: [organization], for: asker).first
        else { throw Refusal.notFound }
        return overview
    }

    private func visible(
        _ organizations: [Organization], to asker: Authentication
    ) throws -> [OrganizationOverview] {
        try overviews(of: organizations, for: asker).filter { overview in
            switch asker.grant {
            case .session, .unrestrictedToken: return overview.membership != nil
            case .scopedToken, .apiKey, .delegated:
                return EffectivePermissions.of(
                    asker.grant, membership: overview.membership,
                    level: overview.organization.level
                ).holds(.organizationsRead)
            }
        }
    }

    private func overviews(
        of organizations: [Organization], for asker: Authentication
    ) throws -> [OrganizationOverview] {
        let ids = organizations.map(\.id)
        let counts = try stores.organizations.memberCounts(of: ids)
        let memberships =
            try asker.user.map { try stores.members.memberships(of: $0.id, in: ids) } ?? [:]
        return organizations.map { organization in
            OrganizationOverview(
                organization: organization, memberCount: counts[organization.id] ?? 0,
                membership: memberships[organization.id])
        }
    }

    private func overview(
        of organization: Organization, membership: Membership?
    ) throws -> OrganizationOverview {
        OrganizationOverview(
            organization: organization,
            memberCount: try stores.organizations.memberCounts(of: [organization.id])[
                organization.id] ?? 0,
            membership: membership)
    }

    // MARK: Making

    /// Makes an organization, for a system administrator, who becomes its owner.
    package func create(
        _ new: NewOrganization, by caller: Caller
    ) throws -> OrganizationOverview {
        guard let authentication = caller.authentication, let user = authentication.user else {
            throw Self.administratorRequired
        }
        try Self.checkIsSystemAdministrator(authentication)
        return try create(new, owner: user, by: caller)
    }

    /// Makes an organization for its first owner; the first start does so from the command line.
    package func create(
        _ new: NewOrganization, owner: User, by caller: Caller
    ) throws -> OrganizationOverview {
        try check(new)
        let now = clock.now
        return try stores.atomically {
            let organization = try insert(new, at: now)
            let member = Member(
                id: secrets.newID(at: now), organizationID: organization.id,
                principal: .user(owner.id), name: owner.username, displayName: owner.displayName,
                isOwner: true, roles: [], createdAt: now, updatedAt: now)
            try stores.members.insert(member)
            try audit.record(
                "organization.created", by: caller, organization: organization.id,
                target: .organization(organization),
                changes: [
                    AuditEvent.Change("name", old: nil, new: organization.name),
                    AuditEvent.Change("slug", old: nil, new: organization.slug),
                    AuditEvent.Change("rbac_level", old: nil, new: organization.level.rawValue),
                    AuditEvent.Change("owner", old: nil, new: owner.username),
                ])
            return OrganizationOverview(
                organization: organization, memberCount: 1,
                membership: Membership(isOwner: true, roles: []))
        }
    }

    /// Refuses what can't be an organization's name or slug; every problem at once.
    package func check(_ new: NewOrganization) throws {
        var problems: [Refusal.Problem] = []
        if let problem = Naming.problem(with: new.name, field: "name") { problems.append(problem) }
        if let slug = new.slug, !Organization.isSlug(slug) {
            problems.append(
                Refusal.Problem(
                    field: "slug", code: "malformed",
                    detail: "slug must be 1 to 63 lower-case letters, digits, hyphens and "
                        + "underscores, beginning with a letter or digit."))
        }
        if !problems.isEmpty { throw Refusal.invalid(problems) }
    }

    /// With the slug that was asked for, or the first free one of those that the name gives.
    private func insert(_ new: NewOrganization, at now: Instant) throws -> Organization {
        let base = Organization.slug(from: new.name)
        for attempt in 1...Self.slugAttempts {
            let slug = new.slug ?? Organization.slug(base, number: attempt)
            let organization = Organization(
                id: secrets.newID(at: now), slug: slug, name: new.name, level: new.level,
                maintenance: .off, createdAt: now, updatedAt: now)
            if new.slug == nil, try stores.organizations.find(slug: slug) != nil { continue }
            do {
                try stores.organizations.insert(organization)
                return organization
            } catch let refusal as Refusal
                where refusal.code == "slug_taken" && new.slug == nil
            {
                // Somebody was faster; the next one.
                continue
            }
        }
        throw Refusal(
            .conflict, code: "slug_taken",
            "Too many organizations have a slug like this one's; give one.")
    }

    private static let slugAttempts = 1_000

    // MARK: Changing

    /// Needs `organizations:manage`; the level is the owners'.
    package func update(
        _ changes: OrganizationChanges, in context: OrganizationContext, by caller: Caller
    ) throws -> OrganizationOverview {
        try context.checkHolds(.organizationsManage)
        try Self.check(changes)
        let now = clock.now
        let updated = try stores.atomically {
            guard let old = try stores.organizations.lockedFind(context.organization.id) else {
                throw Refusal.notFound
            }
            var new = old
            if let name = changes.name { new.name = name }
            if let level = changes.level { new.level = level }
            if let isEnabled = changes.maintenance.isEnabled {
                new.maintenance.isEnabled = isEnabled
            }
            if let message = changes.maintenance.message { new.maintenance.message = message }
            if let seconds = changes.maintenance.retryAfter { new.maintenance.retryAfter = seconds }
            if new.level != old.level { try context.checkIsOwner() }
            if new == old { return old }
            new.updatedAt = now
            try stores.organizations.update(new)
            try audit.record(
                "organization.updated", by: caller, organization: new.id,
                target: .organization(new), changes: Self.changes(from: old, to: new))
            return new
        }
        return try overview(of: updated, membership: context.membership)
    }

    private static func check(_ changes: OrganizationChanges) throws {
        var problems: [Refusal.Problem] = []
        if let name = changes.name, let problem = Naming.problem(with: name, field: "name") {
            problems.append(problem)
        }
        if let message = changes.maintenance.message {
            let field = "maintenance.message"
            if message.unicodeScalars.count > Organization.Maintenance.messageLimit {
                problems.append(
                    Refusal.Problem(
                        field: field, code: "too_long",
                        detail: "\(field) must have at most 500 characters."))
            }
            if let problem = Naming.textProblem(with: message, field: field) {
                problems.append(problem)
            }
        }
        if let seconds = changes.maintenance.retryAfter,
            !Organization.Maintenance.retryAfterRange.contains(seconds)
        {
            problems.append(
                Refusal.Problem(
                    field: "maintenance.retry_after", code: "out_of_range",
                    detail: "maintenance.retry_after must be from 1 to 86400 seconds."))
        }
        if !problems.isEmpty { throw Refusal.invalid(problems) }
    }

    private static func changes(
        from old: Organization, to new: Organization
    ) -> [AuditEvent.Change] {
        func text(_ maintenance: Organization.Maintenance) -> String {
            maintenance.isEnabled ? "enabled" : "disabled"
        }
        return [
            AuditEvent.Change("name", old: old.name, new: new.name),
            AuditEvent.Change("rbac_level", old: old.level.rawValue, new: new.level.rawValue),
            AuditEvent.Change(
                "maintenance", old: text(old.maintenance), new: text(new.maintenance)),
            AuditEvent.Change(
                "maintenance.message", old: old.maintenance.message, new: new.maintenance.message),
            AuditEvent.Change(
                "maintenance.retry_after", old: String(old.maintenance.retryAfter),
                new: String(new.maintenance.retryAfter)),
        ]
    }

    // MARK: Deleting

    /// For an owner.
    package func delete(_ context: OrganizationContext, by caller: Caller) throws {
        try context.checkIsOwner()
        try delete(context.organization.id, by: caller)
    }

    /// For a system administrator, member or not.
    package func delete(
        _ id: Organization.ID, byAdministrator caller: Caller
    ) throws {
        guard let authentication = caller.authentication else { throw Self.administratorRequired }
        try Self.checkIsSystemAdministrator(authentication)
        try delete(id, by: caller)
    }

    /// The tokens that are bound to it are revoked, its API keys are gone. The last one stays.
    private func delete(_ id: Organization.ID, by caller: Caller) throws {
        let now = clock.now
        try stores.atomically {
            // First, so that two can't delete the last two.
            let count = try stores.organizations.lockedCount()
            guard let organization = try stores.organizations.lockedFind(id) else {
                throw Refusal.notFound
            }
            guard count > 1 else {
                throw Refusal(
                    .conflict, code: "last_organization", "The last organization stays.")
            }
            _ = try stores.personalAccessTokens.revokeAll(boundTo: id, at: now)
            guard try stores.organizations.delete(id) else { throw Refusal.notFound }
            try audit.record(
                "organization.deleted", by: caller, organization: id,
                target: .organization(organization),
                changes: [AuditEvent.Change("slug", old: organization.slug, new: nil)])
        }
    }

    private static func checkIsSystemAdministrator(_ asker: Authentication) throws {
        guard asker.isSystemAdministrator else { throw administratorRequired }
    }

    private static let administratorRequired = Refusal.forbidden(
        "system_administrator_required", "Only a system administrator may do this.")
}

extension Organization.Maintenance {
    package static let messageLimit = 500
    package static let retryAfterRange = 1...86_400
}

extension Organization {
    /// A slug that says the name: ASCII letters in lower case and digits, Latin letters without their marks,
    /// everything else a hyphen.
    package static func slug(from name: String) -> String {
        var slug: [UInt8] = []
        for character in name.lowercased() {
            let plain = plainLetters[character] ?? String(character)
            // Where the letter is of ASCII, what follows it in a character is a mark.
            switch plain.utf8.first {
            case let letter? where isPlain(letter):
                slug += plain.utf8.prefix(while: isPlain)
            default: if let last = slug.last, last != hyphen { slug.append(hyphen) }
            }
            if slug.count >= 63 { break }
        }
        return trimmed(Array(slug.prefix(63))) ?? "organization"
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }

    /// What Latin letters with a mark are without it. Characters are compared by canonical equivalence, so each
    /// stands for its composed form, too.
    private static let plainLetters: [Character: String] = {
        var letters: [Character: String] = [
            "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th",
            "ı": "i",
        ]
        for letter in "abcdefghijklmnopqrstuvwxyz" {
            // Grave, acute, circumflex, tilde, macron, breve, dot, diaeresis, ring, double acute, caron, comma,
            // cedilla, ogonek.
            let marks: [Unicode.Scalar] = [
                "\u{300}", "\u{301}", "\u{302}", "\u{303}", "\u{304}", "\u{306}", "\u{307}",
                "\u{308}", "\u{30A}", "\u{30B}", "\u{30C}", "\u{326}", "\u{327}", "\u{328}",
            ]
            for mark in marks {
                letters[Character("\(letter)\(mark)")] = String(letter)
            }
        }
        return letters
    }()

    /// The slug itself as number 1, then with a number at its end; at most 63 characters.
    package static func slug(_ base: String, number: Int) -> String {
        if number == 1 { return base }
        let suffix = "-\(number)"
        let kept = trimmed(Array(base.utf8.prefix(63 - suffix.utf8.count))) ?? ""
        return kept + suffix
    }

    private static let hyphen = UInt8(ascii: "-")

    private static func trimmed(_ slug: [UInt8]) -> String? {
        var slug = slug
        while slug.last == hyphen { slug.removeLast() }
        return slug.isEmpty ? nil : String(decoding: slug, as: UTF8.self)
    }
}
