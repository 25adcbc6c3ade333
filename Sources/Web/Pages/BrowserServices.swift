package import Domain

/// What pages need beside the services of their subject.
package struct BrowserServices {
    let secrets: any SecretSource
    let clock: Clock

    package init(secrets: any SecretSource, clock: Clock) {
        self.secrets = secrets
        self.clock = clock
    }
}
