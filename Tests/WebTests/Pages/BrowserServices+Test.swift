import TestSupport
import Web

extension BrowserServices {
    init(_ services: TestServices) {
        self.init(secrets: services.secrets, clock: services.clock)
    }
}
