import Domain
import Storage
import TestSupport
import Testing

/// RFC 6749 §3.1, §4.1.1, §4.1.2.1; RFC 7636 §4.3, §4.4; RFC 9700 §2.1, §4.1; OpenID Connect Core §3.1.2; security F.
@Suite struct AuthorizationRequestTests {
    let platform: TestPlatform
    let services: TestServices
    let client: TestClient

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
        client = try services.application()
    }

    /// `page: …` where there is no safe address for an answer, the code of the error, or `ok`.
    private func outcome(
        _ fields: [(name: String, value: String)]
    ) throws -> String {
        let parameters = AuthorizationParameters(fields)
        let target: AuthorizationTarget
        do {
            target = try services.authorizationRequests.target(of: parameters)
        } catch let refusal as Refusal {
            return "page: \(refusal.code)"
        }
        do {
            _ = try services.authorizationRequests.request(parameters, to: target)
            return "ok"
        } catch let error as OAuthError {
            return error.code.rawValue
        }
    }

    private func read(_ fields: [(name: String, value: String)]) throws -> AuthorizationRequest {
        let parameters = AuthorizationParameters(fields)
        let target = try services.authorizationRequests.target(of: parameters)
        return try services.authorizationRequests.request(parameters, to: target)
    }

    private let page = "page: invalid_authorization_request"

    @Test func `a request that is in order is read as it was meant (RFC 6749, 4.1.1)`() throws {
        let request = try read(
            client.request([
                ("nonce", "n-0S6"), ("prompt", "login consent"), ("max_age", "60"),
                ("login_hint", "olga"), ("unknown", "ignored"), ("ui_locales", "de"),
                ("scope", "openid nonsense pipelines:read openid"),
            ]))

        #expect(request.client.id == client.client.id)
        #expect(request.target.redirectURI == "https://app.example/callback")
        #expect(request.target.state == "xyz" && request.target.responseMode == .query)
        #expect(request.scopes.text == "openid pipelines:read")
        #expect(request.codeChallenge == SamplePKCE.challenge && request.nonce == "n-0S6")
        #expect(request.prompts == [.login, .consent] && request.maxAge == 60)
        #expect(request.loginHint == "olga" && request.subjects == nil && request.resource == nil)
    }

    @Test func `without a client that is known and enabled there is a page (RFC 6749, 4.1.2.1)`()
        throws
    {
        let disabled = try services.application("off")
        var off = ClientFields()
        off.isEnabled = false
        _ = try services.clients.update(disabled.client.id, off, by: .test())

        for id in [
            nil, "", "nobody", client.id + "x", "00000000-0000-7000-8000-000000000000", disabled.id,
            "../" + client.id, "' OR 1=1 -- ",
        ] {
            #expect(try outcome(client.request([("client_id", id)])) == page, "\(id ?? "none")")
        }
    }

    @Test func `a redirect URI matches to the byte, or there is a page (RFC 9700, 4.1.3)`() throws {
        let client = try services.application(redirectURIs: [
            "https://app.example/callback", "https://app.example/with?query=1",
        ])
        let wrong = [
            "", "https://app.example", "https://app.example/", "https://app.example/callback/",
            "https://app.example/callback/more", "https://app.example/callback?x=1",
            "https://app.example/callback#x", "https://app.example/Callback",
            "https://APP.example/callback", "HTTPS://app.example/callback",
            "http://app.example/callback", "https://app.example:443/callback",
            "https://app.example:8443/callback", "https://app.example.evil.com/callback",
            "https://evil.com/https://app.example/callback", "https://evil-app.example/callback",
            "https://app.example@evil.com/callback", "https://user@app.example/callback",
            "https://app.example/x/../callback", "https://app.example/%63allback",
            "https://app.example/callback%2e", "https://app.example/%2e/callback",
            "https://app.example/..;/callback", "https://app.example\\callback",
            "https://app.example/callback\t", " https://app.example/callback",
            "https://app.example/callback\n", "https://app.example/callback%00",
            "https://appXexample/callback", "https://\u{430}pp.example/callback",
            "//app.example/callback", "/callback", "javascript:alert(1)", "data:text/html,x",
            "https://app.example/with?query=1&more=2", "https://app.example/with?query=2",
            "https://app.example/with",
            "https://app.example/callback" + String(repeating: "a", count: 9_216),
        ]

        for uri in wrong {
            #expect(try outcome(client.request([("redirect_uri", uri)])) == page, "\(uri)")
        }
        #expect(try outcome(client.request([("redirect_uri", nil)])) == page)
        for uri in client.client.redirectURIs {
            #expect(try outcome(client.request([("redirect_uri", uri.description)])) == "ok")
        }
    }

    @Test func `it is to be named, even where one is registered (OpenID Connect Core 3.1.2.1)`()
        throws
    {
        #expect(try outcome(client.request([("redirect_uri", nil)])) == page)
    }

    @Test func `only a loopback address may vary its port (RFC 8252, 7.3)`() throws {
        let native = try services.application(redirectURIs: [
            "http://127.0.0.1/cb", "http://[::1]/cb", "http://localhost:8000/cb",
            "com.example.app:/cb",
        ]) { $0.kind = .public }
        for right in [
            "http://127.0.0.1/cb", "http://127.0.0.1:1/cb", "http://127.0.0.1:65535/cb",
            "http://[::1]:5000/cb", "http://localhost:8000/cb", "com.example.app:/cb",
        ] {
            #expect(try outcome(native.request([("redirect_uri", right)])) == "ok", "\(right)")
        }
        for wrong in [
            "http://127.0.0.1:0/cb", "http://127.0.0.1:65536/cb", "http://127.0.0.1:/cb",
            "http://127.0.0.1:80@evil.com/cb", "http://127.0.0.1.evil.com/cb", "http://127.1/cb",
            "http://0x7f.1/cb", "http://2130706433/cb", "http://127.0.0.1:5000/other",
            "https://127.0.0.1:5000/cb", "http://localhost:8001/cb", "http://localhost/cb",
            "com.example.app:/cb/more", "com.example.app2:/cb", "http://[::2]/cb",
        ] {
            #expect(try outcome(native.request([("redirect_uri", wrong)])) == page, "\(wrong)")
        }
        #expect(try !read(native.request()).target.isProven)
        #expect(try read(client.request()).target.isProven)
    }

    @Test func `client and redirect URI twice are a page, anything else is told (RFC 6749, 3.1)`()
        throws
    {
        let twice = [
            "response_type", "scope", "state", "code_challenge", "code_challenge_method",
        ].map { name in
            (name, client.request().first { $0.name == name }?.value ?? "")
        }

        for name in ["client_id", "redirect_uri"] {
            let value = client.request().first { $0.name == name }?.value ?? ""
            #expect(try outcome(client.request(adding: [(name, value)])) == page)
        }
        for (name, value) in twice {
            let fields = client.request(adding: [(name, value)])
            #expect(try outcome(fields) == "invalid_request", "\(name)")
        }
        // Twice, but once empty, is once.
        #expect(try outcome(client.request(adding: [("state", ""), ("client_id", "")])) == "ok")
        // A state that is there twice is none that could be given back.
        let target = try services.authorizationRequests.target(
            of: AuthorizationParameters(client.request(adding: [("state", "other")])))
        #expect(target.state == nil)
    }

    @Test(arguments: [
        (nil, "invalid_request"), ("", "invalid_request"), ("token", "unsupported_response_type"),
        ("id_token", "unsupported_response_type"), ("none", "unsupported_response_type"),
        ("code token", "unsupported_response_type"), ("token code", "unsupported_response_type"),
        ("code id_token", "unsupported_response_type"), ("code code", "unsupported_response_type"),
        ("CODE", "unsupported_response_type"), ("code ", "unsupported_response_type"),
    ])
    func `response_type is code and nothing else (RFC 6749, 3.1.1; RFC 9700, 2.1.2)`(
        type: String?, expected: String
    ) throws {
        #expect(try outcome(client.request([("response_type", type)])) == expected)
    }

    @Test func `response_mode is query or form_post (OAuth 2.0 Multiple Response Types 2.1)`()
        throws
    {
        #expect(
            try read(client.request([("response_mode", "query")])).target.responseMode == .query)
        #expect(
            try read(client.request([("response_mode", "form_post")])).target.responseMode
                == .formPost)
        for mode in ["fragment", "web_message", "query.jwt", "QUERY", "form_post query"] {
            #expect(try outcome(client.request([("response_mode", mode)])) == "invalid_request")
        }
    }

    @Test func `a client without codes is told so (RFC 6749, 4.1.2.1 unauthorized_client)`() throws
    {
        let robot = try services.serviceUser("robot")
        let machine = try services.machine(as: robot) {
            $0.redirectURIs = ["https://app.example/callback"]
        }

        #expect(try outcome(machine.request()) == "unauthorized_client")
    }

    @Test func `PKCE is S256, and nobody public goes without (RFC 7636, 4.4.1; RFC 9700, 2.1.1)`()
        throws
    {
        let pkce: [[(String, String?)]] = [
            [("code_challenge", nil)], [("code_challenge", nil), ("code_challenge_method", nil)],
            [("code_challenge_method", nil)], [("code_challenge_method", "plain")],
            [("code_challenge_method", "s256")], [("code_challenge_method", "S512")],
            [("code_challenge", String(repeating: "a", count: 42))],
            [("code_challenge", String(repeating: "a", count: 129))],
            [("code_challenge", SamplePKCE.challenge.dropLast() + "=")],
            [("code_challenge", SamplePKCE.challenge.dropLast() + "+")],
            [("code_challenge", SamplePKCE.challenge.dropLast() + "\u{e9}")],
        ]
        let publicClient = try services.application("spa") { $0.kind = .public }
        let relaxed = try services.application("old") { $0.requiresPKCE = false }

        for changes in pkce {
            #expect(try outcome(client.request(changes)) == "invalid_request", "\(changes)")
            #expect(try outcome(publicClient.request(changes)) == "invalid_request", "\(changes)")
        }
        for changes in pkce.dropFirst(2) {
            #expect(try outcome(relaxed.request(changes)) == "invalid_request", "\(changes)")
        }
        #expect(try outcome(relaxed.request(pkce[0])) == "invalid_request")
        #expect(try read(relaxed.request(pkce[1])).codeChallenge == nil)
        #expect(try outcome(publicClient.request()) == "ok")
    }

    @Test func `scopes: unknown ones are passed over, others' are refused (RFC 6749, 3.3)`() throws
    {
        _ = try services.customScopes.create(name: "crm.read", description: "CRM", by: .test())

        #expect(try read(client.request([("scope", "nonsense openid *")])).scopes.text == "openid")
        #expect(try outcome(client.request([("scope", "openid models:read")])) == "invalid_scope")
        #expect(try outcome(client.request([("scope", "openid crm.read")])) == "invalid_scope")
        #expect(try outcome(client.request([("scope", "offline_access")])) == "invalid_scope")
        #expect(try outcome(client.request([("scope", "openid\"")])) == "invalid_scope")
        let many = (0..<1_000).map { "scope\($0)" }.joined(separator: " ")
        #expect(try outcome(client.request([("scope", many)])) == "invalid_scope")
        // None at all: what the client is registered for, as client credentials have it.
        #expect(try read(client.request([("scope", nil)])).scopes.text == "pipelines:read")
        let openIDAlone = try services.application("sign-in", scopes: ["openid"])
        #expect(try outcome(openIDAlone.request([("scope", nil)])) == "invalid_scope")
    }

    @Test func `offline_access is for who may refresh (OpenID Connect Core 11)`() throws {
        let scopes = ["openid", "offline_access"]
        let may = try services.application(scopes: scopes)
        let mayNot = try services.application(scopes: scopes) {
            $0.grantTypes = ["authorization_code"]
        }
        let change: [(String, String?)] = [("scope", "openid offline_access")]

        #expect(try read(may.request(change)).scopes.text == "openid offline_access")
        #expect(try read(mayNot.request(change)).scopes.text == "openid")
    }

    @Test func `prompt=none stands alone, and unknown prompts are refused (Core 3.1.2.1)`() throws {
        for prompt in ["none login", "consent none", "create", "LOGIN", "login,consent"] {
            #expect(try outcome(client.request([("prompt", prompt)])) == "invalid_request")
        }
        #expect(try read(client.request([("prompt", "none")])).isSilent)
        #expect(
            try read(client.request([("prompt", "select_account")])).prompts == [.selectAccount])
    }

    @Test func `max_age is a number of seconds (OpenID Connect Core 3.1.2.1)`() throws {
        for age in ["-1", "1.5", "abc", "+1", " 1", "99999999999999999999"] {
            #expect(try outcome(client.request([("max_age", age)])) == "invalid_request", "\(age)")
        }
        #expect(try read(client.request([("max_age", "0")])).maxAge == 0)
    }

    @Test func `request objects and foreign request URIs are not supported (Core 6)`() throws {
        #expect(
            try outcome(client.request([("request", "eyJhbGciOiJub25lIn0.e30.")]))
                == "request_not_supported")
        for uri in ["https://evil.example/r", "file:///etc/passwd", "http://169.254.169.254/"] {
            #expect(
                try outcome(client.request([("request_uri", uri)])) == "request_uri_not_supported")
        }
        // Neither is looked at for what is not safe without it.
        #expect(
            try outcome(client.request([("request", "x"), ("redirect_uri", nil)])) == page)
    }

    @Test func `claims that can't be read are refused (OpenID Connect Core 5.5)`() throws {
        #expect(try outcome(client.request([("claims", "{}")])) == "ok")
        #expect(try outcome(client.request([("claims", "{")])) == "invalid_request")
        let long = "{\"id_token\":{\"\(String(repeating: "a", count: 5_000))\":null}}"
        #expect(try outcome(client.request([("claims", long)])) == "invalid_request")
    }

    @Test func `a resource is one API that is protected here (RFC 8707, 2)`() throws {
        let engine = TestServices.issuer + "/api/v1/engine"

        #expect(try read(client.request([("resource", engine)])).resource == .engine)
        for wrong in [engine + "/", engine + "#x", "https://evil.example", "engine"] {
            #expect(try outcome(client.request([("resource", wrong)])) == "invalid_target")
        }
        #expect(
            try outcome(client.request(adding: [("resource", engine), ("resource", engine)]))
                == "invalid_target")
    }

    @Test func `a state is kept to the byte, however it looks (RFC 6749, 4.1.2)`() throws {
        for state in [
            " a+b%20c ", "\u{0}", "\u{e9}\u{65}\u{301}", "<script>", "\r\nX: y",
            String(repeating: "s", count: 4_096),
        ] {
            let target = try services.authorizationRequests.target(
                of: AuthorizationParameters(client.request([("state", state)])))
            #expect(target.state.map { Array($0.utf8) } == Array(state.utf8))
        }
        let long = String(repeating: "s", count: 4_097)
        #expect(try outcome(client.request([("state", long)])) == page)
    }

    @Test func `an id_token_hint is one of the client's own, expired or not (Core 3.1.2.1)`() throws
    {
        let (olga, other) = (try services.person("olga"), try services.application("other"))
        func idToken(_ client: TestClient) throws -> String {
            try services.tokens.sign(
                IDTokenClaims(
                    subject: olga.id, clientID: client.client.id, issuedAt: services.clock.now,
                    expiresAt: services.clock.now.adding(seconds: 60), authenticatedAt: nil,
                    sessionID: nil, nonce: nil, accessTokenHash: nil, userClaims: [:]),
                with: .rs256)
        }
        let (mine, theirs) = (try idToken(client), try idToken(other))
        let session = try #require(try services.token("olga")).token.text
        platform.time.advance(days: 1)

        let request = try read(client.request([("id_token_hint", mine)]))

        #expect(request.subjects == [olga.id.description])
        for wrong in [
            theirs, session, "x.y.z",
            mine.dropLast() + "A" == mine ? mine + "B" : mine.dropLast() + "A",
            "eyJhbGciOiJub25lIn0." + mine.split(separator: ".")[1] + ".",
        ] {
            #expect(
                try outcome(client.request([("id_token_hint", String(wrong))])) == "invalid_request"
            )
        }
    }

    @Test func `what waits is kept as it was sent, and nothing else is`() throws {
        let engine = TestServices.issuer + "/api/v1/engine"
        let fields = client.request(
            [("state", "\u{0} \"x\""), ("unknown", "y"), ("nonce", "")],
            adding: [("resource", engine), ("resource", "other")])
        let visitor = try services.visitor(try services.person("olga"))
        let digest = services.secrets.digest(of: "question")
        let parameters = AuthorizationParameters(fields)
        try services.stores.atomically {
            try services.stores.authorizations.insert(
                PendingAuthorization(
                    sessionID: visitor.sessionID, parameters: parameters,
                    expiresAt: services.clock.now.adding(seconds: 1)), digest: digest)
        }

        let taken = try services.stores.atomically {
            try services.stores.authorizations.takePending(
                digest, of: visitor.sessionID, at: services.clock.now)
        }

        #expect(taken?.parameters == parameters)
        #expect(!parameters.fields.contains { $0.name == "unknown" || $0.name == "nonce" })
        #expect(parameters.resources == [engine, "other"])
    }
}
