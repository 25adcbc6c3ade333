/// What proved who asks: its kind, and the identity under which it can be found and revoked.
package struct Credential: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case session
        case browserSession = "browser_session"
        case personalAccessToken = "personal_access_token"
        case apiKey = "api_key"
        case access
    }

    package let kind: Kind
    package let id: UniqueID
    /// What people called it; empty where it has no name.
    package let name: String
    package let expiresAt: Instant

    package init(kind: Kind, id: UniqueID, name: String, expiresAt: Instant) {
        self.kind = kind
        self.id = id
        self.name = name
        self.expiresAt = expiresAt
    }
}

/// A credential as it was presented, not yet believed.
package enum PresentedCredential: Sendable, Equatable {
    case none
    /// The token of `Authorization: Bearer`.
    case bearer(String)
    /// The text of `X-Machhub-Api-Key` or `X-API-Key`.
    case apiKey(String)
    /// The secret of the session cookie; only where a page or a browser-only API asks for it.
    case browserSession(String)
}

/// A checked credential: who asks, and what the credential carries over.
package struct Authentication: Sendable, Equatable {
    package enum Subject: Sendable, Equatable {
        case user(User)
        /// A machine identity of one organization; its name is the key's.
        case apiKey(UniqueID, name: String)
    }

    package let subject: Subject
    package let credential: Credential
    package let grant: Grant
    /// The one organization that the credential is bound to, if it is.
    package let boundOrganization: Organization.ID?
    /// The session that a sign-in token or a cookie belongs to.
    package let sessionID: Session.ID?
    /// The OAuth2 client that the token was given to.
    package let clientID: String?
    /// The one API that the token is for (RFC 8707); nil: the whole platform. Elsewhere it is not to be
    /// believed, which whoever serves something checks.
    package let resource: ProtectedResource?
    /// When the person last gave their password in the session; nil where the credential is no session.
    package let authenticatedAt: Instant?

    package init(
        subject: Subject, credential: Credential, grant: Grant,
        boundOrganization: Organization.ID? = nil, sessionID: Session.ID? = nil,
        clientID: String? = nil, resource: ProtectedResource? = nil,
        authenticatedAt: Instant? = nil
    ) {
        self.subject = subject
        self.credential = credential
        self.grant = grant
        self.boundOrganization = boundOrganization
        self.sessionID = sessionID
        self.clientID = clientID
        self.resource = resource
        self.authenticatedAt = authenticatedAt
    }

    package var user: User? {
        if case .user(let user) = subject { user } else { nil }
    }

    /// The subject's id, as `sub` and `X-Auth-Subject` say it.
    package var subjectID: UniqueID {
        switch subject {
        case .user(let user): user.id.value
        case .apiKey(let id, _): id
        }
    }

    package var subjectName: String {
        switch subject {
        case .user(let user): user.username
        case .apiKey(_, let name): name
        }
    }

    /// Whether the person is a system administrator *and* the credential carries that.
    package var isSystemAdministrator: Bool {
        grant.carriesSystemAdministration && (user?.isSystemAdministrator ?? false)
    }

    /// Whether a person sits there: a sign-in token or a browser session.
    package var isInteractive: Bool {
        credential.kind == .session || credential.kind == .browserSession
    }
}

/// A request's organization, and what the asker may do in it.
package struct OrganizationContext: Sendable, Equatable {
    package let organization: Organization
    /// Nil for an API key, which is no member.
    package let membership: Membership?
    package let permissions: Permissions
    /// Owner, through a credential that carries ownership.
    package let isOwner: Bool

    package init(
        organization: Organization, membership: Membership?, permissions: Permissions, isOwner: Bool
    ) {
        self.organization = organization
        self.membership = membership
        self.permissions = permissions
        self.isOwner = isOwner
    }
}
