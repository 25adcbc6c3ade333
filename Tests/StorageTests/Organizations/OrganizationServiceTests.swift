import Domain
import Storage
import TestSupport
import Testing

@Suite struct OrganizationServiceTests {
    let platform: TestPlatform
    let services: TestServices
    let administrator: User
    let person: User

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
        administrator = try services.person("admin", administrator: true)
        person = try services.person("ada")
    }

    private func create(_ name: String, slug: String? = nil) throws -> Organization {
        try services.organizations.create(
            NewOrganization(name: name, slug: slug),
            by: .test(services.session(of: administrator))
        ).organization
    }

    // MARK: Making

    @Test func `a system administrator makes an organization and owns it`() throws {
        let made = try services.organizations.create(
            NewOrganization(name: "Plant 1"), by: .test(services.session(of: administrator)))

        #expect(made.organization.slug == "plant-1")
        #expect(made.organization.level == .basic)
        #expect(made.memberCount == 1)
        #expect(made.membership?.isOwner == true)
        let context = try services.context(of: administrator, in: made.organization)
        #expect(context.isOwner)
        #expect(context.permissions == .all)
        let event = try #require(try services.events("organization.created").last)
        #expect(event.organizationID == made.organization.id)
    }

    @Test func `nobody else makes one, and an administrator's token does not either`() throws {
        let token = Authentication(
            subject: .user(administrator),
            credential: Credential(
                kind: .personalAccessToken, id: administrator.id.value, name: "x",
                expiresAt: services.clock.now), grant: .unrestrictedToken)
        for asker in [services.session(of: person), token] {
            #expect(
                refusal {
                    try services.organizations.create(
                        NewOrganization(name: "Mine"), by: .test(asker))
                } == "system_administrator_required")
        }
    }

    @Test func `a slug is derived and made unique, or refused when it was asked for`() throws {
        let slugs = try (1...3).map { _ in try create("Plant 1").slug }

        #expect(slugs == ["plant-1", "plant-1-2", "plant-1-3"])
        #expect(refusal { try create("Other", slug: "plant-1") } == "slug_taken")
        #expect(refusal { try create("Other", slug: "Plant") } == "malformed")
        #expect(try create("Other", slug: "machhub_admin").slug == "machhub_admin")
    }

    @Test func `twenty of one name made at once get twenty slugs`() throws {
        let administrator = self.administrator
        let platform = self.platform

        let slugs = try onThreads(20) { _ in
            let services = platform.connect()
            return try services.organizations.create(
                NewOrganization(name: "Same"), by: .test(services.session(of: administrator))
            ).organization.slug
        }

        #expect(Set(slugs).count == 20)
        #expect(Set(slugs).contains("same"))
    }

    // MARK: Showing

    @Test func `a member sees theirs, by group too, newest first and page by page`() throws {
        var expected: [Organization.ID] = []
        let (group, _) = try services.groups.create(
            name: "crew", members: [person.id], by: .test())
        for number in 1...5 {
            platform.time.advance(seconds: 1)
            let organization = try create("Plant \(number)")
            switch number {
            case 1, 3: try services.add(person, to: organization, .viewer)
            case 2, 4:
                _ = try services.members.create(
                    NewMember(principal: .group(group.id), roles: ["operator"]),
                    in: services.context(of: administrator, in: organization), by: .test())
            default: continue
            }
            expected.insert(organization.id, at: 0)
        }
        let asker = services.session(of: person)

        let first = try services.organizations.list(for: asker, PageRequest(limit: 3))
        let second = try services.organizations.list(
            for: asker, PageRequest(limit: 3, after: first.next))

        #expect(first.items.map(\.organization.id) == Array(expected.prefix(3)))
        #expect(second.items.map(\.organization.id) == Array(expected.suffix(1)))
        #expect(first.next != nil && second.next == nil)
        #expect(first.items[0].memberCount == 2)
        #expect(first.items[0].membership?.roles.map(\.name) == ["operator"])
        #expect(
            try services.stores.organizations.slugs(ofUser: person.id, limit: 3) == [
                "plant-1", "plant-2", "plant-3",
            ])
    }

    @Test func `an administrator sees all, with no role where they have none`() throws {
        let owned = try create("Owned")
        platform.time.advance(seconds: 1)
        let other = try services.organization("other", ownedBy: person)
        let asker = services.session(of: administrator)

        let list = try services.organizations.list(for: asker, .first)

        #expect(list.items.map(\.organization.id) == [other.id, owned.id])
        #expect(list.items.map { $0.membership?.isOwner } == [nil, true])
        #expect(
            try services.organizations.show(other.id, toAdministrator: asker).memberCount == 1)
        #expect(
            refusal {
                try services.organizations.show(
                    other.id, toAdministrator: services.session(of: person))
            } == "system_administrator_required")
    }

    @Test func `a bound or restricted credential sees no more than it may`() throws {
        let first = try services.organization("first", ownedBy: person)
        platform.time.advance(seconds: 1)
        let second = try services.organization("second", ownedBy: person)
        func seen(_ scopes: [String], all: Bool) throws -> [Organization.ID] {
            let token = try services.issue(
                scopes: scopes, allOrganizations: all, for: person, in: first)
            let asker = try #require(try services.bearer(of: token.text))
            return try services.organizations.list(for: asker, .first).items.map(\.organization.id)
        }

        #expect(try seen(["organizations:read"], all: false) == [first.id])
        #expect(try seen(["organizations:read"], all: true) == [second.id, first.id])
        #expect(try seen(["pipelines:read"], all: true).isEmpty)
        #expect(try seen(["pipelines:read"], all: false).isEmpty)
        let key = try services.apiKeys.issue(
            NewAPIKey(name: "k", permissions: ["organizations:read"], lifetimeDays: 1),
            in: services.context(of: person, in: second), by: .test(services.session(of: person)))
        let holder = try #require(try services.holder(of: key.text))
        #expect(
            try services.organizations.list(for: holder, .first).items.map(\.organization.id)
                == [second.id])
    }

    // MARK: Changing

    @Test func `who manages changes name and maintenance, an owner the level too`() throws {
        let organization = try create("Plant")
        try services.add(person, to: organization, .admin)
        let asAdmin = try services.context(of: person, in: organization)
        platform.time.advance(seconds: 5)

        let changed = try services.organizations.update(
            OrganizationChanges(
                name: "Plant 1",
                maintenance: .init(isEnabled: true, message: "Back at six", retryAfter: 60)),
            in: asAdmin, by: .test(services.session(of: person)))

        #expect(changed.organization.name == "Plant 1")
        #expect(
            changed.organization.maintenance
                == Organization.Maintenance(
                    isEnabled: true, message: "Back at six", retryAfter: 60))
        #expect(changed.organization.updatedAt == services.clock.now)
        #expect(try services.stores.organizations.find(organization.id) == changed.organization)
        let event = try #require(try services.events("organization.updated").last)
        #expect(
            event.changes.map(\.field) == [
                "name", "maintenance", "maintenance.message", "maintenance.retry_after",
            ])
        #expect(
            refusal {
                try services.organizations.update(
                    OrganizationChanges(level: .enterprise), in: asAdmin, by: .test())
            } == "owner_required")
        let asOwner = try services.context(of: administrator, in: organization)
        #expect(
            try services.organizations.update(
                OrganizationChanges(level: .enterprise), in: asOwner, by: .test()
            ).organization.level == .enterprise)
    }

    @Test func `a change without manage, or beyond the limits, is refused`() throws {
        let organization = try create("Plant")
        try services.add(person, to: organization, .editor)
        let asEditor = try services.context(of: person, in: organization)
        let asOwner = try services.context(of: administrator, in: organization)
        let long = String(repeating: "x", count: 501)

        #expect(
            refusal {
                try services.organizations.update(
                    OrganizationChanges(name: "Mine"), in: asEditor, by: .test())
            } == "insufficient_scope")
        for (maintenance, code) in [
            (OrganizationChanges.Maintenance(message: long), "too_long"),
            (.init(message: "a\nb"), "control_character"),
            (.init(retryAfter: 0), "out_of_range"), (.init(retryAfter: 86_401), "out_of_range"),
        ] {
            #expect(
                refusal {
                    try services.organizations.update(
                        OrganizationChanges(maintenance: maintenance), in: asOwner, by: .test())
                } == code)
        }
        #expect(try services.stores.organizations.find(organization.id) == organization)
    }

    @Test func `in maintenance only who manages comes in, from the change on`() throws {
        let organization = try create("Plant")
        try services.add(person, to: organization, .editor)
        let before = platform.stores.generations.current(of: .organization(organization.id))

        _ = try services.organizations.update(
            OrganizationChanges(maintenance: .init(isEnabled: true, retryAfter: 90)),
            in: services.context(of: administrator, in: organization), by: .test())

        #expect(
            platform.stores.generations.current(of: .organization(organization.id)) > before)
        let refused = #expect(throws: Refusal.self) {
            try services.context(of: person, in: organization)
        }
        #expect(refused?.kind == .unavailable(retryAfter: 90))
        #expect(refused?.code == "organization_maintenance")
        #expect(try services.context(of: administrator, in: organization).isOwner)
    }

    @Test func `changes of different fields at once lose nothing`() throws {
        let organization = try create("Plant")
        let context = try services.context(of: administrator, in: organization)
        let platform = self.platform

        try onThreads(2) { number in
            for _ in 1...10 {
                _ = try platform.connect().organizations.update(
                    number == 0
                        ? OrganizationChanges(name: "Changed")
                        : OrganizationChanges(level: .enterprise), in: context, by: .test())
            }
        }

        let found = try #require(try services.stores.organizations.find(organization.id))
        #expect(found.name == "Changed" && found.level == .enterprise)
    }

    // MARK: Deleting

    @Test func `an owner deletes with all that hangs on it, and its tokens are revoked`() throws {
        _ = try create("Stays")
        let organization = try services.organization("plant", ownedBy: person)
        try services.setLevel(.enterprise, of: organization)
        let context = try services.context(of: person, in: organization)
        let role = try services.roles.create(
            NewRole(name: "line", scopes: ["pipelines:read"]), in: context, by: .test())
        _ = try services.members.create(
            NewMember(principal: .user(administrator.id), roles: [role.name, "viewer"]),
            in: context, by: .test())
        let token = try services.issue(for: person, in: organization)
        let key = try services.apiKeys.issue(
            NewAPIKey(name: "k", permissions: ["models:read"], lifetimeDays: 1), in: context,
            by: .test(services.session(of: person)))

        try services.organizations.delete(context, by: .test(services.session(of: person)))

        #expect(try services.stores.organizations.find(organization.id) == nil)
        #expect(try services.bearer(of: token.text) == nil)
        #expect(try services.holder(of: key.text) == nil)
        let kept = try services.personalAccessTokens.show(token.token.id, of: person.id)
        #expect(kept.status(at: services.clock.now) == .revoked)
        #expect(kept.reach == .nowhere)
        #expect(
            refusal { try services.context(of: person, in: organization) }
                == "organization_forbidden")
        #expect(
            try services.events("organization.deleted").map(\.organizationID) == [organization.id])
    }

    @Test func `only owners and administrators delete, and the last one stays`() throws {
        let organization = try services.organization("plant", ownedBy: person)
        let viewer = try services.person("bob")
        try services.add(viewer, to: organization, .admin)

        #expect(
            refusal {
                try services.organizations.delete(
                    services.context(of: viewer, in: organization), by: .test())
            } == "owner_required")
        #expect(
            refusal {
                try services.organizations.delete(
                    organization.id, byAdministrator: .test(services.session(of: viewer)))
            } == "system_administrator_required")
        #expect(
            refusal {
                try services.organizations.delete(
                    organization.id, byAdministrator: .test(services.session(of: administrator)))
            } == "last_organization")
        #expect(try services.stores.organizations.countAll() == 1)
    }

    @Test func `of twenty who delete the last two at once, one succeeds`() throws {
        let organizations = [try create("One"), try create("Two")]
        let platform = self.platform
        let administrator = self.administrator

        let line = StartingLine(20)
        let codes = try onThreads(20) { number in
            let services = platform.connect()
            _ = try services.stores.organizations.countAll()
            line.wait()
            return refusal {
                try services.organizations.delete(
                    organizations[number % 2].id,
                    byAdministrator: .test(services.session(of: administrator)))
            }
        }

        #expect(codes.filter { $0 == nil }.count == 1)
        #expect(codes.allSatisfy { [nil, "last_organization", "not_found"].contains($0) })
        #expect(try services.stores.organizations.countAll() == 1)
    }
}
