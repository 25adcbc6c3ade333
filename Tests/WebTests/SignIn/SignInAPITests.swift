import Domain
import HTTP
import HTTPTypes
import JSON
import TestSupport
import Testing

@Suite struct SignInAPITests {
    private let site: TestSite
    private let alice: User

    init() throws {
        site = try TestSite()
        alice = try site.services.person("alice", email: "alice@example.com")
    }

    private func login(
        _ username: String, _ password: String = TestServices.password, refresh: Bool? = nil,
        from address: String = "192.0.2.1"
    ) -> TestSite.Answer {
        var body: [(String, JSON)] = [
            ("username", .string(username)), ("password", .string(password)),
        ]
        if let refresh { body.append(("refresh", .bool(refresh))) }
        return site.send(.post, "/auth/login", .object(JSON.Object(body)), from: address)
    }

    @Test func `a sign-in answers with a token that works`() throws {
        let answer = login("alice@example.com")

        #expect(answer.status == 200)
        #expect(answer.json.object?.names == ["success", "tkn", "expires_in"])
        #expect(answer["success"] == true)
        #expect(answer["expires_in"] == 86_400)
        #expect(answer.response.headers[.cacheControl] == "no-store")
        let token = Secret(try #require(answer["tkn"]?.string))
        #expect(site.send(.get, "/auth/me", bearer: token)["subject"] == .string("\(alice.id)"))
    }

    @Test func `every wrong sign-in has one answer, to the byte`() throws {
        _ = try site.services.users.create(NewUser(username: "robot", kind: .service), by: .test())
        let gone = try site.services.person("gone")
        _ = try site.services.users.update(gone.id, UserChanges(isDisabled: true), by: .test())

        let answers = [
            login("alice", "wrong"), login("nobody", "wrong"), login("gone"), login("robot", ""),
            login("alice", String(repeating: "x", count: 2_000)), login("", ""),
        ]

        for answer in answers {
            #expect(answer.response.status == .unauthorized)
            #expect(answer.response.headers == answers[0].response.headers)
            #expect(answer.response.body == answers[0].response.body)
        }
        #expect(answers[0]["success"] == false)
        #expect(answers[0].code == "invalid_credentials")
        #expect(answers[0]["status"] == 401)
        #expect(answers[0]["request_id"] == "request-1")
        let challenge = answers[0].response.headers[.wwwAuthenticate]
        #expect(challenge == "Bearer realm=\"Gatehouse\"")
    }

    @Test func `too many wrong tries are told to wait, whoever it is`() {
        for name in ["alice", "nobody"] {
            for _ in 0..<10 { #expect(login(name, "wrong").status == 401) }

            let answer = login(name)

            #expect(answer.status == 429)
            #expect(answer["success"] == false)
            #expect(answer.code == "too_many_attempts")
            #expect(answer.response.headers[.retryAfter] == "900")
        }
    }

    @Test(arguments: ["/auth/login", "/auth/refresh"])
    func `every refusal of a sign-in says that it was none`(path: String) {
        let wrong = site.send(.post, path, ["foo": 1])
        let malformed = site.send(.post, path, [1])
        let form = site.send(.post, path, [:], headers: [.contentType: "text/plain"])

        for (answer, status) in [(wrong, 422), (malformed, 400), (form, 415)] {
            #expect(answer.status == status)
            #expect(answer.json.object?.names.first == "success")
            #expect(answer["success"] == false)
            #expect(answer["status"] == .integer(status))
        }
        #expect(site.send(.get, "/auth/me")["success"] == nil)
    }

    @Test func `an organization header that is doubled or malformed is refused by every call`()
        throws
    {
        let token = try site.signIn("alice").token
        let name = try #require(HTTPField.Name("X-Organization-ID"))
        var doubled: HTTPFields = [:]
        for _ in 0..<2 {
            doubled.append(HTTPField(name: name, value: "01a2026f-04ff-7249-aa93-ffafe168f0d7"))
        }

        for target in ["/auth/me", "/api/v1/tokens", "/api/v1/organizations", "/api/v1/sessions"] {
            for headers in [doubled, [name: "organization"]] {
                let answer = site.send(.get, target, bearer: token, headers: headers)

                #expect(answer.status == 400)
            }
        }
    }

    @Test func `a body that is no sign-in is refused, field by field`() {
        let bad = site.send(
            .post, "/auth/login", ["username": 1, "refresh": "yes", "admin": true])

        #expect(bad.status == 422)
        #expect(
            Set(bad.errors) == [
                "username wrong_type", "password required", "refresh wrong_type",
                "admin unknown_field",
            ])
        #expect(
            site.send(.post, "/auth/login", ["a": 1], headers: [.contentType: "text/plain"]).status
                == 415)
        #expect(site.send(.post, "/auth/login", ["a"]).status == 400)
        #expect(site.send(.get, "/auth/login").status == 405)
    }

