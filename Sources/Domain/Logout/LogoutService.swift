/// What a client asks for when it sends somebody to sign out (OpenID Connect RP-Initiated Logout 1.0 §2).
package struct LogoutRequest: Sendable, Equatable {
    package let idTokenHint: String?
    package let clientID: String?
    package let postLogoutRedirectURI: String?
    package let state: String?

    package init(
        idTokenHint: String?, clientID: String?, postLogoutRedirectURI: String?, state: String?
    ) {
        self.idTokenHint = idTokenHint
        self.clientID = clientID
        self.postLogoutRedirectURI = postLogoutRedirectURI
        self.state = state
    }
}

/// What becomes of it.
package struct LogoutPlan: Sendable, Equatable {
    /// Who asks; nil where nobody says so.
    package let client: Client?
    /// Who is to be signed out, where an ID token of ours says so: then there is no need to ask them.
    package let subject: User.ID?
    /// Where to go afterwards.
    package let redirectURI: RedirectURI?
}

/// Judges requests to sign out.
package struct LogoutService {
    let stores: any Stores
    let idTokens: any IDTokens

    package init(stores: any Stores, idTokens: any IDTokens) {
        self.stores = stores
        self.idTokens = idTokens
    }

    /// Refuses (`malformed`) a hint that is not an ID token of ours, or that is another client's than the one
    /// that asks; an unknown client; and an address that is not registered. Then nobody is signed out, nor sent on.
    package func plan(_ request: LogoutRequest) throws -> LogoutPlan {
        let hint = try request.idTokenHint.map(readHint)
        let named = try request.clientID.map(findClient)
        // §2: «the OP MUST verify that the Client Identifier matches the one used as the audience of the ID Token».
        if let hint, let named, hint.clientID != named.id {
            throw Self.refusal("logout_client_mismatch", "The ID token is another client's.")
        }
        // A client that is gone since can't be sent back to; the person can be signed out all the same.
        let client = try named ?? hint.flatMap { try stores.clients.find($0.clientID) }
        return LogoutPlan(
            client: client, subject: hint?.subject,
            redirectURI: try request.postLogoutRedirectURI.map { try findTarget($0, of: client) })
    }

    /// §2: «The OP MUST verify that it was the issuer of the ID Token», expired or not.
    private func readHint(_ text: String) throws -> IDTokenHint {
        guard let hint = try idTokens.readHint(text) else {
            throw Self.refusal(
                "logout_hint_invalid", "What the client sent is not an ID token of this server.")
        }
        return hint
    }

    private func findClient(_ text: String) throws -> Client {
        guard let id = Client.ID(text: text), let client = try stores.clients.find(id) else {
            throw Self.refusal("logout_client_unknown", "There is no such client.")
        }
        return client
    }

    /// §3.1: «The value MUST have been previously registered with the OP» – byte for byte, the port included; and
    /// without a client there is nothing that it could be registered for.
    private func findTarget(_ text: String, of client: Client?) throws -> RedirectURI {
        guard let client, client.isEnabled,
            let known = client.postLogoutRedirectURIs.first(where: {
                $0.description.utf8.elementsEqual(text.utf8)
            })
        else {
            throw Self.refusal(
                "post_logout_redirect_uri_unknown",
                "The client has not registered the address to go on to.")
        }
        return known
    }

    private static func refusal(_ code: String, _ message: String) -> Refusal {
        Refusal(.malformed, code: code, message)
    }
}
