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

    @Test func `every outcome is in one list, newest first and page by page`() throws {
        let alice = reference("user", "alice")
        let outcomes: [AuditEvent.Outcome] = [.success, .denied, .error]
        for number in 0..<9 {
            try record(event("event\(number)", actor: alice, outcome: outcomes[number % 3]))
            platform.time.advance(seconds: 1)
        }

        let first = try stores.audit.list(AuditFilter(actor: "alice"), PageRequest(limit: 5))
        let second = try stores.audit.list(
            AuditFilter(actor: "alice"), PageRequest(limit: 5, after: first.next))

        #expect(
            (first.items + second.items).map(\.action)
                == (0..<9).reversed().map { "event\($0)" })
        #expect(first.items.count == 5)
        #expect(second.next == nil)
    }

    @Test func `of several criteria an event has all, in any mixture`() throws {
        let actors = [reference("user", "alice"), reference("user", "bob")]
        let credentials = [reference("api_key", "robot"), reference("api_key", "loader")]
        let organizations: [Organization.ID] = (0..<2).map { _ in services.secrets.newID(at: now) }
        var events: [AuditEvent] = []
        for number in 0..<48 {
            events.append(
                event(
                    ["made", "ended"][number / 8 % 2], actor: actors[number % 2],
                    credential: credentials[number / 2 % 2],
                    organization: organizations[number / 4 % 2],
                    outcome: AuditEvent.Outcome.allCases[number / 16]))
            try record(events[number])
            platform.time.advance(seconds: 1)
        }

        for mixture in 0..<32 {
            func wanted(_ bit: Int) -> Bool { mixture >> bit & 1 == 1 }
            let isByName = mixture % 3 == 0
            var filter = AuditFilter(from: events[1].time, to: events[46].time)
            if wanted(0) { filter.actor = isByName ? actors[0].name : actors[0].id }
            if wanted(1) { filter.credential = isByName ? credentials[1].name : credentials[1].id }
            if wanted(2) { filter.organizationID = organizations[0] }
            if wanted(3) { filter.action = "ended" }
            if wanted(4) { filter.outcome = .denied }
            let expected = events[1...46].reversed().filter { event in
                (!wanted(0) || event.actor == actors[0])
                    && (!wanted(1) || event.credential == credentials[1])
                    && (!wanted(2) || event.organizationID == organizations[0])
                    && (!wanted(3) || event.action == "ended")
                    && (!wanted(4) || event.outcome == .denied)
            }

            var found: [AuditEvent] = []
            var after: UniqueID?
            repeat {
                let list = try stores.audit.list(filter, PageRequest(limit: 4, after: after))
                found += list.items
                after = list.next
            } while after != nil

            #expect(found == expected, "mixture \(mixture)")
        }
    }

    @Test func `what is older than the retention goes, oldest first and no more than asked for`()
        throws
    {
        let days = 86_400_000 as Int64
        for day in 0..<4 {
            // Long before the server's clock, whatever that says.
            let time = Instant(milliseconds: 1_577_836_800_000 + Int64(day) * days)
            try record(
                AuditEvent(
                    id: services.secrets.newID(at: time), time: time, action: "day\(day)",
                    outcome: .success, reason: nil, requestID: "request", actor: nil,
                    credential: nil, organizationID: nil, address: "192.0.2.1",
                    userAgent: "agent", target: nil, changes: []))
        }
        func left() throws -> [String] {
            try stores.audit.list(AuditFilter(), .first).items.map(\.action)
        }
        let third = Instant(milliseconds: 1_577_836_800_000 + 2 * days)

        #expect(try stores.audit.purge(before: third, limit: 1) == 1)
        #expect(try left() == ["day3", "day2", "day1"])
        #expect(try stores.audit.purge(before: third, limit: 10) == 1)
        #expect(try left() == ["day3", "day2"])
        #expect(try stores.audit.purge(before: third, limit: 10) == 0)
    }

    @Test func `nothing of the last 30 days goes, whatever the caller's clock says`() throws {
        let row = try stores.connection.first("SELECT UTC_TIMESTAMP(3) - INTERVAL 29 DAY AS time")
        let time = Instant(milliseconds: try #require(row).time("time"))
        try record(
            AuditEvent(
                id: services.secrets.newID(at: time), time: time, action: "recent",
                outcome: .success, reason: nil, requestID: "request", actor: nil,
                credential: nil, organizationID: nil, address: "192.0.2.1", userAgent: "agent",
                target: nil, changes: []))

        let purged = try stores.audit.purge(before: time.adding(days: 10_000), limit: 10)

        #expect(purged == 0)
        #expect(try stores.audit.list(AuditFilter(), .first).items.map(\.action) == ["recent"])
    }
}
