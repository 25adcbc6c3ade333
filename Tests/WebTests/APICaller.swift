import Domain
import HTTP
import HTTPTypes
import JSON
import TestSupport
import Testing

@testable import Web

/// Somebody who calls the API through the site, without a socket.
struct APICaller {
    let services: Services
    private let contract: Contract
    var headers: [(name: String, value: String)] = []

    init(_ services: TestServices) {
        self.services = Services(
            readiness: AlwaysReady(), authentication: services.authentication,
            recordUse: { _ in }, signIn: services.signIn, sessions: services.sessions,
            users: services.users, passwords: services.passwords, groups: services.groups,
            organizations: services.organizations, members: services.members,
            suggestions: services.suggestions, roles: services.roles,
            personalAccessTokens: services.personalAccessTokens,
            apiKeys: services.apiKeys, oauth2: OAuth2Services(services), audit: services.audit,
            browser: BrowserServices(services))
        contract = Contract(of: Self.site, self.services)
    }

    /// With one more header.
    func with(_ name: String, _ value: String) -> APICaller {
        var caller = self
        caller.headers.append((name, value))
        return caller
    }

    func bearer(_ token: Secret) -> APICaller { with("Authorization", "Bearer \(token.text)") }

    func `in`(_ organization: Organization) -> APICaller {
        with("X-Organization-ID", organization.id.description)
    }

    func get(_ target: String) -> Answer { send(.get, target) }
    func post(_ target: String, _ body: JSON? = nil) -> Answer { send(.post, target, body) }
    func patch(_ target: String, _ body: JSON) -> Answer { send(.patch, target, body) }
    func delete(_ target: String) -> Answer { send(.delete, target) }

    func send(_ method: HTTPRequest.Method, _ target: String, _ body: JSON? = nil) -> Answer {
        send(method, target, bytes: body?.bytes ?? [], type: "application/json")
    }

    func send(
        _ method: HTTPRequest.Method, _ target: String, bytes: [UInt8], type: String
    ) -> Answer {
        var fields: HTTPFields = [:]
        for (name, value) in headers {
            guard let name = HTTPField.Name(name) else { preconditionFailure("no field name") }
            fields.append(HTTPField(name: name, value: value))
        }
        if !bytes.isEmpty { fields[.contentType] = type }
        let parts = target.split(separator: "?", maxSplits: 1)
        let request = Request(
            id: "request-1", method: method, path: String(parts[0]),
            query: parts.count == 2 ? String(parts[1]) : "", headers: fields, body: bytes,
            host: "gatehouse.test")
        let response = Self.site.respond(to: request, services) { Issue.record($0) }
        contract.check(request, response)
        return Answer(response: response)
    }

    private static let site = Site(
        settings: SiteSettings(
            publicURL: "https://gatehouse.test", hosts: ["gatehouse.test"], brandName: "Gatehouse",
            signInTTL: 86_400), operation: NoMetrics())

    private struct AlwaysReady: Readiness {
        func whatIsMissing() -> String? { nil }
    }

    private struct NoMetrics: SiteOperation {
        func metrics() -> String { "" }
        func count(_ attempt: SignInAttempt) {}
    }
}

/// What the site answered.
struct Answer {
    let response: Response

    var status: Int { response.status.code }

    func header(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { response.headers[$0] }
    }

    /// Null where the body is no JSON.
    var json: JSON { (try? JSON(parsing: response.body)) ?? .null }

    subscript(_ name: String) -> JSON { json[name] ?? .null }

    /// The text of a member; empty where it is none.
    func text(_ name: String) -> String { json[name]?.string ?? "" }

    var data: [JSON] { json["data"]?.array ?? [] }
    var names: Set<String> { Set(json.object?.names ?? []) }
    var code: String? { json["code"]?.string }
    var badFields: [String] { json["errors"]?.array?.map { $0["field"]?.string ?? "" } ?? [] }
    var badCodes: [String] { json["errors"]?.array?.map { $0["code"]?.string ?? "" } ?? [] }
}
