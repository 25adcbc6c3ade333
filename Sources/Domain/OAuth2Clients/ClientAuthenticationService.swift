/// What a request shows to prove which client it is from, not yet believed.
package enum PresentedClient: Sendable, Equatable {
    /// Nothing at all.
    case nothing
    /// A `client_id` alone, as public clients send it.
    case identifier(String)
    /// RFC 6749 §2.3.1: in the header or in the body.
    case secret(Secret, of: String, by: Method)
    /// RFC 7523 §2.2. The id is what `client_id` says besides, if it was sent.
    case assertion(String, of: String?)

    package enum Method: Sendable { case basic, post }

    package struct Secret: Sendable, Equatable, CustomStringConvertible {
        package let text: String
        package init(_ text: String) { self.text = text }
        package var description: String { "secret" }
    }
}

/// A client that has proved who it is, or is public and has nothing to prove it with.
package struct AuthenticatedClient: Sendable {
    package let client: Client
    /// The secret that it used.
    package let secretID: ClientSecret.ID?

    package var isConfidential: Bool { client.kind == .confidential }
}

/// Finds out which client a request is from (RFC 6749 §2.3), by the one method that the client is registered with.
///
/// Whatever is wrong has one answer. Secrets have 256 bits of chance, so throttling is there for the log and the
/// database more than against guessing: tries at the same time may get past the limit by their number.
package struct ClientAuthenticationService {
    static let triesInWindow = 50
    static let windowSeconds = 900

    let stores: any Stores
    let keys: any ClientKeys
    let secrets: any SecretSource
    let clock: Clock
    let audit: AuditTrail
    /// Whom assertions must be for: one of these. RFC 9126 §2: «the authorization server MUST accept its issuer
    /// identifier, token endpoint URL, or pushed authorization request endpoint URL».
    let audiences: [String]

    package init(
        stores: any Stores, keys: any ClientKeys, secrets: any SecretSource, clock: Clock,
        audit: AuditTrail, issuer: String
    ) {
        self.stores = stores
        self.keys = keys
        self.secrets = secrets
        self.clock = clock
        self.audit = audit
        audiences = [issuer, issuer + "/oauth2/token", issuer + "/oauth2/par"]
    }

    /// Throws `OAuthError.invalidClient` for whatever is not to be believed, and `tooManyTries` where there were
    /// too many wrong ones for this client from this address. Must not be called inside a transaction.
    package func authenticate(
        _ presented: PresentedClient, by caller: Caller
    ) throws -> AuthenticatedClient {
        guard let claimed = claimedID(presented) else { throw OAuthError.invalidClient }
        let now = clock.now
        let bucket = secrets.digest(
            of: "client: \(claimed) from \(AddressBlock(caller.address))")
        if let until = try stores.signInThrottle.exhausted(
            bucket, limit: Self.triesInWindow, at: now)
        {
            throw OAuthError.tooManyTries(retryAfter: now.secondsUntil(until))
        }
        // The same questions are asked for a client that is not there.
        let id = Client.ID(text: claimed) ?? Client.ID(UniqueID(high: 0, low: 0))
        let client = try stores.clients.find(id)
        guard let proof = try prove(presented, client, id, at: now), let client, client.isEnabled
        else {
            try refuse(client, bucket, by: caller, at: now)
            throw OAuthError.invalidClient
        }
        return AuthenticatedClient(client: client, secretID: proof.secretID)
    }

    private struct Proof {
        var secretID: ClientSecret.ID?
    }

    private func claimedID(_ presented: PresentedClient) -> String? {
        switch presented {
        case .nothing: return nil
        case .identifier(let id), .secret(_, let id, _): return id
        case .assertion(let assertion, let id):
            guard let claimed = keys.claimedClient(of: assertion) else { return nil }
            // RFC 7521 §4.2: a client_id that is sent besides must name the same client.
            guard id.map({ $0.utf8.elementsEqual(claimed.utf8) }) ?? true else { return nil }
            return claimed
        }
    }

    /// Nil where what was presented is not what the client is registered with, or is wrong.
    private func prove(
        _ presented: PresentedClient, _ client: Client?, _ id: Client.ID, at now: Instant
    ) throws -> Proof? {
        switch presented {
        case .nothing:
            return nil
        case .identifier:
            return client?.authenticationMethod == Client.AuthenticationMethod.none ? Proof() : nil
        case .secret(let secret, _, let method):
            let wanted: Client.AuthenticationMethod =
                method == .basic ? .clientSecretBasic : .clientSecretPost
            let match = try secretID(secret, of: id, at: now)
            guard client?.authenticationMethod == wanted, let match else { return nil }
            return Proof(secretID: match)
        case .assertion(let assertion, _):
            guard let client, client.authenticationMethod == .privateKeyJWT,
                let keySet = client.keySet,
                let proved = try keys.verify(
                    assertion, of: client.id, keySet: keySet, audiences: audiences, at: now),
                // Possession before single use: nobody else can use up the client's assertions.
                try stores.clients.useAssertion(
                    secrets.digest(of: proved.id), of: client.id, expiresAt: proved.expiresAt)
            else { return nil }
            return Proof()
        }
    }

    /// Which live secret it is. As many comparisons as a client may have secrets, whatever there is.
    private func secretID(
        _ presented: PresentedClient.Secret, of client: Client.ID, at now: Instant
    ) throws -> ClientSecret.ID? {
        let digest = secrets.digest(of: presented.text).bytes
        let live = try stores.clients.liveSecretDigests(of: client, at: now)
        var match: ClientSecret.ID?
        for index in 0..<ClientSecret.liveLimit {
            let known = index < live.count ? live[index].digest.bytes : Self.nobodys
            if secrets.areEqual(digest, known), index < live.count { match = live[index].id }
        }
        // An empty secret is nobody's, whatever was stored.
        return presented.text.isEmpty ? nil : match
    }

    private static let nobodys = [UInt8](repeating: 0, count: 32)

    /// Counts the try, and tells the trail: of a flood the tries within the limit, and the first beyond it.
    private func refuse(
        _ client: Client?, _ bucket: Secret.Digest, by caller: Caller, at now: Instant
    ) throws {
        _ = try stores.signInThrottle.count(
            bucket, windowSeconds: Self.windowSeconds, at: now)
        try stores.atomically {
            try audit.record(
                "client.authentication_failed", by: caller, outcome: .denied,
                reason: client.map { $0.isEnabled ? "wrong_proof" : "disabled" }
                    ?? "unknown_client",
                target: client.map(AuditEvent.Reference.client))
        }
    }
}
