import Domain
import HTTP
import HTTPTypes
import JSON
import TestSupport
import Testing
import Web

/// The site on a platform of its own, asked without a socket.
struct TestSite {
    let platform: TestPlatform
    let services: TestServices
    private let site: Site
    private let contract: Contract

    init(_ settings: SignInSettings = SignInSettings()) throws {
        platform = try TestPlatform(settings)
        services = platform.connect()
        site = Site(settings: Self.settings(settings), operation: NoOperation())
        contract = Contract(of: site, services.ofSite)
    }

    static func settings(_ signIn: SignInSettings = SignInSettings()) -> SiteSettings {
        SiteSettings(
            publicURL: "https://gatehouse.test", hosts: ["gatehouse.test"],
            brandName: "Gatehouse", signInTTL: signIn.tokenLifetime)
    }

    var routes: [(method: HTTPRequest.Method, pattern: String)] { site.routes }

    /// The answer to a request with a JSON body, if any, and a bearer token, if any. An error that is no refusal
    /// fails the test.
    func send(
        _ method: HTTPRequest.Method, _ target: String, _ body: JSON? = nil, bearer: Secret? = nil,
        headers: HTTPFields = [:], from address: String = "192.0.2.1",
        on services: TestServices? = nil
    ) -> Answer {
        var headers = headers
        if body != nil, headers[.contentType] == nil {
            headers[.contentType] = "application/json"
        }
        if let bearer { headers[.authorization] = "Bearer \(bearer.text)" }
        return Answer(
            ask(
                method, target, headers: headers, body: body?.bytes ?? [], from: address,
                on: services))
    }

    /// The answer to a request as it is.
    func ask(
        _ method: HTTPRequest.Method, _ target: String, headers: HTTPFields = [:],
        body: [UInt8] = [], from address: String = "192.0.2.1", on services: TestServices? = nil
    ) -> Response {
        let parts = target.split(separator: "?", maxSplits: 1)
        let request = Request(
            id: "request-1", method: method, path: String(parts[0]),
            query: parts.count == 2 ? String(parts[1]) : "", headers: headers, body: body,
            remoteAddress: address, host: "gatehouse.test")
        let response = site.respond(to: request, (services ?? self.services).ofSite) { error in
            Issue.record("\(method) \(target) failed: \(error)")
        }
        contract.check(request, response)
        return response
    }

    /// A session's token of a person with the password of all samples.
    func signIn(_ username: String, withRefresh: Bool = false) throws -> SignInToken {
        try #require(try services.token(username, withRefresh: withRefresh))
    }
}

extension TestSite {
    /// An answer, with its JSON body taken apart.
    struct Answer {
        let response: Response
        let json: JSON

        fileprivate init(_ response: Response) {
            self.response = response
            do {
                let isJSON = response.headers[.contentType]?.contains("json") ?? false
                json = response.body.isEmpty || !isJSON ? .null : try JSON(parsing: response.body)
            } catch {
                json = .null
                Issue.record("the body is no JSON")
            }
        }

        var status: Int { response.status.code }
        var code: String? { json["code"]?.string }
        var data: [JSON] { json["data"]?.array ?? [] }
        /// Each bad field and its code, in order.
        var errors: [String] {
            (json["errors"]?.array ?? []).map {
                "\($0["field"]?.string ?? "") \($0["code"]?.string ?? "")"
            }
        }

        subscript(name: String) -> JSON? { json[name] }
    }
}

extension TestServices {
    var ofSite: Services {
        Services(
            readiness: AlwaysReady(), authentication: authentication, recordUse: { _ in },
            signIn: signIn, sessions: sessions, users: users, passwords: passwords, groups: groups,
            organizations: organizations, members: members, suggestions: suggestions, roles: roles,
            personalAccessTokens: personalAccessTokens, apiKeys: apiKeys,
            oauth2: OAuth2Services(self),
            audit: audit,
            browser: BrowserServices(self))
    }
}

struct NoOperation: SiteOperation {
    func metrics() -> String { "" }
    func count(_ attempt: SignInAttempt) {}
}

private struct AlwaysReady: Readiness {
    func whatIsMissing() -> String? { nil }
}
