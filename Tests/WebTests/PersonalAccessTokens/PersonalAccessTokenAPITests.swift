import Domain
import HTTPTypes
import JSON
import TestSupport
import Testing

@Suite struct PersonalAccessTokenAPITests {
    let scene: OrganizationScene
    let services: TestServices
    let viewer: APICaller

    init() throws {
        scene = try OrganizationScene()
        services = scene.services
        viewer = try scene.caller(scene.viewer)
    }

    private let fields: Set<String> = [
        "id", "name", "scopes", "organization_id", "created_at", "last_used_at", "expires_at",
        "status", "revoked_at",
    ]

    private func create(_ body: JSON = ["name": "script", "scopes": ["pipelines:read"]]) -> Answer {
        viewer.in(scene.plant).post("/api/v1/tokens", body)
    }

    // MARK: The way of a token

    @Test func `a token is made, shown once, used, revoked, and refused from then on`() throws {
        let made = create(["name": " ERP Data Sync ", "scopes": ["organizations:read"]])

        #expect(made.status == 201)
        #expect(made.names == fields.union(["token"]))
        #expect(made["name"] == "ERP Data Sync")
        #expect(made["scopes"] == ["organizations:read"])
        #expect(made["organization_id"] == .string(scene.plant.id.description))
        #expect(made["created_at"] == "2026-11-22T12:00:00.000Z")
        #expect(made["expires_at"] == "2027-02-20T12:00:00.000Z")
        #expect(made["status"] == "active")
        #expect(made["last_used_at"] == .null && made["revoked_at"] == .null)
        #expect(made.header("Cache-Control") == "no-store")
        let id = made.text("id")
        let script = scene.nobody.bearer(Secret(made.text("token")))
        #expect(script.get("/api/v1/organizations/\(scene.plant.id)").status == 200)
        let shown = viewer.get("/api/v1/tokens/\(id)")
        #expect(shown.status == 200 && shown.names == fields)
        let list = viewer.get("/api/v1/tokens")
        #expect(list.data == [shown.json])
        #expect(list["next_cursor"] == .null)

        scene.platform.time.advance(seconds: 3)
        let revoked = viewer.post("/api/v1/tokens/\(id)/revoke")

        #expect(revoked.status == 200 && revoked.names == fields)
        #expect(revoked["status"] == "revoked")
        #expect(revoked["revoked_at"] == "2026-11-22T12:00:03.000Z")
        let refused = script.get("/api/v1/organizations/\(scene.plant.id)")
        #expect(refused.status == 401)
        #expect(refused.code == "invalid_token")
        #expect(
            refused.header("WWW-Authenticate")?.hasPrefix(
                "Bearer realm=\"Gatehouse\", error=\"invalid_token\"") == true)
        scene.platform.time.advance(seconds: 3)
        #expect(viewer.post("/api/v1/tokens/\(id)/revoke").json == revoked.json)
        #expect(viewer.get("/api/v1/tokens").data.map { $0["status"] } == ["revoked"])
    }

    @Test func `a token for all organizations is bound to none`() {
        let made = create([
            "name": "x", "scopes": ["uns:read"], "all_organizations": true, "expires_in_days": 365,
        ])

        #expect(made.status == 201)
        #expect(made["organization_id"] == .null)
        #expect(made["expires_at"] == "2027-11-22T12:00:00.000Z")
    }

    @Test func `where the level is none the scopes are null, and sending some is refused`() throws {
        try services.setLevel(.none, of: scene.plant)

        let made = create(["name": "x", "scopes": .null])
        #expect(made.status == 201 && made["scopes"] == .null)
        for scopes: JSON in [[], ["pipelines:read"]] {
            let refused = create(["name": "x", "scopes": scopes])
            #expect(refused.status == 422 && refused.badFields == ["scopes"])
        }
    }

    // MARK: Who may

    @Test func `only a person who sits there comes to tokens`() throws {
        let made = try services.issue(
            scopes: ["organizations:read"], allOrganizations: true, for: scene.owner,
            in: scene.plant)
        let key = try services.apiKeys.issue(
            NewAPIKey(name: "k", permissions: ["organizations:manage"], lifetimeDays: 1),
            in: services.context(of: scene.owner, in: scene.plant),
            by: .test(services.session(of: scene.owner)))
        try services.setLevel(.none, of: scene.plant)
        let unrestricted = try services.issue(scopes: nil, for: scene.owner, in: scene.plant)
        for caller in [
            scene.nobody.bearer(made.text), scene.nobody.bearer(unrestricted.text),
            scene.nobody.with("X-Machhub-Api-Key", key.text.text),
            scene.nobody.with("X-API-Key", key.text.text),
        ].map({ $0.in(scene.plant) }) {
            for answer in [
                caller.get("/api/v1/tokens"), caller.post("/api/v1/tokens", ["name": "x"]),
                caller.get("/api/v1/tokens/\(made.token.id)"),
                caller.post("/api/v1/tokens/\(made.token.id)/revoke"),
            ] {
                #expect(answer.status == 403 && answer.code == "interactive_session_required")
            }
        }
        #expect(try services.bearer(of: made.text) != nil)
    }

    @Test func `nobody is asked for a credential, without the mention of an error`() {
        for answer in [
            scene.nobody.get("/api/v1/tokens"), scene.nobody.post("/api/v1/tokens", ["name": "x"]),
        ] {
            #expect(answer.status == 401)
            #expect(answer.header("WWW-Authenticate") == "Bearer realm=\"Gatehouse\"")
        }
    }

    @Test func `making one needs the organization, of which one is a member`() {
        let body: JSON = ["name": "x", "scopes": ["pipelines:read"]]

        let without = viewer.post("/api/v1/tokens", body)
        #expect(without.status == 400 && without.code == "organization_required")
        let foreign = viewer.in(scene.other).post("/api/v1/tokens", body)
        #expect(foreign.status == 403 && foreign.code == "organization_forbidden")
        let nowhere = viewer.with("X-Organization-ID", "0192f1d0-0000-7000-8000-000000000001")
            .post("/api/v1/tokens", body)
        #expect(nowhere.json == foreign.json)
        #expect(
            viewer.with("Domain", "domains:plant").post("/api/v1/tokens", body).status == 201)
        #expect(
            viewer.in(scene.plant).with("Domain", "domains:other").post("/api/v1/tokens", body)
                .status == 400)
    }

    @Test func `another person's token is not there, nor is what is no id`() throws {
        let made = try services.issue(for: scene.owner, in: scene.plant)
        for id in [
            made.token.id.description, "0192f1d0-0000-7000-8000-000000000001", "1", "-1", "%00",
            "1%20OR%201", "9223372036854775808",
        ] {
            #expect(viewer.get("/api/v1/tokens/\(id)").status == 404, "\(id)")
            #expect(viewer.post("/api/v1/tokens/\(id)/revoke").status == 404, "\(id)")
        }
        #expect(try services.bearer(of: made.text) != nil)
    }

    // MARK: What is refused

    @Test func `every bad field is told at once`() {
        let refused = create([
            "name": "a\u{7}", "expires_in_days": 7, "scopes": ["pipelines:read", "models:write"],
            "all_organizations": "yes", "admin": true,
        ])

        #expect(refused.status == 422)
        #expect(refused.header("Content-Type") == "application/problem+json")
        #expect(
            refused.badFields == [
                "name", "expires_in_days", "all_organizations", "scopes", "admin",
            ])
        #expect(
            refused.badCodes == [
                "control_character", "not_allowed", "wrong_type", "scope_not_held",
                "unknown_field",
            ])
        #expect(
            refused.json["errors"]?.array?[3]["detail"]?.string?.contains("models:write") == true)
        #expect(refused["request_id"] == "request-1")
    }

    @Test func `a scope that is not held is named`() {
        let refused = create(["name": "x", "scopes": ["organizations:manage"]])

        #expect(refused.status == 422 && refused.code == "scope_not_held")
        #expect(refused.text("detail").contains("organizations:manage"))
    }

    @Test func `a name has 1 to 255 characters after trimming`() {
        func status(_ name: JSON) -> Int {
            create(["name": name, "scopes": ["pipelines:read"]]).status
        }

        #expect(status(.string(String(repeating: "ä", count: 255))) == 201)
        #expect(status(.string(" " + String(repeating: "a", count: 255) + "\u{3000}")) == 201)
        for bad: JSON in [
            "", "   ", .string(String(repeating: "a", count: 256)), "a\u{0}b", "a\nb",
            "\u{1B}[31mred", 7, .null, [],
        ] {
            #expect(status(bad) == 422, "\(bad)")
        }
        #expect(create(["scopes": ["pipelines:read"]]).badFields == ["name"])
    }

    @Test(arguments: [
        JSON.integer(0), 1, 29, 31, 366, -90, "90", 90.5, true, [],
    ])
    func `no lifetime but the four is taken`(days: JSON) {
        let refused = create([
            "name": "x", "scopes": ["pipelines:read"], "expires_in_days": days,
        ])
        #expect(refused.status == 422 && refused.badFields == ["expires_in_days"])
    }

    @Test func `what is no JSON object is refused before anything is read of it`() {
        let caller = viewer.in(scene.plant)
        for (body, type, status) in [
            ("{\"name\":\"a\",\"name\":\"b\"}", "application/json", 400),
            ("[]", "application/json", 400), ("{", "application/json", 400),
            ("{\"name\":\"\\ud800\"}", "application/json", 400),
            ("name=x", "application/x-www-form-urlencoded", 415), ("{}", "text/plain", 415),
        ] {
            let answer = caller.send(.post, "/api/v1/tokens", bytes: Array(body.utf8), type: type)
            #expect(answer.status == status, "\(body)")
        }
        #expect(caller.get("/api/v1/tokens").data.isEmpty)
    }

    @Test func `the fifty-first active token is a conflict`() throws {
        for _ in 1...50 { _ = try services.issue(for: scene.viewer, in: scene.plant) }

        let refused = create()

        #expect(refused.status == 409 && refused.code == "token_limit_reached")
    }

    @Test func `pages follow one another, and a bad limit or cursor is refused`() throws {
        for number in 1...3 {
            scene.platform.time.advance(seconds: 1)
            _ = try services.issue("t\(number)", for: scene.viewer, in: scene.plant)
        }

        let first = viewer.get("/api/v1/tokens?limit=2")
        let second = viewer.get("/api/v1/tokens?limit=2&cursor=\(first.text("next_cursor"))")

        #expect(first.data.map { $0["name"] } == ["t3", "t2"])
        #expect(second.data.map { $0["name"] } == ["t1"])
        #expect(second["next_cursor"] == .null)
        for bad in ["limit=0", "limit=201", "limit=x", "limit=1&limit=2", "cursor=x", "cursor=%27"]
        {
            #expect(viewer.get("/api/v1/tokens?\(bad)").status == 422, "\(bad)")
        }
    }

    // MARK: Attacks

    @Test func `a token that was changed in any way is not believed`() throws {
        let token = try services.issue(
            scopes: ["organizations:read"], for: scene.viewer, in: scene.plant
        ).text.text
        let path = "/api/v1/organizations/\(scene.plant.id)"
        #expect(scene.nobody.with("Authorization", "Bearer \(token)").get(path).status == 200)
        let middle = token.index(token.startIndex, offsetBy: token.count / 2)
        var swapped = token
        swapped.replaceSubrange(middle...middle, with: token[middle] == "A" ? "B" : "A")
        for bad in [
            String(token.dropLast()), token + "A", token + "=", token.uppercased(), swapped,
            token.replacing(".", with: "%2E"), token + ".", "." + token, token + "\u{1}A",
            String(token.split(separator: ".")[0]) + "..", "", " ",
        ] {
            #expect(
                scene.nobody.with("Authorization", "Bearer \(bad)").get(path).status == 401,
                "\(bad)")
        }
    }

    @Test func `a token works as a bearer and in no other way`() throws {
        let token = try services.issue(
            scopes: ["organizations:read"], for: scene.viewer, in: scene.plant
        ).text.text
        let path = "/api/v1/organizations/\(scene.plant.id)"

        #expect(scene.nobody.get("\(path)?access_token=\(token)").status == 401)
        for (name, value) in [
            ("Cookie", "token=\(token)"), ("Authorization", "Basic \(token)"),
            ("Authorization", token), ("X-API-Key", token), ("X-Access-Token", token),
        ] {
            #expect(scene.nobody.with(name, value).get(path).status == 401, "\(name)")
        }
        let twice = scene.nobody.with("Authorization", "Bearer \(token)")
            .with("Authorization", "Bearer \(token)").get(path)
        #expect(twice.status == 400)
    }

    @Test func `a token with read scopes changes nothing, whatever the method says`() throws {
        try services.setLevel(.enterprise, of: scene.plant)
        let token = try services.issue(
            scopes: BuiltInRole.viewer.permissions.scopes.map(\.description), for: scene.owner,
            in: scene.plant)
        let script = scene.nobody.bearer(token.text).in(scene.plant)
            .with("X-HTTP-Method-Override", "DELETE")
        let base = "/api/v1/organizations/\(scene.plant.id)"
        let someone = scene.viewer.id
        let reads = [base, "\(base)/roles", "/api/v1/scopes", "/api/v1/organizations"]
        for path in reads {
            #expect(script.get(path).status == 200, "\(path)")
            #expect(script.get("\(path)?_method=DELETE").status == 200, "\(path)")
        }
        let refused = [
            script.patch(base, ["name": "x"]), script.delete(base),
            script.post("/api/v1/organizations", ["name": "x"]),
            script.get("\(base)/members"), script.post("\(base)/members", ["user_id": "x"]),
            script.patch("\(base)/members/\(someone)", ["owner": true]),
            script.delete("\(base)/members/\(someone)"),
            script.post("\(base)/roles", ["name": "x"]),
            script.patch("\(base)/roles/\(BuiltInRole.viewer.id)", [:]),
            script.delete("\(base)/roles/\(BuiltInRole.viewer.id)"),
            script.get("/api/v1/tokens"), script.post("/api/v1/tokens", ["name": "x"]),
            script.get("/api/v1/api-keys"), script.post("/api/v1/api-keys", ["name": "x"]),
        ]
        #expect(refused.map(\.status) == Array(repeating: 403, count: refused.count))
        #expect(
            refused[0].header("WWW-Authenticate")
                == "Bearer error=\"insufficient_scope\", scope=\"organizations:manage\"")
        #expect(refused[0].text("detail").contains("organizations:manage"))
    }
}
