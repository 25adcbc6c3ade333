import Domain
import HTTP
import HTTPTypes
import JSON
import TestSupport
import Testing

@Suite struct UserAPITests {
    private let site: TestSite
    private let root: Secret

    init() throws {
        site = try TestSite()
        try site.services.person("root", administrator: true)
        root = try site.signIn("root").token
    }

    private let alice: JSON = [
        "username": "alice", "email": "alice@example.com", "display_name": " Alice ",
        "password": .string(TestServices.password),
    ]

    @Test func `a user is made, shown, changed and deleted`() throws {
        let made = site.send(.post, "/api/v1/users", alice, bearer: root)
        #expect(made.status == 201)
        #expect(
            made.json.object?.names == [
                "id", "username", "email", "email_verified", "display_name", "kind",
                "system_administrator", "disabled", "last_sign_in_at", "created_at", "updated_at",
            ])
        #expect(made["display_name"] == "Alice")
        #expect(made["kind"] == "person")
        #expect(made["last_sign_in_at"] == .null)
        let path = "/api/v1/users/\(made["id"]?.string ?? "")"
        #expect(site.send(.get, path, bearer: root).json == made.json)

        site.platform.time.advance(seconds: 1)
        let changed = site.send(
            .patch, path, ["username": "alicia", "email": .null], bearer: root)
        #expect(changed.status == 200)
        #expect(changed["username"] == "alicia")
        #expect(changed["email"] == .null)
        #expect(changed["updated_at"] != made["updated_at"])

        #expect(site.send(.delete, path, bearer: root).status == 204)
        #expect(site.send(.get, path, bearer: root).status == 404)
        #expect(site.send(.delete, path, bearer: root).status == 404)
    }

    @Test func `the kind of a user is sent back as it is, and never changed`() {
        let made = site.send(.post, "/api/v1/users", alice, bearer: root)
        let path = "/api/v1/users/\(made["id"]?.string ?? "")"

        let same = site.send(
            .patch, path, ["kind": "person", "display_name": "Al"], bearer: root)
        let other = site.send(.patch, path, ["kind": "service"], bearer: root)

        #expect(same.status == 200 && same["display_name"] == "Al")
        #expect(other.status == 422)
        #expect(other.errors == ["kind not_allowed"])
    }

    @Test func `every bad field is told at once`() {
        let answer = site.send(
            .post, "/api/v1/users",
            [
                "username": "no spaces", "email": "nowhere", "password": "short", "kind": "robot",
                "is_admin": true,
            ], bearer: root)

        #expect(answer.status == 422)
        #expect(
            Set(answer.errors) == [
                "username invalid_username", "email invalid_email", "password too_short",
                "kind not_allowed", "is_admin unknown_field",
            ])
        #expect(
            site.send(.post, "/api/v1/users", [:], bearer: root).errors
                == ["username required", "password required"])
    }

    @Test func `what others decide can't be set`() throws {
        let made = site.send(.post, "/api/v1/users", alice, bearer: root)
        let path = "/api/v1/users/\(made["id"]?.string ?? "")"

        for field in ["id", "created_at", "last_sign_in_at", "password_hash", "owner"] {
            let answer = site.send(
                .patch, path, .object(JSON.Object([(field, "x")])), bearer: root)
            #expect(answer.errors == ["\(field) unknown_field"])
        }
        #expect(site.send(.get, path, bearer: root).json == made.json)
    }

    @Test func `a taken name is a conflict`() {
        _ = site.send(.post, "/api/v1/users", alice, bearer: root)

        let again = site.send(.post, "/api/v1/users", alice, bearer: root)

        #expect(again.status == 409)
        #expect(again.code == "username_taken")
    }

    @Test func `disabling counts from the moment it was answered`() throws {
        let made = site.send(.post, "/api/v1/users", alice, bearer: root)
        let token = try site.signIn("alice").token
        let path = "/api/v1/users/\(made["id"]?.string ?? "")"

        #expect(site.send(.patch, path, ["disabled": true], bearer: root)["disabled"] == true)
        #expect(site.send(.get, "/auth/me", bearer: token).status == 401)

        _ = site.send(.patch, path, ["disabled": false], bearer: root)
        #expect(site.send(.get, "/auth/me", bearer: token).status == 401)
        #expect(try site.services.token("alice") != nil)
    }

    @Test func `the last administrator stays`() throws {
        let me = site.send(.get, "/auth/me", bearer: root)["subject"]?.string ?? ""

        for (method, body) in [
            (HTTPRequest.Method.patch, ["disabled": true] as JSON?),
            (.patch, ["system_administrator": false]), (.delete, nil),
        ] {
            let answer = site.send(method, "/api/v1/users/\(me)", body, bearer: root)
            #expect(answer.status == 409)
            #expect(answer.code == "last_system_administrator")
        }
        #expect(site.send(.get, "/auth/me", bearer: root).status == 200)
    }

    @Test func `only a system administrator who sits there may`() throws {
        let person = try site.services.person("bob")
        let bob = try site.signIn("bob").token
        let boss = try site.services.person("boss", administrator: true)
        let acme = try site.services.organization("acme", ownedBy: boss)
        let script = try site.services.issue(for: boss, in: acme).text

        for route in site.routes
        where route.pattern.hasPrefix("/api/v1/users") && !route.pattern.contains("/me/")
            || route.pattern.hasPrefix("/api/v1/groups")
        {
            let path = route.pattern.replacingID(with: person.id.description)
            let body: JSON? = route.method == .get || route.method == .delete ? nil : [:]
            #expect(site.send(route.method, path, body).status == 401)
            #expect(site.send(route.method, path, body, bearer: bob).status == 403)
            #expect(site.send(route.method, path, body, bearer: script).status == 403)
        }
    }

    @Test(arguments: [
        "0", "-1", "1 OR 1", "2147483648", "1.5", "%27", "00000000-0000-7000-8000-00000000000",
        "00000000-0000-7000-8000-000000000001",
    ])
    func `a malformed or unknown id is not there`(_ id: String) {
        let id = id.split(separator: " ").joined(separator: "%20")

        for (method, body) in [
            (HTTPRequest.Method.get, nil as JSON?), (.patch, ["username": "x"]), (.delete, nil),
        ] {
            #expect(site.send(method, "/api/v1/users/\(id)", body, bearer: root).status == 404)
        }
    }

    @Test(arguments: [
        "limit=0", "limit=201", "limit=x", "limit=1&limit=2", "limit=-1", "cursor=x", "cursor=",
        "cursor=%27%20OR%201=1", "limit=99999999999999999999",
    ])
    func `a bad limit or cursor is refused`(_ query: String) {
        #expect(site.send(.get, "/api/v1/users?\(query)", bearer: root).status == 422)
    }

    @Test func `pages hold everybody once`() throws {
        for number in 0..<5 { try site.services.person("person\(number)") }

        var names: [String] = []
        var query = "limit=2"
        while true {
            let page = site.send(.get, "/api/v1/users?\(query)", bearer: root)
            names += page.data.compactMap { $0["username"]?.string }
            guard let cursor = page["next_cursor"]?.string else { break }
            query = "limit=2&cursor=\(cursor)"
        }

        #expect(names.sorted() == ["person0", "person1", "person2", "person3", "person4", "root"])
    }
}

