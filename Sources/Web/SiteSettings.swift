/// What the site is told about itself.
package struct SiteSettings: Sendable {
    /// The public address without a slash at its end: the issuer, and the base of every link.
    package let publicURL: String
    /// The hosts that are served, each `host` or `host:port`, in lower case.
    package let hosts: Set<String>
    package let brandName: String
    /// Seconds that a sign-in token lives.
    package let signInTTL: Int
    /// How many answers of a process may take a thread for as long as somebody reads.
    package let longAnswers: Int

    package init(
        publicURL: String, hosts: Set<String>, brandName: String, signInTTL: Int,
        longAnswers: Int = 1
    ) {
        self.publicURL = publicURL
        self.hosts = hosts
        self.brandName = brandName
        self.signInTTL = signInTTL
        self.longAnswers = longAnswers
    }
}
