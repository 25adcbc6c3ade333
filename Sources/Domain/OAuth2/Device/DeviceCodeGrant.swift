/// A device that asks whether its person has decided (RFC 8628 §3.4, §3.5).
struct DeviceCodeGrant: TokenGrant {
    let code: Secret
    let stores: any Stores
    let idTokens: any IDTokens
    let secrets: any SecretSource
    let clock: Clock

    func basis(for client: AuthenticatedClient) throws -> TokenBasis {
        let digest = secrets.digest(of: code.text)
        let now = clock.now
        // §3.4: «the client MUST … the device verification code»; another client's is nobody's.
        guard let found = try stores.devices.find(digest),
            found.clientID == client.client.id, found.usedAt == nil
        else { throw OAuthError.invalidGrant }
        // §3.5 expired_token
        guard now < found.expiresAt else {
            throw OAuthError(.expiredToken, "The device_code has expired. Begin again.")
        }
        guard found.decidedAt != nil else { throw try pending(digest, at: now) }
        // §3.5 access_denied
        guard let id = found.grantID else {
            throw OAuthError(.accessDenied, "The person said no.")
        }
        guard let (grant, _) = try stores.grants.findWithClient(id), grant.endedAt == nil,
            let user = try stores.users.find(grant.userID), !user.isDisabled
        else { throw OAuthError.invalidGrant }
        return TokenBasis(
            origin: .begun(grant), user: user,
            // What was taken from the client since is not given any more.
            scopes: grant.scopes.filter(client.client.scopes.cover), resource: grant.resource,
            use: { _ in
                // One of two that ask at the same time finds it used here.
                try stores.devices.use(digest, at: clock.now) ? nil : .invalidGrant
            },
            identify: { grant, _, accessToken in
                try idTokens.identify(
                    user, in: grant, to: client.client, with: accessToken, nonce: nil, claims: [],
                    secrets, at: clock.now)
            })
    }

    /// §3.5: «slow_down … the interval MUST be increased by 5 seconds for this and all subsequent requests».
    private func pending(_ digest: Secret.Digest, at now: Instant) throws -> OAuthError {
        let isInTime = try stores.atomically { try stores.devices.poll(digest, at: now) }
        return isInTime
            ? OAuthError(.authorizationPending, "The person has not decided yet.")
            : OAuthError(.slowDown, "Wait 5 seconds longer between two requests.")
    }
}
