import Cryptography
package import Domain
import Storage

/// The services about organizations and what is made in them.
extension TestServices {
    package var organizations: OrganizationService {
        OrganizationService(stores: stores, secrets: secrets, clock: clock, audit: audit)
    }

    package var members: MemberService {
        MemberService(stores: stores, secrets: secrets, clock: clock, audit: audit)
    }

    package var suggestions: SuggestionService { SuggestionService(stores: stores) }

    package var roles: RoleService {
        RoleService(stores: stores, secrets: secrets, clock: clock, audit: audit)
    }

    package var personalAccessTokens: PersonalAccessTokenService {
        PersonalAccessTokenService(
            stores: stores, tokens: tokens, secrets: secrets, clock: clock, audit: audit)
    }

    package var apiKeys: APIKeyService {
        APIKeyService(stores: stores, secrets: secrets, clock: clock, audit: audit)
    }

    /// The person with a session, as a sign-in gives it.
    package func session(of user: User) -> Authentication {
        Authentication(
            subject: .user(user),
            credential: Credential(
                kind: .session, id: secrets.newID(Session.ID.self, at: clock.now).value, name: "",
                expiresAt: clock.now.adding(days: 1)),
            grant: .session)
    }

    /// What the asker may do in the organization; refused as in a request.
    package func context(
        of asker: Authentication, in organization: Organization
    ) throws -> OrganizationContext {
        var observer = NoDependencies()
        return try authentication.context(
            of: asker, in: .id(organization.id), observer: &observer)
    }

    package func context(
        of user: User, in organization: Organization
    ) throws -> OrganizationContext {
        try context(of: session(of: user), in: organization)
    }

    /// Makes a person a member.
    package func add(
        _ user: User, to organization: Organization, _ roles: BuiltInRole..., isOwner: Bool = false
    ) throws {
        let now = clock.now
        try stores.atomically {
            try stores.members.insert(
                Member(
                    id: secrets.newID(at: now), organizationID: organization.id,
                    principal: .user(user.id), name: user.username, displayName: user.displayName,
                    isOwner: isOwner,
                    roles: stores.roles.list(in: organization.id).filter { role in
                        roles.contains { $0.id == role.id }
                    }, createdAt: now, updatedAt: now))
        }
    }

    package func setLevel(_ level: Organization.Level, of organization: Organization) throws {
        try stores.atomically {
            guard var changed = try stores.organizations.lockedFind(organization.id) else { return }
            changed.level = level
            try stores.organizations.update(changed)
        }
    }

    /// Makes a token of the person in the organization.
    package func issue(
        _ name: String = "script", scopes: [String]? = ["pipelines:read"],
        allOrganizations: Bool = false, for user: User, in organization: Organization
    ) throws -> IssuedPersonalAccessToken {
        try personalAccessTokens.issue(
            NewPersonalAccessToken(
                name: name, scopes: scopes, allOrganizations: allOrganizations), for: user,
            in: context(of: user, in: organization), by: .test(session(of: user)))
    }

    /// The events of one action, in no order where they are of one moment.
    package func events(_ action: String) throws -> [AuditEvent] {
        try trail(AuditFilter(action: action))
    }

    /// What a token says, checked.
    package func claims(of token: Secret) throws -> BearerClaims? {
        try tokens.verify(token.text, at: clock.now)
    }

    /// Who the holder of the API key is; nil where it is not believed.
    package func holder(of key: Secret) throws -> Authentication? {
        try believed(.apiKey(key.text))
    }
}
