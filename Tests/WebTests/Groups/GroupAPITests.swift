import Domain
import HTTPTypes
import JSON
import TestSupport
import Testing

@Suite struct GroupAPITests {
    private let site: TestSite
    private let root: Secret

    init() throws {
        site = try TestSite()
        try site.services.person("root", administrator: true)
        root = try site.signIn("root").token
    }

    @Test func `a group is made, listed, changed and deleted`() throws {
        let alice = JSON.string(try site.services.person("alice").id.description)

        let made = site.send(
            .post, "/api/v1/groups", ["name": " ops ", "members": .array([alice])], bearer: root)
        #expect(made.status == 201)
        #expect(made.json.object?.names == ["id", "name", "members", "created_at", "updated_at"])
        #expect(made["name"] == "ops")
        #expect(site.send(.get, "/api/v1/groups", bearer: root).data == [made.json])

        let path = "/api/v1/groups/\(made["id"]?.string ?? "")"
        let changed = site.send(.patch, path, ["members": []], bearer: root)
        #expect(changed["members"] == [])
        #expect(changed["name"] == "ops")

        #expect(site.send(.delete, path, bearer: root).status == 204)
        #expect(site.send(.patch, path, ["name": "x"], bearer: root).status == 404)
    }

    @Test func `bad input is refused by field`() {
        let bad = site.send(
            .post, "/api/v1/groups",
            ["name": "a\nb", "members": ["x"], "owner": true], bearer: root)
        let unknown = site.send(
            .post, "/api/v1/groups",
            ["name": "ops", "members": ["00000000-0000-7000-8000-000000000001"]], bearer: root)

        #expect(
            Set(bad.errors) == [
                "name control_character", "members wrong_type", "owner unknown_field",
            ])
        #expect(unknown.errors == ["members unknown_user"])
        #expect(site.send(.get, "/api/v1/groups", bearer: root).data == [])
        _ = site.send(.post, "/api/v1/groups", ["name": "ops"], bearer: root)
        #expect(
            site.send(.post, "/api/v1/groups", ["name": "ops"], bearer: root).code == "name_taken")
    }
}
