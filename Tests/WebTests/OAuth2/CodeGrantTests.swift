import Domain
import HTTP
import HTTPTypes
import JSON
import Storage
import TestSupport
import Testing

@testable import Web

/// RFC 6749 §4.1.2, §4.1.3, §5; RFC 7636 §4.5, §4.6; RFC 9700 §2.1.1, §4.5, §4.8; OpenID Connect Core §2, §3.1.3; security G.
@Suite struct CodeGrantTests {
    @Test func `a code becomes tokens (RFC 6749, 4.1.4; OpenID Connect Core 3.1.3.3)`() throws {
        let scene = try AuthorizationScene()

        let answer = scene.redeem(try scene.code([("nonce", "n-0S6")]))

        #expect(answer.status == 200)
        #expect(
            Set(answer.json.object?.names ?? []) == [
                "access_token", "token_type", "expires_in", "scope", "refresh_token", "id_token",
            ])
        #expect(answer.text("scope") == "openid pipelines:read")
        #expect(answer.header("Cache-Control") == "no-store")
        let access = try AuthorizationScene.part(1, of: answer.text("access_token"))
        #expect(access["sub"] == .id(scene.olga.id) && access["token_use"] == "access")
        #expect(access["client_id"] == .string(scene.client.id))
    }

    @Test(arguments: [SigningKeyRecord.Algorithm.rs256, .es256])
    func `the ID token says who, when and for whom (OpenID Connect Core 2, 3.1.3.6)`(
        algorithm: SigningKeyRecord.Algorithm
    ) throws {
        let scene = try AuthorizationScene()
        let client = try scene.services.application { $0.idTokenAlgorithm = algorithm }
        let signedIn = scene.services.clock.now
        scene.site.platform.time.advance(seconds: 100)

        let answer = scene.redeem(
            try scene.code([("nonce", "n-0S6"), ("scope", "openid profile email")], of: client),
            as: client)

        let token = answer.text("id_token")
        let (header, claims) = (
            try AuthorizationScene.part(0, of: token), try AuthorizationScene.part(1, of: token)
        )
        #expect(header["alg"] == .string(algorithm.rawValue) && header["typ"] == "JWT")
        let keys = OAuth2Answer(response: scene.site.ask(.get, "/oauth2/jwks")).json["keys"]
        #expect(keys?.array?.contains { $0["kid"] == header["kid"] } == true)
        // Claims of profile and email stand in UserInfo (§5.4), unless `claims` asks for them here.
        #expect(
            Set(claims.object?.names ?? []) == [
                "iss", "sub", "aud", "iat", "exp", "auth_time", "amr", "sid", "nonce", "at_hash",
            ])
        #expect(claims["iss"] == .string(TestServices.issuer))
        #expect(claims["sub"] == .id(scene.olga.id) && claims["aud"] == .string(client.id))
        #expect(claims["nonce"] == "n-0S6")
        #expect(claims["auth_time"] == .integer(Int(signedIn.seconds)))
        #expect(claims["iat"] == .integer(Int(scene.services.clock.now.seconds)))
        let hash = scene.services.secrets.digest(of: answer.text("access_token")).bytes.prefix(16)
        #expect(claims["at_hash"] == .string(scene.services.secrets.base64URL(Array(hash))))
        #expect(claims["sid"]?.string.flatMap { Session.ID(text: $0) } != nil)
        // RFC 8725 3.11: an ID token is no bearer.
        #expect(scene.userInfo(token).summary == "401 invalid_token")
        #expect(try scene.services.tokens.verify(token, at: scene.services.clock.now) == nil)
        #expect(try scene.services.tokens.readHint(answer.text("access_token")) == nil)
    }

    @Test func `a renewed ID token is of the same sign-in, without a nonce (Core 12.2)`() throws {
        let scene = try AuthorizationScene()
        let first = scene.redeem(try scene.code([("nonce", "n-0S6")]))
        let before = try AuthorizationScene.part(1, of: first.text("id_token"))
        scene.site.platform.time.advance(seconds: 60)

        let second = scene.post(
            "/oauth2/token",
            [("grant_type", "refresh_token"), ("refresh_token", first.text("refresh_token"))],
            headers: [.authorization: OAuth2Scene.basic(scene.client).1])

        let after = try AuthorizationScene.part(1, of: second.text("id_token"))
        for claim in ["iss", "sub", "aud", "auth_time", "sid"] {
            #expect(before[claim] != nil && after[claim] == before[claim], "\(claim)")
        }
        #expect(after["nonce"] == nil)
        #expect(after["iat"] == .integer(Int(scene.services.clock.now.seconds)))
    }

    @Test func `without openid there is no ID token, without the grant no refresh token`() throws {
        let scene = try AuthorizationScene()
        let client = try scene.services.application {
            $0.grantTypes = ["authorization_code"]
        }

        let answer = scene.redeem(
            try scene.code([("scope", "pipelines:read")], of: client), as: client)

        #expect(answer.json["id_token"] == nil && answer.json["refresh_token"] == nil)
        #expect(scene.userInfo(answer.text("access_token")).summary == "403 insufficient_scope")
    }

    @Test func `a code works once, and its second use ends what the first gave (RFC 6749, 4.1.2)`()
        throws
    {
        let scene = try AuthorizationScene()
        let code = try scene.code()

        let first = scene.redeem(code)
        #expect(scene.userInfo(first.text("access_token")).status == 200)
        let second = scene.redeem(code)

        #expect(second.summary == "400 invalid_grant")
        #expect(scene.userInfo(first.text("access_token")).summary == "401 invalid_token")
        let refresh = scene.post(
            "/oauth2/token",
            [("grant_type", "refresh_token"), ("refresh_token", first.text("refresh_token"))],
            headers: [.authorization: OAuth2Scene.basic(scene.client).1])
        #expect(refresh.summary == "400 invalid_grant")
        let event = try #require(try scene.services.events("oauth2.code_refused").first)
        #expect(event.reason == "code_reused" && event.outcome == .denied)
        #expect(scene.redeem(code).summary == "400 invalid_grant")
    }

    @Test func `a code lives for a minute (RFC 6749, 4.1.2)`() throws {
        let scene = try AuthorizationScene()
        let (early, late) = (try scene.code(), try scene.code())

        scene.site.platform.time.advance(seconds: 59)
        #expect(scene.redeem(early).status == 200)
        scene.site.platform.time.advance(seconds: 1)
        #expect(scene.redeem(late).summary == "400 invalid_grant")
        // A second use after the minute is one, too.
        scene.site.platform.time.advance(seconds: 600)
        #expect(scene.redeem(early).summary == "400 invalid_grant")
        #expect(try scene.services.events("oauth2.code_refused").count == 1)
    }

    @Test
    func `who shows a code wrongly burns it (RFC 7636, 4.6; RFC 6749, 4.1.3; security 84 to 86)`()
        throws
    {
        let scene = try AuthorizationScene()
        let other = try scene.services.application("other")
        let publicOther = try scene.services.application("spa") { $0.kind = .public }
        let wrong: [([(String, String?)], TestClient?)] = [
            ([("code_verifier", nil)], nil), ([("code_verifier", "")], nil),
            ([("code_verifier", String(repeating: "a", count: 43))], nil),
            ([("code_verifier", SamplePKCE.challenge)], nil),
            ([("code_verifier", String(SamplePKCE.verifier.dropLast()))], nil),
            ([("code_verifier", SamplePKCE.verifier + "=")], nil),
            ([("code_verifier", String(repeating: "a", count: 129))], nil),
            ([("redirect_uri", nil)], nil), ([("redirect_uri", "")], nil),
            ([("redirect_uri", AuthorizationScene.callback + "/")], nil),
            ([("redirect_uri", "https://app.example/%63allback")], nil), ([], other),
            ([], publicOther),
        ]

        for (changes, client) in wrong {
            let code = try scene.code()
            #expect(scene.redeem(code, changes, as: client).summary == "400 invalid_grant")
            #expect(scene.redeem(code).summary == "400 invalid_grant", "\(changes)")
        }
    }

    @Test func `a failed authentication costs the code nothing (RFC 6749, 2.3; Go's oauth2)`()
        throws
    {
        let scene = try AuthorizationScene()
        let post = try scene.services.application("post") {
            $0.authenticationMethod = .clientSecretPost
        }
        let code = try scene.code(of: post)

        // Go tries the header first, then the body.
        let basic = scene.redeem(code, as: post)
        let wrong = scene.redeem(
            code, as: post.with(secret: "wrong"))
        let body = scene.redeem(
            code, [("client_secret", post.secret)],
            as: post.with(secret: ""))

        #expect(basic.summary == "401 invalid_client" && wrong.summary == "401 invalid_client")
        #expect(basic.header("WWW-Authenticate")?.hasPrefix("Basic realm=") == true)
        #expect(body.status == 200)
    }

    @Test func `a confidential client can't pass for a public one (security 87)`() throws {
        let scene = try AuthorizationScene()
        let code = try scene.code()

        let bare = scene.redeem(code, as: scene.client.with(secret: ""))

        #expect(bare.summary == "401 invalid_client")
        #expect(scene.redeem(code).status == 200)
    }

    @Test func `a public client shows its verifier (RFC 7636, 4.5)`() throws {
        let scene = try AuthorizationScene()
        let spa = try scene.services.application("spa") { $0.kind = .public }

        #expect(scene.redeem(try scene.code(of: spa), as: spa).status == 200)
        #expect(
            scene.redeem(try scene.code(of: spa), [("code_verifier", nil)], as: spa).summary
                == "400 invalid_grant")
    }

    @Test func `a verifier without a challenge is refused (RFC 9700, 2.1.1)`() throws {
        let scene = try AuthorizationScene()
        let old = try scene.services.application { $0.requiresPKCE = false }
        let none: [(String, String?)] = [("code_challenge", nil), ("code_challenge_method", nil)]

        #expect(
            scene.redeem(try scene.code(none, of: old), as: old).summary == "400 invalid_grant")
        #expect(
            scene.redeem(
                try scene.code(none, of: old), [("code_verifier", nil)], as: old
            ).status == 200)
        // Who sent a challenge shows the verifier, required or not.
        #expect(
            scene.redeem(try scene.code(of: old), [("code_verifier", nil)], as: old).summary
                == "400 invalid_grant")
    }

    @Test func `what is no code is none (RFC 6749, 5.2)`() throws {
        let scene = try AuthorizationScene()
        let code = try scene.code()

        for text in ["x", code + "x", String(code.dropLast()), code.uppercased(), "gac_", "%", "_"]
        {
            #expect(scene.redeem(text).summary == "400 invalid_grant")
        }
        #expect(scene.redeem(code, [("code", nil)]).summary == "400 invalid_request")
        #expect(scene.redeem(code).status == 200)
    }

    @Test(arguments: [
        "client", "client again", "person", "person again", "session", "consent", "membership",
        "scope",
    ])
    func `what ends between code and tokens ends the code (security 95)`(what: String) throws {
        let scene = try AuthorizationScene()
        let owner = try scene.services.person("owner")
        let plant = try scene.services.organization("plant", ownedBy: owner)
        try scene.services.add(scene.olga, to: plant, .viewer)
        let client = try scene.services.application(
            scopes: ["openid", "pipelines:read", "offline_access"]
        ) { $0.organizationID = .value(plant.id) }
        let code = try scene.code(
            [("scope", "openid pipelines:read offline_access")], of: client)
        var fields = ClientFields()

        var expected = "400 invalid_grant"
        switch what {
        case "client", "client again":
            fields.isEnabled = false
            _ = try scene.services.clients.update(client.client.id, fields, by: .test())
            expected = "401 invalid_client"
            if what == "client again" {
                fields.isEnabled = true
                _ = try scene.services.clients.update(client.client.id, fields, by: .test())
                expected = "400 invalid_grant"
            }
        case "person", "person again":
            _ = try scene.services.users.update(
                scene.olga.id, UserChanges(isDisabled: true), by: .test())
            if what == "person again" {
                _ = try scene.services.users.update(
                    scene.olga.id, UserChanges(isDisabled: false), by: .test())
            }
        case "session":
            _ = try scene.services.stores.atomically {
                try scene.services.stores.sessions.endAll(
                    of: scene.olga.id, except: nil, at: scene.services.clock.now)
            }
        case "consent":
            _ = try scene.services.consents.withdraw(
                client.client.id, of: scene.olga.id, by: .test())
        case "membership":
            try scene.services.members.delete(
                scene.olga.id.value, in: scene.services.context(of: owner, in: plant),
                by: .test(scene.services.session(of: owner)))
            try scene.services.add(scene.olga, to: plant, .viewer)
        default:
            fields.scopes = ["openid"]
            _ = try scene.services.clients.update(client.client.id, fields, by: .test())
            let answer = scene.redeem(code, as: client)
            #expect(answer.status == 200 && answer.text("scope") == "openid")
            return
        }

        #expect(scene.redeem(code, as: client).summary == expected)
    }

    @Test func `tokens end with the sign-in, but for those who were to outlive it (wire 12)`()
        throws
    {
        let scene = try AuthorizationScene()
        let client = try scene.services.application(
            scopes: ["openid", "offline_access", "pipelines:read"])
        let bound = scene.redeem(try scene.code(of: client), as: client).text("access_token")
        let offline = scene.redeem(
            try scene.code([("scope", "openid offline_access")], of: client), as: client
        ).text("access_token")

        scene.browser.get("/login?prompt=login")
        scene.browser.post("/logout", [])

        #expect(scene.userInfo(bound).summary == "401 invalid_token")
        #expect(scene.userInfo(offline).status == 200)
    }

    @Test func `a resource that was asked for is the only one (RFC 8707, 2.2)`() throws {
        let scene = try AuthorizationScene()
        let engine = TestServices.issuer + "/api/v1/engine"
        func audience(_ answer: OAuth2Answer) throws -> JSON? {
            try AuthorizationScene.part(1, of: answer.text("access_token"))["aud"]
        }

        let asked = scene.redeem(try scene.code([("resource", engine)]))
        let narrowed = scene.redeem(try scene.code(), [("resource", engine)])
        let whole = scene.redeem(try scene.code())
        let wrong = scene.redeem(
            try scene.code([("resource", engine)]), [("resource", "https://evil.example")])

        #expect(try audience(asked) == .string(engine))
        #expect(try audience(narrowed) == .string(engine))
        #expect(try audience(whole) == .string(TestServices.issuer))
        #expect(wrong.summary == "400 invalid_target")
        // Such a token is for that API alone, and UserInfo is another.
        #expect(scene.userInfo(asked.text("access_token")).summary == "401 invalid_token")
    }
}

