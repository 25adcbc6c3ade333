import Domain
import Storage
import TestSupport
import Testing

@Suite struct UserServiceTests {
    private let platform: TestPlatform
    private let services: TestServices
    private let root: User

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
        root = try services.person("root", administrator: true)
    }

    private func refusal(_ body: () throws -> Void) -> Refusal? {
        do {
            try body()
            return nil
        } catch {
            return error as? Refusal
        }
    }

    @Test func `every problem of a new user is told at once`() throws {
        let refusal = refusal {
            _ = try services.users.create(
                NewUser(
                    username: "no spaces", email: "nowhere", displayName: "a\nb",
                    password: "short", kind: .person), by: .test())
        }

        #expect(refusal?.kind == .invalid)
        #expect(
            refusal?.problems.map(\.field) == ["username", "email", "display_name", "password"])
    }

    @Test func `a person needs a password, a service user has none and rules nothing`() throws {
        let person = refusal { _ = try services.users.create(NewUser(username: "a"), by: .test()) }
        let service = refusal {
            _ = try services.users.create(
                NewUser(
                    username: "b", password: TestServices.password, kind: .service,
                    isSystemAdministrator: true), by: .test())
        }

        #expect(person?.problems.map(\.field) == ["password"])
        #expect(service?.problems.map(\.field) == ["system_administrator", "password"])
    }

    @Test func `a change is told with old and new, a reset without the password`() throws {
        let alice = try services.person("alice", email: "alice@example.com")
        let before = alice

        let after = try services.users.update(
            alice.id,
            UserChanges(
                email: .address("a@example.com"), displayName: "Alice",
                password: "another long secret"),
            by: .test())

        #expect((after.username, after.email) == ("alice", "a@example.com"))
        let events = try services.trail()
        #expect(events.count { $0.action == "user.password_reset" } == 1)
        #expect(
            events.first { $0.action == "user.updated" }?.changes == [
                AuditEvent.Change("email", old: before.email, new: "a@example.com"),
                AuditEvent.Change("display_name", old: "alice", new: "Alice"),
            ])
        #expect(!"\(events)".contains("another long secret"))
        #expect(try services.token("alice", "another long secret") != nil)
        #expect(try services.token("alice") == nil)
    }

    @Test func `another address is not verified until somebody says so`() throws {
        let alice = try services.users.create(
            NewUser(
                username: "alice", email: "a@example.com", emailVerified: true,
                password: TestServices.password), by: .test())
        #expect(alice.emailVerified)

        let same = try services.users.update(
            alice.id, UserChanges(email: .address("A@Example.com")), by: .test())
        let other = try services.users.update(
            alice.id, UserChanges(email: .address("b@example.com")), by: .test())
        let verified = try services.users.update(
            alice.id, UserChanges(emailVerified: true), by: .test())
        let none = try services.users.update(
            alice.id, UserChanges(email: UserChanges.Email.none), by: .test())

        #expect(
            [same, other, verified, none].map(\.emailVerified) == [true, false, true, false])
        #expect(none.email == nil)
    }

    @Test func `a change that changes nothing leaves no line`() throws {
        let alice = try services.person("alice")
        let count = try services.trail().count
        platform.time.advance(seconds: 1)

        let after = try services.users.update(
            alice.id, UserChanges(username: "alice", isDisabled: false), by: .test())

        #expect(after == alice)
        #expect(try services.trail().count == count)
    }

    @Test func `disabling ends all that the user holds, and for good`() throws {
        let alice = try services.person("alice")
        let token = try #require(try services.token("alice", withRefresh: true))
        let pat = PersonalAccessToken(
            id: services.secrets.newID(at: services.clock.now), userID: alice.id, name: "script",
            permissions: nil, reach: .allOrganizations, createdAt: services.clock.now,
            expiresAt: services.clock.now.adding(days: 30), revokedAt: nil, lastUsedAt: nil)
        try services.stores.atomically { try services.stores.personalAccessTokens.insert(pat) }

        platform.time.advance(seconds: 1)
        _ = try services.users.update(alice.id, UserChanges(isDisabled: true), by: .test())
        #expect(try services.bearer(of: token.token) == nil)
        platform.time.advance(seconds: 1)
        _ = try services.users.update(alice.id, UserChanges(isDisabled: false), by: .test())

        #expect(try services.bearer(of: token.token) == nil)
        let refresh = try #require(token.refreshToken).text
        #expect(try services.signIn.refresh(refresh, by: .test()) == nil)
        #expect(
            try services.stores.personalAccessTokens.find(pat.id)?.status(at: services.clock.now)
                == .revoked)
        #expect(try services.token("alice") != nil)
        #expect(
            try services.trail().map(\.action).filter { $0.hasPrefix("user.") }.suffix(2)
                == ["user.disabled", "user.enabled"])
    }

    @Test func `a reset password ends the user's sessions, but not the one that asks`() throws {
        let token = try #require(try services.token("root"))
        let other = try #require(try services.token("root"))
        let bearer = try services.bearer(of: token.token)

        _ = try services.users.update(
            root.id, UserChanges(password: "another long secret"), by: .test(bearer))

        #expect(try services.bearer(of: token.token) != nil)
        #expect(try services.bearer(of: other.token) == nil)
    }

    @Test func `a service user is given no password`() throws {
        let robot = try services.users.create(
            NewUser(username: "robot", kind: .service), by: .test())

        let refusal = refusal {
            _ = try services.users.update(
                robot.id, UserChanges(password: TestServices.password), by: .test())
        }

        #expect(refusal?.problems.map(\.code) == ["not_allowed"])
    }

    @Test func `the last system administrator stays`() throws {
        let other = try services.person("other", administrator: true)
        _ = try services.users.update(other.id, UserChanges(isDisabled: true), by: .test())

        let codes = [
            refusal {
                _ = try services.users.update(
                    root.id, UserChanges(isSystemAdministrator: false), by: .test())
            },
            refusal {
                _ = try services.users.update(root.id, UserChanges(isDisabled: true), by: .test())
            },
            refusal { try services.users.delete(root.id, by: .test()) },
        ].map { $0?.code }

        #expect(codes == Array(repeating: "last_system_administrator", count: 3))
        // One who is disabled is not the last.
        try services.users.delete(other.id, by: .test())
    }

    @Test func `of two administrators who go at once one stays`() throws {
        let other = try services.person("other", administrator: true)
        let ids = [root.id, other.id]

        let platform = platform
        let gone = try onThreads(2) { number -> Bool in
            do {
                let change = UserChanges(isSystemAdministrator: false)
                _ = try platform.connect().users.update(ids[number], change, by: .test())
                return true
            } catch is Refusal {
                return false
            }
        }

        #expect(gone.count(where: { $0 }) == 1)
    }

    @Test func `the last owner of an organization is neither disabled nor deleted`() throws {
        let alice = try services.person("alice")
        let bob = try services.person("bob")
        let organization = try services.organization("acme", ownedBy: alice)

        let disabled = refusal {
            _ = try services.users.update(alice.id, UserChanges(isDisabled: true), by: .test())
        }
        let deleted = refusal { try services.users.delete(alice.id, by: .test()) }
        let now = services.clock.now
        try services.stores.atomically {
            try services.stores.members.insert(
                Member(
                    id: services.secrets.newID(at: now), organizationID: organization.id,
                    principal: .user(bob.id), name: "bob", displayName: "bob", isOwner: true,
                    roles: [], createdAt: now, updatedAt: now))
        }

        #expect([disabled?.code, deleted?.code] == ["last_owner", "last_owner"])
        try services.users.delete(alice.id, by: .test())
    }

    @Test func `a deleted name comes back as somebody else`() throws {
        let alice = try services.person("alice")
        let token = try #require(try services.token("alice"))
        try services.users.delete(alice.id, by: .test())

        let again = try services.person("alice")

        #expect(again.id != alice.id)
        #expect(try services.bearer(of: token.token) == nil)
        let trail = try services.trail(AuditFilter(action: "user.deleted"))
        #expect(trail.first?.target?.name == "alice")
    }

    @Test func `of twenty who want one name at once one gets it`() throws {
        let platform = platform
        let made = try onThreads(20) { number -> Bool in
            do {
                let name = number.isMultiple(of: 2) ? "Zoe" : "ZOE"
                try platform.connect().person(name, email: "zoe\(number)@example.com")
                return true
            } catch is Refusal {
                return false
            }
        }

        #expect(made.count(where: { $0 }) == 1)
    }
}
