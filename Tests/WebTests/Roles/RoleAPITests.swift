import Domain
import JSON
import TestSupport
import Testing

@Suite struct RoleAPITests {
    let scene: OrganizationScene
    let services: TestServices
    let owner: APICaller
    let path: String

    init() throws {
        scene = try OrganizationScene()
        services = scene.services
        owner = try scene.caller(scene.owner)
        path = "/api/v1/organizations/\(scene.plant.id)/roles"
    }

    @Test func `built-in roles are listed with what they hold`() throws {
        let list = try scene.caller(scene.viewer).get(path)

        #expect(list.data.map { $0["name"] } == ["viewer", "operator", "editor", "admin"])
        #expect(list.data.allSatisfy { $0["built_in"] == true })
        #expect(
            list.data[0]["scopes"] == [
                "pipelines:read", "models:read", "connectors:read", "uns:read",
                "dashboards:read", "organizations:read",
            ])
        #expect(list["next_cursor"] == .null)
    }

    @Test func `at enterprise an owner makes, changes and deletes custom roles`() throws {
        try services.setLevel(.enterprise, of: scene.plant)

        let made = owner.post(
            path, ["name": "line 4", "scopes": ["uns:publish:plant1/#", "pipelines:read"]])

        #expect(made.status == 201)
        #expect(
            made.names == ["id", "name", "scopes", "built_in", "created_at", "updated_at"])
        #expect(made["scopes"] == ["pipelines:read", "uns:publish:plant1/#"])
        #expect(made["built_in"] == false)
        let role = "\(path)/\(made.text("id"))"
        #expect(owner.patch(role, ["name": "line 5"])["name"] == "line 5")
        #expect(owner.patch(role, ["scopes": []]).status == 422)
        #expect(
            owner.patch(role, ["name": "", "scopes": ["nope"], "built_in": true]).badFields
                == ["name", "scopes", "built_in"])
        _ = owner.patch(
            "/api/v1/organizations/\(scene.plant.id)/members/\(scene.viewer.id)",
            ["roles": ["line 5"]])
        let used = owner.delete(role)
        #expect(used.status == 409 && used.code == "role_in_use")
        _ = owner.patch(
            "/api/v1/organizations/\(scene.plant.id)/members/\(scene.viewer.id)", ["roles": []])
        #expect(owner.delete(role).status == 204)
        #expect(owner.delete(role).status == 404)
    }

    @Test func `elsewhere, of others, or against the rules, it is refused`() throws {
        let body: JSON = ["name": "x", "scopes": ["models:read"]]

        let basic = owner.post(path, body)
        #expect(basic.status == 409 && basic.code == "enterprise_required")
        try services.setLevel(.enterprise, of: scene.plant)
        #expect(try scene.caller(scene.viewer).post(path, body).status == 403)
        let builtIn = owner.patch("\(path)/\(BuiltInRole.viewer.id)", ["name": "x"])
        #expect(builtIn.status == 403 && builtIn.code == "built_in_role")
        let bad = owner.post(path, ["name": "", "scopes": ["openid"], "id": "x"])
        #expect(bad.status == 422 && bad.badFields == ["name", "scopes", "id"])
        #expect(owner.post(path, ["name": "x"]).badFields == ["scopes"])
        let taken = owner.post(path, ["name": "Viewer", "scopes": ["models:read"]])
        #expect(taken.status == 409 && taken.code == "name_taken")
    }
}
