import Domain
import JSON
import TestSupport
import Testing

@Suite struct ScopeAPITests {
    @Test func `the catalogue shows all scopes by group, with what the caller holds`() throws {
        let scene = try OrganizationScene()

        let catalogue = try scene.caller(scene.viewer).in(scene.plant).get("/api/v1/scopes")

        #expect(catalogue.status == 200 && catalogue.names == ["data", "rbac_level"])
        #expect(catalogue["rbac_level"] == "basic")
        #expect(
            catalogue.data.map { $0["title"] } == [
                "Pipelines", "Models", "Connectors", "UNS", "Dashboards", "Organizations",
            ])
        #expect(
            catalogue.data[5]
                == [
                    "group": "organizations", "title": "Organizations",
                    "scopes": [
                        [
                            "name": "organizations:read", "title": "Read",
                            "description": "View organization settings", "held": true,
                        ],
                        [
                            "name": "organizations:manage", "title": "Manage",
                            "description": "Update settings and manage maintenance mode",
                            "held": false,
                        ],
                    ],
                ])
        #expect(catalogue.data.flatMap { $0["scopes"]?.array ?? [] }.count == 15)
    }

    @Test func `it needs an organization of the caller's`() throws {
        let scene = try OrganizationScene()
        let viewer = try scene.caller(scene.viewer)

        #expect(viewer.get("/api/v1/scopes").code == "organization_required")
        #expect(viewer.in(scene.other).get("/api/v1/scopes").status == 403)
        #expect(scene.nobody.in(scene.plant).get("/api/v1/scopes").status == 401)
    }
}