    @Test func `a refresh token renews once; replayed, it ends its session`() throws {
        let first = login("alice", refresh: true)
        let refresh = try #require(first["refresh_token"]?.string)

        let second = site.send(.post, "/auth/refresh", ["refresh_token": .string(refresh)])
        #expect(second.status == 200)
        let token = Secret(try #require(second["tkn"]?.string))
        #expect(site.send(.get, "/auth/me", bearer: token).status == 200)
        #expect(second["refresh_token"]?.string != refresh)

        let replayed = site.send(.post, "/auth/refresh", ["refresh_token": .string(refresh)])
        #expect(replayed.status == 401)
        #expect(replayed["success"] == false)
        #expect(replayed.response.headers[.wwwAuthenticate] == "Bearer realm=\"Gatehouse\"")
        #expect(site.send(.get, "/auth/me", bearer: token).status == 401)
    }

    @Test func `signing out ends the token at once`() throws {
        let token = try site.signIn("alice").token

        #expect(site.send(.post, "/auth/logout", bearer: token).status == 204)

        let after = site.send(.get, "/auth/me", bearer: token)
        #expect(after.status == 401)
        #expect(
            after.response.headers[.wwwAuthenticate]?.contains("error=\"invalid_token\"") == true)
        #expect(site.send(.post, "/auth/logout").status == 401)
    }

    @Test func `who one is: the person, what they belong to, and what they may do here`() throws {
        let acme = try site.services.organization("acme", ownedBy: alice)
        _ = try site.services.groups.create(name: "ops", members: [alice.id], by: .test())
        let token = try site.signIn("alice").token
        let header = try #require(HTTPField.Name("X-Organization-ID"))

        let without = site.send(.get, "/auth/me", bearer: token)
        let with = site.send(.get, "/auth/me", bearer: token, headers: [header: "\(acme.id)"])

        #expect(
            without.json.object?.names == [
                "subject", "username", "display_name", "email", "credential", "groups", "domains",
                "organization", "scopes",
            ])
        #expect(without["username"] == "alice")
        #expect(without["email"] == "alice@example.com")
        #expect(without["credential"]?["kind"] == "session")
        #expect(without["groups"] == ["ops"])
        #expect(without["domains"] == ["domains:acme"])
        #expect(without["organization"] == .null)
        #expect(without["scopes"] == [])
        #expect(with["organization"]?["slug"] == "acme")
        #expect(with["organization"]?["owner"] == true)
        #expect(with["organization"]?["rbac_level"] == "basic")
        #expect(with["organization"]?["roles"] == [])
        #expect(with["scopes"]?.strings?.contains("organizations:manage") == true)
    }

    @Test func `a token bound to one organization tells of no other`() throws {
        let acme = try site.services.organization("acme", ownedBy: alice)
        try site.services.organization("secret", ownedBy: alice)
        let token = try site.services.issue(for: alice, in: acme).text

        let me = site.send(.get, "/auth/me", bearer: token)

        #expect(me["credential"]?["kind"] == "personal_access_token")
        #expect(me["domains"] == ["domains:acme"])
        #expect(
            site.send(.post, "/auth/logout", bearer: token).code == "interactive_session_required")
    }
}
