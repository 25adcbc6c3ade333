/// The address of this service as people and clients write it: the issuer, and the base of every link.
package struct PublicURL: Sendable, Equatable, CustomStringConvertible {
    /// As configured, without a slash at the end.
    package let description: String
    /// Host and, if one is written, port: what a browser sends as `Host`.
    package let authority: String

    /// `nil` unless `text` is exactly `https://` and a host or host:port in lower case.
    package init?(_ text: String) {
        let scheme = "https://"
        guard text.hasPrefix(scheme) else { return nil }
        let authority = String(text.dropFirst(scheme.count))
        // A browser leaves the default port out of `Host` and `Origin`, so it must not stand here.
        guard SettingForm.isHostAndPort(authority), !authority.hasSuffix(":443") else { return nil }
        self.description = text
        self.authority = authority
    }
}
