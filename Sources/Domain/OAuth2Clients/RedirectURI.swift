/// Where a client has people sent back to, checked when it was registered (RFC 6749 §3.1.2, RFC 8252 §7).
package struct RedirectURI: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package static let byteLimit = 2_000

    /// Refuses what could send people, or their code, somewhere that was not meant. Throws a sentence.
    package init(_ text: String) throws(Unfit) {
        let uri = try URIText(text)
        guard uri.fragment == nil else {
            // RFC 6749 §3.1.2: «The endpoint URI MUST NOT include a fragment component.»
            throw Unfit("must not have a fragment")
        }
        switch uri.scheme {
        case "https":
            guard !uri.host.isEmpty else { throw Unfit("must name a host") }
        case "http":
            guard URIText.loopbackNames.contains(uri.host) else {
                throw Unfit("may use http only for 127.0.0.1, [::1] or localhost")
            }
        default:
            // RFC 8252 §7.1: a private-use scheme is a domain name turned around, so it has a dot; this
            // keeps javascript:, data: and their like out, too.
            guard uri.scheme.contains("."), uri.authority == nil || uri.authority == "" else {
                throw Unfit("must begin with https:// or a private-use scheme that holds a dot")
            }
        }
        description = text
    }

    /// What was checked before it was stored.
    package init(stored text: String) {
        description = text
    }

    /// Whether a request may name this for the registered one: byte for byte the same, but that a loopback
    /// address may come with any port (RFC 8252 §7.3), its empty path being the same as `/`.
    package func matches(_ requested: String) -> Bool {
        if description.utf8.elementsEqual(requested.utf8) { return true }
        guard let mine = Self.withoutPort(description), let theirs = Self.withoutPort(requested)
        else { return false }
        return mine.utf8.elementsEqual(theirs.utf8)
    }

    /// Scheme, address and what follows the port; nil unless it is http on a loopback address.
    private static func withoutPort(_ text: String) -> String? {
        for origin in ["http://127.0.0.1", "http://[::1]"] where text.utf8.starts(with: origin.utf8)
        {
            var rest = Substring(text).utf8.dropFirst(origin.utf8.count)
            if rest.first == UInt8(ascii: ":") {
                rest = rest.dropFirst()
                let port = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                guard (1...5).contains(port.count), let number = Int(Substring(port)),
                    (1...65_535).contains(number)
                else { return nil }
                rest = rest.dropFirst(port.count)
            }
            switch rest.first {
            case nil: return origin + "/"
            case UInt8(ascii: "?"): return origin + "/" + String(Substring(rest))
            case UInt8(ascii: "/"): return origin + String(Substring(rest))
            default: return nil
            }
        }
        return nil
    }

    /// What is wrong with it, as the rest of a sentence.
    package struct Unfit: Error, Equatable {
        package let reason: String
        init(_ reason: String) { self.reason = reason }
    }
}

/// The parts of an absolute URI (RFC 3986 §3), of which only such are taken that everybody reads in one way.
package struct URIText {
    /// In lower case.
    package let scheme: String
    package let authority: String?
    /// Without the port.
    package let host: String
    package let port: UInt16?
    /// Path and query, as they stand there.
    package let target: String
    package let fragment: String?

    static let loopbackNames: Set<String> = ["127.0.0.1", "[::1]", "localhost"]

    package init(_ text: String) throws(RedirectURI.Unfit) {
        guard (1...RedirectURI.byteLimit).contains(text.utf8.count) else {
            throw .init("must have 1 to \(RedirectURI.byteLimit) bytes")
        }
        guard text.utf8.allSatisfy(Self.isURIByte) else {
            throw .init("holds a character that a URI must not hold, or *")
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isScheme(parts[0]) else { throw .init("must be absolute") }
        scheme = parts[0].lowercased()
        let beforeFragment = parts[1].split(
            separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        fragment = beforeFragment.count == 2 ? String(beforeFragment[1]) : nil
        let hierarchy = beforeFragment[0].prefix { $0 != "?" }
        guard hierarchy.hasPrefix("//") else {
            authority = nil
            host = ""
            self.port = nil
            target = String(beforeFragment[0])
            try Self.checkPath(hierarchy)
            return
        }
        let authority = hierarchy.dropFirst(2).prefix { $0 != "/" }
        try Self.checkPath(hierarchy.dropFirst(2 + authority.count))
        guard !authority.contains("@") else { throw .init("must not hold a user name") }
        self.authority = String(authority)
        target = String(beforeFragment[0].dropFirst(2 + authority.count))
        let (host, port) = try Self.split(authority)
        if let port {
            guard port.utf8.count <= 5, let number = UInt16(port), number > 0 else {
                throw .init("has a port that is none")
            }
            self.port = number
        } else {
            self.port = nil
        }
        guard !host.contains("%") else { throw .init("must not hold a percent sign in its host") }
        self.host = String(host)
    }

    private static func split(_ authority: Substring) throws(RedirectURI.Unfit) -> (
        Substring, Substring?
    ) {
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw .init("has no host") }
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { throw .init("has no host") }
            return (authority[...end], rest.isEmpty ? nil : rest.dropFirst())
        }
        guard !authority.contains("["), !authority.contains("]") else {
            throw .init("has no host")
        }
        let parts = authority.split(
            separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let host = parts.first else { return ("", nil) }
        return (host, parts.count == 2 ? parts[1] : nil)
    }

    /// RFC 3986 §5.2.4 would take dot segments out, and a browser does: the path must not hold any.
    private static func checkPath(_ path: Substring) throws(RedirectURI.Unfit) {
        for segment in path.split(separator: "/") {
            let plain = segment.lowercased().replacingEncodedDots()
            if plain == "." || plain == ".." { throw .init("must not hold the segments . and ..") }
        }
        let lower = path.lowercased()
        if lower.contains("%2f") || lower.contains("%5c") || lower.contains("%25") {
            throw .init("must not hold an encoded slash, backslash or percent sign")
        }
    }

    private static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, (first | 0x20) >= UInt8(ascii: "a"),
            (first | 0x20) <= UInt8(ascii: "z")
        else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
    }

    /// Unreserved, reserved and `%` (RFC 3986 §2), without `*`, which somebody would take for «any».
    private static func isURIByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~:/?#[]@!$&'()+,;=%".utf8.contains(byte)
        }
    }
}

extension String {
    fileprivate func replacingEncodedDots() -> String {
        var text = ""
        var rest = self[...]
        while let character = rest.first {
            if rest.hasPrefix("%2e") {
                text.append(".")
                rest = rest.dropFirst(3)
            } else {
                text.append(character)
                rest = rest.dropFirst()
            }
        }
        return text
    }
}
