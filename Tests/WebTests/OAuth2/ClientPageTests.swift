import Domain
import HTTP
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import Web

/// `/settings/oauth2-clients`, as a system administrator walks through it.
@Suite struct ClientPageTests {
    private static let home = "/settings/oauth2-clients"

    private let site: TestSite
    private let browser: TestBrowser
    private let robot: User

    init() throws {
        site = try TestSite()
        browser = TestBrowser(site)
        try site.services.person("root", administrator: true)
        robot = try site.services.serviceUser("robot")
        browser.signIn("root")
    }

    private var services: TestServices { site.services }

    private func address(_ client: TestClient) -> String { "\(Self.home)/\(client.client.id)" }

    /// The form as the page would send it for a web application.
    private static let web: [(String, String)] = [
        ("name", "Shop"), ("description", "Our shop"), ("type", "confidential"),
        ("grant_types", "authorization_code"), ("grant_types", "refresh_token"),
        ("redirect_uris", "https://shop.example/callback"), ("redirect_uris", ""),
        ("post_logout_redirect_uris", ""), ("backchannel_logout_uri", ""),
        ("scopes", "openid"), ("scopes", "pipelines:read"), ("other_scopes", ""),
        ("service_user_id", ""), ("organization_id", ""), ("access_token_ttl", "1"),
        ("access_token_ttl_unit", "hours"), ("refresh_token_ttl", "30"),
        ("refresh_token_ttl_unit", "days"), ("token_endpoint_auth_method", "client_secret_basic"),
        ("require_pkce", "1"), ("jwks", ""), ("id_token_signed_response_alg", "RS256"),
    ]

    private static func web(_ changes: [String: [String]]) -> [(String, String)] {
        web.filter { changes[$0.0] == nil }
            + changes.sorted { $0.key < $1.key }.flatMap { name, values in
                values.map { (name, $0) }
            }
    }

    private func all() throws -> [Client] {
        try services.clients.list(.first).items.map(\.client)
    }

    // MARK: The list

    @Test func `people who are no system administrators get a 403 page`() throws {
        let client = try services.machine(as: robot)
        try services.person("ada")
        let ada = TestBrowser(site)
        ada.signIn("ada")
        let token = try #require(ada.get("/profile").hidden("csrf_token"))

        for path in [
            "", "/new", "/\(client.client.id)", "/\(client.client.id)/delete", "/scopes",
            "/scopes/new",
        ] {
            let shown = ada.get(Self.home + path)
            #expect(shown.status == 403, "\(path)")
            #expect(shown.text.contains("<h1>This is not open to you</h1>"))
        }
        for path in ["/\(client.client.id)/disable", "/\(client.client.id)/secrets", "/scopes", ""]
        {
            let answer = ada.postBare(
                Self.home + path, Self.web + [("csrf_token", token)])
            #expect(answer.status == 403, "\(path)")
        }
        #expect(!ada.get("/profile").text.contains("OAuth2 Clients"))
        #expect(browser.get("/profile").text.contains("OAuth2 Clients"))
        #expect(try all().count == 1)
        #expect(try all()[0].isEnabled)
    }

    @Test func `the empty list says what a client is for and has one button`() {
        let shown = browser.get(Self.home)

        #expect(shown.status == 200)
        #expect(shown.text.contains("class=\"empty\""))
        #expect(shown.text.components(of: "class=\"button primary\"") == 1)
        #expect(shown.text.contains("href=\"\(Self.home)/new\">Register client</a>"))
    }

