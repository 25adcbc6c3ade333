/// Where a form may lead besides this site, as a source of `form-action` (CSP 3 §6.4.1).
///
/// Chromium holds `form-action` against every redirect behind a form, so a page whose form ends in a redirect to
/// a client has to name where that client is.
struct FormTarget: Equatable {
    let source: String

    /// Of the address that a client is redirected to; nil for what can't be said, which then is not allowed.
    init?(redirectURI: String) {
        guard let colon = redirectURI.firstIndex(of: ":") else { return nil }
        let scheme = redirectURI[..<colon].lowercased()
        guard let first = scheme.utf8.first,
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first),
            scheme.utf8.allSatisfy({ Self.isLetterOrDigit($0) || "+-.".utf8.contains($0) })
        else { return nil }
        guard scheme == "https" || scheme == "http" else {
            guard !["javascript", "data", "blob", "file"].contains(scheme) else { return nil }
            source = "\(scheme):"
            return
        }
        let rest = redirectURI[colon...].dropFirst()
        guard rest.hasPrefix("//") else { return nil }
        let authority = rest.dropFirst(2).prefix { !"/?#".contains($0) }.lowercased()
        if authority.hasPrefix("[") {
            // CSP 3 §2.3.1: a host source knows no IPv6 address, so the scheme has to do.
            source = "\(scheme):"
            return
        }
        guard !authority.isEmpty,
            authority.utf8.allSatisfy({ Self.isLetterOrDigit($0) || "-.:".utf8.contains($0) })
        else { return nil }
        source = "\(scheme)://\(authority)"
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
