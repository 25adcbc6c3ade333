package import Domain

/// The services behind the endpoints of OAuth2; one value a thread.
package struct OAuth2Services {
    package let clients: ClientService
    package let customScopes: CustomScopeService
    package let clientAuthentication: ClientAuthenticationService
    package let authorizationRequests: AuthorizationRequestService
    package let authorization: AuthorizationService
    package let consents: ConsentService
    package let tokens: TokenService
    package let introspection: IntrospectionService
    package let userInfo: UserInfoService
    package let revocation: RevocationService
    package let registration: ClientRegistrationService
    package let pushedRequests: PushedRequestService
    package let devices: DeviceAuthorizationService
    package let logout: LogoutService
    /// The APIs behind the gate.
    package let resources: ProtectedResources
    /// The public keys that tokens are checked with, as JWK JSON.
    package let publicKeys: () throws -> [String]
    /// Notes that a client proved who it is; cheap, and written later.
    package let recordUse: (AuthenticatedClient) -> Void

    /// - Parameter registration: who may register clients, and the name that none of them may have.
    package init(
        stores: any Stores, tokens: any BearerTokens & IDTokens & AuthorizationMarks,
        clientKeys: any ClientKeys,
        secrets: any SecretSource, clock: Clock, audit: AuditTrail,
        resources: ProtectedResources,
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
        authorizationRequests = AuthorizationRequestService(
            stores: stores, idTokens: tokens, secrets: secrets, clock: clock,
            resources: resources,
            readClaims: { RequestedClaims(json: $0) })
        authorization = AuthorizationService(
            stores: stores, requests: authorizationRequests, marks: tokens, secrets: secrets,
            clock: clock, audit: audit)
        consents = ConsentService(stores: stores, clock: clock, audit: audit)
        self.tokens = TokenService(
            stores: stores, tokens: tokens, secrets: secrets, clock: clock, audit: audit,
            resources: resources)
        let authentication = AuthenticationService(
            stores: stores, tokens: tokens, secrets: secrets, clock: clock)
        introspection = IntrospectionService(
            stores: stores, tokens: tokens, secrets: secrets, authentication: authentication,
            clock: clock)
        userInfo = UserInfoService(
            stores: stores, tokens: tokens, authentication: authentication, clock: clock)
        revocation = RevocationService(
            stores: stores, tokens: tokens, secrets: secrets,
            personalAccessTokens: PersonalAccessTokenService(
                stores: stores, tokens: tokens, secrets: secrets, clock: clock, audit: audit),
            clock: clock, audit: audit)
        pushedRequests = PushedRequestService(
            stores: stores, requests: authorizationRequests, secrets: secrets, clock: clock)
        devices = DeviceAuthorizationService(
            stores: stores, requests: authorizationRequests, secrets: secrets, clock: clock,
            audit: audit)
        self.registration = ClientRegistrationService(
            stores: stores, clients: clients, secrets: secrets, clock: clock, audit: audit,
            policy: registration.policy, brandName: registration.brandName)
        self.resources = resources
        logout = LogoutService(stores: stores, idTokens: tokens)
        publicKeys = tokens.publicKeys
        self.recordUse = recordUse
    }
}
