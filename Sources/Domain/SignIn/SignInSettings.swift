/// How long what a sign-in gives lives, and how many wrong tries there may be.
package struct SignInSettings: Sendable {
    /// Seconds that a sign-in token lives.
    package var tokenLifetime: Int
    /// Seconds that a refresh token lives.
    package var refreshLifetime: Int
    /// Seconds that a browser session lives.
    package var browserLifetime: Int
    /// Wrong tries on an account within a quarter of an hour; for each address that it signed in from, as many
    /// again.
    package var triesOnAccount: Int
    /// Wrong tries from an address within a quarter of an hour, whatever the account.
    package var triesFromAddress: Int

    package init(
        tokenLifetime: Int = 86_400, refreshLifetime: Int = 30 * 86_400,
        browserLifetime: Int = 7 * 86_400, triesOnAccount: Int = 10, triesFromAddress: Int = 1_000
    ) {
        self.tokenLifetime = tokenLifetime
        self.refreshLifetime = refreshLifetime
        self.browserLifetime = browserLifetime
        self.triesOnAccount = triesOnAccount
        self.triesFromAddress = triesFromAddress
    }
}