    @Test func `the list shows each client, and is narrowed by text, type and status`() throws {
        let owner = try services.person("olga")
        let plant = try services.organization("plant", ownedBy: owner)
        let machine = try services.machine("Loader <b>", as: robot) {
            $0.organizationID = .value(plant.id)
        }
        let shop = try services.application("Shop")
        _ = try services.application("Phone") {
            $0.kind = .public
            $0.isEnabled = false
        }

        let text = browser.get(Self.home).text
        #expect(text.contains("Loader &lt;b&gt;"))
        #expect(text.contains(machine.client.id.description))
        #expect(text.contains("<bdi>robot</bdi>"))
        #expect(text.contains("<bdi>\(plant.name)</bdi>"))

        func found(_ query: String) -> [String] {
            let text = browser.get("\(Self.home)?\(query)").text
            return ["Loader", "Shop", "Phone"].filter { text.contains("<bdi>\($0)") }
        }
        #expect(found("text=sHO") == ["Shop"])
        #expect(found("text=\(shop.client.id)") == ["Shop"])
        #expect(found("type=public") == ["Phone"])
        #expect(found("status=enabled") == ["Loader", "Shop"])
        #expect(found("status=disabled&type=confidential") == [])
        #expect(found("text=%25") == [])
        #expect(found("text=%27%20OR%201%3D1%20--") == [])
        #expect(browser.get("\(Self.home)?text=nothing").text.contains("No client is like this."))
    }

    @Test func `a long list goes on on another page, with the same filter`() throws {
        for number in 0..<21 {
            _ = try services.application("app \(number)")
            // Ids are in the order of time.
            site.platform.time.advance(seconds: 1)
        }

        let first = browser.get("\(Self.home)?text=app")
        let next = try #require(
            first.text.firstMatch(of: /href="([^"]*after=[^"]*)"/)?.output.1)
        let second = browser.get(String(next).unescaped)

