package import Domain

/// The services that the site's handlers call; one value a thread.
package struct Services {
    package let readiness: any Readiness
    package let authentication: AuthenticationService
    /// Notes that a credential was used; cheap, and written later.
    package let recordUse: (Credential) -> Void
    package let signIn: SignInService
    package let sessions: SessionService
    package let users: UserService
    package let passwords: PasswordService
    package let groups: GroupService
    package let organizations: OrganizationService
    package let members: MemberService
    package let suggestions: SuggestionService
    package let roles: RoleService
    package let personalAccessTokens: PersonalAccessTokenService
    package let apiKeys: APIKeyService
    package let oauth2: OAuth2Services
    package let audit: AuditTrail
    package let browser: BrowserServices

    package init(
        readiness: any Readiness, authentication: AuthenticationService,
        recordUse: @escaping (Credential) -> Void, signIn: SignInService,
        sessions: SessionService, users: UserService, passwords: PasswordService,
        groups: GroupService, organizations: OrganizationService, members: MemberService,
        suggestions: SuggestionService, roles: RoleService,
        personalAccessTokens: PersonalAccessTokenService,
        apiKeys: APIKeyService, oauth2: OAuth2Services, audit: AuditTrail,
        browser: BrowserServices
    ) {
        self.readiness = readiness
        self.authentication = authentication
        self.recordUse = recordUse
        self.signIn = signIn
        self.sessions = sessions
        self.users = users
        self.passwords = passwords
        self.groups = groups
        self.organizations = organizations
        self.members = members
        self.suggestions = suggestions
        self.roles = roles
        self.personalAccessTokens = personalAccessTokens
        self.apiKeys = apiKeys
        self.oauth2 = oauth2
        self.audit = audit
        self.browser = browser
    }
}