/// OpenID Connect Core §5.3, §5.4, §5.5; RFC 6750 §2, §3.
@Suite struct UserInfoTests {
    @Test func `claims come by scope and by name (OpenID Connect Core 5.4, 5.5)`() throws {
        let scene = try AuthorizationScene()
        func told(_ changes: [(String, String?)]) throws -> (userInfo: JSON, idToken: JSON) {
            let answer = scene.redeem(try scene.code(changes))
            return (
                scene.userInfo(answer.text("access_token")).json,
                try AuthorizationScene.part(1, of: answer.text("id_token"))
            )
        }

        let plain = try told([("scope", "openid")])
        #expect(plain.userInfo == ["sub": .id(scene.olga.id)])
        let email = try told([("scope", "openid email")]).userInfo
        #expect(
            email == [
                "sub": .id(scene.olga.id), "email": "olga@example.com", "email_verified": false,
            ])
        let profile = try told([("scope", "openid profile")]).userInfo
        #expect(profile["preferred_username"] == "olga")
        #expect(profile["updated_at"] == .integer(Int(scene.olga.updatedAt.seconds)))
        #expect(profile["email"] == nil)
        let named = try told([
            ("scope", "openid"),
            (
                "claims",
                """
                {"userinfo": {"email": {"essential": true}, "unknown": null}, "other": {},
                 "id_token": {"preferred_username": null, "acr": {"values": ["gold"]}}}
                """
            ),
        ])
        #expect(named.userInfo["email"] == "olga@example.com")
        #expect(named.userInfo["preferred_username"] == nil && named.userInfo["unknown"] == nil)
        #expect(named.idToken["preferred_username"] == "olga" && named.idToken["email"] == nil)
    }

    @Test func `claims are an object of objects (OpenID Connect Core 5.5)`() {
        for text in [
            "", "null", "[]", "{\"id_token\":[]}", "{\"id_token\":{\"email\":true}}",
            "{\"id_token\":null}",
            "{\"id_token\":{},\"id_token\":{}}", "{} x",
        ] {
            #expect(RequestedClaims(json: text) == nil, "\(text)")
        }
        #expect(RequestedClaims(json: "{}") == RequestedClaims.none)
        #expect(
            RequestedClaims(json: "{\"id_token\":{\"sub\":{\"values\":[\"a\",\"b\"]}}}")?.subjects
                == ["a", "b"])
        #expect(
            RequestedClaims(
                json: "{\"id_token\":{\"acr\":{\"essential\":true,\"values\":[\"x\"]}}}")?
                .demandsContext == true)
        #expect(
            RequestedClaims(json: "{\"id_token\":{\"acr\":{\"essential\":true}}}")?
                .demandsContext == false)
    }

    @Test func `the token comes in the header or in a form, and once (RFC 6750, 2)`() throws {
        let scene = try AuthorizationScene()
        let token = scene.redeem(try scene.code()).text("access_token")
        let bearer: HTTPFields = [.authorization: "Bearer \(token)"]

        #expect(scene.post("/oauth2/userinfo", [], headers: bearer).status == 200)
        #expect(scene.post("/oauth2/userinfo", [("access_token", token)]).status == 200)
        #expect(
            scene.post("/oauth2/userinfo", [("access_token", token)], headers: bearer).status
                == 400)
        #expect(
            scene.post(
                "/oauth2/userinfo", [("access_token", token), ("access_token", token)]
            ).status == 400)
        let inAddress = OAuth2Answer(
            response: scene.site.ask(.get, "/oauth2/userinfo?access_token=\(token)"))
        #expect(inAddress.status == 401)
        #expect(inAddress.header("WWW-Authenticate") == "Bearer realm=\"Gatehouse\"")
        let cookie = OAuth2Answer(
            response: scene.site.ask(
                .get, "/oauth2/userinfo",
                headers: [.cookie: "__Host-gatehouse-session=\(token)"]))
        #expect(cookie.status == 401)
    }

    @Test func `other bearers are known, and told that it takes openid (RFC 6750, 3.1)`() throws {
        let scene = try AuthorizationScene()
        let session = try scene.site.signIn("olga").token
        let machine = try scene.services.machine(
            as: try scene.services.serviceUser("robot"), scopes: ["pipelines:read", "openid"])
        let robots = try scene.services.tokens(of: machine).accessToken

        for token in [session, robots] {
            let answer = scene.userInfo(token.text)
            #expect(answer.summary == "403 insufficient_scope")
            #expect(
                answer.header("WWW-Authenticate")?.contains("error=\"insufficient_scope\"") == true)
        }
        // Of a revoked one the endpoint only learns that it is none.
        let plant = try scene.services.organization("plant", ownedBy: scene.olga)
        let revoked = try scene.services.issue(for: scene.olga, in: plant)
        _ = try scene.services.personalAccessTokens.revoke(
            revoked.token.id, of: scene.olga.id, by: .test())
        #expect(scene.userInfo(revoked.text.text).summary == "401 invalid_token")
        let bad = scene.userInfo("x.y.z")
        #expect(bad.summary == "401 invalid_token")
        #expect(bad.header("WWW-Authenticate")?.contains("error=\"invalid_token\"") == true)
    }
}
