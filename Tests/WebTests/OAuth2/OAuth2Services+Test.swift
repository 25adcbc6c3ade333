import Domain
import TestSupport

@testable import Web

extension OAuth2Services {
    init(
        _ services: TestServices, registration: RegistrationPolicy = .off,
        recordUse: @escaping (AuthenticatedClient) -> Void = { _ in }
    ) {
        self.init(
            stores: services.stores, tokens: services.tokens, clientKeys: services.clientKeys,
            secrets: services.secrets, clock: services.clock, audit: services.audit,
            resources: TestServices.resources,
            registration: (registration, "Gatehouse"), recordUse: recordUse)
    }
}
