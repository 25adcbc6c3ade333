import Domain
import HTTP
import HTTPTypes
import JSON
import Synchronization
import Testing

@testable import Gate

/// One request after the other at the gate, as nginx asks and as the client sees it.
@Suite struct GateServiceTests {
    let platform: GatePlatform
    let gate: GateService

    init() throws {
        platform = try GatePlatform()
        gate = try platform.gate()
    }

    @Test func `a yes tells who asks, and nothing that was not checked`() throws {
        let token = try platform.token("models:read pipelines:read")

        let answer = gate.ask(bearer: token.text, in: platform.organization)

        #expect(answer.response.status == .noContent)
        #expect(answer.response.body.isEmpty)
        #expect(answer["X-Auth-Subject"] == platform.user.id.description)
        #expect(answer["X-Auth-Username"] == "ada")
        #expect(answer["X-Auth-Organization"] == platform.organization.id.description)
        #expect(answer["X-Auth-Scopes"] == "pipelines:read models:read")
        #expect(answer["X-Auth-Credential"] == "personal_access_token:\(token.id)")
        #expect(answer["X-Auth-Client"] == nil)
        #expect(answer["X-Request-ID"] == "0123456789abcdef0123456789abcdef")
        #expect(answer.response.headers.count == 6)
    }

    @Test
    func `a no is a status that nginx knows, with the true one and the whole problem beside it`()
        throws
    {
        let answer = gate.ask(bearer: "nonsense", in: platform.organization)

        #expect(answer.response.status == .unauthorized)
        #expect(answer["X-Gate-Status"] == "401")
        #expect(
            answer["X-Gate-Problem"]
                == #"{"type":"about:blank","title":"Unauthorized","status":401,"#
                + #""detail":"The token is malformed, expired, revoked, or not for this service.","#
                + #""code":"invalid_token","request_id":"0123456789abcdef0123456789abcdef"}"#)
        #expect(
            answer["WWW-Authenticate"]
                == #"Bearer realm="Gatehouse", error="invalid_token", "#
                + #"error_description="The token is malformed, expired, revoked, or not for this service.", "#
                + #"resource_metadata="https://localhost:8443/.well-known/oauth-protected-resource/api/v1/engine""#
        )
        #expect(answer.response.body.isEmpty)
        let required = gate.ask(bearer: try platform.signInToken().text, in: nil)
        #expect(required.response.status == .forbidden)
        #expect(required["X-Gate-Status"] == "400")
        #expect(required["WWW-Authenticate"] == nil)
    }

    @Test func `what is wrong is said in the order of the checks`() throws {
        let good = "Bearer " + (try platform.signInToken().text)
        let id = platform.organization.id.description
        let key = try platform.apiKey("models:read").text
        let cases: [([(String, String)], String)] = [
            ([], "401 credential_required"),
            ([("X_ORGANIZATION_ID", id)], "401 credential_required"),
            ([("AUTHORIZATION", "Basic YWRhOngK")], "401 credential_required"),
            ([("AUTHORIZATION", "")], "401 credential_required"),
            ([("COOKIE", "__Host-gatehouse=x")], "401 credential_required"),
            ([("AUTHORIZATION", good)], "400 organization_required"),
            ([("AUTHORIZATION", good), ("X_ORGANIZATION_ID", id)], "204"),
            ([("AUTHORIZATION", "bEARER" + good.dropFirst(6)), ("X_ORGANIZATION_ID", id)], "204"),
            ([("AUTHORIZATION", good), ("X_ORGANIZATION_ID", id.uppercased())], "204"),
            ([("AUTHORIZATION", good), ("DOMAIN", "domains:works")], "204"),
            (
                [("AUTHORIZATION", good), ("X_ORGANIZATION_ID", id), ("DOMAIN", "domains:works")],
                "204"
            ),
            (
                [("AUTHORIZATION", good), ("X_ORGANIZATION_ID", id), ("DOMAIN", "domains:other")],
                "400 organization_mismatch"
            ),
            ([("AUTHORIZATION", good), ("DOMAIN", "works")], "400 organization_malformed"),
            (
                [("AUTHORIZATION", good), ("DOMAIN", "domains:nowhere")],
                "403 organization_forbidden"
            ),
            ([("AUTHORIZATION", good), ("X_ORGANIZATION_ID", "")], "400 organization_malformed"),
            (
                [("AUTHORIZATION", good), ("X_ORGANIZATION_ID", "works")],
                "400 organization_malformed"
            ),
            (
                [("AUTHORIZATION", good), ("X_ORGANIZATION_ID", id + " ")],
                "400 organization_malformed"
            ),
            (
                [("AUTHORIZATION", good), ("X_ORGANIZATION_ID", id), ("X_ORGANIZATION_ID", id)],
                "400 header_doubled"
            ),
            (
                [
                    ("AUTHORIZATION", good), ("DOMAIN", "domains:works"),
                    ("DOMAIN", "domains:works"),
                ],
                "400 header_doubled"
            ),
            (
                [
                    ("AUTHORIZATION", good),
                    ("X_ORGANIZATION_ID", "0192f1d0-0000-7000-8000-000000000001"),
                ], "403 organization_forbidden"
            ),
            (
                [("AUTHORIZATION", good), ("AUTHORIZATION", good), ("X_ORGANIZATION_ID", id)],
                "400 header_doubled"
            ),
            ([("AUTHORIZATION", "Bearer x")], "401 invalid_token"),
            (
                [("AUTHORIZATION", "Bearer x"), ("X_ORGANIZATION_ID", "x")],
                "400 organization_malformed"
            ),
            (
                [("AUTHORIZATION", "Bearer x"), ("X_API_KEY", key), ("X_ORGANIZATION_ID", id)],
                "401 invalid_token"
            ),
            ([("AUTHORIZATION", good), ("X_API_KEY", "junk"), ("X_ORGANIZATION_ID", id)], "204"),
            ([("AUTHORIZATION", "Basic YWRhOngK"), ("X_API_KEY", key)], "204"),
            ([("X_API_KEY", key)], "204"),
            ([("X_MACHHUB_API_KEY", key)], "204"),
            ([("X_MACHHUB_API_KEY", key), ("X_API_KEY", key)], "400 credential_doubled"),
            ([("X_API_KEY", key), ("X_API_KEY", key)], "400 header_doubled"),
            ([("X_API_KEY", "")], "401 invalid_api_key"),
            ([("X_API_KEY", "   ")], "401 invalid_api_key"),
            ([("X_API_KEY", key + "x")], "401 invalid_api_key"),
            ([("X_API_KEY", String(repeating: "m", count: 8_000))], "401 invalid_api_key"),
            (
                [("X_API_KEY", String(good.dropFirst(7))), ("X_ORGANIZATION_ID", id)],
                "401 invalid_api_key"
            ),
            ([("AUTHORIZATION", "Bearer " + key)], "401 invalid_token"),
            (
                [
                    ("X_API_KEY", key),
                    ("X_ORGANIZATION_ID", "0192f1d0-0000-7000-8000-000000000001"),
                ],
                "403 organization_forbidden"
            ),
        ]
        // Twice: the second time from what is remembered.
        for (headers, expected) in cases + cases {
            let answer = gate.ask(with: headers.map { ("HTTP_" + $0, $1) })
            #expect(answer.summary == expected, "\(headers)")
        }
    }

    @Test func `a path that can be read in two ways is refused before anything is decided`() {
        for (uri, raw) in [
            ("/admin", "/api/v1/engine/models/..%2fx"),
            ("/api/v1/engine/models", "//api/v1/engine/models"),
            ("/api/v1/engine/models", "/api/v1/engine/x/../models"),
            ("/api/v1/engine/models", "/api/v1/engine/pipelines"), ("", ""), ("", "/"), ("*", "*"),
            ("/", "http://localhost/"), ("/api/v1/engine/models;x", "/api/v1/engine/models;x"),
        ] {
            let answer = gate.ask("GET", uri, raw: raw)

            #expect(answer.summary == "400 ambiguous_path", "\(raw)")
            #expect(answer.response.status == .forbidden)
        }
    }

    @Test func `a personal access token that is bound still has to be told where it is used`()
        throws
    {
        let token = try platform.token("models:read")

        #expect(gate.ask(bearer: token.text, in: nil).summary == "400 organization_required")
        #expect(gate.ask(bearer: token.text, in: platform.organization).status == 204)
    }

    @Test func `a token of one organization opens no other, whoever belongs to both`() throws {
        let other = try platform.otherOrganization()
        try platform.join(platform.user, other, [.editor])
        let bound = try platform.token("models:read")
        let free = try platform.token("models:read", reach: .allOrganizations)

        #expect(gate.ask(bearer: bound.text, in: other).summary == "403 organization_forbidden")
        #expect(gate.ask(bearer: free.text, in: other).status == 204)
        #expect(gate.ask(bearer: free.text, in: platform.organization).status == 204)
        #expect(
            gate.ask(bearer: free.text, in: other)["X-Auth-Organization"] == other.id.description)
    }

    @Test func `a token that is not letter by letter what was issued is refused`() throws {
        let good = try platform.token("models:read").text
        #expect(gate.ask(bearer: good, in: platform.organization).status == 204)
        var bad = [
            String(good.dropLast()), String(good.dropFirst()), good + "A", good + ".", good + "=",
            " " + good, good + " ", good.uppercased(), good.lowercased(), good + "\u{0}",
            good.replacing(".", with: "%2E"), good + ",", "", "\t" + good, good + "\u{E9}",
            "Bearer " + good,
        ]
        let letters = Array(good)
        for index in stride(from: 0, to: letters.count, by: 7) {
            var changed = letters
            changed[index] = letters[index] == "A" ? "B" : "A"
            bad.append(String(changed))
        }
        for text in bad {
            let answer = gate.ask(bearer: text, in: platform.organization)
            #expect(answer.summary == "401 invalid_token", "\(text)")
        }
    }

    @Test func `a token is taken from no other place than its header`() throws {
        let token = try platform.token("models:read").text
        let id = ("HTTP_X_ORGANIZATION_ID", platform.organization.id.description)
        let uri = Asked.models
        for (raw, headers) in [
            (uri + "?access_token=" + token, []),
            (uri, [("HTTP_COOKIE", "access_token=" + token)]),
            (uri, [("HTTP_AUTHORIZATION", "Token " + token)]),
            (uri, [("HTTP_AUTHORIZATION", token)]),
            (uri, [("HTTP_AUTHORIZATION", "Basic " + token)]),
            (uri, [("HTTP_X_ACCESS_TOKEN", token)]),
            (uri, [("HTTP_PROXY_AUTHORIZATION", "Bearer " + token)]),
        ] as [(String, [(String, String)])] {
            #expect(
                gate.ask("GET", uri, raw: raw, with: headers + [id]).summary
                    == "401 credential_required")
        }
    }

    @Test func `no header of the client's changes what is decided`() throws {
        let token = try platform.token("models:read").text
        let other = try platform.otherOrganization()
        let claims = [
            "X_AUTH_SUBJECT", "X_AUTH_SCOPES", "X_AUTH_ORGANIZATION", "X_USER", "X_SCOPES",
            "REMOTE_USER",
            "X_FORWARDED_USER", "X_ORIGINAL_URI", "X_FORWARDED_URI", "X_ORIGINAL_URL",
            "X_REWRITE_URL",
            "X_FORWARDED_METHOD", "X_HTTP_METHOD_OVERRIDE", "X_FORWARDED_PREFIX", "GATE_METHOD",
            "GATE_URI",
            "X_ORGANISATION_ID", "ORGANIZATION_ID", "USER_AGENT", "UPGRADE", "ACCEPT",
        ].map { ("HTTP_" + $0, $0 == "X_HTTP_METHOD_OVERRIDE" ? "GET" : other.id.description) }
        let caller = [
            ("HTTP_AUTHORIZATION", "Bearer " + token),
            ("HTTP_X_ORGANIZATION_ID", platform.organization.id.description),
        ]

        let read = gate.ask("GET", with: claims + caller)
        #expect(read.response.headers == gate.ask("GET", with: caller).response.headers)
        #expect(read.status == 204)
        for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            #expect(gate.ask(method, with: claims + caller).summary == "403 insufficient_scope")
        }
        for agent in ["kube-probe/1.0", "GoogleHC/1.0", "Gatehouse"] {
            #expect(gate.ask("OPTIONS", with: [("HTTP_USER_AGENT", agent)]).status == 401)
        }
    }

    @Test func `a scope that is missing is named`() throws {
        let token = try platform.token("pipelines:read").text

        let answer = gate.ask(
            bearer: token, "POST", "/api/v1/engine/pipelines", in: platform.organization)

        #expect(answer.summary == "403 insufficient_scope")
        #expect(
            answer["WWW-Authenticate"]
                == #"Bearer error="insufficient_scope", scope="pipelines:write", "#
                + #"resource_metadata="https://localhost:8443/.well-known/oauth-protected-resource/api/v1/engine""#
        )
        #expect(answer.problem?["detail"]?.string?.contains("pipelines:write") == true)
    }

    @Test func `a yes for one route is none for another`() throws {
        let token = try platform.token("models:read").text
        let organization = platform.organization
        for _ in 0..<2 {
            #expect(gate.ask(bearer: token, in: organization).status == 204)
            #expect(
                gate.ask(bearer: token, "DELETE", in: organization).summary
                    == "403 insufficient_scope")
            #expect(
                gate.ask(bearer: token, "GET", "/api/v1/engine/uns/a", in: organization).summary
                    == "403 insufficient_scope")
            #expect(
                gate.ask(bearer: token, "GET", "/api/v1/elsewhere", in: organization).summary
                    == "403 route_not_allowed")
            #expect(gate.ask(bearer: token, "GET", "/machhub/x", in: organization).status == 204)
        }
    }

    @Test(arguments: ["TRACE", "CONNECT", "PROPFIND", "get", "GET ", "", "GETS", "G\u{0}T"])
    func `a method that no rule can name passes nowhere`(method: String) throws {
        let token = try platform.signInToken().text

        let answer = gate.ask(bearer: token, method, "/machhub/x", in: platform.organization)

        #expect(answer.summary == "403 route_not_allowed")
    }

    @Test(arguments: ["GATE_METHOD", "GATE_URI", "REQUEST_URI"])
    func `when nginx does not tell all, nobody passes`(missing: String) throws {
        let token = try platform.token("models:read").text
        let failures = GatePlatform.Failures()
        let gate = try platform.gate(failures: failures)
        var pairs: [(String, String)] = []
        Asked.parameters(
            with: [
                ("HTTP_AUTHORIZATION", "Bearer " + token),
                ("HTTP_X_ORGANIZATION_ID", platform.organization.id.description),
            ]
        ).forEach { name, value in if name != missing { pairs.append((name, value)) } }

        let answer = GateAnswer(gate.respond(to: Parameters(pairs)))

        #expect(answer.summary == "503 internal_error")
        #expect(answer.response.status == .forbidden)
        #expect(failures.all.withLock(\.count) == 1)
    }

    @Test func `maintenance closes the organization for all but who manages it`() throws {
        let message =
            "Zur\u{FC}ck um 5 \u{1F527}\r\nX-Auth-Subject: admin \"\\ "
            + String(repeating: "\u{1F527}", count: 400)
        try platform.update {
            (organization: inout Organization) in
            organization.maintenance = .init(isEnabled: true, message: message, retryAfter: 120)
        }
        let token = try platform.token("models:read").text

        let answer = gate.ask(bearer: token, in: platform.organization)

        #expect(answer.summary == "503 organization_maintenance")
        #expect(answer["Retry-After"] == "120")
        #expect(answer["X-Auth-Subject"] == nil)
        let problem = try #require(answer["X-Gate-Problem"])
        #expect(problem.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
        #expect(problem.utf8.count < 8_192)
        #expect(
            answer.problem?["detail"]?.string?.hasPrefix("Zur\u{FC}ck um 5 \u{1F527}\r\n") == true)
        let manager = try GatePlatform(roles: [.admin])
        try manager.update {
            (organization: inout Organization) in
            organization.maintenance = .init(isEnabled: true, message: "", retryAfter: 120)
        }
        let session = try manager.signInToken().text
        #expect(try manager.gate().ask(bearer: session, in: manager.organization).status == 204)
    }

    @Test func `a name that somebody chose does not arrive as a user name`() throws {
        for name in [
            "admin", "a\r\nX-Auth-Subject: x", "\u{E9}", String(repeating: "n", count: 255),
        ] {
            let key = try platform.apiKey("models:read", name: name)

            let answer = gate.ask(with: [("HTTP_X_API_KEY", key.text)])

            #expect(answer.status == 204)
            #expect(answer["X-Auth-Username"] == "api_key:\(key.id)")
            #expect(answer["X-Auth-Subject"] == key.id.description)
            #expect(answer["X-Auth-Credential"] == "api_key:\(key.id)")
            #expect(answer["X-Auth-Organization"] == platform.organization.id.description)
            for field in answer.response.headers {
                #expect(field.value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
            }
        }
    }

    @Test func `however many scopes there are, the headers stay small and whole`() throws {
        let many = (0..<300).map { "pipelines:read:\(String(repeating: "p", count: 60))\($0)" }
        let key = try platform.apiKey((many + ["models:read"]).joined(separator: " ")).text

        let answer = gate.ask(with: [("HTTP_X_API_KEY", key)])

        let scopes = try #require(answer["X-Auth-Scopes"])
        #expect(answer.status == 204)
        #expect(scopes.utf8.count <= 6_000)
        #expect(scopes.split(separator: " ").allSatisfy { Scope($0) != nil })
        let total = answer.response.headers.reduce(0) { $0 + $1.value.utf8.count + 30 }
        #expect(total < 8_192)
    }

    @Test func `a request id that nginx did not make is not repeated`() throws {
        for id in ["a\r\nX: y", "\"", String(repeating: "a", count: 65), ""] {
            let answer = GateAnswer(
                gate.respond(
                    to: Parameters([
                        ("GATE_METHOD", "GET"), ("GATE_URI", "/"), ("REQUEST_URI", "/"),
                        ("REQUEST_ID", id),
                    ])))
            #expect(answer["X-Request-ID"] == "unknown")
            #expect(answer.problem?["request_id"]?.string == "unknown")
        }
    }

    @Test func `scopes restrict nothing at level none, roles cut them at level basic`() throws {
        let open = try GatePlatform(.none, roles: [])
        let free = try open.token("models:read").text
        let openGate = try open.gate()
        #expect(openGate.ask(bearer: free, "DELETE", in: open.organization).status == 204)
        let viewer = try GatePlatform(.basic, roles: [.viewer])
        let cut = try viewer.token("models:read models:write").text
        let viewerGate = try viewer.gate()
        #expect(viewerGate.ask(bearer: cut, "GET", in: viewer.organization).status == 204)
        #expect(
            viewerGate.ask(bearer: cut, "DELETE", in: viewer.organization).summary
                == "403 insufficient_scope")
    }
}
