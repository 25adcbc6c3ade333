import Domain
import HTTPTypes
import JSON
import Storage
import TestSupport
import Testing

@testable import Web

/// Clients that register themselves (RFC 7591) and look after themselves (RFC 7592).
@Suite struct RegistrationAPITests {
    var scene: OAuth2Scene

    init() throws {
        scene = try OAuth2Scene()
        scene.registration = .open
    }

    private static let minimal: JSON = [
        "redirect_uris": ["https://erp.example/cb"], "client_name": "ERP",
    ]

    private func register(_ metadata: JSON, token: String? = nil) -> OAuth2Answer {
        send(.post, "", metadata, token)
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSON? = nil, _ token: String? = nil
    ) -> OAuth2Answer {
        scene.send(
            method, "/oauth2/register" + path,
            (body == nil ? [] : [("Content-Type", "application/json")])
                + (token.map { [("Authorization", "Bearer " + $0)] } ?? []),
            body: body?.bytes ?? [])
    }

    private func merging(_ other: JSON) -> JSON {
        var object = Self.minimal.object ?? [:]
        for member in other.object?.members ?? [] { object[member.name] = member.value }
        return .object(object)
    }

    // MARK: RFC 7591

    @Test func `RFC 7591 3.2.1: the answer tells everything that was registered`() throws {
        let answer = register(Self.minimal)

        #expect(answer.status == 201)
        #expect(
            answer.header("Cache-Control") == "no-store" && answer.header("Pragma") == "no-cache")
        #expect(answer.text("client_secret").hasPrefix("ghs_"))
        #expect(answer.json["client_secret_expires_at"] == 0)
        let now = scene.services.clock.now
        #expect(answer.json["client_id_issued_at"]?.int == Int(now.seconds))
        #expect(
            answer.text("registration_client_uri")
                == TestServices.issuer + "/oauth2/register/" + answer.text("client_id"))
        #expect(!answer.text("registration_access_token").isEmpty)
        #expect(answer.json["redirect_uris"] == ["https://erp.example/cb"])
        // RFC 7591 2: the defaults.
        #expect(answer.json["grant_types"] == ["authorization_code"])
        #expect(answer.json["response_types"] == ["code"])
        #expect(answer.text("token_endpoint_auth_method") == "client_secret_basic")
        #expect(answer.text("scope") == "openid profile email offline_access")
        #expect(answer.text("client_name") == "ERP")
        let id = try #require(Client.ID(text: answer.text("client_id")))
        let client = try #require(try scene.services.stores.clients.find(id))
        #expect(!client.requiresPKCE && client.kind == .confidential && client.isEnabled)
        #expect(client.serviceUserID == nil && client.organizationID == nil)
    }

    @Test func `a public client gets no secret`() {
        let answer = register(merging(["token_endpoint_auth_method": "none"]))

        #expect(answer.status == 201)
        #expect(answer.json["client_secret"] == nil)
        #expect(answer.json["client_secret_expires_at"] == nil)
    }

    @Test func `RFC 7591 2: metadata that is unknown or does not apply is ignored`() {
        let answer = register([
            "redirect_uris": ["https://rp.example/authz_cb/local"],
            "post_logout_redirect_uris": ["https://rp.example/session_logout/local"],
            "application_type": "web", "contacts": ["ops@rp.example"],
            "client_uri": "https://rp.example", "client_name": "RP", "client_name#ja": "アールピー",
            "jwks_uri": "https://rp.example/static/jwks.json",
            "jwks": ["keys": [["kty": "oct", "k": "AAAA"]]],
            "response_types": ["code", "id_token", "id_token token", "code id_token"],
            "grant_types": [
                "authorization_code", "implicit", "refresh_token", "client_credentials",
                "urn:ietf:params:oauth:grant-type:jwt-bearer", "password",
            ],
            "token_endpoint_auth_method": "client_secret_basic",
            "token_endpoint_auth_signing_alg": "ES256",
            "id_token_signed_response_alg": "ES256", "userinfo_signed_response_alg": "RS256",
            "id_token_encrypted_response_alg": "RSA-OAEP", "subject_type": "pairwise",
            "request_object_signing_alg": "ES256", "require_signed_request_object": true,
            "request_uris": ["https://rp.example/requests"], "default_max_age": 86_400,
            "require_auth_time": true, "software_statement": "x.y.z", "software_id": "4NRB1",
            "frontchannel_logout_uri": "https://rp.example/fc", "dpop_bound_access_tokens": false,
            "client_id": "mine", "client_secret": "mine", "status": "disabled",
            "service_user_id": "0192f1d0-0000-7000-8000-000000000001", "require_pkce": true,
        ])

        #expect(answer.status == 201)
        #expect(answer.json["grant_types"] == ["authorization_code", "refresh_token"])
        #expect(answer.json["response_types"] == ["code"])
        #expect(answer.text("id_token_signed_response_alg") == "ES256")
        #expect(answer.text("client_id") != "mine" && answer.text("client_secret") != "mine")
        for name in ["jwks", "jwks_uri", "subject_type", "contacts", "require_pkce", "status"] {
            #expect(answer.json[name] == nil)
        }
        let id = Client.ID(text: answer.text("client_id"))
        #expect(id.flatMap { try? scene.services.stores.clients.find($0) }?.requiresPKCE == false)
    }

    @Test func `asked scopes are registered, but for who manages organizations`() throws {
        _ = try scene.services.customScopes.create(
            name: "crm", description: "The CRM", by: .test())

        for (asked, registered) in [
            ("pipelines:read openid", "pipelines:read openid"),
            ("organizations:manage organizations:read", "organizations:read"),
            ("organizations:manage", ""), ("crm unknown pipelines:fly *", "crm"),
            ("pipelines:execute:p1", "pipelines:execute:p1"),
            ("", "openid profile email offline_access"),
        ] {
            let answer = register(merging(["scope": .string(asked)]))
            #expect(answer.status == 201)
            #expect(answer.text("scope") == registered)
        }
    }

    @Test(arguments: [
        "javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
        "http://evil.example/cb", "https://erp.example/cb#x", "https://*.example/cb",
        "https://user@erp.example/cb", "https://erp.example/../cb", "", "cb", "myapp:/cb",
        "https://erp.example/\u{7}",
    ])
    func `RFC 7591 3.2.2: a redirect URI that is not safe is refused`(uri: String) throws {
        let before = try Fingerprint(of: scene.services.stores)

        let answer = register(merging(["redirect_uris": ["https://ok.example/cb", .string(uri)]]))

        #expect(answer.summary == "400 invalid_redirect_uri")
        #expect(try Fingerprint(of: scene.services.stores) == before)
    }

    @Test func `RFC 7591 3.2.2: so are none and too many`() {
        let many = JSON((0..<500).map { "https://erp.example/\($0)" })

        for uris: JSON in [[], many, "https://erp.example/cb", [1], .null] {
            #expect(
                register(merging(["redirect_uris": uris])).summary == "400 invalid_redirect_uri")
        }
        #expect(register([:]).summary == "400 invalid_redirect_uri")
        for uri in ["http://127.0.0.1/cb", "http://localhost:3000/cb", "com.example.app:/cb"] {
            #expect(register(merging(["redirect_uris": [.string(uri)]])).status == 201)
        }
    }

    @Test func `RFC 7591 3.2.2: metadata that can't be meant otherwise is refused`() {
        for metadata: JSON in [
            ["token_endpoint_auth_method": "tls_client_auth"],
            ["token_endpoint_auth_method": "private_key_jwt"],
            ["token_endpoint_auth_method": 1],
            [
                "token_endpoint_auth_method": "private_key_jwt",
                "jwks": ["keys": [["kty": "oct", "k": "AAAA"]]],
            ],
            ["grant_types": ["client_credentials"]], ["grant_types": []],
            ["grant_types": ["implicit"]], ["response_types": ["token"]],
            ["id_token_signed_response_alg": "none"], ["id_token_signed_response_alg": "HS256"],
            ["logo_uri": "javascript:alert(1)"], ["tos_uri": "data:text/html,x"],
            ["policy_uri": "ftp://x"], ["client_uri": 7],
            ["client_name": "Gatehouse"], ["client_name": " gateHOUSE "],
            ["client_name": "Good\u{202E}live"], ["client_name": "a\u{0}b"],
            ["client_name": .string(String(repeating: "x", count: 10_240))],
            ["backchannel_logout_uri": "http://erp.example/logout"],
            ["post_logout_redirect_uris": ["javascript:x"]],
            ["scope": .string(String(repeating: "pipelines:read:x", count: 1_000))],
        ] {
            #expect(
                register(merging(metadata)).summary == "400 invalid_client_metadata",
                "\(metadata.text)")
        }
        for body in ["", "[]", "{", "{\"client_name\":1,\"client_name\":2}"] {
            let answer = scene.send(
                .post, "/oauth2/register", [("Content-Type", "application/json")],
                body: Array(body.utf8))
            #expect(answer.summary == "400 invalid_client_metadata")
        }
        #expect(
            scene.post("/oauth2/register", "client_name=x").summary
                == "400 invalid_client_metadata")
    }

    @Test func `a client without a name is called by its host`() {
        let answer = register(["redirect_uris": ["https://erp.example/cb"]])

        #expect(answer.text("client_name") == "erp.example")
        #expect(
            register(["redirect_uris": ["com.example.app:/cb"]]).text("client_name")
                == "Unnamed client")
    }

    @Test func `a client of the device grant needs no redirect URI`() {
        let answer = register([
            "grant_types": ["urn:ietf:params:oauth:grant-type:device_code"],
            "token_endpoint_auth_method": "none",
        ])

        #expect(answer.status == 201)
        #expect(answer.json["response_types"] == [])
    }

    // MARK: Who may

    @Test func `it is off unless set, and announced only when on`() {
        var scene = scene
        let wellKnown = "/.well-known/openid-configuration"
        #expect(
            scene.send(.get, wellKnown).text("registration_endpoint")
                == TestServices.issuer + "/oauth2/register")

        scene.registration = .off

        #expect(scene.send(.get, wellKnown).json["registration_endpoint"] == nil)
        for (method, path) in [
            (HTTPRequest.Method.post, ""), (.get, "/x"), (.put, "/x"), (.delete, "/x"),
        ] {
            #expect(scene.send(method, "/oauth2/register" + path).status == 404)
        }
    }

    @Test func `an initial access token registers one client`() throws {
        var tests = self
        tests.scene.registration = .token
        let made = tests.scene.call(.post, "/registration-tokens", ["expires_in_days": 7])
        #expect(made.status == 201)
        let token = made.text("token")
        #expect(token.hasPrefix("ghi_") && made.header("Cache-Control") == "no-store")

        let without = tests.register(Self.minimal)
        let wrong = tests.register(Self.minimal, token: "ghi_x")
        let refused = tests.register(["redirect_uris": ["http://evil.example"]], token: token)
        let first = tests.register(Self.minimal, token: token)
        let second = tests.register(Self.minimal, token: token)

        #expect(without.summary == "401 invalid_token")
        #expect(without.header("WWW-Authenticate") == "Bearer realm=\"Gatehouse\"")
        #expect(wrong.summary == "401 invalid_token")
        #expect(wrong.header("WWW-Authenticate")?.contains("error=\"invalid_token\"") == true)
        #expect(refused.summary == "400 invalid_redirect_uri")
        #expect(first.status == 201)
        #expect(second.summary == "401 invalid_token")
    }

    @Test func `an initial access token ends with its time, and with its maker's office`() throws {
        var tests = self
        tests.scene.registration = .token
        let services = scene.services
        let old = tests.scene.call(.post, "/registration-tokens", ["expires_in_days": 1])
        for days in [0, 366, -1] {
            let answer = scene.call(
                .post, "/registration-tokens", ["expires_in_days": .integer(days)])
            #expect(answer.status == 422)
        }
        let other = try services.person("other", administrator: true)
        let (_, text) = try OAuth2Services(services, registration: .token).registration
            .issueToken(lifetimeDays: 30, for: other, by: .test())
        _ = try services.users.update(other.id, UserChanges(isDisabled: true), by: .test())
        _ = try services.users.update(other.id, UserChanges(isDisabled: false), by: .test())
        #expect(tests.register(Self.minimal, token: text.text).summary == "401 invalid_token")

        scene.platform.time.advance(days: 1)

        #expect(tests.register(Self.minimal, token: old.text("token")).status == 401)
    }

    @Test func `20 at once with one initial access token make one client`() throws {
        var tests = self
        tests.scene.registration = .token
        let (_, text) = try OAuth2Services(scene.services, registration: .token).registration
            .issueToken(lifetimeDays: 30, for: scene.owner, by: .test())
        var metadata = ClientMetadata()
        metadata.redirectURIs = ["https://erp.example/cb"]

        let made = try onThreads(20) { [platform = scene.platform, metadata] _ in
            do {
                _ = try OAuth2Services(platform.connect(), registration: .token).registration
                    .register(metadata, with: text.text, by: .test())
                return true
            } catch is OAuthError {
                return false
            }
        }

        #expect(made.count { $0 } == 1)
    }

    @Test func `where anybody may register, nobody may without bounds`() throws {
        let bucket = scene.services.secrets.digest(of: "registrations from 127.0.0.1")
        for _ in 0..<100 {
            _ = try scene.services.stores.signInThrottle.count(
                bucket, windowSeconds: 3_600, at: scene.services.clock.now)
        }

        let answer = register(Self.minimal)

        #expect(answer.summary == "429 temporarily_unavailable")
        #expect(answer.header("Retry-After") == "3600")
        scene.platform.time.advance(seconds: 3_600)
        #expect(register(Self.minimal).status == 201)
    }

    // MARK: RFC 7592

    @Test func `RFC 7592 2.1: the client sees itself, without its secret`() {
        let made = register(Self.minimal)
        let token = made.text("registration_access_token")

        let shown = send(.get, "/" + made.text("client_id"), nil, token)

        #expect(shown.status == 200)
        #expect(shown.json["client_secret"] == nil)
        #expect(shown.text("registration_access_token") == token)
        for name in ["client_id", "client_name", "redirect_uris", "scope", "grant_types"] {
            #expect(shown.json[name] == made.json[name])
        }
    }

    @Test func `RFC 7592 2.1: every wrong token has one answer`() throws {
        let made = register(Self.minimal)
        let other = register(Self.minimal)
        let machine = try scene.services.machine(as: scene.robot)
        let before = try Fingerprint(of: scene.services.stores)

        for (id, token) in [
            (made.text("client_id"), other.text("registration_access_token")),
            (made.text("client_id"), "gra_x"), (made.text("client_id"), scene.administrator.text),
            (machine.client.id.description, made.text("registration_access_token")),
            ("0192f1d0-0000-7000-8000-000000000001", made.text("registration_access_token")),
            ("x", made.text("registration_access_token")),
        ] {
            for method in [HTTPRequest.Method.get, .put, .delete] {
                let answer = send(method, "/" + id, method == .put ? Self.minimal : nil, token)
                #expect(answer.summary == "401 invalid_token")
                #expect(answer.header("WWW-Authenticate")?.contains("invalid_token") == true)
            }
        }
        #expect(send(.get, "/" + made.text("client_id")).summary == "401 invalid_token")
        #expect(try Fingerprint(of: scene.services.stores) == before)
    }

    @Test func `RFC 7592 2.2: what is sent takes the place of what was, and the token is changed`()
        throws
    {
        let made = register(
            merging([
                "scope": "pipelines:read", "grant_types": ["authorization_code", "refresh_token"],
            ]))
        let token = made.text("registration_access_token")
        let path = "/" + made.text("client_id")
        let next: JSON = [
            "client_id": .string(made.text("client_id")),
            "client_secret": .string(made.text("client_secret")), "client_name": "New name",
            "redirect_uris": ["https://new.example/cb"], "registration_access_token": "mine",
            "client_secret_expires_at": 1,
        ]

        let changed = send(.put, path, next, token)

        #expect(changed.status == 200)
        #expect(changed.text("client_name") == "New name")
        #expect(changed.json["redirect_uris"] == ["https://new.example/cb"])
        #expect(changed.json["grant_types"] == ["authorization_code"])
        #expect(changed.text("scope") == "openid profile email offline_access")
        #expect(changed.json["client_secret"] == nil)
        let fresh = changed.text("registration_access_token")
        #expect(fresh != token && fresh != "mine")
        #expect(send(.get, path, nil, token).summary == "401 invalid_token")
        #expect(send(.get, path, nil, fresh).status == 200)
    }

    @Test func `RFC 7592 2.2: neither id nor secret nor type can be chosen`() throws {
        let made = register(Self.minimal)
        let token = made.text("registration_access_token")
        let path = "/" + made.text("client_id")
        let id = JSON.string(made.text("client_id"))
        let other = register(Self.minimal)
        let before = try Fingerprint(of: scene.services.stores)

        for more: JSON in [
            [:], ["client_id": .string(other.text("client_id"))], ["client_id": 1],
            ["client_id": id, "client_secret": "mine"],
            ["client_id": id, "client_secret": .string(other.text("client_secret"))],
            ["client_id": id, "token_endpoint_auth_method": "none"],
            ["client_id": id, "client_name": "Gatehouse"],
        ] {
            let answer = send(.put, path, merging(more), token)
            #expect(answer.summary == "400 invalid_client_metadata")
        }
        #expect(
            send(.put, path, ["client_id": id, "redirect_uris": ["http://evil.example"]], token)
                .summary == "400 invalid_redirect_uri")
        #expect(try Fingerprint(of: scene.services.stores) == before)
    }

    @Test func `what an administrator decided stays when the client changes itself`() throws {
        let made = register(Self.minimal)
        let id = try #require(Client.ID(text: made.text("client_id")))
        var fields = ClientFields()
        fields.organizationID = .value(scene.plant.id)
        fields.accessTokenLifetime = 60
        fields.requiresPKCE = true
        _ = try scene.services.clients.update(id, fields, by: .test())

        let changed = send(
            .put, "/\(id)", merging(["client_id": .string(id.description)]),
            made.text("registration_access_token"))

        #expect(changed.status == 200)
        let client = try #require(try scene.services.stores.clients.find(id))
        #expect(client.organizationID == scene.plant.id && client.accessTokenLifetime == 60)
        #expect(client.requiresPKCE)
    }

    @Test func `a client that was turned off can't turn itself on`() throws {
        let made = register(Self.minimal)
        let id = try #require(Client.ID(text: made.text("client_id")))
        var fields = ClientFields()
        fields.isEnabled = false
        _ = try scene.services.clients.update(id, fields, by: .test())

        for method in [HTTPRequest.Method.get, .put, .delete] {
            let answer = send(
                method, "/\(id)", method == .put ? Self.minimal : nil,
                made.text("registration_access_token"))
            #expect(answer.summary == "401 invalid_token")
        }
    }

    @Test func `RFC 7592 2.3: a deleted client is gone, and so is its token`() {
        let made = register(Self.minimal)
        let path = "/" + made.text("client_id")
        let token = made.text("registration_access_token")

        #expect(send(.delete, path, nil, token).status == 204)

        #expect(send(.get, path, nil, token).summary == "401 invalid_token")
        #expect(send(.delete, path, nil, token).summary == "401 invalid_token")
        let client = scene.post(
            "/oauth2/token", "grant_type=client_credentials",
            [OAuth2Scene.basic(made.text("client_id"), made.text("client_secret"))])
        #expect(client.summary == "401 invalid_client")
    }

    // MARK: Housekeeping

    @Test func `clients that nobody uses go, those in use stay`() throws {
        let services = scene.services
        let unused = try #require(Client.ID(text: register(Self.minimal).text("client_id")))
        let used = try #require(Client.ID(text: register(Self.minimal).text("client_id")))
        let machine = try services.machine(as: scene.robot).client.id
        try services.stores.clients.recordUse(
            ofClients: [used: services.clock.now], ofSecrets: [:])
        func sweep() throws -> [Bool] {
            try OAuth2Services(services).registration.removeUnused(limit: 100, by: .test())
            return try [unused, used, machine].map { try services.stores.clients.find($0) != nil }
        }
        #expect(try sweep() == [true, true, true])

        scene.platform.time.advance(days: 7)
        #expect(try sweep() == [false, true, true])
        scene.platform.time.advance(days: 82)
        #expect(try sweep() == [false, true, true])
        scene.platform.time.advance(days: 2)
        #expect(try sweep() == [false, false, true])
    }
}
