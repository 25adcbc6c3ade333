import Domain
import Storage
import TestSupport
import Testing

@Suite struct RoleServiceTests {
    let platform: TestPlatform
    let services: TestServices
    let owner: User
    let organization: Organization
    let context: OrganizationContext

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
        owner = try services.person("olga")
        organization = try services.organization("plant", ownedBy: owner)
        try services.setLevel(.enterprise, of: organization)
        context = try services.context(of: owner, in: organization)
    }

    private func create(_ name: String, _ scopes: String...) throws -> Role {
        try services.roles.create(
            NewRole(name: name, scopes: scopes), in: context, by: .test())
    }

    @Test func `built-in roles come first, in the order of their power, then own ones`() throws {
        _ = try create("b", "models:read")
        _ = try create("a", "models:read")

        let all = try services.roles.list(in: context, .first)
        let first = try services.roles.list(in: context, PageRequest(limit: 5))
        let second = try services.roles.list(in: context, PageRequest(limit: 5, after: first.next))

        #expect(all.items.map(\.name) == ["viewer", "operator", "editor", "admin", "a", "b"])
        #expect(all.items.map(\.isBuiltIn) == [true, true, true, true, false, false])
        #expect(all.items[3].permissions == .all)
        #expect(first.items.map(\.name) == ["viewer", "operator", "editor", "admin", "a"])
        #expect(second.items.map(\.name) == ["b"] && second.next == nil)
    }

    @Test func `a custom role is made, changed and deleted, and counts at once`() throws {
        let person = try services.person("ada")
        let role = try create("line 4", "pipelines:execute:p1", "uns:publish:plant1/#")
        _ = try services.members.create(
            NewMember(principal: .user(person.id), roles: ["line 4"]), in: context, by: .test())
        let before = platform.stores.generations.current(of: .organization(organization.id))

        let changed = try services.roles.update(
            role.id, RoleChanges(scopes: ["models:read"]), in: context, by: .test())

        #expect(changed.name == "line 4" && changed.permissions.text == "models:read")
        #expect(
            try services.context(of: person, in: organization).permissions.text == "models:read")
        #expect(
            platform.stores.generations.current(of: .organization(organization.id)) > before)
        #expect(
            refusal { try services.roles.delete(role.id, in: context, by: .test()) }
                == "role_in_use")
        _ = try services.members.update(
            person.id.value, MemberChanges(roles: []), in: context, by: .test())
        try services.roles.delete(role.id, in: context, by: .test())
        #expect(try services.stores.roles.find(role.id, in: organization.id) == nil)
        for action in ["role.created", "role.updated", "role.deleted"] {
            #expect(try services.events(action).map(\.target?.kind) == ["role"], "\(action)")
        }
    }

    @Test func `a name is one role's, and never a built-in one's in any case`() throws {
        let role = try create("a", "models:read")
        _ = try create("A", "models:read")

        for name in ["a", "viewer", "Viewer", "ADMIN"] {
            #expect(refusal { try create(name, "models:read") } == "name_taken", "\(name)")
        }
        #expect(
            refusal {
                try services.roles.update(
                    role.id, RoleChanges(name: "A"), in: context, by: .test())
            } == "name_taken")
        #expect(refusal { try create("", "models:read") } == "required")
        #expect(refusal { try create("a\u{7}", "models:read") } == "control_character")
    }

    @Test func `scopes are known ones, at least one, and not too long`() throws {
        #expect(refusal { try create("x") } == "required")
        #expect(refusal { try create("x", "models:fly") } == "unknown_scope")
        #expect(refusal { try create("x", "openid") } == "unknown_scope")
        #expect(
            refusal {
                try services.roles.create(
                    NewRole(
                        name: "x",
                        scopes: (1...50).map {
                            "pipelines:read:\(String(repeating: "x", count: 100))\($0)"
                        }),
                    in: context, by: .test())
            } == "too_long")
    }

    @Test func `below enterprise custom roles are not made or changed, but cleared away`() throws {
        let role = try create("a", "models:read")
        for level in [Organization.Level.none, .basic] {
            try services.setLevel(level, of: organization)
            let context = try services.context(of: owner, in: organization)
            #expect(
                refusal {
                    try services.roles.create(
                        NewRole(name: "b", scopes: ["models:read"]), in: context, by: .test())
                } == "enterprise_required")
            #expect(
                refusal {
                    try services.roles.update(
                        role.id, RoleChanges(name: "c"), in: context, by: .test())
                } == "enterprise_required")
        }
        try services.roles.delete(
            role.id, in: services.context(of: owner, in: organization), by: .test())
    }

    @Test func `built-in and foreign roles can't be changed, and only owners change any`() throws {
        let other = try services.organization("other", ownedBy: owner)
        try services.setLevel(.enterprise, of: other)
        let foreign = try services.roles.create(
            NewRole(name: "theirs", scopes: ["models:read"]),
            in: services.context(of: owner, in: other), by: .test())
        let admin = try services.person("ada")
        try services.add(admin, to: organization, .admin)
        let viewer = try services.context(of: admin, in: organization)

        #expect(
            refusal {
                try services.roles.update(
                    BuiltInRole.viewer.id, RoleChanges(name: "x"), in: context, by: .test())
            } == "built_in_role")
        #expect(
            refusal {
                try services.roles.delete(BuiltInRole.admin.id, in: context, by: .test())
            } == "built_in_role")
        #expect(
            refusal {
                try services.roles.update(
                    foreign.id, RoleChanges(name: "x"), in: context, by: .test())
            } == "not_found")
        #expect(
            refusal { try services.roles.delete(foreign.id, in: context, by: .test()) }
                == "not_found")
        #expect(
            refusal {
                try services.roles.create(
                    NewRole(name: "x", scopes: ["models:read"]), in: viewer, by: .test())
            } == "owner_required")
        #expect(try services.roles.list(in: viewer, .first).items.count == 4)
    }
}
