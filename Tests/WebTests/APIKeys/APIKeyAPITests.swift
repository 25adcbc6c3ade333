import Domain
import JSON
import TestSupport
import Testing

@Suite struct APIKeyAPITests {
    let scene: OrganizationScene
    let services: TestServices
    let owner: APICaller

    init() throws {
        scene = try OrganizationScene()
        services = scene.services
        owner = try scene.caller(scene.owner).in(scene.plant)
    }

    private let fields: Set<String> = [
        "id", "name", "permissions", "organization_id", "created_by", "created_at",
        "last_used_at", "expires_at", "status", "revoked_at",
    ]

    private func create(_ permissions: JSON = ["organizations:read"]) -> Answer {
        owner.post(
            "/api/v1/api-keys",
            ["name": "PLC 7", "expires_in_days": 30, "permissions": permissions])
    }

    @Test func `a key is made, shown once, used under both names, revoked, and refused`() {
        let made = create()

        #expect(made.status == 201)
        #expect(made.names == fields.union(["key"]))
        #expect(made["permissions"] == ["organizations:read"])
        #expect(made["organization_id"] == .string(scene.plant.id.description))
        #expect(made["created_by"] == .string(scene.owner.id.description))
        #expect(made["expires_at"] == "2026-12-22T12:00:00.000Z")
        #expect(made["status"] == "active")
        #expect(made.header("Cache-Control") == "no-store")
        let (id, key) = (made.text("id"), made.text("key"))
        #expect(key.hasPrefix("mchx_"))
        let path = "/api/v1/organizations/\(scene.plant.id)"
        #expect(scene.nobody.with("X-Machhub-Api-Key", key).get(path).status == 200)
        let machine = scene.nobody.with("X-API-Key", key)
        #expect(machine.get(path).status == 200)
        #expect(machine.get(path)["your_role"] == .null)
        #expect(owner.get("/api/v1/api-keys/\(id)").names == fields)
        #expect(owner.get("/api/v1/api-keys").data.map { $0["id"] } == [.string(id)])

        let revoked = owner.post("/api/v1/api-keys/\(id)/revoke")

        #expect(revoked.status == 200 && revoked["status"] == "revoked")
        let refused = machine.get(path)
        #expect(refused.status == 401)
        #expect(refused.header("WWW-Authenticate") == "Bearer realm=\"Gatehouse\"")
        scene.platform.time.advance(seconds: 1)
        #expect(owner.post("/api/v1/api-keys/\(id)/revoke").json == revoked.json)
    }

    @Test func `its organization is fixed, and the header may be left out`() throws {
        let key = create(["organizations:read", "models:write"]).text("key")
        let machine = scene.nobody.with("X-API-Key", key)

        #expect(machine.get("/api/v1/scopes").status == 200)
        #expect(machine.in(scene.plant).get("/api/v1/scopes").status == 200)
        #expect(machine.with("Domain", "domains:plant").get("/api/v1/scopes").status == 200)
        let foreign = machine.in(scene.other).get("/api/v1/scopes")
        #expect(foreign.status == 403 && foreign.code == "organization_forbidden")
        #expect(machine.get("/api/v1/organizations/\(scene.other.id)").status == 404)
        #expect(
            machine.get("/api/v1/organizations").data.map { $0["slug"] } == ["plant"])
        let held = machine.get("/api/v1/scopes").data.flatMap { $0["scopes"]?.array ?? [] }
            .filter { $0["held"] == true }.map { $0["name"] }
        #expect(held == ["models:write", "organizations:read"])
    }

    @Test func `two headers, empty ones and other keys are refused, never the first taken`() {
        let key = create().text("key")
        let path = "/api/v1/scopes"

        for caller in [
            scene.nobody.with("X-API-Key", key).with("X-API-Key", key),
            scene.nobody.with("X-API-Key", key).with("X-Machhub-Api-Key", key),
            scene.nobody.with("X-Machhub-Api-Key", "").with("X-Machhub-Api-Key", key),
        ] {
            #expect(caller.get(path).status == 400)
        }
        for bad in ["", "   ", "mchx_", String(repeating: "x", count: 8_192), key + "a"] {
            #expect(scene.nobody.with("X-API-Key", bad).get(path).status == 401)
        }
        // A bearer alone decides, right or wrong.
        #expect(
            scene.nobody.with("X-API-Key", key).with("Authorization", "Bearer x").get(path)
                .status == 401)
    }

    @Test func `only who manages and sits there comes to keys`() throws {
        let made = create(["organizations:manage"])
        let id = made.text("id")
        func statuses(_ caller: APICaller) -> [Int] {
            [
                caller.get("/api/v1/api-keys"), caller.get("/api/v1/api-keys/\(id)"),
                caller.post("/api/v1/api-keys", ["name": "x"]),
                caller.post("/api/v1/api-keys/\(id)/revoke"),
            ].map(\.status)
        }
        let token = try services.issue(
            scopes: ["organizations:manage"], for: scene.owner, in: scene.plant)

        #expect(statuses(try scene.caller(scene.viewer).in(scene.plant)) == [403, 403, 403, 403])
        #expect(statuses(scene.nobody.bearer(token.text).in(scene.plant)) == [403, 403, 403, 403])
        #expect(
            statuses(scene.nobody.with("X-API-Key", made.text("key"))) == [403, 403, 403, 403])
        #expect(statuses(scene.nobody.in(scene.plant)) == [401, 401, 401, 401])
        #expect(statuses(try scene.caller(scene.owner)) == [400, 400, 400, 400])
        let stranger = try scene.caller(scene.stranger).in(scene.other)
        #expect(stranger.get("/api/v1/api-keys/\(id)").status == 404)
        #expect(stranger.post("/api/v1/api-keys/\(id)/revoke").status == 404)
        #expect(stranger.get("/api/v1/api-keys").data.isEmpty)
        #expect(owner.get("/api/v1/api-keys/\(id)")["status"] == "active")
    }

    @Test func `every bad field is told at once`() {
        let refused = owner.post(
            "/api/v1/api-keys",
            [
                "name": "", "expires_in_days": 366, "permissions": ["pipelines:fly"],
                "scopes": ["pipelines:read"],
            ])

        #expect(refused.status == 422)
        #expect(refused.badFields == ["name", "expires_in_days", "permissions", "scopes"])
        let both = owner.post(
            "/api/v1/api-keys",
            [
                "name": "x", "expires_in_days": 30, "expires_at": "2026-12-01T00:00:00Z",
                "permissions": ["pipelines:read"],
            ])
        #expect(both.status == 422 && both.badFields == ["expires_at"])
        let neither = owner.post(
            "/api/v1/api-keys", ["name": "x", "permissions": ["pipelines:read"]])
        #expect(neither.status == 422 && neither.badFields == ["expires_in_days"])
    }

    @Test func `an end is a time of RFC 3339 within a year`() {
        func answer(_ time: JSON) -> Answer {
            owner.post(
                "/api/v1/api-keys",
                ["name": "x", "expires_at": time, "permissions": ["pipelines:read"]])
        }

        let made = answer("2026-12-01T01:00:00+01:00")
        #expect(made.status == 201 && made["expires_at"] == "2026-12-01T00:00:00.000Z")
        for bad: JSON in [
            "2026-11-22T12:00:00Z", "2020-01-01T00:00:00Z", "2027-11-22T12:00:01Z", "tomorrow",
            "2026-12-01", 1_800_000_000,
        ] {
            let refused = answer(bad)
            #expect(refused.status == 422 && refused.badFields == ["expires_at"], "\(bad)")
        }
    }
}
