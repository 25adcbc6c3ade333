import Domain
import MariaDB
import Storage
import TestSupport
import Testing

@Suite struct SignInServiceTests {
    private let platform: TestPlatform
    private let services: TestServices
    private var now: Instant { services.clock.now }

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
    }

    /// A wrong try; how long to wait, where it was not let try.
    private func tryWrong(
        _ name: String = "alice", from address: String = "198.51.100.1",
        on services: TestServices? = nil
    ) throws -> Int? {
        do {
            let token = try (services ?? self.services).token(name, "wrong", from: address)
            #expect(token == nil)
            return nil
        } catch let refusal as Refusal {
            guard case .tooManyAttempts(let seconds) = refusal.kind else { throw refusal }
            return seconds
        }
    }

    @Test(arguments: ["alice", " ALICE ", "alice@example.com", "Alice@Example.com"])
    func `the right password gives a token that is believed`(_ name: String) throws {
        let alice = try services.person("Alice", email: "alice@example.com")

        let token = try #require(try services.token(name))
        let bearer = try #require(try services.bearer(of: token.token))

        #expect(bearer.user?.id == alice.id)
        #expect(bearer.isInteractive)
        #expect(token.expiresIn == 86_400)
        #expect(token.refreshToken == nil)
        #expect(try services.stores.users.find(alice.id)?.lastSignInAt == now)
    }

    @Test func `a sign-in leaves one line, and no secret in it`() throws {
        let alice = try services.person("alice")
        _ = try services.token("alice")

        let events = try services.trail(AuditFilter(action: "sign_in.succeeded"))

        let event = try #require(events.first)
        #expect(events.count == 1)
        #expect(event.actor?.id == alice.id.description)
        #expect(event.target?.kind == "session")
        #expect(event.address == "192.0.2.1")
        #expect(!"\(event)".contains(TestServices.password))
    }

    @Test func `every failure is rejected alike; the reason stands in the trail alone`() throws {
        let alice = try services.person("alice")
        let gone = try services.person("gone")
        _ = try services.users.update(gone.id, UserChanges(isDisabled: true), by: .test())
        _ = try services.users.create(NewUser(username: "robot", kind: .service), by: .test())

        for (name, password) in [
            ("alice", "wrong"), ("alice", ""), ("nobody", "wrong"), ("", ""),
            ("gone", TestServices.password), ("gone", "wrong"), ("robot", "wrong"), ("robot", ""),
            ("alice", String(repeating: "x", count: 5_000)), ("alice", TestServices.password + " "),
            ("alice", TestServices.password + "\0"),
        ] {
            #expect(try services.token(name, password) == nil)
            platform.time.advance(seconds: 1)
        }

        let events = try services.trail(AuditFilter(action: "sign_in.failed"))
        #expect(
            events.map(\.reason) == [
                "wrong_password", "wrong_password", "unknown_user", "unknown_user", "disabled",
                "wrong_password", "service_user", "service_user", "wrong_password",
                "wrong_password", "wrong_password",
            ])
        #expect(events.allSatisfy { $0.outcome == .denied })
        #expect(events[0].target?.id == alice.id.description)
        // What was typed as a name may have been a password.
        #expect(events[2].target == nil)
    }

    @Test func `an account takes ten wrong tries in a quarter of an hour, however it is spelled`()
        throws
    {
        try services.person("alice", email: "alice@example.com")
        let spellings = ["alice", "ALICE", " alice", "Alice@Example.com"]

        let waits = try (0..<12).map { try tryWrong(spellings[$0 % 4], from: "198.51.100.\($0)") }

        #expect(waits == Array(repeating: nil, count: 10) + [900, 900])
        platform.time.advance(seconds: 899)
        #expect(try tryWrong() == 1)
        // Not even the right password is looked at.
        #expect(throws: Refusal.self) { try services.token("alice") }
        platform.time.advance(seconds: 1)
        #expect(try services.token("alice") != nil)
    }

    @Test func `a name that nobody has is throttled like one that somebody has`() throws {
        let waits = try (0..<11).map { _ in try tryWrong("nobody") }

        #expect(waits == Array(repeating: nil, count: 10) + [900])
    }

    @Test func `of twenty wrong tries at once at most ten are looked at`() throws {
        try services.person("alice")

        let platform = platform
        let waits = try onThreads(20) { number -> Bool in
            do {
                _ = try platform.connect().token("alice", "wrong", from: "198.51.100.\(number)")
                return false
            } catch is Refusal {
                return true
            }
        }

        #expect(waits.count(where: { $0 }) == 10)
        let verified = try services.trail(AuditFilter(action: "sign_in.failed")).count {
            $0.reason == "wrong_password"
        }
        #expect(verified == 10)
    }

    @Test func `strangers can't lock somebody out of where they signed in before`() throws {
        try services.person("alice")
        _ = try services.token("alice", from: "192.0.2.1")
        for number in 0..<100 { _ = try tryWrong(from: "198.51.100.\(number)") }

        #expect(throws: Refusal.self) { try services.token("alice", from: "192.0.2.2") }
        #expect(try services.token("alice", from: "192.0.2.1") != nil)

        // A known address is no way around the limit either.
        let waits = try (0..<11).map { _ in try tryWrong(from: "192.0.2.1") }
        #expect(waits == Array(repeating: nil, count: 10) + [900])
    }

    @Test func `an address is forgotten after thirty days`() throws {
        try services.person("alice")
        _ = try services.token("alice", from: "192.0.2.1")
        platform.time.advance(days: 30)
        platform.time.advance(seconds: 1)
        for _ in 0..<10 { _ = try tryWrong(from: "198.51.100.1") }

        #expect(throws: Refusal.self) { try services.token("alice", from: "192.0.2.1") }
    }

    @Test func `right tries do not count`() throws {
        try services.person("alice")

        for _ in 0..<25 { #expect(try services.token("alice") != nil) }
        for _ in 0..<9 { _ = try tryWrong(from: "192.0.2.1") }

        #expect(try services.token("alice") != nil)
        #expect(try tryWrong(from: "192.0.2.1") == nil)
    }

    @Test(arguments: [
        ["198.51.100.7", "198.51.100.7"],
        ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9"],
        ["2001:db8::1", "2001:db8:0:0:1::"],
    ])
    func `an address takes as many wrong tries as are set, whatever the accounts`(
        _ addresses: [String]
    ) throws {
        let platform = try TestPlatform(SignInSettings(triesFromAddress: 3))
        let services = platform.connect()
        try services.person("alice")

        let waits = try (0..<4).map {
            try tryWrong("nobody\($0)", from: addresses[$0 % 2], on: services)
        }

        #expect(waits == [nil, nil, nil, 900])
        #expect(throws: Refusal.self) { try services.token("alice", from: addresses[1]) }
        #expect(try services.token("alice", from: "2001:db8:9::1") != nil)
    }

    @Test func `a refused try uses up nothing of others`() throws {
        let platform = try TestPlatform(SignInSettings(triesFromAddress: 15))
        let services = platform.connect()
        try services.person("alice")
        try services.person("bob")
        func waits(_ name: String, from address: String, _ count: Int) throws -> [Int?] {
            try (0..<count).map { _ in try tryWrong(name, from: address, on: services) }
        }

        // Ninety that the account refuses count at the account alone, not at the address.
        #expect(try waits("alice", from: "198.51.100.1", 100).count { $0 == nil } == 10)
        #expect(try waits("bob", from: "198.51.100.1", 100).count { $0 == nil } == 5)
        // What the address refused does not count at the account.
        #expect(try services.token("bob", from: "192.0.2.1") != nil)
    }

    @Test func `an address full of others' tries is no bar where one signed in before`() throws {
        let platform = try TestPlatform(SignInSettings(triesFromAddress: 3))
        let services = platform.connect()
        try services.person("alice")
        _ = try services.token("alice", from: "2001:db8:1:2::1")
        for number in 0..<10 {
            _ = try tryWrong("nobody\(number)", from: "2001:db8:1:2::9", on: services)
        }

        // Another address of the same block is the same place.
        #expect(try services.token("alice", from: "2001:db8:1:2::77") != nil)
        #expect(throws: Refusal.self) { try services.token("bob", from: "2001:db8:1:2::1") }
    }

    @Test func `the database is asked as often for a name that nobody has`() throws {
        try services.person("alice")
        let gone = try services.person("gone")
        _ = try services.users.update(gone.id, UserChanges(isDisabled: true), by: .test())
        _ = try services.users.create(NewUser(username: "robot", kind: .service), by: .test())
        func statements(_ name: String) throws -> Int {
            func count() throws -> Int {
                let row = try services.stores.connection.first(
                    "SHOW SESSION STATUS LIKE 'Com_stmt_execute'")
                return Int(try row?.string("Value") ?? "") ?? 0
            }
            let before = try count()
            #expect(try services.token(name, "wrong") == nil)
            return try count() - before
        }
        _ = try statements("nobody")

        let counts = try ["alice", "nobody", "gone", "robot"].map(statements)

        #expect(Set(counts).count == 1)
        #expect(counts[0] > 3)
    }

    @Test func `a flood of refused tries leaves one line`() throws {
        try services.person("alice")

        for _ in 0..<30 {
            _ = try tryWrong()
            platform.time.advance(seconds: 1)
        }

        let reasons = try services.trail(AuditFilter(action: "sign_in.failed")).map(\.reason)
        #expect(reasons == Array(repeating: "wrong_password", count: 10) + ["throttled"])
    }

    @Test func `a try that could not be hashed does not count`() throws {
        try services.person("alice")
        let busy = SignInService(
            stores: services.stores, tokens: services.tokens, passwords: BusyHasher(),
            secrets: services.secrets, clock: services.clock, audit: services.audit)

        for _ in 0..<15 {
            #expect(throws: Refusal.self) {
                try busy.signIn(
                    name: "alice", password: "x", for: .token(withRefresh: false), by: .test())
            }
        }

        #expect(try services.token("alice") != nil)
    }

    @Test func `a password changed between the look and the leap signs nobody in`() throws {
        let alice = try services.person("alice")
        let platform = platform
        let hasher = InterruptedHasher(hasher: services.hasher) {
            let stores = platform.connect().stores
            try stores.atomically {
                _ = try stores.users.setPasswordHash(
                    "other", of: alice.id, replacing: nil, at: alice.createdAt)
            }
        }
        let service = SignInService(
            stores: services.stores, tokens: services.tokens, passwords: hasher,
            secrets: services.secrets, clock: services.clock, audit: services.audit)

        let outcome = try service.signIn(
            name: "alice", password: TestServices.password, for: .token(withRefresh: true),
            by: .test())

        guard case .rejected = outcome else {
            Issue.record("signed in")
            return
        }
        #expect(try services.sessions.list(of: alice.id, .first).items.isEmpty)
    }

    @Test func `an outdated hash is replaced at sign-in`() throws {
        let alice = try services.person("alice")
        let before = try services.stores.users.passwordHash(of: alice.id)
        let service = SignInService(
            stores: services.stores, tokens: services.tokens,
            passwords: OutdatingHasher(hasher: services.hasher), secrets: services.secrets,
            clock: services.clock, audit: services.audit)

        _ = try service.signIn(
            name: "alice", password: TestServices.password, for: .browser, by: .test())

        #expect(try services.stores.users.passwordHash(of: alice.id) != before)
        #expect(try services.token("alice") != nil)
    }

    @Test func `a browser session is found by its cookie`() throws {
        let alice = try services.person("alice")

        let outcome = try services.signIn.signIn(
            name: "alice", password: TestServices.password, for: .browser, by: .test())

        guard case .signedIn(let signedIn) = outcome, case .cookie(let cookie) = signedIn.given
        else {
            Issue.record("no cookie")
            return
        }
        var observer = NoDependencies()
        let visitor = try services.authentication.authenticate(
            .browserSession(cookie.text), observer: &observer)
        #expect(visitor?.user?.id == alice.id)
        #expect(visitor?.credential.kind == .browserSession)
        #expect(cookie.text.utf8.count >= 43)
    }

    // MARK: Tokens

    @Test func `a sign-in token lives as long as is set, its session as long as it`() throws {
        let platform = try TestPlatform(SignInSettings(tokenLifetime: 60))
        let services = platform.connect()
        let alice = try services.person("alice")
        let token = try #require(try services.token("alice"))
        #expect(token.expiresIn == 60)

        platform.time.advance(seconds: 59)
        #expect(try services.bearer(of: token.token) != nil)
        platform.time.advance(seconds: 1)

        #expect(try services.bearer(of: token.token) == nil)
        #expect(try services.sessions.list(of: alice.id, .first).items.isEmpty)
    }

    @Test func `a token names groups and domains, no more than fit`() throws {
        let alice = try services.person("alice")
        for number in 0..<60 {
            let name = String(repeating: "Gruppe \u{1F98A} ", count: 10) + "\(number)"
            _ = try services.groups.create(name: name, members: [alice.id], by: .test())
            try services.organization("organization-\(number)", ownedBy: alice)
        }

        let token = try #require(try services.token("alice")).token.text

        #expect(token.utf8.count < 4_096)
        #expect(token.utf8.count > 3_500)
        #expect(try services.bearer(of: Secret(token)) != nil)
    }

    @Test func `a refresh token gives a new pair once`() throws {
        try services.person("alice")
        let first = try #require(try services.token("alice", withRefresh: true))
        let firstRefresh = try #require(first.refreshToken)
        #expect(firstRefresh.text.hasPrefix("ghr_"))

        platform.time.advance(days: 20)
        let second = try #require(try services.signIn.refresh(firstRefresh.text, by: .test()))
        platform.time.advance(days: 20)
        let secondRefresh = try #require(second.refreshToken)
        let third = try #require(try services.signIn.refresh(secondRefresh.text, by: .test()))

        #expect(try services.bearer(of: first.token) == nil)
        #expect(try services.bearer(of: third.token) != nil)
    }

    @Test func `a replayed refresh token ends its session, tokens included`() throws {
        try services.person("alice")
        let first = try #require(try services.token("alice", withRefresh: true))
        let other = try #require(try services.token("alice", withRefresh: true))
        let old = try #require(first.refreshToken).text
        let second = try #require(try services.signIn.refresh(old, by: .test()))

        #expect(try services.signIn.refresh(old, by: .test()) == nil)

        #expect(try services.bearer(of: first.token) == nil)
        #expect(try services.bearer(of: second.token) == nil)
        let newRefresh = try #require(second.refreshToken)
        #expect(try services.signIn.refresh(newRefresh.text, by: .test()) == nil)
        #expect(try services.bearer(of: other.token) != nil)
        let events = try services.trail(AuditFilter(action: "sign_in.refresh_replayed"))
        #expect(events.map(\.outcome) == [.denied])
    }

    @Test func `of twenty refreshes at once one succeeds, and the session ends`() throws {
        try services.person("alice")
        let token = try #require(try services.token("alice", withRefresh: true))
        let refresh = try #require(token.refreshToken).text

        let platform = platform
        let renewed = try onThreads(20) { _ in
            try platform.connect().signIn.refresh(refresh, by: .test())
        }.compactMap(\.self)

        #expect(renewed.count == 1)
        #expect(try services.bearer(of: token.token) == nil)
        #expect(try services.bearer(of: renewed[0].token) == nil)
    }

    @Test(arguments: ["", "ghr_", "ghr_x", "%", String(repeating: "x", count: 10_000)])
    func `what is no refresh token renews nothing`(_ text: String) throws {
        #expect(try services.signIn.refresh(text, by: .test()) == nil)
    }

    @Test func `an expired refresh token renews nothing`() throws {
        try services.person("alice")
        let token = try #require(try services.token("alice", withRefresh: true))

        platform.time.advance(days: 30)

        let refresh = try #require(token.refreshToken).text
        #expect(try services.signIn.refresh(refresh, by: .test()) == nil)
    }

    @Test func `signing out ends the session and what renews it`() throws {
        try services.person("alice")
        let token = try #require(try services.token("alice", withRefresh: true))
        let other = try #require(try services.token("alice"))
        let bearer = try services.bearer(of: token.token)

        try services.signIn.signOut(by: .test(bearer))

        #expect(try services.bearer(of: token.token) == nil)
        let refresh = try #require(token.refreshToken).text
        #expect(try services.signIn.refresh(refresh, by: .test()) == nil)
        #expect(try services.bearer(of: other.token) != nil)
    }

    @Test func `nothing of what was given can be read in the database`() throws {
        try services.person("alice")
        let token = try #require(try services.token("alice", withRefresh: true))
        let secrets = [
            token.token.text, try #require(token.refreshToken).text, TestServices.password,
        ]

        let rows = try services.stores.connection.query(
            """
            SELECT CONCAT_WS(' ', u.username, u.password_hash, s.id, HEX(r.digest), a.changes) AS text
            FROM users u JOIN sessions s ON s.user_id = u.id
            JOIN session_refresh_tokens r ON r.session_id = s.id JOIN audit_events a
            """)

        #expect(!rows.isEmpty)
        for row in rows {
            let text = try row.string("text")
            #expect(secrets.allSatisfy { !text.contains($0) })
        }
    }
}

/// Is always too busy.
private struct BusyHasher: PasswordHasher {
    func hash(_: String) throws -> String { throw busy }
    func check(_: String, against _: String?) throws -> PasswordCheck { throw busy }

    private var busy: Refusal {
        Refusal(.tooManyAttempts(retryAfter: 1), code: "busy", "Busy.")
    }
}

/// Something happens after each check, before the answer.
private struct InterruptedHasher: PasswordHasher {
    let hasher: any PasswordHasher
    let interruption: @Sendable () throws -> Void

    func hash(_ password: String) throws -> String { try hasher.hash(password) }

    func check(_ password: String, against hash: String?) throws -> PasswordCheck {
        let check = try hasher.check(password, against: hash)
        try interruption()
        return check
    }
}

/// Takes every hash for an old one.
private struct OutdatingHasher: PasswordHasher {
    let hasher: any PasswordHasher

    func hash(_ password: String) throws -> String { try hasher.hash(password) }

    func check(_ password: String, against hash: String?) throws -> PasswordCheck {
        try hasher.check(password, against: hash) == .right ? .rightButOutdated : .wrong
    }
}
