import Domain
import MariaDB
import Storage
import TestSupport
import Testing

@Suite struct AuditStoreTests {
    private let platform: TestPlatform
    private let services: TestServices
    private var stores: SQLStores { services.stores }
    private var now: Instant { services.clock.now }

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
    }

    private func event(
        _ action: String, actor: AuditEvent.Reference? = nil,
        credential: AuditEvent.Reference? = nil, organization: Organization.ID? = nil,
        outcome: AuditEvent.Outcome = .success, changes: [AuditEvent.Change] = []
    ) -> AuditEvent {
        AuditEvent(
            id: services.secrets.newID(at: now), time: now, action: action, outcome: outcome,
            reason: outcome == .success ? nil : "why", requestID: "request", actor: actor,
            credential: credential, organizationID: organization, address: "192.0.2.1",
            userAgent: "agent", target: nil, changes: changes)
    }

    private func record(_ events: AuditEvent...) throws {
        try stores.atomically { for event in events { try stores.audit.record(event) } }
    }

    private func reference(_ kind: String, _ name: String) -> AuditEvent.Reference {
        AuditEvent.Reference(
            kind: kind, id: services.secrets.newID(User.ID.self, at: now).description, name: name)
    }

    @Test func `an event comes back as it was recorded, with its changes in order`() throws {
        let event = event(
            "user.updated", actor: reference("user", "admin"),
            credential: reference("session", ""),
            organization: services.secrets.newID(at: now), outcome: .denied,
            changes: [
                AuditEvent.Change("username", old: "al\"ice\n", new: "alicia"),
                AuditEvent.Change("email", old: nil, new: "a@b"),
                AuditEvent.Change("display_name", old: "Ä\u{1F98A}", new: nil),
            ])

        try record(event)

        #expect(try stores.audit.list(AuditFilter(), .first).items == [event])
    }

    @Test func `an event belongs into the transaction of what it tells of`() throws {
        #expect(throws: (any Error).self) { try stores.audit.record(event("user.updated")) }
        #expect(try stores.audit.list(AuditFilter(), .first).items.isEmpty)
    }

    @Test func `each filter finds its own`() throws {
        let alice = reference("user", "alice")
        let key = reference("api_key", "robot")
        let organization: Organization.ID = services.secrets.newID(at: now)
        let plain = event("plain")
        let byAlice = event("by_alice", actor: alice)
        let byKey = event("by_key", credential: key)
        let inside = event("inside", organization: organization)
        let denied = event("denied", outcome: .denied)
        try record(plain, byAlice, byKey, inside, denied)

        func actions(_ filter: AuditFilter) throws -> [String] {
            try stores.audit.list(filter, .first).items.map(\.action)
        }

        #expect(try actions(AuditFilter(actor: alice.id)) == ["by_alice"])
        #expect(try actions(AuditFilter(actor: "alice")) == ["by_alice"])
        #expect(try actions(AuditFilter(credential: key.id)) == ["by_key"])
        #expect(try actions(AuditFilter(credential: "robot")) == ["by_key"])
        #expect(try actions(AuditFilter(organizationID: organization)) == ["inside"])
        #expect(try actions(AuditFilter(outcome: .denied)) == ["denied"])
        #expect(try actions(AuditFilter(action: "plain")) == ["plain"])
        #expect(try actions(AuditFilter(actor: "alice", action: "plain")) == [])
        #expect(try actions(AuditFilter(actor: "' OR ''='")) == [])
    }

    @Test func `a span of time holds both of its ends, newest first and page by page`() throws {
        var events: [AuditEvent] = []
        for number in 0..<6 {
            events.append(event("event\(number)"))
            try record(events[number])
            platform.time.advance(seconds: 1)
        }

        let span = AuditFilter(from: events[1].time, to: events[4].time)
        let first = try stores.audit.list(span, PageRequest(limit: 3))
        let second = try stores.audit.list(span, PageRequest(limit: 3, after: first.next))

        #expect(first.items.map(\.action) == ["event4", "event3", "event2"])
        #expect(second.items.map(\.action) == ["event1"])
        #expect(second.next == nil)
    }

    @Test func `an answer is found by an index, not by reading the whole trail`() throws {
        for number in 0..<300 {
            try record(event("event\(number)", organization: services.secrets.newID(at: now)))
        }
        let organization: Organization.ID = services.secrets.newID(at: now)
        try record(event("event", organization: organization))
        let end = UniqueID(high: .max, low: .max)

        let plan = try stores.connection.first(
            """
            EXPLAIN SELECT id FROM audit_events
            WHERE id < \(end) AND organization_id = \(organization) ORDER BY id DESC LIMIT 51
            """)

        #expect(try plan?.string("key") == "audit_events_organization")
    }
}
