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
    package let logout: LogoutService
    /// The public keys that tokens are checked with, as JWK JSON.
    package let publicKeys: () throws -> [String]
    /// Notes that a client proved who it is; cheap, and written later.
    package let recordUse: (AuthenticatedClient) -> Void

    package init(
        stores: any Stores, tokens: any BearerTokens & IDTokens & AuthorizationMarks,
        clientKeys: any ClientKeys,
        secrets: any SecretSource, clock: Clock, audit: AuditTrail, issuer: String,
        recordUse: @escaping (AuthenticatedClient) -> Void
    ) {
        clients = ClientService(
            stores: stores, keys: clientKeys, secrets: secrets, clock: clock, audit: audit)
        customScopes = CustomScopeService(
            stores: stores, secrets: secrets, clock: clock, audit: audit)
        clientAuthentication = ClientAuthenticationService(
            stores: stores, keys: clientKeys, secrets: secrets, clock: clock, audit: audit,
            issuer: issuer)
        authorizationRequests = AuthorizationRequestService(
            stores: stores, idTokens: tokens, clock: clock, issuer: issuer,
            readClaims: { RequestedClaims(json: $0) })
        authorization = AuthorizationService(
            stores: stores, requests: authorizationRequests, marks: tokens, secrets: secrets,
            clock: clock, audit: audit)
        consents = ConsentService(stores: stores, clock: clock, audit: audit)
        self.tokens = TokenService(
            stores: stores, tokens: tokens, secrets: secrets, clock: clock, audit: audit,
            issuer: issuer)
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
        logout = LogoutService(stores: stores, idTokens: tokens)
        publicKeys = tokens.publicKeys
        self.recordUse = recordUse
    }
}
