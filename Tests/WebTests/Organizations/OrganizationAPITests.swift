import Domain
import JSON
import Storage
import TestSupport
import Testing

@Suite struct OrganizationAPITests {
    let scene: OrganizationScene
    let services: TestServices
    let path: String

    init() throws {
        scene = try OrganizationScene()
        services = scene.services
        path = "/api/v1/organizations/\(scene.plant.id)"
    }

    private let fields: Set<String> = [
        "id", "name", "slug", "rbac_level", "maintenance", "member_count", "your_role",
        "created_at", "updated_at",
    ]

    @Test func `an administrator makes one and owns it`() throws {
        let administrator = try scene.caller(scene.administrator)

        let made = administrator.post(
            "/api/v1/organizations", ["name": "Plant 2 / North", "rbac_level": "enterprise"])

        #expect(made.status == 201 && made.names == fields)
        #expect(made["slug"] == "plant-2-north")
        #expect(made["rbac_level"] == "enterprise")
        #expect(made["maintenance"] == ["enabled": false, "message": "", "retry_after": 300])
        #expect(made["member_count"] == 1)
        #expect(made["your_role"] == ["owner": true, "roles": []])
        let second = administrator.post("/api/v1/organizations", ["name": "Plant 2 North"])
        #expect(second["slug"] == "plant-2-north-2" && second["rbac_level"] == "basic")
        let taken = administrator.post(
            "/api/v1/organizations", ["name": "x", "slug": "plant-2-north"])
        #expect(taken.status == 409 && taken.code == "slug_taken")
        let bad = administrator.post(
            "/api/v1/organizations",
            ["name": "", "slug": "Plant", "rbac_level": "strict", "owner": true])
        #expect(bad.status == 422)
        #expect(bad.badFields == ["name", "rbac_level", "slug", "owner"])
    }

    @Test func `nobody but an administrator who sits there makes one`() throws {
        try services.add(scene.administrator, to: scene.plant, .admin)
        let token = try services.issue(
            scopes: ["organizations:manage"], for: scene.administrator, in: scene.plant)
        for caller in [
            try scene.caller(scene.owner), try scene.caller(scene.viewer),
            scene.nobody.bearer(token.text),
        ] {
            let refused = caller.post("/api/v1/organizations", ["name": "x"])
            #expect(refused.status == 403)
            #expect(refused.code == "system_administrator_required")
        }
        #expect(scene.nobody.post("/api/v1/organizations", ["name": "x"]).status == 401)
    }

