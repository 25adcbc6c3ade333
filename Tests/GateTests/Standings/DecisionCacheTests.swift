import Cryptography
import Domain
import HTTP
import HTTPTypes
import MariaDB
import Synchronization
import TestSupport
import Testing

@testable import Gate

@Suite struct DecisionCacheTests {
    private func key(
        _ number: UInt64, _ channel: DecisionKey.Channel = .bearer,
        _ organization: OrganizationReference? = nil
    ) -> DecisionKey {
        DecisionKey("credential-\(number)", channel, organization, SystemSecrets())
    }

    private func standing(_ number: UInt64) -> Standing {
        Standing(
            Authentication(
                subject: .apiKey(UniqueID(high: 1, low: number), name: "key"),
                credential: Credential(
                    kind: .apiKey, id: UniqueID(high: 1, low: number), name: "key",
                    expiresAt: Instant(milliseconds: .max)), grant: .apiKey(.none)),
            in: nil, dependencies: [], madeAt: Instant(milliseconds: 0))
    }

    @Test func `what was put in is found, under its own key alone`() {
        let cache = DecisionCache(capacity: 64)
        let one = standing(1)
        let id = Organization.ID(UniqueID(high: 5, low: 6))

        cache.insert(one, for: key(1))

        #expect(cache.find(key(1)) === one)
        #expect(cache.find(key(2)) == nil)
        #expect(cache.find(key(1, .apiKey)) == nil)
        #expect(cache.find(key(1, .bearer, .id(id))) == nil)
        #expect(cache.find(key(1, .bearer, .slug("a"))) == nil)
        #expect(cache.find(key(1, .bearer, .both(id, slug: "a"))) == nil)
        cache.remove(key(2))
        #expect(cache.find(key(1)) === one)
        cache.remove(key(1))
        #expect(cache.find(key(1)) == nil)
        #expect(cache.count == 0)
    }

    @Test func `each way of naming an organization is a question of its own`() {
        let cache = DecisionCache(capacity: 64)
        let (one, other) = (UniqueID(high: 5, low: 6), UniqueID(high: 6, low: 5))
        let references: [OrganizationReference?] = [
            nil, .id(.init(one)), .id(.init(other)), .slug("a"), .slug("b"),
            .both(.init(one), slug: "a"),
            .both(.init(one), slug: "b"), .both(.init(other), slug: "a"),
        ]
        for (number, reference) in references.enumerated() {
            cache.insert(standing(UInt64(number)), for: key(1, .bearer, reference))
        }

        for (number, reference) in references.enumerated() {
            let found = cache.find(key(1, .bearer, reference))
            #expect(found?.authentication.subjectID.low == UInt64(number))
        }
    }

    @Test func `a key that is put in again is there once`() {
        let cache = DecisionCache(capacity: 64)
        for number in 1...10 { cache.insert(standing(UInt64(number)), for: key(1)) }

        #expect(cache.count == 1)
        #expect(cache.find(key(1))?.authentication.subjectID.low == 10)
        #expect(cache.evictions.load(ordering: .relaxed) == 0)
    }

    @Test(arguments: [1, 8, 100, 1_000, 4_096])
    func `it never holds more than its capacity`(capacity: Int) {
        let cache = DecisionCache(capacity: capacity)
        #expect(cache.capacity <= max(8, capacity))
        #expect(cache.capacity > capacity * 3 / 4)

        for number in 0..<UInt64(capacity * 30) {
            cache.insert(standing(number), for: key(number))
        }

        #expect(cache.count == cache.capacity)
        #expect(cache.evictions.load(ordering: .relaxed) == capacity * 30 - cache.count)
    }

    @Test func `a flood of what comes by once does not push out what is used`() {
        let cache = DecisionCache(capacity: 1_024)
        var misses = 0
        for turn in 0..<3_000 as Range<UInt64> {
            // Between two uses of a credential come 1,000 strangers, as many as there is room for.
            for stranger in 0..<5 as Range<UInt64> {
                let number = 1_000 + turn * 5 + stranger
                cache.insert(standing(number), for: key(number))
            }
            let used = key(turn % 200)
            if cache.find(used) == nil {
                misses += 1
                cache.insert(standing(turn % 200), for: used)
                _ = cache.find(used)
            }
        }

        // Each of the 200 is missed when it comes first. Were the oldest dropped, each would be missed each time.
        #expect(misses < 600)
    }

    @Test func `one credential in many organizations is spread over the sets`() {
        let cache = DecisionCache(capacity: 2_048)
        let organizations = (0..<200).map {
            Organization.ID(
                UniqueID(at: Instant(milliseconds: 1), random: (UInt64($0), UInt64($0))))
        }
        for id in organizations { cache.insert(standing(1), for: key(1, .bearer, .id(id))) }

        #expect(cache.count > 195)
    }

    @Test func `switched off it keeps nothing`() {
        let cache = DecisionCache(capacity: 1_024, isOn: false)
        cache.insert(standing(1), for: key(1))

        #expect(cache.find(key(1)) == nil)
        #expect(cache.count == 0)
    }
}

