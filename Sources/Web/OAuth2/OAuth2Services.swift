package import Domain

/// The services behind the endpoints of OAuth2; one value a thread.
package struct OAuth2Services {
    package let clients: ClientService
    package let customScopes: CustomScopeService
    package let clientAuthentication: ClientAuthenticationService
    package let tokens: TokenService
    package let introspection: IntrospectionService
    package let revocation: RevocationService
    package let registration: ClientRegistrationService
    /// The APIs behind the gate.
    package let resources: ProtectedResources
    /// The public keys that tokens are checked with, as JWK JSON.
    package let publicKeys: () throws -> [String]
    /// Notes that a client proved who it is; cheap, and written later.
    package let recordUse: (AuthenticatedClient) -> Void

    /// - Parameter registration: who may register clients, and the name that none of them may have.
    package init(
        stores: any Stores, tokens: any BearerTokens, clientKeys: any ClientKeys,
        secrets: any SecretSource, clock: Clock, audit: AuditTrail, resources: ProtectedResources,
        registration: (policy: RegistrationPolicy, brandName: String),
        recordUse: @escaping (AuthenticatedClient) -> Void
    ) {
        clients = ClientService(
            stores: stores, keys: clientKeys, secrets: secrets, clock: clock, audit: audit)
        customScopes = CustomScopeService(
            stores: stores, secrets: secrets, clock: clock, audit: audit)
        clientAuthentication = ClientAuthenticationService(
            stores: stores, keys: clientKeys, secrets: secrets, clock: clock, audit: audit,
            issuer: resources.issuer)
        self.tokens = TokenService(
            stores: stores, tokens: tokens, secrets: secrets, clock: clock, audit: audit,
            resources: resources)
        introspection = IntrospectionService(
            stores: stores, tokens: tokens,
            authentication: AuthenticationService(
                stores: stores, tokens: tokens, secrets: secrets, clock: clock), clock: clock)
        revocation = RevocationService(
            stores: stores, tokens: tokens,
            personalAccessTokens: PersonalAccessTokenService(
                stores: stores, tokens: tokens, secrets: secrets, clock: clock, audit: audit),
            clock: clock, audit: audit)
        self.registration = ClientRegistrationService(
            stores: stores, clients: clients, secrets: secrets, clock: clock, audit: audit,
            policy: registration.policy, brandName: registration.brandName)
        self.resources = resources
        publicKeys = tokens.publicKeys
        self.recordUse = recordUse
    }
}
