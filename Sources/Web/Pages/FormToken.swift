import Domain
import HTTP
import HTTPTypes

/// The hidden field that proves that a form was shown by us, in the browser that sends it: a digest of a cookie's
/// secret, which a page elsewhere can neither read nor plant.
struct FormToken {
    static let field = "csrf_token"

    let secrets: any SecretSource

    func text(for cookie: String) -> String {
        Hexadecimal.text(secrets.digest(of: "form of \(cookie)").bytes)
    }

    /// Refuses a form that does not carry the token of one of the browser's cookies.
    func check(_ form: PageForm, cookies: Cookies) throws {
        let sent = form.fields.all(Self.field)
        // Both are tried: a form that was shown before the session ended is ours, too.
        let known = [Cookies.Name.session, .form].compactMap { cookies.secret($0) }
        guard sent.count == 1,
            known.contains(where: {
                secrets.areEqual(Array(text(for: $0).utf8), Array(sent[0].utf8))
            })
        else { throw Self.refusal }
    }

    /// Refuses a request that a page of another origin made (Fetch §3.2, Fetch Metadata §2.1). A browser says
    /// so itself; other programs say nothing, and have no cookies that they were not given.
    static func checkOrigin(of request: Request) throws {
        for site in request.headerValues(.secFetchSite)
        where site != "same-origin" && site != "none" {
            throw refusal
        }
        let own = "\(request.isSecure ? "https" : "http")://\(request.host.lowercased())"
        for origin in request.headerValues(.origin) where origin.lowercased() != own {
            throw refusal
        }
    }

    private static let refusal = Refusal.forbidden(
        "form_refused",
        "This form is out of date, or was sent from another site. Go back, reload the page and send it again."
    )
}

extension HTTPField.Name {
    static var secFetchSite: HTTPField.Name {
        guard let name = HTTPField.Name("Sec-Fetch-Site") else {
            preconditionFailure("this is a field name")
        }
        return name
    }
}
