import Domain
import Foundation
import HTTP
import HTTPTypes
import TestSupport
import Testing

@testable import Web

/// A browser in front of the site: it keeps cookies, sends forms from the page that it was shown, and follows
/// redirects only when told.
final class TestBrowser {
    let site: TestSite
    private(set) var cookies: [String: String] = [:]
    /// What is shown.
    private(set) var page: Shown

    init(_ site: TestSite) {
        self.site = site
        page = Shown(response: Response(status: .ok), target: "/")
    }

    /// A page as it came.
    struct Shown {
        let response: Response
        let target: String

        var status: Int { response.status.code }
        /// Without the pieces that may come behind it.
        var text: String { String(decoding: response.body, as: UTF8.self) }
        var location: String? { response.headers[.location] }

        /// The value of the first hidden field of the name, as it stands in the page.
        func hidden(_ name: String) -> String? {
            guard
                let start = text.range(of: "type=\"hidden\" name=\"\(name)\" value=\"")
            else { return nil }
            return String(text[start.upperBound...].prefix { $0 != "\"" }).unescaped
        }
    }

    @discardableResult
    func get(_ target: String, headers: HTTPFields = [:]) -> Shown {
        ask(.get, target, headers: headers)
    }

    /// Sends a form with the token of the page that is shown.
    @discardableResult
    func post(
        _ target: String, _ fields: [(String, String)], headers: HTTPFields = [:]
    ) -> Shown {
        let token = page.hidden("csrf_token").map { [("csrf_token", $0)] } ?? []
        return postBare(target, token + fields, headers: headers)
    }

    @discardableResult
    func postBare(
        _ target: String, _ fields: [(String, String)], headers: HTTPFields = [:]
    ) -> Shown {
        var headers = headers
        if headers[.contentType] == nil {
            headers[.contentType] = "application/x-www-form-urlencoded"
        }
        let body = fields.map { "\(PercentCoding.encode($0))=\(PercentCoding.encode($1))" }
        return ask(.post, target, headers: headers, body: Array(body.joined(separator: "&").utf8))
    }

    /// Signs a person in who has the password of all samples.
    @discardableResult
    func signIn(_ name: String, password: String = TestServices.password) -> Shown {
        get("/login?prompt=login")
        return post("/login", [("username", name), ("password", password)])
    }

    func ask(
        _ method: HTTPRequest.Method, _ target: String, headers: HTTPFields = [:],
        body: [UInt8] = []
    ) -> Shown {
        var headers = headers
        if !cookies.isEmpty { headers[.cookie] = cookieHeader }
        let response = site.ask(method, target, headers: headers, body: body)
        for field in response.headers[fields: .setCookie] { keep(field.value) }
        page = Shown(response: response, target: target)
        return page
    }

    /// Shows where the last answer led.
    @discardableResult
    func follow() throws -> Shown {
        get(try #require(page.location))
    }

    /// A visit that this browser makes, as a handler gets it; for what no page of the site shows by itself.
    func visit(
        _ method: HTTPRequest.Method, _ target: String, _ fields: [(String, String)] = []
    ) throws -> BrowserVisit {
        var headers: HTTPFields = [.cookie: cookieHeader]
        if method == .post { headers[.contentType] = "application/x-www-form-urlencoded" }
        let body = fields.map { "\(PercentCoding.encode($0))=\(PercentCoding.encode($1))" }
        let parts = target.split(separator: "?", maxSplits: 1)
        var pages = Router<OpenVisit>()
        pages.get("/profile") { _, _ in .text("") }
        pages.get("/oauth2/authorize") { _, _ in .text("") }
        return try BrowserVisit(
            Request(
                id: "request-1", method: method, path: String(parts[0]),
                query: parts.count == 2 ? String(parts[1]) : "", headers: headers,
                body: Array(body.joined(separator: "&").utf8), host: "gatehouse.test"),
            OpenVisit(
                services: site.services.ofSite, settings: TestSite.settings(),
                operation: NoOperation(),
                frame: PageFrame(settings: TestSite.settings(), pages: pages),
                longAnswers: LongAnswers(places: 1)))
    }

    static let secFetchSite = HTTPField.Name.secFetchSite

    private var cookieHeader: String {
        cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            .joined(separator: "; ")
    }

    func setCookie(_ name: String, _ value: String?) { cookies[name] = value }

    private func keep(_ cookie: String) {
        let parts = cookie.split(separator: ";").map {
            $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init)
        }
        guard let pair = parts.first, pair.count == 2 else { return }
        let isGone = parts.contains([" Max-Age", "0"])
        cookies[pair[0]] = isGone ? nil : pair[1]
    }
}

extension String {
    /// Undoes the escaping of HTML.
    var unescaped: String {
        [
            ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"),
            ("&amp;", "&"),
        ]
        .reduce(self) { text, pair in
            text.split(separator: pair.0, omittingEmptySubsequences: false)
                .joined(separator: pair.1)
        }
    }
}
