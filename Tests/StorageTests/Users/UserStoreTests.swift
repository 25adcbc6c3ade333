import Domain
import Storage
import TestSupport
import Testing

@Suite struct UserStoreTests {
    private let platform: TestPlatform
    private let services: TestServices
    private var stores: SQLStores { services.stores }

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
    }

    private func user(_ username: String, email: String? = nil, kind: User.Kind = .person) -> User {
        let now = services.clock.now
        return User(
            id: services.secrets.newID(at: now), username: username, email: email,
            emailVerified: false, displayName: username, kind: kind, isSystemAdministrator: false,
            isDisabled: false, createdAt: now, updatedAt: now, lastSignInAt: nil)
    }

    private func insert(_ user: User, hash: String? = "hash") throws {
        try stores.atomically { try stores.users.insert(user, passwordHash: hash) }
    }

    private func refusal(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return (error as? Refusal)?.code
        }
    }

    @Test func `a user comes back as it was kept`() throws {
        var kept = user("Alice.B", email: "Alice@Example.com")
        kept.emailVerified = true
        kept.isSystemAdministrator = true
        kept.lastSignInAt = services.clock.now

        try insert(kept)

        #expect(try stores.users.find(kept.id) == kept)
        #expect(try stores.users.passwordHash(of: kept.id) == "hash")
        #expect(try stores.users.find(services.secrets.newID(at: services.clock.now)) == nil)
    }

    @Test(arguments: ["Alice", "alice", " ALICE ", "alice@example.com", "ALICE@EXAMPLE.COM "])
    func `a user is found by name and address in any case`(_ typed: String) throws {
        let alice = user("Alice", email: "Alice@Example.com")
        try insert(alice)

        let found = try #require(try stores.users.findForSignIn(SignInName(typed)))

        #expect(found.user == alice)
        #expect(found.passwordHash == "hash")
    }

    @Test(arguments: ["alic", "alice%", "a_ice", "", "al\u{ED}ce", "alice\0", "' OR 1=1 -- "])
    func `nothing else finds the user`(_ typed: String) throws {
        try insert(user("alice"))

        #expect(try stores.users.find(signInName: typed) == nil)
    }

    @Test func `a name that somebody has is refused, whether as name or as address`() throws {
        try insert(user("alice", email: "alice@example.com"))
        try insert(user("bob@example.com"))

        #expect(refusal { try insert(user("ALICE")) } == "username_taken")
        #expect(refusal { try insert(user("Alice@example.com")) } == "username_taken")
        #expect(refusal { try insert(user("carol", email: "ALICE@EXAMPLE.COM")) } == "email_taken")
        #expect(refusal { try insert(user("carol", email: "Bob@Example.com")) } == "email_taken")
        // What was refused left nothing behind.
        #expect(try stores.users.find(signInName: "carol") == nil)
    }

    @Test func `one's address may be one's name`() throws {
        let dora = user("dora@example.com", email: "Dora@example.com")

        try insert(dora)

        #expect(try stores.users.find(signInName: "dora@example.com") == dora)
    }

    @Test func `a changed name is found, and the old one is free`() throws {
        var alice = user("alice", email: "alice@example.com")
        try insert(alice)

        alice.username = "alicia"
        alice.email = nil
        try stores.atomically { try stores.users.update(alice) }

        #expect(try stores.users.find(signInName: "alicia") == alice)
        #expect(try stores.users.find(signInName: "alice@example.com") == nil)
        try insert(user("alice", email: "alice@example.com"))
    }

    @Test func `lists run from the newest to the oldest, page by page`() throws {
        var users: [User] = []
        for number in 0..<7 {
            // Two of a millisecond each, and a step over a byte of the time.
            if number.isMultiple(of: 2) { platform.time.advance(seconds: 100_000) }
            users.append(user("user\(number)"))
            try insert(users[number])
        }
        let newestFirst = users.sorted { $0.id > $1.id }
        #expect(newestFirst.first?.id != users.first?.id)

        var listed: [User] = []
        var page = PageRequest(limit: 3)
        var lengths: [Int] = []
        while true {
            let answer = try stores.users.list(page)
            listed += answer.items
            lengths.append(answer.items.count)
            guard let next = answer.next else { break }
            page = PageRequest(limit: 3, after: next)
        }

        #expect(listed == newestFirst)
        #expect(lengths == [3, 3, 1])
    }

    @Test func `a hash is replaced only while it is the one that was seen`() throws {
        let alice = user("alice")
        try insert(alice)
        let now = services.clock.now

        let (wrong, right, any) = try stores.atomically {
            (
                try stores.users.setPasswordHash("two", of: alice.id, replacing: "zero", at: now),
                try stores.users.setPasswordHash("two", of: alice.id, replacing: "hash", at: now),
                try stores.users.setPasswordHash("three", of: alice.id, replacing: nil, at: now)
            )
        }

        #expect((wrong, right, any) == (false, true, true))
        #expect(try stores.users.passwordHash(of: alice.id) == "three")
    }

    @Test func `a service user is given no password`() throws {
        let service = user("robot", kind: .service)
        try insert(service, hash: nil)

        let isSet = try stores.atomically {
            try stores.users.setPasswordHash(
                "hash", of: service.id, replacing: nil, at: services.clock.now)
        }

        #expect(!isSet)
        #expect(try stores.users.findForSignIn(SignInName("robot"))?.passwordHash == nil)
    }

    @Test func `a sign-in counts only with the hash that is there, of somebody enabled`() throws {
        var alice = user("alice")
        try insert(alice)
        func record(_ hash: String, _ rehashed: String? = nil) throws -> Bool {
            try stores.atomically {
                try stores.users.recordSignIn(
                    of: alice.id, provedBy: hash, rehashed: rehashed, at: services.clock.now)
            }
        }

        #expect(try !record("other"))
        #expect(try record("hash", "better"))
        #expect(try !record("hash"))
        #expect(try stores.users.find(alice.id)?.lastSignInAt == services.clock.now)
        alice.isDisabled = true
        try stores.atomically { try stores.users.update(alice) }
        #expect(try !record("better"))
    }

    @Test func `whatever changes a user is refused outside of a transaction`() throws {
        let alice = user("alice")
        try insert(alice)

        #expect(throws: (any Error).self) {
            try stores.users.insert(user("bob"), passwordHash: nil)
        }
        #expect(throws: (any Error).self) { try stores.users.update(alice) }
        #expect(throws: (any Error).self) { try stores.users.delete(alice.id) }
        #expect(try stores.users.countAll() == 1)
    }

    @Test func `changes of a user touch the user's generation, after the commit`() throws {
        var alice = user("alice")
        try insert(alice)
        let before = platform.stores.generations.current(of: .user(alice.id))

        alice.isDisabled = true
        try stores.atomically { try stores.users.update(alice) }
        let after = platform.stores.generations.current(of: .user(alice.id))
        #expect(throws: Refusal.self) {
            try stores.atomically {
                try stores.users.update(alice)
                throw Refusal.notFound
            }
        }

        #expect(after == before + 1)
        #expect(platform.stores.generations.current(of: .user(alice.id)) == after)
    }

    @Test func `with a user goes all that is the user's`() throws {
        let alice = try services.person("alice", email: "alice@example.com")
        let group = try services.groups.create(name: "ops", members: [alice.id], by: .test())
        let token = try #require(try services.token("alice", withRefresh: true))

        let isDeleted = try stores.atomically { try stores.users.delete(alice.id) }

        #expect(isDeleted)
        #expect(try stores.users.find(signInName: "alice@example.com") == nil)
        #expect(try stores.groups.members(of: group.group.id) == [])
        #expect(try services.bearer(of: token.token) == nil)
        #expect(try stores.atomically { try !stores.users.delete(alice.id) })
        try insert(user("alice", email: "alice@example.com"))
    }
}
