import Domain
import Storage
import TestSupport
import Testing

@Suite struct PasswordServiceTests {
    private let platform: TestPlatform
    private let services: TestServices
    private let alice: User
    private let new = "another long secret"

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
        alice = try services.person("alice")
    }

    private func change(
        _ current: String = TestServices.password, to new: String, with token: SignInToken,
        signingOutOthers: Bool = true
    ) throws {
        let bearer = try #require(try services.bearer(of: token.token))
        try services.passwords.change(
            current, to: new, of: alice, in: try #require(bearer.sessionID),
            signingOutOthers: signingOutOthers, by: .test(bearer))
    }

    private func problems(_ body: () throws -> Void) -> [String]? {
        do {
            try body()
            return nil
        } catch {
            return (error as? Refusal)?.problems.map { "\($0.field) \($0.code)" }
        }
    }

    @Test(arguments: [true, false])
    func `a change ends the other sessions unless told otherwise`(_ signingOutOthers: Bool) throws {
        let mine = try #require(try services.token("alice"))
        let other = try #require(try services.token("alice", withRefresh: true))

        try change(to: new, with: mine, signingOutOthers: signingOutOthers)

        #expect(try services.bearer(of: mine.token) != nil)
        #expect(try (services.bearer(of: other.token) == nil) == signingOutOthers)
        #expect(try services.token("alice") == nil)
        #expect(try services.token("alice", new) != nil)
    }

    @Test func `a personal access token outlives the change`() throws {
        let mine = try #require(try services.token("alice"))
        let now = services.clock.now
        let pat = PersonalAccessToken(
            id: services.secrets.newID(at: now), userID: alice.id, name: "script",
            permissions: nil, reach: .allOrganizations, createdAt: now,
            expiresAt: now.adding(days: 30), revokedAt: nil, lastUsedAt: nil)
        try services.stores.atomically { try services.stores.personalAccessTokens.insert(pat) }

        try change(to: new, with: mine)

        #expect(try services.stores.personalAccessTokens.find(pat.id)?.status(at: now) == .active)
    }

    @Test func `wrong and weak are told at once, and nothing changes`() throws {
        let mine = try #require(try services.token("alice"))

        #expect(
            problems { try change("wrong", to: "short", with: mine) } == [
                "current_password wrong_password", "new_password too_short",
            ])
        #expect(
            problems { try change(to: "password1234", with: mine) }
                == ["new_password common_password"])
        #expect(try services.token("alice") != nil)
    }

    @Test func `guesses at the current password are throttled`() throws {
        let mine = try #require(try services.token("alice"))
        for _ in 0..<10 {
            #expect(throws: Refusal.self) { try change("wrong", to: new, with: mine) }
        }

        let refusal = #expect(throws: Refusal.self) { try change(to: new, with: mine) }

        #expect(refusal?.kind == .tooManyAttempts(retryAfter: 900))
        // Signing in is another thing.
        #expect(try services.token("alice") != nil)
        platform.time.advance(seconds: 900)
        try change(to: new, with: mine)
    }

    @Test func `of eight changes at once one succeeds`() throws {
        let token = try #require(try services.token("alice"))
        let bearer = try #require(try services.bearer(of: token.token))
        let session = try #require(bearer.sessionID)

        let (platform, user) = (platform, alice)
        let changed = try onThreads(8) { number -> Bool in
            do {
                try platform.connect().passwords.change(
                    TestServices.password, to: "another long secret \(number)", of: user,
                    in: session, signingOutOthers: true, by: .test(bearer))
                return true
            } catch is Refusal {
                return false
            }
        }

        #expect(changed.count(where: { $0 }) == 1)
    }
}