        #expect(first.text.contains("<bdi>app 20</bdi>"))
        #expect(!first.text.contains("<bdi>app 0</bdi>"))
        #expect(second.text.contains("<bdi>app 0</bdi>"))
        #expect(next.contains("text=app"))
    }

    // MARK: Registering

    @Test(arguments: ClientTemplate.allCases)
    func `a template fills the form in`(_ template: ClientTemplate) {
        #expect(browser.get("\(Self.home)/new").text.contains(template.title))

        let text = browser.get("\(Self.home)/new?template=\(template)").text

        func isChecked(_ value: String) -> Bool { text.contains("value=\"\(value)\" checked") }
        #expect(isChecked("client_credentials") == (template == .machine))
        #expect(isChecked("authorization_code") == (template != .machine))
        #expect(isChecked("public") == (template == .app))
        #expect(text.components(of: "class=\"primary\"") == 1)
        for group in PlatformScope.Group.allCases {
            #expect(text.contains("<legend>\(group.title)</legend>"))
        }
    }

    @Test func `registering shows id, secret, discovery and a snippet, the secret once`() throws {
        browser.get("\(Self.home)/new?template=web")
        let answer = browser.post(Self.home, Self.web)

        #expect(answer.status == 303)
        let location = try #require(answer.location)
        let client = try #require(try all().first)
        #expect(location.hasPrefix("\(Self.home)/\(client.id)/credentials?shown="))
        let shown = browser.get(location)
        let secret = try #require(shown.text.firstMatch(of: /ghs_[\w.~-]+/)?.output)
        #expect(!location.contains(secret))
        #expect(shown.text.contains("I have stored it"))
        #expect(shown.text.contains("OIDC_CLIENT_SECRET=\(secret)"))
        #expect(shown.text.contains("OIDC_CLIENT_ID=\(client.id)"))
        #expect(
            shown.text.contains("https://gatehouse.test/.well-known/openid-configuration"))
        #expect(shown.response.headers[.cacheControl] == "no-store")
        _ = try services.clientAuthentication.authenticate(
            .secret(.init(String(secret)), of: client.id.description, by: .basic), by: .test())
        #expect(client.name == "Shop")
        #expect(client.redirectURIs.map(\.description) == ["https://shop.example/callback"])
        #expect(client.scopes.words == ["openid", "pipelines:read"])
        #expect(client.accessTokenLifetime == 3_600)
        #expect(client.refreshTokenLifetime == 2_592_000)

        let again = browser.get(location)
        #expect(again.location == "\(Self.home)/\(client.id)")
        #expect(!browser.get("\(Self.home)/\(client.id)").text.contains(secret))
        #expect(!browser.get(Self.home).text.contains(secret))
    }

    @Test func `a secret is shown to the browser alone that made it`() throws {
        try services.person("other", administrator: true)
        browser.get("\(Self.home)/new?template=web")
        let location = try #require(browser.post(Self.home, Self.web).location)
        let other = TestBrowser(site)
        other.signIn("other")

        #expect(other.get(location).status == 303)
        #expect(browser.get(location).text.contains("ghs_"))
    }

    @Test func `a machine gets the line that gets a token`() throws {
        browser.get("\(Self.home)/new?template=machine")
        browser.post(
            Self.home,
            Self.web([
                "grant_types": ["client_credentials"], "redirect_uris": [""],
                "service_user_id": ["ROBOT"], "scopes": ["pipelines:read"],
            ]))
        let shown = try browser.follow()

        let client = try #require(try all().first)
        #expect(client.serviceUserID == robot.id)
        let line = try #require(shown.text.firstMatch(of: /curl -u ([^<]+)/)?.output.1)
        #expect(
            String(line).unescaped.hasSuffix(
                "-d grant_type=client_credentials https://gatehouse.test/oauth2/token"))
    }

    @Test func `a public client has no secret and always needs PKCE`() throws {
        browser.get("\(Self.home)/new?template=app")
        browser.post(Self.home, Self.web(["type": ["public"], "require_pkce": []]))
        let shown = try browser.follow()

        let client = try #require(try all().first)
        #expect(client.kind == .public)
        #expect(client.authenticationMethod == .none)
        #expect(client.requiresPKCE)
        #expect(shown.status == 200)
        #expect(!shown.text.contains("ghs_"))
        #expect(!browser.get("\(Self.home)/\(client.id)").text.contains("Add secret"))
    }

    @Test func `a form that fails comes back filled in, with the message at its field`() throws {
        let cases: [(String, [String], at: String)] = [
            ("name", [""], "field-name-error"),
            ("name", [String(repeating: "n", count: 256)], "field-name-error"),
            ("redirect_uris", [""], "rows-redirect_uris-error"),
            (
                "redirect_uris", ["https://a.example/", "http://a.example/"],
                "rows-redirect_uris-2-error"
            ),
            ("redirect_uris", ["https://a.example/#x"], "rows-redirect_uris-1-error"),
            ("redirect_uris", ["https://*.example/"], "rows-redirect_uris-1-error"),
            ("redirect_uris", ["javascript:alert(1)"], "rows-redirect_uris-1-error"),
            (
                "post_logout_redirect_uris", ["data:text/html,x"],
                "rows-post_logout_redirect_uris-1-error"
            ),
            ("grant_types", [], "group-grant_types-error"),
            (
                "grant_types", ["client_credentials", "authorization_code"],
                "field-service_user_id-error"
            ),
            ("service_user_id", ["nobody"], "field-service_user_id-error"),
            ("service_user_id", ["root"], "field-service_user_id-error"),
            ("organization_id", ["nowhere"], "field-organization_id-error"),
            ("other_scopes", ["nonsense"], "field-other_scopes-error"),
            ("access_token_ttl", ["2147483648"], "field-access_token_ttl-error"),
            ("access_token_ttl", ["1e3"], "field-access_token_ttl-error"),
            ("access_token_ttl", ["-1"], "field-access_token_ttl-error"),
            ("refresh_token_ttl_unit", ["seconds"], "field-refresh_token_ttl-error"),
            ("token_endpoint_auth_method", ["private_key_jwt"], "field-jwks-error"),
            ("token_endpoint_auth_method", ["magic"], "field-token_endpoint_auth_method-error"),
            ("jwks", ["{}"], "field-jwks-error"),
            ("backchannel_logout_uri", ["ftp://x"], "field-backchannel_logout_uri-error"),
        ]
        for (field, values, id) in cases {
            browser.get("\(Self.home)/new?template=web")
            let shown = browser.post(Self.home, Self.web([field: values, "description": ["Kept"]]))

            #expect(shown.status == 422, "\(field)")
            #expect(shown.text.contains("id=\"\(id)\""), "\(field): \(id)")
            #expect(
                shown.text.contains("aria-describedby=\"\(id)\"")
                    || shown.text.contains(" \(id)\""), "\(field): \(id)")
            #expect(shown.text.contains("value=\"Kept\""))
            for value in values
            where !value.isEmpty && !field.hasSuffix("_unit") && value != "magic" {
                let text = shown.text.unescaped
                #expect(text.contains("\"\(value)\"") || text.contains("\n\(value)<"), "\(field)")
            }
        }
        #expect(try all().isEmpty)
    }

    @Test(arguments: ["redirect_uris", "post_logout_redirect_uris"])
    func `one more row is asked for without losing what was typed`(_ rows: String) throws {
        browser.get("\(Self.home)/new?template=web")
        let typed = Self.web([
            rows: ["https://a.example/1", "not yet an address"], "name": ["Half"],
            "type": ["public"],
            "other_scopes": ["connectors:read:7"],
        ])

        let shown = browser.post(Self.home, typed + [("add", rows)])

        #expect(shown.status == 200)
        #expect(
            shown.text.contains("id=\"rows-\(rows)-3\" name=\"\(rows)\" type=\"text\" value=\"\""))
        #expect(shown.text.components(of: "autofocus") == 1)
        for value in ["https://a.example/1", "not yet an address", "Half", "connectors:read:7"] {
            #expect(shown.text.contains("value=\"\(value)\""))
        }
        #expect(shown.text.contains("value=\"public\" checked"))
        #expect(!shown.text.contains("class=\"error\""))
        #expect(try all().isEmpty)
    }

    @Test func `the form is resumed after the question for the password`() throws {
        browser.get("\(Self.home)/new?template=web")
        site.platform.time.advance(seconds: 16 * 60)

        let asked = browser.post(Self.home, Self.web)
        #expect(asked.location?.hasPrefix("/confirm-password?") == true)
        #expect(try all().isEmpty)
        let page = try browser.follow()
        browser.post(
            "/confirm-password",
            [("password", TestServices.password), ("return_to", page.hidden("return_to") ?? "")])
        let form = try browser.follow()

        #expect(form.text.contains("value=\"Shop\""))
        #expect(form.text.contains("value=\"https://shop.example/callback\""))
        #expect(browser.post(Self.home, Self.web).location?.contains("shown=") == true)
    }

    // MARK: Changing

    @Test func `a client is changed on its page`() throws {
        let client = try services.application("Shop")
        let page = browser.get(address(client))
        #expect(page.text.contains("value=\"https://app.example/callback\""))
        #expect(page.text.components(of: "class=\"primary\"") == 1)

        let answer = browser.post(
            address(client),
            Self.web([
                "name": ["Shop 2"], "access_token_ttl": ["5"], "access_token_ttl_unit": ["minutes"],
                "redirect_uris": ["https://b.example/", "https://c.example/"],
                "type": ["public"],
            ]))

        #expect(answer.location == "\(address(client))?done=saved")
        #expect(try browser.follow().text.contains("Saved."))
        let changed = try #require(try all().first)
        #expect(changed.name == "Shop 2")
        #expect(changed.kind == .confidential)
        #expect(changed.accessTokenLifetime == 300)
        #expect(
            changed.redirectURIs.map(\.description) == ["https://b.example/", "https://c.example/"])
        let bad = browser.post(address(client), Self.web(["redirect_uris": ["http://b.example/"]]))
        #expect(bad.status == 422)
        #expect(bad.text.contains("value=\"http://b.example/\""))
    }

    @Test func `only what concerns security asks for the password again`() throws {
        let client = try services.application("Shop", scopes: ["openid", "pipelines:read"])
        let same = Self.web(["redirect_uris": ["https://app.example/callback"]])
        browser.get(address(client))
        browser.post(address(client), same)
        browser.get(address(client))
        site.platform.time.advance(seconds: 16 * 60)

        let name = browser.post(
            address(client),
            Self.web(["name": ["New"], "redirect_uris": ["https://app.example/callback"]]))
        #expect(name.location?.hasSuffix("?done=saved") == true)

        browser.get(address(client))
        for (path, fields) in [
            ("", Self.web(["redirect_uris": ["https://evil.example/"]])),
            ("/secrets", [("expires", "never")]), ("/enable", []), ("/delete", [("name", "New")]),
        ] {
            browser.get(address(client))
            let answer = browser.post(address(client) + path, fields)
            #expect(answer.location?.hasPrefix("/confirm-password?") == true, "\(path)")
        }
        let kept = try #require(try all().first)
        #expect(kept.redirectURIs.map(\.description) == ["https://app.example/callback"])
        #expect(try services.clients.show(kept.id).secrets.count == 1)
    }

    // MARK: Secrets

    @Test func `a second secret is shown once, and the first revoked`() throws {
        let client = try services.application("Shop")
        let first = try services.clients.show(client.client.id).secrets[0].id
        let page = browser.get(address(client))
        #expect(page.text.contains("Add secret"))
        #expect(!page.text.contains("/secrets/\(first)/revoke"))

        site.platform.time.advance(seconds: 1)
        browser.post("\(address(client))/secrets", [("expires", "90")])
        let shown = try browser.follow()
        #expect(shown.text.contains("<h1><bdi>New secret</bdi></h1>"))
        let secrets = try services.clients.show(client.client.id).secrets
        #expect(secrets.count == 2)
        #expect(secrets[1].expiresAt == services.clock.now.adding(seconds: 90 * 86_400))
        let second = try #require(shown.text.firstMatch(of: /ghs_[\w.~-]+/)?.output)

        let two = browser.get(address(client))
        #expect(!two.text.contains("Add secret"))
        let third = browser.post("\(address(client))/secrets", [("expires", "never")])
        #expect(third.status == 422)
        #expect(third.text.contains("live secrets"))

        let confirm = browser.get("\(address(client))/secrets/\(first)/revoke")
        #expect(confirm.text.contains("lose access at once. This cannot be undone."))
        #expect(try services.clients.show(client.client.id).secrets.count == 2)
        browser.post("\(address(client))/secrets/\(first)/revoke", [])
        #expect(try services.clients.show(client.client.id).secrets.map(\.id) == [secrets[1].id])
        #expect(throws: (any Error).self) {
            try services.clientAuthentication.authenticate(
                .secret(.init(client.secret), of: client.client.id.description, by: .basic),
                by: .test())
        }
        _ = try services.clientAuthentication.authenticate(
            .secret(.init(String(second)), of: client.client.id.description, by: .basic),
            by: .test())
        browser.get(address(client))
        let last = browser.post("\(address(client))/secrets/\(secrets[1].id)/revoke", [])
        #expect(last.status == 422)
        #expect(try services.clients.show(client.client.id).secrets.count == 1)
    }

    @Test func `another client's secret is not there`() throws {
        let (mine, other) = (try services.application("mine"), try services.application("other"))
        let secret = try services.clients.show(other.client.id).secrets[0].id
        browser.get(address(mine))

        #expect(browser.post("\(address(mine))/secrets/\(secret)/revoke", []).status == 404)
        #expect(browser.get("\(address(mine))/secrets/\(secret)/revoke").status == 404)
        #expect(browser.get("\(Self.home)/nonsense").status == 404)
    }

    // MARK: The end

    @Test func `disabling ends what was given and keeps the client; enabling lets it go on`() throws
    {
        let plant = try services.organization("plant", ownedBy: try services.person("olga"))
        try services.add(robot, to: plant, .editor)
        let client = try services.machine("Loader", as: robot)
        _ = try services.tokens(of: client)
        #expect(browser.get("\(address(client))/disable").text.contains("at once"))
        #expect(try all()[0].isEnabled)

        browser.post("\(address(client))/disable", [])
        #expect(try browser.follow().text.contains("Disabled. Everything"))
        #expect(try all()[0].isEnabled == false)
        #expect(try services.clients.holdings(of: client.client.id).tokens == 0)
        #expect(throws: (any Error).self) { try services.tokens(of: client) }

        browser.get(address(client))
        browser.post("\(address(client))/enable", [])
        #expect(try all()[0].isEnabled)
        _ = try services.tokens(of: client)
    }

    @Test func `deleting says what goes, and asks for the name`() throws {
        let plant = try services.organization("plant", ownedBy: try services.person("olga"))
        try services.add(robot, to: plant, .editor)
        let client = try services.machine("Loader", as: robot)
        _ = try services.tokens(of: client)
        _ = try services.tokens(of: client)
        let now = services.clock.now
        try services.stores.atomically {
            try services.stores.consents.put(
                Consent(
                    userID: robot.id, clientID: client.client.id, organizationID: nil,
                    scopes: .none, grantedAt: now, lastUsedAt: now))
        }

        let page = browser.get("\(address(client))/delete")
        #expect(page.text.contains("2 tokens that work"))
        #expect(page.text.contains("1 consent<"))
        for wrong in ["", "loader", "Loader2"] {
            let again = browser.post("\(address(client))/delete", [("name", wrong)])
            #expect(again.status == 422)
            #expect(again.text.contains("id=\"field-name-error\""))
        }
        #expect(try all().count == 1)

        browser.post("\(address(client))/delete", [("name", " Loader ")])
        #expect(try browser.follow().text.contains("Deleted, with everything"))
        #expect(try all().isEmpty)
    }

    // MARK: Custom scopes

    @Test func `custom scopes are described, offered to clients, and deleted when unused`() throws {
        let scopes = "\(Self.home)/scopes"
        #expect(browser.get(scopes).text.contains("class=\"empty\""))
        browser.get("\(scopes)/new")
        let reserved = browser.post(
            scopes, [("name", "pipelines:mine"), ("description", "<i>Kept</i>")])
        #expect(reserved.status == 422)
        #expect(reserved.text.contains("id=\"field-name-error\""))
        #expect(reserved.text.contains("&lt;i&gt;Kept"))

        browser.post(scopes, [("name", "orders"), ("description", "See your orders")])
        #expect(try browser.follow().text.contains("See your orders"))
        browser.get("\(scopes)/new")
        let taken = browser.post(scopes, [("name", "orders"), ("description", "Again")])
        #expect(taken.status == 422)
        #expect(taken.text.contains("id=\"field-name-error\""))

        let id = try services.customScopes.show("orders").id
        browser.get("\(scopes)/\(id)")
        #expect(browser.post("\(scopes)/\(id)", [("description", "")]).status == 422)
        browser.post("\(scopes)/\(id)", [("description", "Look at your orders")])
        #expect(try services.customScopes.show("orders").description == "Look at your orders")
        let form = browser.get("\(Self.home)/new?template=web")
        #expect(form.text.contains("value=\"orders\""))
        #expect(form.text.contains("Look at your orders"))

        let client = try services.application("Shop", scopes: ["orders"])
        browser.get("\(scopes)/\(id)/delete")
        #expect(browser.post("\(scopes)/\(id)/delete", []).status == 422)
        try services.clients.delete(client.client.id, by: .test())
        browser.get("\(scopes)/\(id)/delete")
        #expect(
            browser.post("\(scopes)/\(id)/delete", []).location == "\(scopes)?done=scope-deleted")
        #expect(browser.get("\(scopes)/\(id)").status == 404)
    }
}

extension String {
    /// How often the text stands in it.
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
