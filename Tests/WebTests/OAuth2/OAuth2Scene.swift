import Domain
import FoundationEssentials
import HTTP
import HTTPTypes
import JSON
import TestSupport
import Testing

@testable import Web

/// A platform with an administrator, a service user that edits in one organization, and the site in front of it.
struct OAuth2Scene {
    let platform: TestPlatform
    let services: TestServices
    let site: Site
    let administrator: Secret
    let robot: User
    let owner: User
    let plant: Organization
    let used = Used()
    var registration = RegistrationPolicy.off

    /// What was noted as used.
    final class Used { var clients: [AuthenticatedClient] = [] }

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
        _ = try services.person("admin", administrator: true)
        guard let token = try services.token("admin") else {
            preconditionFailure("the administrator can sign in")
        }
        administrator = token.token
        robot = try services.serviceUser("robot")
        owner = try services.person("olga")
        plant = try services.organization("plant", ownedBy: owner)
        try services.add(robot, to: plant, .editor)
        site = Site(
            settings: SiteSettings(
                publicURL: TestServices.issuer, hosts: ["gatehouse.test"], brandName: "Gatehouse",
                signInTTL: 86_400), operation: Quiet())
    }

    private struct Quiet: SiteOperation, Readiness {
        func metrics() -> String { "" }
        func count(_ attempt: SignInAttempt) {}
        func whatIsMissing() -> String? { nil }
    }

    private var all: Services {
        Services(
            readiness: Quiet(), authentication: services.authentication, recordUse: { _ in },
            signIn: services.signIn, sessions: services.sessions, users: services.users,
            passwords: services.passwords, groups: services.groups,
            organizations: services.organizations, members: services.members,
            suggestions: services.suggestions, roles: services.roles,
            personalAccessTokens: services.personalAccessTokens,
            apiKeys: services.apiKeys,
            oauth2: OAuth2Services(services, registration: registration) { [used] in
                used.clients.append($0)
            },
            audit: services.audit, browser: BrowserServices(services))
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ headers: [(String, String)] = [],
        query: String = "", body: [UInt8] = []
    ) -> OAuth2Answer {
        var fields: HTTPFields = [:]
        for (name, value) in headers {
            guard let name = HTTPField.Name(name) else { preconditionFailure("no field name") }
            fields.append(HTTPField(name: name, value: value))
        }
        let request = Request(
            id: "request-1", method: method, path: path, query: query, headers: fields, body: body,
            host: "gatehouse.test")
        let response = site.respond(to: request, all) { Issue.record($0) }
        Contract(of: site, all).check(request, response)
        return OAuth2Answer(response: response)
    }

    /// As the administrator.
    func call(_ method: HTTPRequest.Method, _ path: String, _ body: JSON? = nil) -> OAuth2Answer {
        send(
            method, "/api/v1/oauth2" + path,
            [("Authorization", "Bearer " + administrator.text)]
                + (body == nil ? [] : [("Content-Type", "application/json")]),
            body: body?.bytes ?? [])
    }

    static let form = ("Content-Type", "application/x-www-form-urlencoded")

    func post(_ path: String, _ form: String, _ headers: [(String, String)] = []) -> OAuth2Answer {
        send(.post, path, [Self.form] + headers, body: Array(form.utf8))
    }

    /// The Authorization header of a client with its secret, encoded as RFC 6749 §2.3.1 has it.
    static func basic(_ client: TestClient) -> (String, String) {
        basic(client.client.id.description, client.secret)
    }

    static func basic(_ id: String, _ secret: String) -> (String, String) {
        let text = PercentCoding.encode(id) + ":" + PercentCoding.encode(secret)
        return ("Authorization", "Basic " + Data(text.utf8).base64EncodedString())
    }

    func token(of client: TestClient, _ more: String = "") -> OAuth2Answer {
        post("/oauth2/token", "grant_type=client_credentials" + more, [Self.basic(client)])
    }
}

/// What the site answered.
struct OAuth2Answer {
    let response: Response

    var status: Int { response.status.code }
    var json: JSON { (try? JSON(parsing: response.body)) ?? .null }
    /// `400 invalid_scope`, or the status alone.
    var summary: String {
        (json["error"]?.string ?? json["code"]?.string).map { "\(status) \($0)" } ?? "\(status)"
    }
    var fields: Set<String> {
        Set(
            json["errors"]?.array?.map {
                "\($0["field"]?.string ?? "") \($0["code"]?.string ?? "")"
            } ?? [])
    }

    func header(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { response.headers[$0] }
    }

    func text(_ name: String) -> String { json[name]?.string ?? "" }
}
