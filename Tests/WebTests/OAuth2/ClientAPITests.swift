import Domain
import HTTPTypes
import JSON
import TestSupport
import Testing

@testable import Web

/// wire: 8 and 12, `/api/v1/oauth2/clients` and `/api/v1/oauth2/scopes`.
@Suite struct ClientAPITests {
    let scene: OAuth2Scene

    init() throws { scene = try OAuth2Scene() }

    private let erp: JSON = ["name": "ERP", "redirect_uris": ["https://erp.example/cb"]]

    @Test func `a client is registered, and its secret shown this once`() throws {
        let made = scene.call(.post, "/clients", erp)

        #expect(made.status == 201)
        #expect(made.header("Cache-Control") == "no-store")
        #expect(made.text("client_secret").hasPrefix("ghs_"))
        #expect(made.json["client_secret_expires_at"] == 0)
        let shown = scene.call(.get, "/clients/" + made.text("client_id"))
        #expect(shown.status == 200 && shown.json["client_secret"] == nil)
        let names = Set(shown.json.object?.names ?? [])
        #expect(
            names == [
                "client_id", "name", "description", "type", "grant_types", "redirect_uris",
                "post_logout_redirect_uris", "scopes", "service_user_id", "organization_id",
                "access_token_ttl", "refresh_token_ttl", "token_endpoint_auth_method",
                "id_token_signed_response_alg", "require_pkce", "backchannel_logout_uri",
                "backchannel_logout_session_required", "status", "created_at", "updated_at",
                "last_used_at", "secrets",
            ])
        #expect(shown.text("type") == "confidential" && shown.text("status") == "enabled")
        #expect(shown.text("token_endpoint_auth_method") == "client_secret_basic")
        #expect(shown.json["grant_types"] == ["authorization_code", "refresh_token"])
        #expect(shown.json["access_token_ttl"] == 3600)
        #expect(shown.json["refresh_token_ttl"] == 2_592_000)
        #expect(shown.text("id_token_signed_response_alg") == "RS256")
        #expect(shown.json["require_pkce"] == true)
        #expect(shown.json["service_user_id"] == .null && shown.json["last_used_at"] == .null)
        let secret = try #require(shown.json["secrets"]?.array?.first?.object)
        #expect(Set(secret.names) == ["id", "hint", "created_at", "last_used_at", "expires_at"])
        let hint = try #require(secret["hint"]?.string)
        #expect(made.text("client_secret").hasSuffix(hint))
        let listed = scene.call(.get, "/clients")
        #expect(listed.json["data"]?.array?.count == 1 && listed.json["next_cursor"] == .null)
    }

    @Test func `every bad field is told, and unknown ones`() {
        let answer = scene.call(
            .post, "/clients",
            [
                "name": "", "type": "secret", "access_token_ttl": 1, "client_id": "x",
                "client_secret": "y", "status": "new", "jwks": "x",
                "redirect_uris": ["javascript:alert(1)"],
            ])

        #expect(answer.status == 422)
        #expect(
            answer.fields == [
                "name required", "type not_allowed", "access_token_ttl out_of_range",
                "client_id unknown_field", "client_secret unknown_field", "status not_allowed",
                "jwks wrong_type", "redirect_uris invalid_redirect_uri",
            ])
        #expect(
            scene.call(
                .post, "/clients",
                [
                    "name": "m", "grant_types": ["client_credentials"],
                    "service_user_id": .id(scene.owner.id),
                ]
            ).fields == ["service_user_id not_a_service_user"])
    }

    @Test func `a change writes what is named, and null empties`() throws {
        let id = scene.call(.post, "/clients", erp).text("client_id")
        let changed = scene.call(
            .patch, "/clients/" + id,
            [
                "service_user_id": .id(scene.robot.id), "organization_id": .id(scene.plant.id),
                "description": "Orders", "scopes": ["openid", "pipelines:read"],
                "backchannel_logout_uri": "https://erp.example/bc", "type": "confidential",
            ])
        #expect(changed.status == 200)
        #expect(changed.json["service_user_id"] == .id(scene.robot.id))
        #expect(changed.json["organization_id"] == .id(scene.plant.id))
        #expect(changed.json["client_secret"] == nil)

        let emptied = scene.call(
            .patch, "/clients/" + id,
            [
                "service_user_id": .null, "organization_id": .null, "description": .null,
                "backchannel_logout_uri": .null, "name": .null,
            ])

        #expect(emptied.status == 200)
        for field in ["service_user_id", "organization_id", "backchannel_logout_uri"] {
            #expect(emptied.json[field] == .null)
        }
        #expect(emptied.text("description") == "" && emptied.text("name") == "ERP")
        #expect(emptied.json["scopes"] == ["openid", "pipelines:read"])
        #expect(
            scene.call(.patch, "/clients/" + id, ["type": "public"]).fields
                .contains("type not_changeable"))
    }

    @Test func `secrets are added and deleted, one stays`() throws {
        let id = scene.call(.post, "/clients", erp).text("client_id")
        let path = "/clients/" + id + "/secrets"

        let second = scene.call(.post, path, ["expires_at": "2027-01-01T00:00:00Z"])

        #expect(second.status == 201)
        #expect(
            Set(second.json.object?.names ?? [])
                == ["id", "client_secret", "client_secret_expires_at"])
        #expect(second.json["client_secret_expires_at"] == 1_798_761_600)
        #expect(scene.call(.post, path).summary == "409 secret_limit_reached")
        #expect(scene.call(.delete, path + "/" + second.text("id")).status == 204)
        #expect(scene.call(.delete, path + "/" + second.text("id")).status == 404)
        let third = scene.call(.post, path)
        #expect(third.status == 201 && third.json["client_secret_expires_at"] == 0)
        #expect(scene.call(.delete, path + "/" + third.text("id")).status == 204)
        let last = scene.call(.get, "/clients/" + id).json["secrets"]?.array?.first?["id"]?.string
        #expect(scene.call(.delete, path + "/" + (last ?? "")).summary == "409 last_secret")
    }

    @Test func `a public client has no secret`() {
        let made = scene.call(
            .post, "/clients",
            ["name": "app", "type": "public", "redirect_uris": ["com.example.app:/cb"]])

        #expect(made.status == 201 && made.json["client_secret"] == nil)
        #expect(made.text("token_endpoint_auth_method") == "none")
        #expect(made.json["secrets"] == [])
        #expect(
            scene.call(.post, "/clients/" + made.text("client_id") + "/secrets").summary
                == "409 client_without_secret")
    }

    @Test func `what is not there is not found`() {
        let unknown = UniqueID(high: 1, low: 1).description
        for id in [unknown, "x", "%20", "1 OR 1=1"] {
            #expect(scene.call(.get, "/clients/" + id).status == 404)
        }
        #expect(scene.call(.patch, "/clients/" + unknown, [:]).status == 404)
        #expect(scene.call(.delete, "/clients/" + unknown).status == 404)
        #expect(scene.call(.post, "/clients/" + unknown + "/secrets").status == 404)
        #expect(scene.call(.get, "/clients").status == 200)
    }

    @Test func `only a system administrator who sits there registers clients`() throws {
        let token = try #require(try scene.services.token("olga")).token
        let personal = try scene.services.issue(
            scopes: ["organizations:manage"], for: scene.owner, in: scene.plant
        ).text
        for (bearer, status) in [(token, 403), (personal, 403)] {
            for path in ["/clients", "/scopes"] {
                let answer = scene.send(
                    .get, "/api/v1/oauth2" + path, [("Authorization", "Bearer " + bearer.text)])
                #expect(answer.status == status)
            }
        }
        #expect(scene.send(.get, "/api/v1/oauth2/clients").status == 401)
    }

    @Test func `custom scopes are made, shown, changed and deleted`() {
        let made = scene.call(
            .post, "/scopes", ["name": "crm.read", "description": "Reads customers"])
        #expect(made.status == 201)
        #expect(
            Set(made.json.object?.names ?? [])
                == ["id", "name", "description", "created_at", "updated_at"])
        let path = "/scopes/" + made.text("id")
        #expect(scene.call(.get, path).text("name") == "crm.read")
        #expect(scene.call(.get, "/scopes/crm.read").text("id") == made.text("id"))
        #expect(
            scene.call(.patch, path, ["description": "Reads"]).text("description") == "Reads")
        #expect(scene.call(.patch, path, ["name": "x"]).fields == ["name unknown_field"])
        #expect(scene.call(.get, "/scopes").json["data"]?.array?.count == 1)
        #expect(
            scene.call(.post, "/scopes", ["name": "crm.read", "description": "x"]).summary
                == "409 name_taken")
        #expect(
            scene.call(.post, "/scopes", ["name": "pipelines:fly", "description": "x"]).fields
                == ["name reserved_scope_name"])
        #expect(scene.call(.delete, path).status == 204)
        #expect(scene.call(.get, path).status == 404)
    }
}
