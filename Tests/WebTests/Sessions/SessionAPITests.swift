import Domain
import HTTPTypes
import JSON
import TestSupport
import Testing

@Suite struct SessionAPITests {
    private let site: TestSite
    private let alice: User

    init() throws {
        site = try TestSite()
        alice = try site.services.person("alice")
    }

    @Test func `the list tells which session is this one`() throws {
        let first = try site.signIn("alice").token
        site.platform.time.advance(seconds: 1)
        _ = try site.signIn("alice")

        let answer = site.send(.get, "/api/v1/sessions", bearer: first)

        #expect(answer.data.map { $0["current"] } == [false, true])
        #expect(
            answer.data[0].object?.names == [
                "id", "kind", "user_agent", "address", "created_at", "last_active_at", "expires_at",
                "current",
            ])
        #expect(answer.data[0]["kind"] == "token")
        let page = site.send(.get, "/api/v1/sessions?limit=1", bearer: first)
        #expect(page["next_cursor"] == answer.data[0]["id"])
    }

    @Test func `one session ends, all others end, this one stays`() throws {
        let mine = try site.signIn("alice").token
        let others = try (0..<3).map { _ in try site.signIn("alice").token }
        let list = site.send(.get, "/api/v1/sessions", bearer: others[0]).data
        let id = try #require(list.first { $0["current"] == true }?["id"]?.string)

        #expect(site.send(.delete, "/api/v1/sessions/\(id)", bearer: mine).status == 204)
        #expect(site.send(.get, "/auth/me", bearer: others[0]).status == 401)
        #expect(site.send(.delete, "/api/v1/sessions/\(id)", bearer: mine).status == 404)

        #expect(site.send(.delete, "/api/v1/sessions", bearer: mine).status == 204)
        #expect(
            others.map { site.send(.get, "/auth/me", bearer: $0).status } == [401, 401, 401])
        #expect(site.send(.get, "/auth/me", bearer: mine).status == 200)
    }

    @Test func `another's session is not there`() throws {
        try site.services.person("bob")
        let bob = try site.signIn("bob").token
        let mine = try site.signIn("alice").token
        let id = site.send(.get, "/api/v1/sessions", bearer: mine).data[0]["id"]?.string ?? ""

        for id in [id, "x", "00000000-0000-7000-8000-000000000000"] {
            #expect(site.send(.delete, "/api/v1/sessions/\(id)", bearer: bob).status == 404)
        }
        #expect(site.send(.get, "/auth/me", bearer: mine).status == 200)
    }

    @Test func `a token that a script has sees no sessions`() throws {
        let acme = try site.services.organization("acme", ownedBy: alice)
        let token = try site.services.issue(for: alice, in: acme).text

        #expect(
            site.send(.get, "/api/v1/sessions", bearer: token).code
                == "interactive_session_required")
        #expect(site.send(.delete, "/api/v1/sessions", bearer: token).status == 403)
    }
}
