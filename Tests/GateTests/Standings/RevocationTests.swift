import Domain
import Glibc
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Gate

/// What is taken away counts from the moment the call that took it was answered, on every worker (wire.md 2).
@Suite struct RevocationTests {
    let platform: GatePlatform

    init() throws { platform = try GatePlatform() }

    /// The gates of two workers, each with a cache and a mapping of its own.
    private func workers() throws -> [GateService] {
        [
            try platform.gate(generations: platform.otherMapping()),
            try platform.gate(generations: platform.otherMapping()),
        ]
    }

    /// Lets the caller in at each worker, takes something away, and expects the next answer at each to be a no.
    private func expect(
        _ expected: String, _ headers: [(String, String)], after takeAway: () throws -> Void
    ) throws {
        let workers = try workers()
        for worker in workers + workers {
            #expect(worker.ask(with: headers).status == 204)
        }

        try takeAway()

        for worker in workers + workers {
            #expect(worker.ask(with: headers).summary == expected)
        }
    }

    private func headers(_ bearer: String) -> [(String, String)] {
        [
            ("HTTP_AUTHORIZATION", "Bearer " + bearer),
            ("HTTP_X_ORGANIZATION_ID", platform.organization.id.description),
        ]
    }

    @Test func `a revoked token`() throws {
        let token = try platform.token("models:read")
        try expect("401 invalid_token", headers(token.text)) { try platform.revoke(token.id) }
    }

    @Test func `a session that ended`() throws {
        let token = try platform.signInToken()
        try expect("401 invalid_token", headers(token.text)) { try platform.end(token.session) }
    }

    @Test func `a revoked API key`() throws {
        let key = try platform.apiKey("models:read")
        try expect("401 invalid_api_key", [("HTTP_X_API_KEY", key.text)]) {
            try platform.revoke(key.id)
        }
    }

    @Test func `the use of what was revoked is written once in 15 minutes, with whose it was`()
        throws
    {
        let token = try platform.token("models:read")
        let key = try platform.apiKey("models:read")
        try platform.revoke(token.id)
        try platform.revoke(key.id)
        let gate = try platform.gate()
        func asked() throws -> [AuditEvent] {
            for _ in 1...3 {
                _ = gate.ask(with: headers(token.text))
                _ = gate.ask(with: [("HTTP_X_API_KEY", key.text)])
            }
            return try platform.connect().audit.list(AuditFilter(), .first).items
        }

        let first = try asked()
        platform.clock.advance(seconds: 15 * 60)
        let later = try asked()

        #expect(first.allSatisfy { $0.action == "credential.used_after_revocation" })
        #expect(Set(first.map(\.credential?.id)) == [token.id.description, key.id.description])
        #expect(first.compactMap(\.actor?.name) == ["ada"])
        #expect(first.allSatisfy { $0.outcome == .denied && $0.reason == "revoked" })
        #expect(later.count == 4)
    }

    @Test func `a disabled user, whatever is held`() throws {
        let token = try platform.token("models:read").text
        try expect("401 invalid_token", headers(token)) {
            try platform.update { (user: inout User) in user.isDisabled = true }
        }
    }

    @Test func `a member who left`() throws {
        let token = try platform.signInToken().text
        try expect("403 organization_forbidden", headers(token)) {
            try platform.leave(platform.user)
        }
    }

    @Test func `an organization that goes into maintenance`() throws {
        let token = try platform.token("models:read").text
        try expect("503 organization_maintenance", headers(token)) {
            try platform.update {
                (organization: inout Organization) in
                organization.maintenance = .init(isEnabled: true, message: "", retryAfter: 1)
            }
        }
    }

    @Test func `an organization that is deleted, by its slug too`() throws {
        let token = try platform.signInToken().text
        let headers = [
            ("HTTP_AUTHORIZATION", "Bearer " + token), ("HTTP_DOMAIN", "domains:works"),
        ]
        try expect("403 organization_forbidden", headers) {
            let stores = platform.connect()
            try stores.atomically {
                _ = try stores.organizations.delete(platform.organization.id)
            }
        }
    }

