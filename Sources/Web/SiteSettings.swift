/// What the site is told about itself.
package struct SiteSettings: Sendable {
    /// The public address without a slash at its end: the issuer, and the base of every link.
    package let publicURL: String
    /// The hosts that are served, each `host` or `host:port`, in lower case.
    package let hosts: Set<String>
    package let brandName: String
    /// Seconds that a sign-in token lives.
    package let signInTTL: Int

    package init(publicURL: String, hosts: Set<String>, brandName: String, signInTTL: Int) {
        self.publicURL = publicURL
        self.hosts = hosts
        self.brandName = brandName
        self.signInTTL = signInTTL
    }
}
