/// A client that acts by itself (RFC 6749 §4.4), as its designated service user.
struct ClientCredentialsGrant: TokenGrant {
    let stores: any Stores

    func basis(for client: AuthenticatedClient) throws -> TokenBasis {
        // RFC 6749 §4.4.2: «The client MUST authenticate with the authorization server».
        guard client.isConfidential else {
            throw OAuthError(.unauthorizedClient, "A public client can't act by itself.")
        }
        guard let id = client.client.serviceUserID, let user = try stores.users.find(id),
            user.kind == .service, !user.isDisabled
        else {
            throw OAuthError(
                .unauthorizedClient, "The client has no service user that it can act as.")
        }
        return TokenBasis(
            origin: .new(.clientCredentials, session: nil, authenticatedAt: nil), user: user,
            // Nobody sits there, so there is nobody for OpenID Connect to tell of; and RFC 6749 §4.4.3: «A
            // refresh token SHOULD NOT be included».
            scopes: client.client.scopes.filter { !ScopeWords.openID.contains($0) })
    }
}
