/// An authorization request that its client sent beforehand (RFC 9126), and then names by a `request_uri`.
package struct PushedRequest: Sendable, Equatable {
    /// What every `request_uri` of ours begins with (RFC 9126 §2.2, RFC 6755).
    package static let prefix = "urn:ietf:params:oauth:request_uri:"
    /// Seconds until somebody has to come with it; RFC 9126 §2.2: «a relatively short lifetime».
    package static let lifetime = 90

    package let clientID: Client.ID
    package let parameters: AuthorizationParameters
    package let expiresAt: Instant

    package init(clientID: Client.ID, parameters: AuthorizationParameters, expiresAt: Instant) {
        self.clientID = clientID
        self.parameters = parameters
        self.expiresAt = expiresAt
    }
}

/// Keeps requests that were pushed, by the digests of their `request_uri`.
package protocol PushedRequestStore {
    func insert(_ request: PushedRequest, digest: Secret.Digest) throws
    /// The request of that client, while it lives. From the first time on it lives until `end`, so that whoever came
    /// in time can sign in.
    func open(
        _ digest: Secret.Digest, of client: Client.ID, until end: Instant, at time: Instant
    ) throws -> AuthorizationParameters?
    /// One statement decides: true for the one code that is given for it.
    func use(_ digest: Secret.Digest) throws -> Bool
    /// Removes requests that expired before then, at most `limit`; how many. Needs no transaction.
    func purge(before time: Instant, limit: Int) throws -> Int
}

/// Takes authorization requests from their clients beforehand (RFC 9126).
package struct PushedRequestService {
    /// How many a client may push within 15 minutes from one address.
    static let limit = 300
    static let windowSeconds = 900

    let stores: any Stores
    let requests: AuthorizationRequestService
    let secrets: any SecretSource
    let clock: Clock

    package init(
        stores: any Stores, requests: AuthorizationRequestService, secrets: any SecretSource,
        clock: Clock
    ) {
        self.stores = stores
        self.requests = requests
        self.secrets = secrets
        self.clock = clock
    }

    /// The `request_uri` for a request that passes the same checks as one that a browser brings (RFC 9126 §2.1).
    package func push(
        _ fields: [(name: String, value: String)], by client: AuthenticatedClient,
        _ caller: Caller
    ) throws -> Secret {
        let now = clock.now
        // RFC 9126 §2.1: «The "request_uri" authorization request parameter … MUST NOT be provided in this case».
        guard !fields.contains(where: { $0.name == "request_uri" && !$0.value.isEmpty }) else {
            throw OAuthError(.invalidRequest, "A request_uri can't be pushed.")
        }
        // A client that proved itself in the header has named itself there.
        let hasID = fields.contains { $0.name == "client_id" && !$0.value.isEmpty }
        let parameters = AuthorizationParameters(
            hasID ? fields : fields + [("client_id", client.client.id.description)])
        _ = try requests.request(parameters, pushedBy: client.client)
        try count(client.client, caller, at: now)
        let uri = secrets.newSecret(prefix: PushedRequest.prefix)
        try stores.atomically {
            try stores.pushedRequests.insert(
                PushedRequest(
                    clientID: client.client.id, parameters: parameters,
                    expiresAt: now.adding(seconds: Int64(PushedRequest.lifetime))),
                digest: secrets.digest(of: uri.text))
        }
        return uri
    }

    private func count(_ client: Client, _ caller: Caller, at now: Instant) throws {
        let (tries, windowEnd) = try stores.signInThrottle.count(
            secrets.digest(of: "pushed by \(client.id) from \(AddressBlock(caller.address))"),
            windowSeconds: Self.windowSeconds, at: now)
        guard tries <= Self.limit else {
            throw OAuthError(
                .temporarilyUnavailable, "There were too many requests. Try again later.",
                retryAfter: now.secondsUntil(windowEnd))
        }
    }
}
