import Domain
import Storage
import TestSupport
import Testing

@Suite struct GroupStoreTests {
    private let platform: TestPlatform
    private let services: TestServices
    private var stores: SQLStores { services.stores }

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
    }

    private func group(_ name: String) -> Group {
        let now = services.clock.now
        return Group(
            id: services.secrets.newID(at: now), name: name, createdAt: now, updatedAt: now)
    }

    @Test func `a group comes back with its members`() throws {
        let alice = try services.person("alice")
        let bob = try services.person("bob")
        let ops = group("ops")

        try stores.atomically {
            try stores.groups.insert(ops, members: [alice.id, bob.id, alice.id])
        }

        #expect(try stores.groups.find(ops.id) == ops)
        #expect(try Set(stores.groups.members(of: ops.id)) == [alice.id, bob.id])
        #expect(try stores.groups.names(ofUser: alice.id, limit: 50) == ["ops"])
    }

    @Test func `a group is found by exactly its name`() throws {
        let ops = group("Ops é")
        try stores.atomically { try stores.groups.insert(ops, members: []) }

        #expect(try stores.groups.find(name: "Ops é") == ops)
        for other in ["ops é", "Ops e", "Ops é ", "Ops%", "", "' OR 1=1 --"] {
            #expect(try stores.groups.find(name: other) == nil, "\(other)")
        }
    }

    @Test func `names of a user's groups come by name, no more than asked`() throws {
        let alice = try services.person("alice")
        try stores.atomically {
            for name in ["delta", "alpha", "Charlie", "bravo"] {
                try stores.groups.insert(group(name), members: [alice.id])
            }
        }

        let names = try stores.groups.names(ofUser: alice.id, limit: 3)

        #expect(names == ["Charlie", "alpha", "bravo"])
    }

    @Test func `a taken name and an unknown member are refused by name`() throws {
        try stores.atomically { try stores.groups.insert(group("ops"), members: []) }
        let stranger: User.ID = services.secrets.newID(at: services.clock.now)

        let taken = #expect(throws: Refusal.self) {
            try stores.atomically { try stores.groups.insert(group("ops"), members: []) }
        }
        let unknown = #expect(throws: Refusal.self) {
            try stores.atomically { try stores.groups.insert(group("dev"), members: [stranger]) }
        }

        #expect(taken?.code == "name_taken")
        #expect(unknown?.problems.map(\.field) == ["members"])
        #expect(try stores.groups.list(.first).items.map(\.name) == ["ops"])
    }

    @Test func `who comes and who goes is touched, who stays is not`() throws {
        let (comes, stays, goes) = (
            try services.person("comes"), try services.person("stays"), try services.person("goes")
        )
        let ops = group("ops")
        try stores.atomically { try stores.groups.insert(ops, members: [stays.id, goes.id]) }
        func generations() -> [UInt64] {
            [comes, stays, goes].map { platform.stores.generations.current(of: .user($0.id)) }
        }
        let before = generations()

        try stores.atomically { try stores.groups.setMembers([comes.id, stays.id], of: ops.id) }

        #expect(generations() == [before[0] + 1, before[1], before[2] + 1])
        #expect(try Set(stores.groups.members(of: ops.id)) == [comes.id, stays.id])
    }

    @Test func `a deleted group leaves its members, touched`() throws {
        let alice = try services.person("alice")
        let ops = group("ops")
        try stores.atomically { try stores.groups.insert(ops, members: [alice.id]) }
        let before = platform.stores.generations.current(of: .user(alice.id))

        let (first, second) = try stores.atomically {
            (try stores.groups.delete(ops.id), try stores.groups.delete(ops.id))
        }

        #expect((first, second) == (true, false))
        #expect(platform.stores.generations.current(of: .user(alice.id)) == before + 1)
        #expect(try stores.groups.names(ofUser: alice.id, limit: 50) == [])
    }

    @Test func `a group of thousands is kept`() throws {
        let now = services.clock.now
        let users = (0..<2_500).map { number in
            User(
                id: services.secrets.newID(at: now), username: "u\(number)", email: nil,
                emailVerified: false, displayName: "u", kind: .service,
                isSystemAdministrator: false, isDisabled: false, createdAt: now, updatedAt: now,
                lastSignInAt: nil)
        }
        let all = group("all")

        try stores.atomically {
            for user in users { try stores.users.insert(user, passwordHash: nil) }
            try stores.groups.insert(all, members: users.map(\.id))
        }

        #expect(try stores.groups.members(of: all.id) == users.map(\.id).sorted())
    }
}
