import Domain
import HTTP
import HTTPTypes

/// The cookies of a browser that are ours. All begin with `__Host-`: the browser takes them from this host alone,
/// over TLS, for the whole site, so no neighbour under the same domain can plant one (RFC 6265bis 4.1.3.2).
struct Cookies {
    enum Name: String, CaseIterable {
        /// The secret of the session.
        case session = "__Host-gatehouse-session"
        /// Ties the forms of somebody who is not signed in to the browser that they were shown in.
        case form = "__Host-gatehouse-form"
        /// The organization that was last chosen; a preference, believed of members alone.
        case organization = "__Host-gatehouse-organization"
    }

    private let values: [Name: String]

    /// Refuses a request in which a cookie of ours stands twice: neither can be told to be the right one.
    init(_ request: Request) throws {
        var values: [Name: String] = [:]
        for header in request.headerValues(.cookie) {
            for pair in header.split(separator: ";") {
                let parts = pair.split(
                    separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2,
                    let name = Name(rawValue: String(parts[0].filter { $0 != " " && $0 != "\t" }))
                else { continue }
                guard values.updateValue(String(parts[1]), forKey: name) == nil else {
                    throw Refusal(
                        .malformed, code: "cookie_doubled",
                        "The browser sent a cookie twice. Delete the cookies of this site and try again."
                    )
                }
            }
        }
        self.values = values
    }

    /// The value, where it has the form of a secret of ours.
    func secret(_ name: Name) -> String? {
        guard let value = values[name], value.utf8.count == 43,
            value.utf8.allSatisfy({ byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            })
        else { return nil }
        return value
    }

    func id<ID: Identifier>(_ name: Name, as _: ID.Type = ID.self) -> ID? {
        values[name].flatMap(ID.init(text:))
    }

    func has(_ name: Name) -> Bool { values[name] != nil }
}

extension Response {
    /// - Parameter seconds: nil until the browser is closed; 0 takes the cookie away.
    mutating func setCookie(_ name: Cookies.Name, _ value: String, seconds: Int? = nil) {
        var text = "\(name.rawValue)=\(value); Path=/; Secure; HttpOnly; SameSite=Lax"
        if let seconds { text += "; Max-Age=\(seconds)" }
        headers.append(HTTPField(name: .setCookie, value: text))
    }

    mutating func removeCookie(_ name: Cookies.Name) { setCookie(name, "", seconds: 0) }
}
