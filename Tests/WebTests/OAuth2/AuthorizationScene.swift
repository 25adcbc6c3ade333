import Domain
import FoundationEssentials
import HTTP
import HTTPTypes
import JSON
import TestSupport
import Testing

/// A person with a browser, and a client that sends her here.
struct AuthorizationScene {
    static let callback = "https://app.example/callback"

    let site: TestSite
    let browser: TestBrowser
    let olga: User
    let client: TestClient

    var services: TestServices { site.services }

    init(signedIn: Bool = true) throws {
        site = try TestSite()
        browser = TestBrowser(site)
        olga = try site.services.person("olga", email: "olga@example.com")
        client = try site.services.application()
        if signedIn { browser.signIn("olga") }
    }

    static func target(_ fields: [(name: String, value: String)]) -> String {
        "/oauth2/authorize?"
            + fields.map { "\(PercentCoding.encode($0.name))=\(PercentCoding.encode($0.value))" }
            .joined(separator: "&")
    }

    /// The client sends the person here.
    @discardableResult
    func authorize(
        _ changes: [(String, String?)] = [], of client: TestClient? = nil,
        adding: [(String, String)] = []
    ) -> TestBrowser.Shown {
        browser.get(Self.target((client ?? self.client).request(changes, adding: adding)))
    }

    @discardableResult
    func decide(_ decision: String) -> TestBrowser.Shown {
        browser.post(
            "/consent",
            [("question", browser.page.hidden("question") ?? ""), ("decision", decision)])
    }

    /// What the client was told: the query of the address behind the redirect.
    func answer(at uri: String = callback) throws -> [String: String] {
        let location = try #require(
            browser.page.location, "\(browser.page.status) \(browser.page.text)")
        try #require(location.hasPrefix(uri), "\(location)")
        let query = location.dropFirst(uri.count).drop { $0 == "?" || $0 == "&" }
        let fields = try #require(FormFields(encoded: query, allowsNUL: true))
        return Dictionary(
            fields.fields.map { ($0.name, $0.value) },
            uniquingKeysWith: { first, _ in
                Issue.record("a parameter stands twice in \(location)")
                return first
            })
    }

    /// Code, error, or what else it came to.
    func summary() -> String {
        guard let location = browser.page.location else { return "\(browser.page.status)" }
        guard location.hasPrefix(Self.callback) else {
            return String(location.prefix { $0 != "?" })
        }
        do {
            let answer = try answer()
            return answer["error"] ?? (answer["code"] == nil ? "nothing" : "code")
        } catch {
            return "\(error)"
        }
    }

    /// A code, consent given where it is asked.
    func code(
        _ changes: [(String, String?)] = [], of client: TestClient? = nil
    ) throws -> String {
        authorize(changes, of: client)
        if browser.page.status == 200 { decide("allow") }
        return try #require(try answer()["code"])
    }

    func post(
        _ path: String, _ form: [(String, String)], headers: HTTPFields = [:]
    ) -> OAuth2Answer {
        var headers = headers
        headers[.contentType] = "application/x-www-form-urlencoded"
        let body = form.map { "\($0)=\(PercentCoding.encode($1))" }.joined(separator: "&")
        return OAuth2Answer(
            response: site.ask(.post, path, headers: headers, body: Array(body.utf8)))
    }

    /// The client shows the code; a value of nil takes a parameter away.
    func redeem(
        _ code: String, _ changes: [(String, String?)] = [], as client: TestClient? = nil
    ) -> OAuth2Answer {
        let client = client ?? self.client
        var form = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Self.callback),
            ("code_verifier", SamplePKCE.verifier),
        ]
        var headers: HTTPFields = [:]
        if client.secret.isEmpty {
            form.append(("client_id", client.id))
        } else {
            headers[.authorization] = OAuth2Scene.basic(client).1
        }
        for (name, value) in changes {
            form.removeAll { $0.0 == name }
            if let value { form.append((name, value)) }
        }
        return post("/oauth2/token", form, headers: headers)
    }

    func userInfo(_ token: String) -> OAuth2Answer {
        OAuth2Answer(
            response: site.ask(
                .get, "/oauth2/userinfo", headers: [.authorization: "Bearer \(token)"]))
    }

    /// Header (0) or claims (1) of a token, unchecked.
    static func part(_ index: Int, of token: String) throws -> JSON {
        let parts = token.split(separator: ".")
        try #require(parts.count == 3)
        let text = parts[index].replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - text.count % 4) % 4)
        return try JSON(parsing: Array(try #require(Data(base64Encoded: text + padding))))
    }
}