/// When the database is asked, and what counts while it is away.
@Suite struct StandingsTests {
    let platform: GatePlatform
    let cache = DecisionCache(capacity: 256)

    init() throws { platform = try GatePlatform() }

    private var askings: Int { cache.askings.load(ordering: .relaxed) }

    @Test func `the same question is asked of the database once, then every few seconds`() throws {
        let gate = try platform.gate(cache: cache)
        let token = try platform.token("models:read").text
        func ask() -> Int { gate.ask(bearer: token, in: platform.organization).status }

        for _ in 0..<100 { #expect(ask() == 204) }
        #expect(askings == 1)
        platform.clock.advance(seconds: 3)
        for _ in 0..<100 { #expect(ask() == 204) }
        #expect(askings == 1)
        platform.clock.advance(seconds: 1)
        for _ in 0..<100 { #expect(ask() == 204) }
        #expect(askings == 2)
        platform.clock.advance(seconds: 60)
        for _ in 0..<100 { #expect(ask() == 204) }
        #expect(askings == 3)
    }

    @Test func `with the cache off every request asks`() throws {
        let off = DecisionCache(capacity: 256, isOn: false)
        let gate = try platform.gate(cache: off)
        let token = try platform.token("models:read").text

        for _ in 0..<5 { _ = gate.ask(bearer: token, in: platform.organization) }

        #expect(off.askings.load(ordering: .relaxed) == 5)
    }

    @Test func `a no is asked for each time`() throws {
        let gate = try platform.gate(cache: cache)
        for _ in 0..<3 { _ = gate.ask(bearer: "x", in: platform.organization) }

        #expect(askings == 3)
        #expect(cache.count == 0)
    }

    @Test func `what somebody changed at the SQL prompt counts within five seconds`() throws {
        let gate = try platform.gate(cache: cache)
        let token = try platform.token("models:read")
        _ = gate.ask(bearer: token.text, in: platform.organization)
        try platform.database.connect().execute(
            "UPDATE personal_access_tokens SET revoked_at = created_at WHERE id = \(token.id)")

        #expect(gate.ask(bearer: token.text, in: platform.organization).status == 204)
        platform.clock.advance(seconds: 5)
        #expect(gate.ask(bearer: token.text, in: platform.organization).status == 401)
        // And for those who have not asked anew themselves.
        #expect(cache.count == 0)
    }

    @Test func `with the database away a decision counts for five seconds and no longer`() throws {
        let failures = GatePlatform.Failures()
        let token = try platform.token("models:read").text
        let unknown = try platform.token("models:read").text
        let cut = try platform.gate(
            stores: platform.connectToNothing(), cache: cache, failures: failures)
        _ = try platform.gate(cache: cache).ask(bearer: token, in: platform.organization)

        for seconds in 0...5 {
            #expect(cut.ask(bearer: token, in: platform.organization).status == 204, "\(seconds)")
            #expect(
                cut.ask(bearer: unknown, in: platform.organization).summary
                    == "503 temporarily_unavailable")
            platform.clock.advance(seconds: 1)
        }

        let old = cut.ask(bearer: token, in: platform.organization)
        #expect(old.summary == "503 temporarily_unavailable")
        #expect(old.response.status == .forbidden)
        #expect(old["Retry-After"] == "5")
        // Once for the unknown token each time, and once for the one that was too old.
        #expect(failures.all.withLock(\.count) == 7)
        let healed = try platform.gate(cache: cache)
        #expect(healed.ask(bearer: token, in: platform.organization).status == 204)
    }

    @Test func `with the database away what was changed does not count, however fresh it is`()
        throws
    {
        let token = try platform.token("models:read")
        let cut = try platform.gate(stores: platform.connectToNothing(), cache: cache)
        _ = try platform.gate(cache: cache).ask(bearer: token.text, in: platform.organization)
        #expect(cut.ask(bearer: token.text, in: platform.organization).status == 204)

        try platform.revoke(token.id)

        #expect(cut.ask(bearer: token.text, in: platform.organization).status == 503)
    }

    @Test func `near its end one thread renews a decision while the others go on with it`() throws {
        let token = try platform.token("models:read").text
        let gate = try platform.gate(cache: cache)
        _ = gate.ask(bearer: token, in: platform.organization)
        platform.clock.advance(seconds: 4)

        let statuses = try onThreads(20) { _ in
            try platform.gate(cache: cache).ask(bearer: token, in: platform.organization).status
        }

        #expect(statuses == Array(repeating: 204, count: 20))
        #expect(askings == 2)
    }

    @Test func `a clock that was set back makes decisions stale`() throws {
        let token = try platform.token("models:read").text
        let gate = try platform.gate(cache: cache)
        _ = gate.ask(bearer: token, in: platform.organization)

        platform.clock.advance(seconds: -10)
        _ = gate.ask(bearer: token, in: platform.organization)

        #expect(askings == 2)
    }
}
