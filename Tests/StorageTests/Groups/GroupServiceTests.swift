import Domain
import Storage
import TestSupport
import Testing

@Suite struct GroupServiceTests {
    private let services: TestServices
    private let alice: User
    private let bob: User

    init() throws {
        services = try TestPlatform().connect()
        alice = try services.person("alice")
        bob = try services.person("bob")
    }

    private func token(of user: User, in organization: Organization) throws
        -> PersonalAccessToken.ID
    {
        let now = services.clock.now
        let token = PersonalAccessToken(
            id: services.secrets.newID(at: now), userID: user.id, name: "script",
            permissions: nil, reach: .organization(organization.id), createdAt: now,
            expiresAt: now.adding(days: 30), revokedAt: nil, lastUsedAt: nil)
        try services.stores.atomically { try services.stores.personalAccessTokens.insert(token) }
        return token.id
    }

    private func isRevoked(_ id: PersonalAccessToken.ID) throws -> Bool {
        try services.stores.personalAccessTokens.find(id)?.revokedAt != nil
    }

    private func add(_ group: Group, to organization: Organization) throws {
        let now = services.clock.now
        try services.stores.atomically {
            try services.stores.members.insert(
                Member(
                    id: services.secrets.newID(at: now), organizationID: organization.id,
                    principal: .group(group.id), name: group.name, displayName: group.name,
                    isOwner: false, roles: [], createdAt: now, updatedAt: now))
        }
    }

    @Test func `a group is made, changed and listed with its members`() throws {
        let made = try services.groups.create(
            name: "ops", members: [bob.id, alice.id, bob.id], by: .test())
        let renamed = try services.groups.update(
            made.group.id, name: "operators", members: nil, by: .test())
        let emptied = try services.groups.update(made.group.id, name: nil, members: [], by: .test())

        #expect(made.members == [alice.id, bob.id].sorted())
        #expect(renamed.members == made.members)
        #expect(emptied.group.name == "operators")
        let listed = try services.groups.list(.first).items
        #expect(listed.map(\.group) == [emptied.group])
        #expect(listed.map(\.members) == [[]])
        #expect(
            try services.trail().map(\.action).filter { $0.hasPrefix("group.") }.sorted()
                == ["group.created", "group.updated", "group.updated"])
    }

    @Test func `who leaves a group loses tokens bound to where only the group led`() throws {
        let owner = try services.person("owner")
        let acme = try services.organization("acme", ownedBy: owner)
        let own = try services.organization("own", ownedBy: alice)
        let group = try services.groups.create(
            name: "ops", members: [alice.id, bob.id], by: .test()
        ).group
        try add(group, to: acme)
        try add(group, to: own)
        let lost = try token(of: alice, in: acme)
        let kept = try token(of: alice, in: own)
        let others = try token(of: bob, in: acme)

        _ = try services.groups.update(group.id, name: nil, members: [bob.id], by: .test())
        #expect(try [lost, kept, others].map(isRevoked) == [true, false, false])

        try services.groups.delete(group.id, by: .test())
        #expect(try [lost, kept, others].map(isRevoked) == [true, false, true])
    }

    @Test func `one comes and one goes, and nobody else`() throws {
        let owner = try services.person("owner")
        let acme = try services.organization("acme", ownedBy: owner)
        let group = try services.groups.create(name: "ops", members: [alice.id], by: .test()).group
        try add(group, to: acme)

        try services.groups.add(bob.id, to: group.id, by: .test())
        try services.groups.add(bob.id, to: group.id, by: .test())
        #expect(try services.groups.show(group.id).members == [alice.id, bob.id].sorted())
        #expect(try services.groups.names(of: bob.id, limit: 10) == ["ops"])
        let lost = try token(of: alice, in: acme)
        let kept = try token(of: bob, in: acme)
        try services.groups.remove(alice.id, from: group.id, by: .test())
        try services.groups.remove(alice.id, from: group.id, by: .test())

        #expect(try services.groups.show(group.id).members == [bob.id])
        #expect(try [lost, kept].map(isRevoked) == [true, false])
        #expect(try services.events("group.updated").count == 2)
    }

    @Test func `nobody is put in who is no user`() throws {
        let group = try services.groups.create(name: "ops", members: [], by: .test()).group

        let refusal = #expect(throws: Refusal.self) {
            try services.groups.add(
                services.secrets.newID(at: services.clock.now), to: group.id, by: .test())
        }

        #expect(refusal?.code == "unknown_user")
    }

    @Test func `what is not there is not found`() throws {
        let id: Group.ID = services.secrets.newID(at: services.clock.now)

        #expect(throws: Refusal.notFound) {
            try services.groups.update(id, name: "x", members: nil, by: .test())
        }
        #expect(throws: Refusal.notFound) { try services.groups.delete(id, by: .test()) }
        #expect(throws: Refusal.notFound) { try services.groups.show(id) }
        #expect(throws: Refusal.notFound) {
            try services.groups.add(alice.id, to: id, by: .test())
        }
    }
}
