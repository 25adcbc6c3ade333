import Domain
import HTTP
import HTTPTypes
import JSON
import TestSupport
import Testing

@testable import Web

/// RFC 7662 and RFC 7009; security H.
@Suite struct IntrospectionAndRevocationTests {
    let scene: OAuth2Scene
    let client: TestClient
    let other: TestClient
    let token: String

    init() throws {
        scene = try OAuth2Scene()
        client = try scene.services.machine(as: scene.robot)
        other = try scene.services.machine("other", as: scene.robot)
        token = scene.token(of: client).text("access_token")
    }

    private func introspect(_ token: String, as client: TestClient? = nil) -> OAuth2Answer {
        scene.post("/oauth2/introspect", "token=" + token, [OAuth2Scene.basic(client ?? other)])
    }

    private func revoke(_ token: String, as client: TestClient?, _ more: String = "")
        -> OAuth2Answer
    {
        scene.post(
            "/oauth2/revoke", "token=" + token + more, client.map { [OAuth2Scene.basic($0)] } ?? [])
    }

    private func isActive(_ token: String) -> Bool { introspect(token).json["active"] == true }

    private func publicClient() -> String {
        scene.call(
            .post, "/clients",
            ["name": "app", "type": "public", "redirect_uris": ["com.example.app:/cb"]]
        ).text("client_id")
    }

    // MARK: Introspection

    @Test func `RFC 7662 2.2: what is told of an active token`() {
        let answer = introspect(token)

        #expect(answer.status == 200 && answer.header("Cache-Control") == "no-store")
        #expect(answer.json["active"] == true && answer.text("scope") == "pipelines:read")
        #expect(answer.text("client_id") == client.client.id.description)
        #expect(answer.text("sub") == scene.robot.id.description)
        #expect(answer.text("username") == "robot" && answer.text("token_type") == "Bearer")
        #expect(answer.text("iss") == TestServices.issuer)
        #expect(answer.text("aud") == TestServices.issuer)
        let lifetime = (answer.json["exp"]?.int ?? 0) - (answer.json["iat"]?.int ?? 0)
        #expect(lifetime == 3600 && UniqueID(answer.text("jti")) != nil)
    }

    @Test func `a personal access token, too; a sign-in token never`() throws {
        let personal = try scene.services.issue(for: scene.owner, in: scene.plant).text.text

        #expect(introspect(personal).json["active"] == true)
        #expect(introspect(personal).text("sub") == scene.owner.id.description)
        #expect(introspect(scene.administrator.text).json == ["active": false])
    }

    @Test func `RFC 7662 2.2: of a token that is not active only that`() {
        for bad in ["x", "a.b.c", token + "x", String(token.dropLast()), client.secret] {
            #expect(introspect(bad).json == ["active": false])
        }
        #expect(revoke(token, as: client).status == 200)
        #expect(introspect(token).json == ["active": false])
    }

    @Test func `RFC 7662 2.1: whoever asks must prove who they are`() throws {
        let id = publicClient()
        #expect(scene.post("/oauth2/introspect", "token=" + token).summary == "401 invalid_client")
        #expect(
            scene.post("/oauth2/introspect", "token=\(token)&client_id=\(id)").summary
                == "401 invalid_client")
        #expect(
            scene.post(
                "/oauth2/introspect", "token=" + token,
                [OAuth2Scene.basic(client.client.id.description, "wrong")]
            ).summary == "401 invalid_client")
        #expect(
            scene.post("/oauth2/introspect", "token=" + token, [("X-API-Key", "mchx_x")]).status
                == 401)
        #expect(
            scene.post("/oauth2/introspect", "", [OAuth2Scene.basic(other)]).summary
                == "400 invalid_request")
        #expect(scene.send(.get, "/oauth2/introspect", query: "token=" + token).status == 405)
    }

    @Test func `an API key asks for its organization`() throws {
        let services = scene.services
        func key(_ owner: User, _ organization: Organization) throws -> String {
            try services.apiKeys.issue(
                NewAPIKey(name: "k", permissions: ["pipelines:read"], lifetimeDays: 1),
                in: services.context(of: owner, in: organization),
                by: .test(services.session(of: owner))
            ).text.text
        }
        let sten = try services.person("sten")
        let elsewhere = try services.organization("other", ownedBy: sten)

        let inside = scene.post(
            "/oauth2/introspect", "token=" + token,
            [("X-API-Key", try key(scene.owner, scene.plant))])
        let outside = scene.post(
            "/oauth2/introspect", "token=" + token,
            [("X-Machhub-Api-Key", try key(sten, elsewhere))])

        #expect(inside.json["active"] == true && inside.text("scope") == "pipelines:read")
        #expect(outside.status == 200 && outside.json == ["active": false])
    }

    // MARK: Revocation

    @Test func `RFC 7009 2.1: the client's own token, whatever the hint says`() {
        #expect(isActive(token))

        let answer = revoke(token, as: client, "&token_type_hint=refresh_token")

        #expect(answer.status == 200 && answer.response.body.isEmpty)
        #expect(!isActive(token))
        #expect(revoke(token, as: client).status == 200)
    }

    @Test func `RFC 7009 2.2: another client's token stays, and nobody is told`() {
        #expect(revoke(token, as: other).status == 200)
        #expect(
            scene.post("/oauth2/revoke", "token=\(token)&client_id=\(publicClient())").status == 200
        )
        #expect(revoke("garbage", as: client).status == 200)
        #expect(isActive(token))
    }

    @Test func `RFC 7009 2.1: first the client proves who it is`() {
        #expect(revoke(token, as: nil).summary == "401 invalid_client")
        #expect(
            scene.post(
                "/oauth2/revoke", "token=" + token,
                [OAuth2Scene.basic(client.client.id.description, "wrong")]
            ).summary == "401 invalid_client")
        #expect(
            scene.post("/oauth2/revoke", "", [OAuth2Scene.basic(client)]).summary
                == "400 invalid_request")
        #expect(isActive(token))
    }

    @Test func `whoever shows a personal access token may revoke it`() throws {
        let services = scene.services
        let first = try services.issue(for: scene.owner, in: scene.plant).text.text
        let second = try services.issue(for: scene.owner, in: scene.plant).text.text

        #expect(revoke(first, as: nil).status == 200)
        #expect(revoke(second, as: client).status == 200)

        #expect(!isActive(first) && !isActive(second))
        #expect(revoke(first, as: nil).status == 200)
        let trail = try services.trail(AuditFilter(action: "personal_access_token.revoked"))
        #expect(trail.count == 2)
    }

    @Test func `a sign-in token is told to be good, and lives`() throws {
        #expect(revoke(scene.administrator.text, as: nil).status == 200)
        #expect(try scene.services.bearer(of: scene.administrator) != nil)
    }
}
