import Domain
import HTTP
import HTTPTypes
import JSON
import TestSupport
import Testing

@testable import Web

/// The refresh grant at the token endpoint (RFC 6749 §6).
@Suite struct RefreshAPITests {
    let scene: OAuth2Scene
    let client: TestClient
    let token: String

    init() throws {
        scene = try OAuth2Scene()
        client = try scene.services.application(
            scopes: ["offline_access", "pipelines:read", "models:read"])
        token = try Self.first(of: client, scene)
    }

    private static func first(of client: TestClient, _ scene: OAuth2Scene) throws -> String {
        let session = try scene.services.browserSession(of: scene.owner)
        let response = try scene.services.firstTokens(
            of: client, for: scene.owner, in: session,
            scope: "offline_access pipelines:read models:read")
        return try #require(response.refreshToken).text
    }

    private func refresh(
        _ more: String = "", token: String? = nil, _ headers: [(String, String)]? = nil
    ) -> OAuth2Answer {
        scene.post(
            "/oauth2/token", "grant_type=refresh_token&refresh_token=\(token ?? self.token)" + more,
            headers ?? [OAuth2Scene.basic(client)])
    }

    @Test func `RFC 6749 5.1: the answer has the next refresh token, and nothing keeps it`() {
        let answer = refresh("&scope=models:read")

        #expect(answer.status == 200)
        #expect(
            Set(answer.json.object?.names ?? [])
                == ["access_token", "token_type", "expires_in", "scope", "refresh_token"])
        #expect(answer.text("scope") == "models:read")
        #expect(answer.header("Cache-Control") == "no-store")
        #expect(answer.text("refresh_token") != token)
        #expect(refresh(token: answer.text("refresh_token")).status == 200)
        #expect(refresh().summary == "400 invalid_grant")
    }

    @Test func `RFC 6749 6: a client with credentials proves who it is to refresh`() throws {
        let other = try scene.services.application("other")
        let id = client.client.id.description

        for headers in [
            [], [OAuth2Scene.basic(id, "wrong")], [OAuth2Scene.basic(id, "")],
            [OAuth2Scene.basic(other.client.id.description, client.secret)],
        ] {
            #expect(refresh("", headers).summary == "401 invalid_client")
        }
        #expect(refresh("&client_id=\(id)", []).summary == "401 invalid_client")
        #expect(refresh("", [OAuth2Scene.basic(other)]).summary == "400 invalid_grant")

        #expect(refresh().status == 200)
    }

    @Test func `RFC 6749 3.2.1: a public client names itself, and only its own are renewed`() throws
    {
        let app = try scene.services.application(
            "app", scopes: ["offline_access", "pipelines:read"]
        ) { $0.kind = .public }
        let own = try Self.first(of: app, scene)
        let name = "&client_id=\(app.id)"

        #expect(refresh(name, []).summary == "400 invalid_grant")
        #expect(refresh(name, token: own, []).status == 200)
        #expect(refresh("", token: own, []).summary == "401 invalid_client")
    }

    @Test func `RFC 6749 3.2: no parameter twice, none missing, by POST alone`() {
        #expect(refresh("&refresh_token=\(token)").summary == "400 invalid_request")
        #expect(refresh(token: "").summary == "400 invalid_request")
        #expect(refresh("&scope=pipelines:write").summary == "400 invalid_scope")
        #expect(
            scene.send(
                .get, "/oauth2/token", [OAuth2Scene.basic(client)],
                query: "grant_type=refresh_token&refresh_token=\(token)"
            ).status == 405)

        #expect(refresh().status == 200)
    }

    @Test func `RFC 7662 2.2: what a client is told of its refresh token`() throws {
        func ask(_ client: TestClient) -> OAuth2Answer {
            scene.post("/oauth2/introspect", "token=" + token, [OAuth2Scene.basic(client)])
        }

        let told = ask(client)

        #expect(told.json["active"] == true && told.text("token_use") == "refresh")
        #expect(told.text("client_id") == client.id)
        #expect(told.text("sub") == scene.owner.id.description)
        #expect(told.text("scope") == "offline_access pipelines:read models:read")
        #expect((told.json["exp"]?.int ?? 0) - (told.json["iat"]?.int ?? 0) == 2_592_000)
        #expect(told.json["token_type"] == nil)
        #expect(ask(try scene.services.application("other")).json == ["active": false])
        _ = refresh()
        #expect(ask(client).json == ["active": false])
    }

    @Test func `RFC 7009 2.1: a client gives its refresh token back, whatever the hint says`() {
        let access = refresh().text("access_token")

        let answer = scene.post(
            "/oauth2/revoke", "token=\(token)&token_type_hint=access_token",
            [OAuth2Scene.basic(client)])

        #expect(answer.status == 200)
        #expect(refresh().summary == "400 invalid_grant")
        #expect(
            scene.post("/oauth2/introspect", "token=" + access, [OAuth2Scene.basic(client)]).json
                == ["active": false])
    }
}
