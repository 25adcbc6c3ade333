import TestSupport
import Web

extension BrowserServices {
    init(_ services: TestServices) {
        self.init(
            handovers: services.handovers, sealer: services.sealer, secrets: services.secrets,
            clock: services.clock)
    }
}
