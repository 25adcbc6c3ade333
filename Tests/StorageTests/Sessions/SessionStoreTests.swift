import Domain
import Storage
import TestSupport
import Testing

@Suite struct SessionStoreTests {
    private let platform: TestPlatform
    private let services: TestServices
    private let alice: User
    private var stores: SQLStores { services.stores }
    private var now: Instant { services.clock.now }

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
        alice = try services.person("alice")
    }

    private func session(_ kind: Session.Kind = .token, days: Int = 1) -> Session {
        Session(
            id: services.secrets.newID(at: now), userID: alice.id, kind: kind, userAgent: "agent",
            address: "2001:db8::1", createdAt: now, lastActiveAt: now,
            expiresAt: now.adding(days: days), endedAt: nil, authenticatedAt: now)
    }

    @discardableResult
    private func insert(_ session: Session, cookie: Secret.Digest? = nil) throws -> Session {
        try stores.atomically { try stores.sessions.insert(session, cookie: cookie) }
        return session
    }

    @Test func `a session comes back by id and by cookie`() throws {
        let cookie = services.secrets.digest(of: "cookie")

        let session = try insert(session(.browser), cookie: cookie)

        #expect(try stores.sessions.find(session.id) == session)
        #expect(try stores.sessions.find(cookie: cookie) == session)
        #expect(try stores.sessions.find(cookie: services.secrets.digest(of: "Cookie")) == nil)
    }

    @Test func `the list holds what is alive, newest first`() throws {
        let first = try insert(session(days: 3))
        platform.time.advance(seconds: 1)
        let ended = try insert(session())
        let short = try insert(session(days: 1))
        platform.time.advance(days: 1)
        let last = try insert(session())

        try stores.atomically { _ = try stores.sessions.end(ended.id, of: alice.id, at: now) }
        let alive = try stores.sessions.list(of: alice.id, aliveAt: now, .first)

        #expect(alive.items.map(\.id) == [last.id, first.id])
        #expect(!alive.items.contains(short))
        #expect(
            try stores.sessions.list(of: alice.id, aliveAt: now, PageRequest(limit: 1)).next
                == last.id.value)
    }

    @Test func `a session ends once, by its owner, and touches its generation`() throws {
        let session = try insert(session())
        let bob = try services.person("bob")
        let before = platform.stores.generations.current(of: .credential(session.id.value))

        let (others, own, again) = try stores.atomically {
            (
                try stores.sessions.end(session.id, of: bob.id, at: now),
                try stores.sessions.end(session.id, of: alice.id, at: now),
                try stores.sessions.end(session.id, of: alice.id, at: now)
            )
        }

        #expect((others, own, again) == (false, true, false))
        #expect(
            platform.stores.generations.current(of: .credential(session.id.value)) == before + 1)
        let isRevived = try stores.atomically { try stores.sessions.update(session) }
        #expect(!isRevived)
        #expect(try stores.sessions.find(session.id)?.isAlive(at: now) == false)
    }

    @Test func `ending all but one leaves that one and touches the user`() throws {
        let kept = try insert(session())
        for _ in 0..<3 { try insert(session()) }
        let before = platform.stores.generations.current(of: .user(alice.id))

        let count = try stores.atomically {
            try stores.sessions.endAll(of: alice.id, except: kept.id, at: now)
        }

        #expect(count == 3)
        #expect(
            try stores.sessions.list(of: alice.id, aliveAt: now, .first).items.map(\.id) == [
                kept.id
            ])
        #expect(platform.stores.generations.current(of: .user(alice.id)) == before + 1)
        let rest = try stores.atomically {
            try stores.sessions.endAll(of: alice.id, except: nil, at: now)
        }
        #expect(rest == 1)
    }

    @Test func `a refresh token is consumed by one of twenty at once`() throws {
        let session = try insert(session())
        let digest = services.secrets.digest(of: "refresh")
        let expiry = now.adding(days: 1)
        try stores.atomically {
            try stores.sessions.addRefreshToken(digest, to: session.id, at: now, expiresAt: expiry)
        }

        let platform = platform
        let consumed = try onThreads(20) { _ in
            let stores = platform.connect().stores
            let now = platform.time.clock.now
            return try stores.atomically {
                try stores.sessions.consumeRefreshToken(digest, at: now)
            }
        }

        #expect(consumed.compactMap(\.self) == [session.id])
        #expect(try stores.sessions.session(ofRefreshToken: digest) == session.id)
    }

    @Test func `an expired refresh token is not consumed`() throws {
        let session = try insert(session())
        let digest = services.secrets.digest(of: "refresh")
        try stores.atomically {
            try stores.sessions.addRefreshToken(
                digest, to: session.id, at: now, expiresAt: now.adding(seconds: 60))
        }

        platform.time.advance(seconds: 60)
        let consumed = try stores.atomically {
            try stores.sessions.consumeRefreshToken(digest, at: now)
        }

        #expect(consumed == nil)
    }

    @Test func `activity is written for many, never back, and revives nothing`() throws {
        let sessions = try (0..<5).map { _ in try insert(session()) }
        let later = now.adding(seconds: 30)
        try stores.sessions.recordActivity([:])
        try stores.sessions.recordActivity([sessions[0].id: now.adding(seconds: -30)])
        try stores.atomically { _ = try stores.sessions.end(sessions[1].id, of: alice.id, at: now) }

        let stranger: Session.ID = services.secrets.newID(at: now)
        try stores.sessions.recordActivity([
            sessions[1].id: later, sessions[2].id: later, sessions[3].id: later, stranger: later,
        ])

        let times = try sessions.map { try stores.sessions.find($0.id)?.lastActiveAt }
        #expect(times == [now, now, later, later, now])
        #expect(try stores.sessions.find(sessions[1].id)?.endedAt == now)
    }

    @Test func `what is over is removed in batches, with its refresh tokens`() throws {
        let live = try insert(session(days: 30))
        let ended = try insert(session(days: 30))
        try insert(session())
        let digest = services.secrets.digest(of: "refresh")
        try stores.atomically {
            try stores.sessions.addRefreshToken(
                digest, to: ended.id, at: now, expiresAt: now.adding(days: 30))
            _ = try stores.sessions.end(ended.id, of: alice.id, at: now)
        }

        platform.time.advance(days: 2)
        let counts = try (0..<3).map { _ in try stores.sessions.purge(before: now, limit: 1) }

        #expect(counts == [1, 1, 0])
        #expect(try stores.sessions.session(ofRefreshToken: digest) == nil)
        #expect(try stores.sessions.find(live.id) == live)
    }
}