@Suite struct PasswordAPITests {
    private let site: TestSite
    private let new = "another long secret"

    init() throws {
        site = try TestSite()
        try site.services.person("alice")
    }

    private func change(_ body: JSON, bearer: Secret) -> TestSite.Answer {
        site.send(.put, "/api/v1/users/me/password", body, bearer: bearer)
    }

    @Test func `one's own password is changed; others are signed out unless told otherwise`() throws
    {
        let mine = try site.signIn("alice").token
        let kept = try site.signIn("alice").token
        let current = JSON.string(TestServices.password)

        let first = change(
            [
                "current_password": current, "new_password": .string(new),
                "sign_out_others": false,
            ], bearer: mine)
        #expect(first.status == 204)
        #expect(site.send(.get, "/auth/me", bearer: kept).status == 200)

        let second = change(
            ["current_password": .string(new), "new_password": current], bearer: mine)
        #expect(second.status == 204)
        #expect(site.send(.get, "/auth/me", bearer: kept).status == 401)
        #expect(site.send(.get, "/auth/me", bearer: mine).status == 200)
    }

    @Test func `what is wrong is told field by field, without the passwords`() throws {
        let mine = try site.signIn("alice").token

        let answer = change(
            ["current_password": "guess-one", "new_password": "alice-alice"], bearer: mine)

        #expect(answer.status == 422)
        #expect(
            answer.errors == ["current_password wrong_password", "new_password too_short"])
        let text = String(decoding: answer.response.body, as: UTF8.self)
        #expect(!text.contains("guess-one") && !text.contains("alice-alice"))
        #expect(
            Set(change([:], bearer: mine).errors)
                == ["current_password required", "new_password required"])
    }

    @Test func `a script can't change its person's password`() throws {
        let boss = try site.services.person("boss")
        let acme = try site.services.organization("acme", ownedBy: boss)
        let script = try site.services.issue(for: boss, in: acme).text

        let answer = change(
            [
                "current_password": .string(TestServices.password), "new_password": .string(new),
            ], bearer: script)

        #expect(answer.code == "interactive_session_required")
    }
}

extension String {
    fileprivate func replacingID(with id: String) -> String {
        split(separator: "{id}", omittingEmptySubsequences: false).joined(separator: id)
    }
}
