import Domain
import FoundationEssentials
import HTTP
import HTTPTypes
import JSON
import TestSupport
import Testing

@testable import Web

/// RFC 6749 §2.3, §3.2, §4.4, §5; RFC 8707; security G.
@Suite struct TokenAPITests {
    let scene: OAuth2Scene
    let client: TestClient

    init() throws {
        scene = try OAuth2Scene()
        client = try scene.services.machine(
            as: scene.robot, scopes: ["pipelines:read", "models:read", "openid"])
    }

    private static func decoded(_ part: Substring) -> [UInt8] {
        let text = part.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - text.count % 4) % 4)
        return Array(Data(base64Encoded: text + padding) ?? Data())
    }

    private var id: String { client.client.id.description }

    @Test func `RFC 6749 5.1: a token, and nothing keeps the answer`() throws {
        let answer = scene.token(of: client)

        #expect(answer.status == 200)
        #expect(
            Set(answer.json.object?.names ?? [])
                == ["access_token", "token_type", "expires_in", "scope"])
        #expect(answer.text("token_type") == "Bearer" && answer.json["expires_in"] == 3600)
        #expect(answer.text("scope") == "pipelines:read models:read")
        #expect(answer.header("Cache-Control") == "no-store")
        #expect(answer.header("Pragma") == "no-cache")
        #expect(answer.header("Content-Type") == "application/json")
        #expect(scene.used.clients.map(\.client.id) == [client.client.id])
    }

    @Test func `RFC 9068 2.1, 2.2: header and claims of the token`() throws {
        let token = scene.token(of: client, "&scope=models:read").text("access_token")
        let parts = token.split(separator: ".").map { part in
            (try? JSON(parsing: Self.decoded(part))) ?? .null
        }

        #expect(parts[0]["typ"] == "at+jwt" && parts[0]["kid"]?.string != nil)
        #expect(
            Set(parts[1].object?.names ?? []) == [
                "iss", "aud", "sub", "iat", "exp", "jti", "token_use", "scope", "client_id",
            ])
        #expect(parts[1]["iss"] == .string(TestServices.issuer))
        #expect(parts[1]["aud"] == .string(TestServices.issuer))
        #expect(parts[1]["sub"] == .id(scene.robot.id))
        #expect(parts[1]["client_id"] == .string(id))
        #expect(parts[1]["token_use"] == "access" && parts[1]["scope"] == "models:read")
        let keys = scene.send(.get, "/oauth2/jwks").json["keys"]?.array ?? []
        #expect(keys.contains { $0["kid"] == parts[0]["kid"] })
    }

    @Test func `RFC 6749 2.3.1: the secret in the body, for who is registered so`() throws {
        let post = try scene.services.machine("post", as: scene.robot) {
            $0.authenticationMethod = .clientSecretPost
        }
        let body =
            "grant_type=client_credentials&client_id=\(post.client.id)&client_secret=\(post.secret)"

        #expect(scene.post("/oauth2/token", body).status == 200)
        #expect(scene.token(of: post).summary == "401 invalid_client")
        #expect(
            scene.post(
                "/oauth2/token",
                "grant_type=client_credentials&client_id=\(id)&client_secret=\(client.secret)"
            ).summary == "401 invalid_client")
    }

    @Test func `RFC 6749 5.2: whatever proves nothing is 401 with a challenge`() throws {
        let right = OAuth2Scene.basic(client)
        let grant = "grant_type=client_credentials"
        let wrong: [(String, [(String, String)])] = [
            (grant, []),
            (grant + "&client_id=\(id)", []),
            (grant + "&client_id=\(id)&client_secret=", []),
            (grant, [OAuth2Scene.basic(id, "")]),
            (grant, [OAuth2Scene.basic(id, client.secret + "x")]),
            (grant, [OAuth2Scene.basic("nobody", client.secret)]),
            (grant, [("Authorization", "Basic")]), (grant, [("Authorization", "Basic ===")]),
            (grant, [("Authorization", "Basic bm9jb2xvbg==")]),
            (grant, [("Authorization", "Bearer " + client.secret)]),
            (grant, [right, right]),
            (grant + "&client_secret=\(client.secret)&client_id=\(id)", [right]),
            (grant + "&client_id=somebody", [right]),
            (
                grant
                    + "&client_assertion=a.b.c&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3A"
                    + "client-assertion-type%3Ajwt-bearer", [right]
            ),
            (grant + "&client_assertion=a.b.c", []),
            (grant + "&client_secret=\(client.secret)", []),
        ]
        for (body, headers) in wrong {
            let answer = scene.post("/oauth2/token", body, headers)
            #expect(answer.summary == "401 invalid_client", "\(body)")
            #expect(answer.header("WWW-Authenticate")?.hasPrefix("Basic realm=\"") == true)
            #expect(answer.header("Cache-Control") == "no-store")
            #expect(!String(decoding: answer.response.body, as: UTF8.self).contains(client.secret))
        }
    }

    @Test func `RFC 6749 2.3.1: a secret in the address is not looked at`() {
        let answer = scene.send(
            .post, "/oauth2/token", [OAuth2Scene.form],
            query: "client_id=\(id)&client_secret=\(client.secret)",
            body: Array("grant_type=client_credentials".utf8))

        #expect(answer.summary == "401 invalid_client")
    }

    @Test func `a public client can't satisfy «secret or nothing» with any secret`() throws {
        let made = scene.call(
            .post, "/clients",
            ["name": "app", "type": "public", "redirect_uris": ["com.example.app:/cb"]])
        let id = made.text("client_id")
        let grant = "grant_type=client_credentials"

        #expect(
            scene.post("/oauth2/token", grant, [OAuth2Scene.basic(id, "anything")]).summary
                == "401 invalid_client")
        #expect(
            scene.post("/oauth2/token", grant + "&client_id=\(id)&client_secret=x").summary
                == "401 invalid_client")
        // RFC 6749 §3.2: an empty parameter counts as left out, and then it is the grant that it may not use.
        #expect(
            scene.post("/oauth2/token", grant + "&client_id=\(id)&client_secret=").summary
                == "400 unauthorized_client")
    }

    @Test func `RFC 6749 3.2: a form by POST, each parameter once`() {
        let basic = OAuth2Scene.basic(client)
        let grant = "grant_type=client_credentials"
        for twice in [
            grant + "&" + grant, grant + "&scope=a&scope=b", grant + "&x=1&x=2",
            grant + "&client_id=\(id)&client_id=\(id)",
        ] {
            #expect(scene.post("/oauth2/token", twice, [basic]).summary == "400 invalid_request")
        }
        for malformed in [grant + "&scope=%zz", grant + "&scope=%ff", "", "scope=models:read"] {
            #expect(
                scene.post("/oauth2/token", malformed, [basic]).summary == "400 invalid_request")
        }
        let json = scene.send(
            .post, "/oauth2/token", [basic, ("Content-Type", "application/json")],
            body: Array("{\"grant_type\":\"client_credentials\"}".utf8))
        #expect(json.summary == "400 invalid_request")
        #expect(
            scene.send(.post, "/oauth2/token", [basic], body: Array(grant.utf8)).summary
                == "400 invalid_request")
        for method in [HTTPRequest.Method.get, .put, .delete] {
            let answer = scene.send(method, "/oauth2/token", [basic], query: grant)
            #expect(answer.status == 405 && answer.header("Allow") == "POST")
        }
        #expect(scene.post("/oauth2/token", grant + "&unknown=1", [basic]).status == 200)
    }

    @Test(arguments: [
        "password", "implicit", "CLIENT_CREDENTIALS", "AUTHORIZATION_CODE",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:token-exchange", "client_credentials ",
    ])
    func `RFC 6749 5.2: another grant type is not supported`(type: String) {
        let answer = scene.post(
            "/oauth2/token", "grant_type=" + PercentCoding.encode(type), [OAuth2Scene.basic(client)]
        )

        #expect(answer.summary == "400 unsupported_grant_type")
        #expect(answer.header("Cache-Control") == "no-store")
    }

    @Test func `scope and resource, as far as they go`() {
        #expect(scene.token(of: client, "&scope=models%3Aread+x").text("scope") == "models:read")
        #expect(scene.token(of: client, "&scope=").text("scope") == "pipelines:read models:read")
        #expect(scene.token(of: client, "&scope=uns:read").summary == "400 invalid_scope")
        #expect(scene.token(of: client, "&scope=openid").summary == "400 invalid_scope")
        let engine = PercentCoding.encode(TestServices.issuer + "/api/v1/engine")
        #expect(scene.token(of: client, "&resource=" + engine).status == 200)
        #expect(
            scene.token(of: client, "&resource=\(engine)&resource=\(engine)").summary
                == "400 invalid_target")
        #expect(
            scene.token(of: client, "&resource=https%3A%2F%2Fevil.test").summary
                == "400 invalid_target")
    }

    @Test func `a disabled client is nobody, and its tokens are dead at once`() {
        let token = scene.token(of: client).text("access_token")
        let headers = [("Authorization", "Bearer " + token)]
        #expect(scene.send(.get, "/oauth2/jwks", headers).status == 200)
        #expect(scene.call(.patch, "/clients/" + id, ["status": "disabled"]).status == 200)

        #expect(scene.token(of: client).summary == "401 invalid_client")
        #expect(
            scene.send(.get, "/api/v1/oauth2/clients", headers).summary == "401 invalid_token")
    }

    @Test func `wrong secrets are throttled`() {
        var statuses: [Int] = []
        for _ in 0..<60 {
            statuses.append(
                scene.post(
                    "/oauth2/token", "grant_type=client_credentials", [OAuth2Scene.basic(id, "x")]
                ).status)
        }

        #expect(statuses.contains(429))
        let answer = scene.token(of: client)
        #expect(answer.status == 429)
        #expect(Int(answer.header("Retry-After") ?? "").map { (1...900).contains($0) } == true)
    }

    // MARK: What a token may do here

    @Test func `an access token is no administrator, nor a person who sits there`() {
        let headers = [("Authorization", "Bearer " + scene.token(of: client).text("access_token"))]

        #expect(
            scene.send(.get, "/api/v1/oauth2/clients", headers).summary
                == "403 system_administrator_required")
    }

    @Test func `RFC 8707 2: a token for one API is none for management`() {
        let engine = PercentCoding.encode(TestServices.issuer + "/api/v1/engine")
        let token = scene.token(of: client, "&resource=" + engine).text("access_token")

        let answer = scene.send(
            .get, "/api/v1/oauth2/clients", [("Authorization", "Bearer " + token)])

        #expect(answer.summary == "401 invalid_token")
        #expect(answer.header("WWW-Authenticate")?.contains("error=\"invalid_token\"") == true)
    }

    // MARK: Metadata

    @Test func `RFC 8414 2: what there is is announced`() {
        for path in [
            "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration",
        ] {
            let answer = scene.send(.get, path)
            #expect(answer.status == 200)
            #expect(answer.text("issuer") == TestServices.issuer)
            #expect(answer.text("token_endpoint") == TestServices.issuer + "/oauth2/token")
            let grants = answer.json["grant_types_supported"]?.strings ?? []
            #expect(
                Set(["authorization_code", "client_credentials", "refresh_token"])
                    .isSubset(of: grants))
            #expect(Set(grants).isDisjoint(with: ["password", "implicit"]))
            #expect(answer.header("Cache-Control") == "public, max-age=300")
            for (name, value) in answer.json.object?.members.map({ ($0.name, $0.value) }) ?? []
            where name.hasSuffix("_endpoint") || name == "jwks_uri" {
                let there = String((value.string ?? "").dropFirst(TestServices.issuer.count))
                let known = scene.site.routes.contains { $0.pattern == there }
                #expect(known, "\(name)")
            }
        }
    }

    @Test func `RFC 7517 5: current and next keys, public parts alone, cacheable`() throws {
        let answer = scene.send(.get, "/oauth2/jwks")
        let keys = try #require(answer.json["keys"]?.array)

        #expect(keys.count == 4)
        #expect(Set(keys.map { $0["alg"]?.string }) == ["ES256", "RS256"])
        for key in keys {
            #expect(key["use"] == "sig" && key["kid"]?.string != nil)
            for secret in ["d", "p", "q", "dp", "dq", "qi", "k"] { #expect(key[secret] == nil) }
        }
        #expect(answer.header("Cache-Control") == "public, max-age=300")
        try scene.services.rotateKeys()
        #expect(scene.send(.get, "/oauth2/jwks").json["keys"]?.array?.count == 6)
    }
}
