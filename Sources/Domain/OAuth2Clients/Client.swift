/// A program that gets tokens (RFC 6749 §1.1): on behalf of people, or as its own service user.
package struct Client: Sendable, Equatable {
    /// The `client_id`.
    package struct ID: Identifier {
        package let value: UniqueID
        package init(_ value: UniqueID) { self.value = value }
    }

    /// RFC 6749 §2.1: whether it can keep a secret.
    package enum Kind: String, Sendable, CaseIterable {
        case confidential
        case `public`
    }

    /// How it proves who it is at our endpoints.
    package enum AuthenticationMethod: String, Sendable, CaseIterable {
        case clientSecretBasic = "client_secret_basic"
        case clientSecretPost = "client_secret_post"
        case privateKeyJWT = "private_key_jwt"
        case none

        package var usesSecret: Bool { self == .clientSecretBasic || self == .clientSecretPost }
    }

    package let id: ID
    package var name: String
    package var description: String
    package let kind: Kind
    package var grantTypes: [GrantType]
    package var redirectURIs: [RedirectURI]
    package var postLogoutRedirectURIs: [RedirectURI]
    /// What its tokens may carry at most.
    package var scopes: ScopeWords
    /// As whom it acts by itself; of kind `service`.
    package var serviceUserID: User.ID?
    /// Its tokens act there alone.
    package var organizationID: Organization.ID?
    /// Seconds.
    package var accessTokenLifetime: Int
    /// Seconds.
    package var refreshTokenLifetime: Int
    package var authenticationMethod: AuthenticationMethod
    /// A JWK set of public keys.
    package var keySet: String?
    package var idTokenAlgorithm: SigningKeyRecord.Algorithm
    package var requiresPKCE: Bool
    package var backchannelLogoutURI: String?
    package var backchannelLogoutNeedsSession: Bool
    package var isEnabled: Bool
    package let createdAt: Instant
    package var updatedAt: Instant
    package var lastUsedAt: Instant?

    package init(
        id: ID, name: String, description: String, kind: Kind, grantTypes: [GrantType],
        redirectURIs: [RedirectURI], postLogoutRedirectURIs: [RedirectURI], scopes: ScopeWords,
        serviceUserID: User.ID?, organizationID: Organization.ID?, accessTokenLifetime: Int,
        refreshTokenLifetime: Int, authenticationMethod: AuthenticationMethod, keySet: String?,
        idTokenAlgorithm: SigningKeyRecord.Algorithm, requiresPKCE: Bool,
        backchannelLogoutURI: String?, backchannelLogoutNeedsSession: Bool, isEnabled: Bool,
        createdAt: Instant, updatedAt: Instant, lastUsedAt: Instant?
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.kind = kind
        self.grantTypes = grantTypes
        self.redirectURIs = redirectURIs
        self.postLogoutRedirectURIs = postLogoutRedirectURIs
        self.scopes = scopes
        self.serviceUserID = serviceUserID
        self.organizationID = organizationID
        self.accessTokenLifetime = accessTokenLifetime
        self.refreshTokenLifetime = refreshTokenLifetime
        self.authenticationMethod = authenticationMethod
        self.keySet = keySet
        self.idTokenAlgorithm = idTokenAlgorithm
        self.requiresPKCE = requiresPKCE
        self.backchannelLogoutURI = backchannelLogoutURI
        self.backchannelLogoutNeedsSession = backchannelLogoutNeedsSession
        self.isEnabled = isEnabled
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.lastUsedAt = lastUsedAt
    }

    package static let accessTokenLifetimes = 60...86_400
    package static let refreshTokenLifetimes = 3_600...31_536_000
}

/// How tokens are asked for (RFC 6749 §1.3), as `grant_type` spells it.
package enum GrantType: String, Sendable, CaseIterable {
    case authorizationCode = "authorization_code"
    case clientCredentials = "client_credentials"
    case refreshToken = "refresh_token"
    /// RFC 8628 §3.4
    case deviceCode = "urn:ietf:params:oauth:grant-type:device_code"
}

/// What is known of a client's secret; the secret itself is shown once and not kept.
package struct ClientSecret: Sendable, Equatable {
    package struct ID: Identifier {
        package let value: UniqueID
        package init(_ value: UniqueID) { self.value = value }
    }

    /// How many of a client may be live at once: one in use, and one to change over to.
    package static let liveLimit = 2

    package let id: ID
    package let clientID: Client.ID
    /// The end of the secret, so that people can tell two apart.
    package let hint: String
    package let createdAt: Instant
    /// Nil: never.
    package let expiresAt: Instant?
    package var lastUsedAt: Instant?

    package init(
        id: ID, clientID: Client.ID, hint: String, createdAt: Instant, expiresAt: Instant?,
        lastUsedAt: Instant?
    ) {
        self.id = id
        self.clientID = clientID
        self.hint = hint
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
    }

    package func isLive(at time: Instant) -> Bool { expiresAt.map { time < $0 } ?? true }
}

extension AuditEvent.Reference {
    package static func client(_ client: Client) -> Self {
        Self(kind: "client", id: client.id.description, name: client.name)
    }
}
