import Domain
import TestSupport
import Testing

@Suite struct SessionServiceTests {
    private let services: TestServices
    private let alice: User

    init() throws {
        services = try TestPlatform().connect()
        alice = try services.person("alice")
    }

    @Test func `people see and end their own sessions alone`() throws {
        let bob = try services.person("bob")
        let first = try #require(try services.token("alice"))
        let second = try #require(try services.token("alice"))
        let sessions = try services.sessions.list(of: alice.id, .first).items
        let session = try #require(try services.bearer(of: first.token)?.sessionID)
        #expect(sessions.count == 2)
        #expect(try services.sessions.list(of: bob.id, .first).items.isEmpty)

        let others = #expect(throws: Refusal.self) {
            try services.sessions.end(session, of: bob.id, by: .test())
        }
        #expect(try services.bearer(of: first.token) != nil)
        try services.sessions.end(session, of: alice.id, by: .test())
        let again = #expect(throws: Refusal.self) {
            try services.sessions.end(session, of: alice.id, by: .test())
        }

        #expect(others == .notFound)
        #expect(again == .notFound)
        #expect(try services.bearer(of: first.token) == nil)
        #expect(try services.bearer(of: second.token) != nil)
    }

    @Test func `the trail says whose session it was, where somebody else ended it`() throws {
        let root = try services.person("root", administrator: true)
        for asker in [alice, root] {
            let token = try #require(try services.token("alice"))
            let session = try #require(try services.bearer(of: token.token)?.sessionID)
            try services.sessions.end(
                session, of: alice.id, by: .test(services.session(of: asker)))
        }

        let changes = try services.events("session.ended").flatMap(\.changes)
        #expect(changes == [AuditEvent.Change("user_id", old: alice.id.description, new: nil)])
    }

    @Test func `all others end at once`() throws {
        let mine = try #require(try services.token("alice"))
        let others = try (0..<3).map { _ in try #require(try services.token("alice")) }
        let bearer = try #require(try services.bearer(of: mine.token))

        let count = try services.sessions.endOthers(
            of: alice.id, keeping: try #require(bearer.sessionID), by: .test(bearer))

        #expect(count == 3)
        #expect(try services.bearer(of: mine.token) != nil)
        #expect(try others.allSatisfy { try services.bearer(of: $0.token) == nil })
    }
}
