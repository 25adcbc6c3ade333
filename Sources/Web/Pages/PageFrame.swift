import Domain
import HTTP
import HTTPTypes

/// What all pages share: the templates, the head and frame around them, their headers, and which addresses of this
/// site are pages.
struct PageFrame: Sendable {
    let settings: SiteSettings
    private let templates = Templates()
    private let pages: Router<OpenVisit>

    init(settings: SiteSettings, pages: Router<OpenVisit>) {
        self.settings = settings
        self.pages = pages
    }

    /// The page as an answer.
    /// - Parameter shell: what stands around a page for those who are signed in.
    func response(
        _ page: any Page, shell: Shell? = nil, formToken: String = "",
        status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let sheet = Sheet(
            sheetTitle: "\(page.title) · \(settings.brandName)", heading: page.title,
            brand: settings.brandName, formToken: formToken, shell: shell, page: page)
        var response = Response(
            status: status,
            headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
            body: try templates.render(sheet, with: type(of: page).template))
        response.headers[.contentSecurityPolicy] = Self.policy(page.formTargets)
        response.headers[.frameOptions] = "DENY"
        response.headers[.crossOriginOpenerPolicy] = "same-origin"
        return response
    }

    /// Nothing from elsewhere, nothing inline, nobody's frame.
    private static func policy(_ targets: [FormTarget]) -> String {
        let formAction = (["'self'"] + targets.map(\.source)).joined(separator: " ")
        return """
            default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
            form-action \(formAction); base-uri 'none'; frame-ancestors 'none'
            """
    }

    /// Whether a page answers GET there.
    func leadsToPage(_ path: String) -> Bool {
        if case .found = pages.match(.get, path) { true } else { false }
    }

    /// Whether the request was meant for a page, so that a refusal has to be one: a page's address, or one that is
    /// not there and was asked for by a browser.
    func isForPage(_ request: Request, knownToAPI: Bool) -> Bool {
        if case .notFound = pages.match(request.method, request.path) {} else { return true }
        guard !knownToAPI, !Self.ofPrograms.contains(where: request.path.hasPrefix) else {
            return false
        }
        return request.headerValues(.accept).contains { $0.contains("text/html") }
    }

    /// Where programs go.
    private static let ofPrograms = ["/api/", "/auth/", "/oauth2/", "/.well-known/", "/machhub/"]

    /// An address to go on to that somebody handed in: a page of this site, or nil. Whatever a browser might read as
    /// another site's is none: only printable ASCII, one slash at the beginning, no backslash.
    func returnAddress(_ text: String?) -> String? {
        guard let text, text.utf8.count <= 8_000, text.hasPrefix("/"), !text.hasPrefix("//"),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }),
            !text.contains("#")
        else { return nil }
        let path = String(text.prefix { $0 != "?" })
        // A dot segment is resolved by the browser and would be another page than the one that was looked at.
        guard let segments = PathPattern.segments(of: path), leadsToPage(path),
            !segments.contains(where: { $0 == "." || $0 == ".." }),
            !["/login", "/confirm-password", LogoutRoutes.path].contains(path)
        else { return nil }
        return text
    }
}

/// The context of a template: the page, and what the frame around it shows. Tags of the page are looked up first.
struct Sheet {
    let sheetTitle: String
    let heading: String
    let brand: String
    let formToken: String
    let shell: Shell?
    let page: any Page
}

extension HTTPField.Name {
    static var crossOriginOpenerPolicy: HTTPField.Name {
        guard let name = HTTPField.Name("Cross-Origin-Opener-Policy") else {
            preconditionFailure("this is a field name")
        }
        return name
    }
}

/// Text in addresses of this site.
enum Address {
    /// The address with the values in its query; nil values are left out.
    static func make(_ path: String, _ query: [(name: String, value: String?)]) -> String {
        var separator = path.contains("?") ? "&" : "?"
        return query.reduce(into: path) { address, field in
            guard let value = field.value else { return }
            address += "\(separator)\(field.name)=\(encoded(value))"
            separator = "&"
        }
    }

    /// What RFC 3986 §3.4 allows in a query stays as it is: an address in an address must not grow beyond what
    /// nginx takes.
    private static func encoded(_ value: String) -> String {
        var text = ""
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: ":"), UInt8(ascii: "@"),
                UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "!"),
                UInt8(ascii: "$"), UInt8(ascii: "*"), UInt8(ascii: "("), UInt8(ascii: ")"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                text += PercentCoding.encode(byte)
            }
        }
        return text
    }
}

extension Request {
    /// Path and query as they were sent.
    var target: String { query.isEmpty ? path : "\(path)?\(query)" }

    /// The first value of each name in the query; refuses one that is not properly encoded.
    func pageQuery() throws -> FormFields {
        guard let fields = queryFields else {
            throw Refusal(
                .malformed, code: "malformed_query", "The address is not properly encoded.")
        }
        return fields
    }
}