    @Test func `members list theirs, an administrator all, a bound credential its own`() throws {
        let viewer = try scene.caller(scene.viewer)
        let list = viewer.get("/api/v1/organizations")

        #expect(list.data.map { $0["slug"] } == ["plant"])
        #expect(list.data[0]["your_role"] == ["owner": false, "roles": ["viewer"]])
        #expect(list.data[0]["member_count"] == 2)
        #expect(Set(list.data[0].object?.names ?? []) == fields)
        let all = try scene.caller(scene.administrator).get("/api/v1/organizations")
        #expect(Set(all.data.compactMap { $0["slug"]?.string }) == ["plant", "other"])
        #expect(all.data.allSatisfy { $0["your_role"] == .null })
        try services.add(scene.viewer, to: scene.other, .viewer)
        let token = try services.issue(
            scopes: ["organizations:read"], for: scene.viewer, in: scene.plant)
        #expect(
            scene.nobody.bearer(token.text).get("/api/v1/organizations").data.map { $0["slug"] }
                == ["plant"])
        #expect(viewer.get("/api/v1/organizations").data.count == 2)
    }

    @Test func `one is read with the scope to read it, and by administrators`() throws {
        let member = try services.person("mia")
        try services.add(member, to: scene.plant)
        let token = try services.issue(
            scopes: ["pipelines:read"], for: scene.viewer, in: scene.plant)

        #expect(try scene.caller(scene.viewer).get(path).names == fields)
        let bare = try scene.caller(member).get(path)
        #expect(bare.status == 403 && bare.code == "insufficient_scope")
        #expect(scene.nobody.bearer(token.text).get(path).status == 403)
        let administrator = try scene.caller(scene.administrator).get(path)
        #expect(administrator.status == 200 && administrator["your_role"] == .null)
        let bound = try services.issue(
            scopes: ["pipelines:read"], for: scene.owner, in: scene.plant)
        #expect(
            scene.nobody.bearer(bound.text).get("/api/v1/organizations/\(scene.other.id)").status
                == 404)
    }

    @Test func `another's is not there, whatever is tried, and looks like none`() throws {
        let stranger = try scene.caller(scene.stranger)
        let nowhere = "/api/v1/organizations/0192f1d0-0000-7000-8000-000000000001"
        for answer in [
            stranger.get(path), stranger.patch(path, ["name": "x"]), stranger.delete(path),
            stranger.get("\(path)/members"), stranger.get("\(path)/roles"),
            stranger.post("\(path)/members", ["user_id": .string(scene.stranger.id.description)]),
            stranger.delete("\(path)/members/\(scene.viewer.id)"),
            stranger.patch("\(path)/members/\(scene.viewer.id)", ["owner": true]),
            stranger.post("\(path)/roles", ["name": "x", "scopes": ["models:read"]]),
            stranger.in(scene.plant).get(path), stranger.get("/api/v1/organizations/1"),
        ] {
            #expect(answer.status == 404)
            #expect(answer.json == stranger.get(nowhere).json)
        }
        #expect(try services.stores.organizations.find(scene.plant.id) == scene.plant)
        #expect(
            try services.stores.organizations.memberCounts(of: [scene.plant.id]).values.first == 2)
    }

    @Test func `a header beside the path agrees with it, or the request is refused`() throws {
        let owner = try scene.caller(scene.owner)
        let administrator = try scene.caller(scene.administrator)
        try services.add(scene.owner, to: scene.other, .viewer)

        for caller in [owner, administrator] {
            #expect(caller.in(scene.plant).get(path).status == 200)
            #expect(caller.with("Domain", "domains:plant").get(path).status == 200)
            let other = caller.in(scene.other).get(path)
            #expect(other.status == 400 && other.code == "organization_mismatch")
            #expect(caller.with("Domain", "domains:other").get(path).status == 400)
            #expect(caller.with("X-Organization-ID", "x").get(path).status == 400)
            #expect(caller.in(scene.plant).in(scene.plant).get(path).status == 400)
        }
    }

    @Test func `a header that can't be read is refused where nothing hangs on it, too`() throws {
        let administrator = try scene.caller(scene.administrator)

        for target in [
            "sessions", "tokens", "organizations", "users", "groups", "audit-events",
        ].map({ "/api/v1/\($0)" }) {
            #expect(administrator.get(target).status == 200, "\(target)")
            for (name, value) in [("X-Organization-ID", "x"), ("Domain", "plant")] {
                #expect(administrator.with(name, value).get(target).status == 400, "\(target)")
            }
            #expect(administrator.in(scene.plant).in(scene.plant).get(target).status == 400)
        }
        #expect(scene.nobody.with("Domain", "plant").get(path).status == 401)
    }

    @Test func `fields change apart, and maintenance keeps members out at once`() throws {
        let owner = try scene.caller(scene.owner)
        let viewer = try scene.caller(scene.viewer)

        let renamed = owner.patch(path, ["name": "Plant 1"])
        let closed = owner.patch(
            path, ["maintenance": ["enabled": true, "message": "Back at six"]])

        #expect(renamed.status == 200 && renamed["name"] == "Plant 1")
        #expect(closed["name"] == "Plant 1" && closed["rbac_level"] == "basic")
        #expect(
            closed["maintenance"]
                == ["enabled": true, "message": "Back at six", "retry_after": 300])
        let refused = viewer.get(path)
        #expect(refused.status == 503 && refused.code == "organization_maintenance")
        #expect(refused.header("Retry-After") == "300")
        #expect(refused.text("detail") == "Back at six")
        #expect(viewer.in(scene.plant).get("/api/v1/scopes").status == 503)
        #expect(owner.patch(path, ["maintenance": ["enabled": false]]).status == 200)
        #expect(viewer.get(path).status == 200)
    }

    @Test func `who may change what is told apart`() throws {
        let admin = try services.person("adam")
        try services.add(admin, to: scene.plant, .admin)
        let manager = try scene.caller(admin)

        #expect(manager.patch(path, ["name": "x"]).status == 200)
        let level = manager.patch(path, ["rbac_level": "none"])
        #expect(level.status == 403 && level.code == "owner_required")
        let viewer = try scene.caller(scene.viewer).patch(path, ["name": "y"])
        #expect(viewer.status == 403 && viewer.code == "insufficient_scope")
        let administrator = try scene.caller(scene.administrator)
        #expect(administrator.patch(path, ["name": "y"]).status == 403)
        #expect(try scene.caller(scene.owner).patch(path, ["rbac_level": "none"]).status == 200)
        let token = try services.issue(
            scopes: nil, for: scene.owner, in: scene.plant)
        #expect(
            scene.nobody.bearer(token.text).patch(path, ["rbac_level": "basic"]).status == 200)
        let restricted = try services.issue(
            scopes: ["organizations:manage"], for: scene.owner, in: scene.plant)
        let script = scene.nobody.bearer(restricted.text)
        #expect(script.patch(path, ["name": "by script"]).status == 200)
        #expect(script.patch(path, ["rbac_level": "none"]).status == 403)
    }

    @Test func `bad values are told at once, those of maintenance with their path`() throws {
        let refused = try scene.caller(scene.owner).patch(
            path,
            [
                "name": "", "rbac_level": "x", "slug": "new",
                "maintenance": [
                    "enabled": 1, "message": .string(String(repeating: "x", count: 501)),
                    "retry_after": 0, "until": "x",
                ],
            ])

        #expect(refused.status == 422)
        #expect(
            Set(refused.badFields) == [
                "name", "rbac_level", "slug", "maintenance.enabled", "maintenance.message",
                "maintenance.retry_after", "maintenance.until",
            ])
        #expect(try services.stores.organizations.find(scene.plant.id) == scene.plant)
    }

    @Test func `owners and administrators delete, but never the last`() throws {
        #expect(try scene.caller(scene.viewer).delete(path).status == 403)

        #expect(try scene.caller(scene.owner).delete(path).status == 204)

        #expect(try scene.caller(scene.owner).get(path).status == 404)
        let last = try scene.caller(scene.administrator).delete(
            "/api/v1/organizations/\(scene.other.id)")
        #expect(last.status == 409 && last.code == "last_organization")
        #expect(try scene.caller(scene.administrator).delete(path).status == 404)
    }
}