    @Test func `everything, when a worker has died`() throws {
        let token = try platform.token("models:read").text
        let cache = DecisionCache(capacity: 64)
        let gate = try platform.gate(cache: cache)
        _ = gate.ask(with: headers(token))

        platform.generations.bump([.everything])
        let answer = gate.ask(with: headers(token))

        #expect(answer.status == 204)
        #expect(cache.askings.load(ordering: .relaxed) == 2)
    }

    @Test(arguments: [1, 3_600] as [Int64])
    func `a token that has run out, by the clock alone`(lifetime: Int64) throws {
        let token = try platform.token("models:read", seconds: lifetime).text
        let gate = try platform.gate()
        platform.clock.advance(seconds: lifetime - 1)
        #expect(gate.ask(with: headers(token)).status == 204)

        platform.clock.advance(seconds: 1)

        #expect(gate.ask(with: headers(token)).summary == "401 invalid_token")
    }

    /// The change falls between the reading of the token and the keeping of the decision: what is kept is stale
    /// before anybody has used it.
    @Test func `a revocation while the decision is being made is not lost`() throws {
        let token = try platform.token("models:read")
        let generations = Interfering(base: platform.generations) { subject in
            // The organization is read after the token.
            if case .organization = subject { try platform.revoke(token.id) }
        }
        let gate = try platform.gate(generations: generations)

        let during = gate.ask(with: headers(token.text))
        let after = gate.ask(with: headers(token.text))

        // The request began before the revocation was answered, so either answer would do.
        #expect(during.status == 204)
        #expect(after.summary == "401 invalid_token")
    }

    /// 20 threads ask without end while each of 5 tokens is revoked: no question that was begun after a
    /// revocation had been answered may get a yes.
    @Test func `no thread lets anybody through after a revocation was answered`() throws {
        let rounds = 5
        let tokens = try (0..<rounds).map { _ in try platform.token("models:read") }
        let answered = Atomic<Int>(0)
        let started = Atomic<Int>(0)
        let cache = DecisionCache(capacity: 256)
        let results = try onThreads(21) { number -> (late: Int, yes: Int) in
            if number == 20 {
                let stores = platform.connect()
                for (round, token) in tokens.enumerated() {
                    // All are at it, and have the token's decision in the cache.
                    while started.load(ordering: .sequentiallyConsistent) < 20 * (round + 1) {
                        sched_yield()
                    }
                    try platform.revoke(token.id, by: stores)
                    answered.store(round + 1, ordering: .sequentiallyConsistent)
                }
                return (0, 0)
            }
            // Half of them share a cache, as threads of a worker do; the others are other workers.
            let gate = try platform.gate(
                cache: number < 10 ? cache : DecisionCache(capacity: 256),
                generations: number < 10 ? platform.generations : platform.otherMapping())
            var late = 0
            var yes = 0
            for (round, token) in tokens.enumerated() {
                let headers = headers(token.text)
                var isFirst = true
                while true {
                    let isRevoked = answered.load(ordering: .sequentiallyConsistent) > round
                    let isYes = gate.ask(with: headers).status == 204
                    if isYes, isRevoked { late += 1 }
                    if isYes { yes += 1 }
                    if isFirst { started.add(1, ordering: .sequentiallyConsistent) }
                    isFirst = false
                    if isRevoked { break }
                }
            }
            return (late, yes)
        }

        #expect(results.map(\.late).reduce(0, +) == 0)
        #expect(results.map(\.yes).reduce(0, +) >= 20 * rounds)
    }
}

/// Generations that do something else when one of them is looked at, once.
private final class Interfering: Generations {
    private let base: SharedGenerations
    private let interfere: @Sendable (GenerationSubject) throws -> Void
    private let isDone = Mutex(false)

    init(
        base: SharedGenerations, _ interfere: @escaping @Sendable (GenerationSubject) throws -> Void
    ) {
        self.base = base
        self.interfere = interfere
    }

    func current(of subject: GenerationSubject) -> UInt64 {
        let isFirst = isDone.withLock { isDone -> Bool in
            guard case .organization = subject, !isDone else { return false }
            isDone = true
            return true
        }
        let generation = base.current(of: subject)
        if isFirst { #expect(throws: Never.self) { try interfere(subject) } }
        return generation
    }

    func bump(_ subjects: Set<GenerationSubject>) { base.bump(subjects) }
}
