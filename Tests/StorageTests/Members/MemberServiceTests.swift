import Domain
import Storage
import TestSupport
import Testing

@Suite struct MemberServiceTests {
    let platform: TestPlatform
    let services: TestServices
    let owner: User
    let person: User
    let organization: Organization
    let context: OrganizationContext

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
        owner = try services.person("olga")
        person = try services.person("ada")
        organization = try services.organization("plant", ownedBy: owner)
        context = try services.context(of: owner, in: organization)
    }

    private func create(_ principal: Member.Principal, _ roles: String..., isOwner: Bool = false)
        throws -> Member
    {
        try services.members.create(
            NewMember(principal: principal, roles: roles, isOwner: isOwner), in: context,
            by: .test(services.session(of: owner)))
    }

    private func group(_ name: String, _ members: User...) throws -> Group {
        try services.groups.create(name: name, members: members.map(\.id), by: .test()).group
    }

    // MARK: Joining

    @Test func `a user joins with roles by name, each once`() throws {
        let member = try create(.user(person.id), "viewer", "operator", "viewer")

        #expect(member.roles.map(\.name) == ["operator", "viewer"])
        #expect(member.name == "ada" && !member.isOwner)
        #expect(try services.stores.members.find(.user(person.id), in: organization.id) == member)
        let permissions = try services.context(of: person, in: organization).permissions
        #expect(permissions == BuiltInRole.operator_.permissions)
        let event = try #require(try services.events("member.added").last)
        #expect(event.target?.name == "ada")
    }

    @Test func `a group joins, and its people are members with its roles and their own`() throws {
        let crew = try group("crew", person)
        _ = try create(.group(crew.id), "viewer")
        #expect(
            try services.context(of: person, in: organization).permissions
                == BuiltInRole.viewer.permissions)

        _ = try create(.user(person.id), "operator")

        let membership = try services.stores.members.membership(
            of: person.id, in: organization.id)
        #expect(membership?.roles.map(\.name) == ["operator", "viewer"])
        #expect(
            try services.stores.members.memberships(of: person.id, in: [organization.id])
                == [organization.id: #require(membership)])
        #expect(
            try services.stores.members.lockedMembership(of: person.id, in: organization.id)
                == membership)
    }

    @Test func `who is unknown, there already, or a group to own is refused`() throws {
        let crew = try group("crew")
        let nobody = services.secrets.newID(User.ID.self, at: services.clock.now)

        #expect(refusal { try create(.user(owner.id)) } == "already_member")
        #expect(refusal { try create(.user(nobody)) } == "unknown_user")
        #expect(refusal { try create(.group(Group.ID(nobody.value))) } == "unknown_group")
        #expect(refusal { try create(.group(crew.id), isOwner: true) } == "group_never_owns")
        #expect(refusal { try create(.user(person.id), "viewer", "boss") } == "unknown_role")
        #expect(refusal { try create(.user(person.id), "Viewer") } == "unknown_role")
        _ = try create(.group(crew.id))
        #expect(refusal { try create(.group(crew.id)) } == "already_member")
        #expect(try services.context(of: owner, in: organization).isOwner)
        #expect(
            refusal { try services.context(of: person, in: organization) }
                == "organization_forbidden")
    }

    @Test func `a custom role is given at enterprise, kept elsewhere, and not given there`() throws
    {
        try services.setLevel(.enterprise, of: organization)
        let enterprise = try services.context(of: owner, in: organization)
        _ = try services.roles.create(
            NewRole(name: "line 4", scopes: ["pipelines:execute:p1"]), in: enterprise, by: .test())
        _ = try services.members.create(
            NewMember(principal: .user(person.id), roles: ["line 4"]), in: enterprise, by: .test())
        #expect(
            try services.context(of: person, in: organization).permissions.text
                == "pipelines:execute:p1")
        try services.setLevel(.basic, of: organization)
        let basic = try services.context(of: owner, in: organization)
        let other = try services.person("bob")

        let kept = try services.members.update(
            person.id.value, MemberChanges(roles: ["line 4", "viewer"]), in: basic, by: .test())

        #expect(kept.roles.map(\.name) == ["line 4", "viewer"])
        #expect(
            try services.context(of: person, in: organization).permissions
                == BuiltInRole.viewer.permissions)
        #expect(
            refusal {
                try services.members.create(
                    NewMember(principal: .user(other.id), roles: ["line 4"]), in: basic,
                    by: .test())
            } == "custom_role_not_allowed")
    }

    @Test func `only an owner, by an unrestricted credential, sees and changes members`() throws {
        try services.add(person, to: organization, .admin)
        let token = try services.issue(
            scopes: ["organizations:manage"], for: owner, in: organization)
        let restricted = try #require(try services.bearer(of: token.text))
        for context in [
            try services.context(of: person, in: organization),
            try services.context(of: restricted, in: organization),
        ] {
            #expect(refusal { try services.members.list(in: context, .first) } == "owner_required")
            #expect(
                refusal {
                    try services.members.create(
                        NewMember(principal: .user(person.id)), in: context, by: .test())
                } == "owner_required")
            #expect(
                refusal {
                    try services.members.update(
                        person.id.value, MemberChanges(isOwner: true), in: context, by: .test())
                } == "owner_required")
            #expect(
                refusal {
                    try services.members.delete(owner.id.value, in: context, by: .test())
                } == "owner_required")
        }
    }

    @Test func `the list runs from the newest, page by page`() throws {
        for number in 1...4 {
            platform.time.advance(seconds: 1)
            _ = try create(.user(services.person("user\(number)").id), "viewer")
        }
        platform.time.advance(seconds: 1)
        _ = try create(.group(group("crew").id), "operator")

        let first = try services.members.list(in: context, PageRequest(limit: 4))
        let second = try services.members.list(
            in: context, PageRequest(limit: 4, after: first.next))

        #expect(first.items.map(\.name) == ["crew", "user4", "user3", "user2"])
        #expect(first.items[0].roles.map(\.name) == ["operator"])
        #expect(second.items.map(\.name) == ["user1", "olga"])
        #expect(second.next == nil)
    }

    // MARK: Changing

    @Test func `roles and ownership change apart, and count at once`() throws {
        _ = try create(.user(person.id), "viewer")
        let before = platform.stores.generations.current(of: .user(person.id))

        let owned = try services.members.update(
            person.id.value, MemberChanges(isOwner: true), in: context, by: .test())
        let changed = try services.members.update(
            person.id.value, MemberChanges(roles: ["editor"]), in: context, by: .test())

        #expect(owned.isOwner && owned.roles.map(\.name) == ["viewer"])
        #expect(changed.isOwner && changed.roles.map(\.name) == ["editor"])
        #expect(platform.stores.generations.current(of: .user(person.id)) == before + 2)
        let stranger = try services.person("bob")
        #expect(
            refusal {
                try services.members.update(
                    stranger.id.value, MemberChanges(roles: []), in: context, by: .test())
            } == "not_found")
    }

    @Test func `a group's change counts for the whole organization, and it never owns`() throws {
        let crew = try group("crew", person)
        _ = try create(.group(crew.id), "viewer")
        let before = platform.stores.generations.current(of: .organization(organization.id))

        _ = try services.members.update(
            crew.id.value, MemberChanges(roles: ["editor"]), in: context, by: .test())

        #expect(
            platform.stores.generations.current(of: .organization(organization.id)) > before)
        #expect(
            try services.context(of: person, in: organization).permissions
                == BuiltInRole.editor.permissions)
        #expect(
            refusal {
                try services.members.update(
                    crew.id.value, MemberChanges(isOwner: true), in: context, by: .test())
            } == "group_never_owns")
    }

    @Test func `the last owner neither steps down nor leaves`() throws {
        #expect(
            refusal {
                try services.members.update(
                    owner.id.value, MemberChanges(isOwner: false), in: context, by: .test())
            } == "last_owner")
        #expect(
            refusal { try services.members.delete(owner.id.value, in: context, by: .test()) }
                == "last_owner")

        _ = try create(.user(person.id), isOwner: true)
        try services.members.delete(owner.id.value, in: context, by: .test())
        #expect(try services.stores.members.lockedOwners(of: organization.id) == [person.id])
        #expect(
            try services.stores.members.organizationsWithSoleOwner(person.id) == [organization.id])
    }

    @Test func `a machine that owns does not count, for nobody can sign in as it`() throws {
        let robot = try services.users.create(
            NewUser(username: "robot", kind: .service), by: .test())
        _ = try create(.user(robot.id), isOwner: true)

        #expect(
            refusal { try services.members.delete(owner.id.value, in: context, by: .test()) }
                == "last_owner")
        #expect(
            refusal {
                try services.users.update(owner.id, UserChanges(isDisabled: true), by: .test())
            } == "last_owner")
        try services.members.delete(robot.id.value, in: context, by: .test())
    }

    @Test func `a disabled owner does not count, but may leave`() throws {
        _ = try create(.user(person.id), isOwner: true)
        _ = try services.users.update(person.id, UserChanges(isDisabled: true), by: .test())

        #expect(
            refusal { try services.members.delete(owner.id.value, in: context, by: .test()) }
                == "last_owner")
        try services.members.delete(person.id.value, in: context, by: .test())
        #expect(
            try services.stores.members.find(.user(person.id), in: organization.id) == nil)
    }

    @Test func `of twenty who remove the last two owners at once, one succeeds`() throws {
        _ = try create(.user(person.id), isOwner: true)
        let owners = [owner.id, person.id]
        let (platform, context) = (platform, context)
        let line = StartingLine(20)

        let codes = try onThreads(20) { number in
            let services = platform.connect()
            _ = try services.stores.organizations.countAll()
            line.wait()
            return refusal {
                let members = services.members
                let id = owners[number % 2].value
                if number < 10 {
                    try members.delete(id, in: context, by: .test())
                } else {
                    _ = try members.update(
                        id, MemberChanges(isOwner: false), in: context, by: .test())
                }
            }
        }

        // Stepping down twice changes nothing the second time, which is no failure.
        #expect(codes.contains(nil) && codes.contains("last_owner"))
        #expect(codes.allSatisfy { [nil, "last_owner", "not_found"].contains($0) })
        #expect(try services.stores.members.lockedOwners(of: organization.id).count == 1)
    }

    @Test func `an owner who is removed while the other is disabled leaves one`() throws {
        _ = try create(.user(person.id), isOwner: true)
        let (platform, context) = (platform, context)
        let (owner, person) = (owner, person)

        let codes = try onThreads(2) { number in
            refusal {
                let services = platform.connect()
                if number == 0 {
                    try services.members.delete(owner.id.value, in: context, by: .test())
                } else {
                    _ = try services.users.update(
                        person.id, UserChanges(isDisabled: true), by: .test())
                }
            }
        }

        #expect(codes.filter { $0 == nil }.count == 1)
        #expect(try services.stores.members.lockedOwners(of: organization.id).count == 1)
    }

    // MARK: Leaving

    @Test func `with a membership end the tokens bound to it, for good, and no others`() throws {
        let other = try services.organization("other", ownedBy: owner)
        try services.add(person, to: organization, .editor)
        try services.add(person, to: other, .editor)
        let bound = try services.issue(for: person, in: organization)
        let elsewhere = try services.issue(for: person, in: other)
        let everywhere = try services.issue(
            allOrganizations: true, for: person, in: organization)

        try services.members.delete(person.id.value, in: context, by: .test())

        #expect(try services.bearer(of: bound.text) == nil)
        #expect(try services.bearer(of: elsewhere.text) != nil)
        let asker = try #require(try services.bearer(of: everywhere.text))
        #expect(
            refusal { try services.context(of: asker, in: organization) }
                == "organization_forbidden")
        #expect(try services.context(of: asker, in: other).permissions.text == "pipelines:read")
        try services.add(person, to: organization, .editor)
        #expect(try services.bearer(of: bound.text) == nil)
        #expect(
            try services.context(of: asker, in: organization).permissions.text
                == "pipelines:read")
        let event = try services.events("member.removed").last
        #expect(event?.changes.contains { $0.field == "tokens_revoked" && $0.new == "1" } == true)
    }

    @Test func `when a group leaves, only those who are no members any more lose tokens`() throws {
        let stays = try services.person("bob")
        let crew = try group("crew", person, stays)
        _ = try create(.group(crew.id), "editor")
        _ = try create(.user(stays.id), "viewer")
        let lost = try services.issue(for: person, in: organization)
        let kept = try services.issue(for: stays, in: organization)

        try services.members.delete(crew.id.value, in: context, by: .test())

        #expect(try services.bearer(of: lost.text) == nil)
        #expect(try services.bearer(of: kept.text) != nil)
    }

    @Test func `no token outlives a membership that ends while it is made`() throws {
        let (platform, context) = (platform, context)
        let (organization, person) = (organization, person)
        for _ in 1...5 {
            try services.add(person, to: organization, .editor)
            let before = try services.context(of: person, in: organization)

            try onThreads(6) { number in
                let services = platform.connect()
                if number == 0 {
                    try services.members.delete(person.id.value, in: context, by: .test())
                } else {
                    _ = refusal {
                        try services.personalAccessTokens.issue(
                            NewPersonalAccessToken(name: "race", scopes: ["models:read"]),
                            for: person, in: before, by: .test())
                    }
                }
            }

            let tokens = try services.personalAccessTokens.list(of: person.id, .first).items
            #expect(tokens.allSatisfy { $0.status(at: services.clock.now) == .revoked })
        }
    }

    @Test func `another organization's members are not there`() throws {
        let other = try services.organization("other", ownedBy: person)
        let stranger = try services.person("bob")
        try services.add(stranger, to: other, .viewer)

        #expect(
            refusal { try services.members.delete(stranger.id.value, in: context, by: .test()) }
                == "not_found")
        #expect(try services.context(of: stranger, in: other).membership != nil)
    }
}
