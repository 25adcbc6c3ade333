package import Domain

/// What pages need beside the services of their subject.
package struct BrowserServices {
    let handovers: HandoverService
    let sealer: any Sealer
    let secrets: any SecretSource
    let clock: Clock

    package init(
        handovers: HandoverService, sealer: any Sealer, secrets: any SecretSource, clock: Clock
    ) {
        self.handovers = handovers
        self.sealer = sealer
        self.secrets = secrets
        self.clock = clock
    }
}
