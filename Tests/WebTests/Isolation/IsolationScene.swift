import Domain
import HTTP
import HTTPTypes
import JSON
import Storage
import TestSupport
import Testing

/// Two organizations with everything that an organization can hold, and every kind of caller.
struct IsolationScene {
    let services: TestServices
    let mine: Things
    /// Those of the other organization, which nobody of the first one may use.
    let theirs: Things
    /// Name of the caller to the headers that they send.
    let callers: [String: HTTPFields]
    let refreshToken: Secret
    let ownerName: String
    /// A user and a group that belong nowhere.
    let newcomer: User
    let newcomers: Group
    let client: Client.ID
    /// One of its secrets that may go.
    let clientSecret: ClientSecret.ID
    let customScope: CustomScope.ID

    /// What there is of one organization.
    struct Things {
        let organization: Organization
        let member: User
        let role: Role
        let apiKey: APIKey.ID
        /// Of its owner.
        let personalAccessToken: PersonalAccessToken.ID
        let session: Session.ID
    }

    /// - Parameter number: makes the names differ from those of other scenes on the same database.
    init(_ services: TestServices, number: Int) throws {
        self.services = services
        func person(_ name: String, administrator: Bool = false) throws -> User {
            try services.person("\(name)-\(number)", administrator: administrator)
        }
        let owner = try person("owner")
        let stranger = try person("stranger")
        let administrator = try person("root", administrator: true)
        let members = [
            ("viewer", try person("viewer")), ("editor", try person("editor")),
            ("admin", try person("admin")),
        ]
        let plant = try services.organization("plant-\(number)", ownedBy: owner)
        let other = try services.organization("other-\(number)", ownedBy: stranger)
        let third = try services.organization("third-\(number)", ownedBy: administrator)
        for ((_, user), role) in zip(members, [BuiltInRole.viewer, .editor, .admin]) {
            try services.add(user, to: plant, role)
        }

        var callers: [String: HTTPFields] = ["nobody": [:]]
        let people =
            [("stranger", stranger, other)] + members.map { ($0.0, $0.1, plant) } + [
                ("owner", owner, plant), ("root", administrator, third),
            ]
        // Where the level is `none` tokens have no scopes, and keep none when the level rises.
        for organization in [plant, other, third] { try services.setLevel(.none, of: organization) }
        for (name, user, organization) in people {
            callers["\(name) plain"] = Self.bearer(
                try services.issue(
                    scopes: nil, allOrganizations: name == "stranger" || name == "root", for: user,
                    in: organization
                ).text)
        }
        for organization in [plant, other, third] {
            try services.setLevel(.enterprise, of: organization)
        }
        for (name, user, organization) in people {
            callers[name] = Self.bearer(
                try #require(try services.token(user.username)).token)
            // Everything that the person holds, so that what is refused is not for want of a scope.
            callers["\(name) scoped"] = Self.bearer(
                try services.issue(
                    scopes: services.context(of: user, in: organization).permissions.scopes
                        .map(\.description),
                    allOrganizations: name == "stranger" || name == "root", for: user,
                    in: organization
                ).text)
        }
        callers["key"] = Self.key(
            try Self.issueKey(PlatformScope.allCases, of: owner, in: plant, services).text)
        callers["reader's key"] = Self.key(
            try Self.issueKey([.pipelinesRead], of: owner, in: plant, services).text)
        callers["other's key"] = Self.key(
            try Self.issueKey(PlatformScope.allCases, of: stranger, in: other, services).text)
        self.callers = callers

        mine = try Things(plant, of: owner, member: person("member"), services)
        theirs = try Things(other, of: stranger, member: person("far-member"), services)
        refreshToken = try #require(
            try services.token(owner.username, withRefresh: true)?.refreshToken)
        ownerName = owner.username
        newcomer = try person("newcomer")
        newcomers = try services.groups.create(
            name: "newcomers-\(number)", members: [], by: .test()
        ).group
        let client = try services.machine(as: try services.serviceUser("robot-\(number)")).client.id
        let now = services.clock.now
        let secret = ClientSecret(
            id: services.secrets.newID(at: now), clientID: client, hint: "over", createdAt: now,
            expiresAt: now, lastUsedAt: nil)
        try services.stores.atomically {
            try services.stores.clients.insert(
                secret, digest: services.secrets.digest(of: "over-\(number)"))
            try services.stores.consents.put(
                Consent(
                    userID: owner.id, clientID: client, organizationID: nil,
                    scopes: ScopeWords(["openid"]), grantedAt: now, lastUsedAt: now))
        }
        self.client = client
        clientSecret = secret.id
        customScope = try services.customScopes.create(
            name: "crm-\(number)", description: "CRM", by: .test()
        ).id
    }

    private static func bearer(_ token: Secret) -> HTTPFields {
        [.authorization: "Bearer \(token.text)"]
    }

    private static func key(_ text: Secret) -> HTTPFields {
        var fields = HTTPFields()
        if let name = HTTPField.Name("X-Machhub-Api-Key") { fields[name] = text.text }
        return fields
    }

    fileprivate static func issueKey(
        _ permissions: [PlatformScope], of owner: User, in organization: Organization,
        _ services: TestServices
    ) throws -> IssuedAPIKey {
        try services.apiKeys.issue(
            NewAPIKey(name: "key", permissions: permissions.map(\.name), lifetimeDays: 30),
            in: services.context(of: owner, in: organization),
            by: .test(services.session(of: owner)))
    }
}

extension IsolationScene.Things {
    fileprivate init(
        _ organization: Organization, of owner: User, member: User, _ services: TestServices
    ) throws {
        self.organization = organization
        self.member = member
        try services.add(member, to: organization, .operator_)
        let context = try services.context(of: owner, in: organization)
        let caller = Caller.test(services.session(of: owner))
        role = try services.roles.create(
            NewRole(name: "custom", scopes: ["models:read"]), in: context, by: caller)
        apiKey = try IsolationScene.issueKey(
            [.pipelinesRead], of: owner, in: organization, services
        )
        .key.id
        personalAccessToken = try services.issue(for: owner, in: organization).token.id
        let token = try #require(try services.token(owner.username)).token
        session = try #require(try services.claims(of: token)?.sessionID)
    }
}

/// A request that is in order, so that what decides is who sends it.
struct IsolationRequest {
    let target: String
    let body: JSON?

    /// - Parameter things: whose ids the path names, but for the organization's own.
    init(_ route: String, _ scene: IsolationScene, of things: IsolationScene.Things) throws {
        let pattern = try #require(route.split(separator: " ").last.map(String.init))
        let inner: String =
            switch pattern {
            case _ where pattern.hasPrefix("/api/v1/organizations"):
                scene.mine.organization.id.description
            case _ where pattern.hasPrefix("/api/v1/tokens"): things.personalAccessToken.description
            case _ where pattern.hasPrefix("/api/v1/api-keys"): things.apiKey.description
            case _ where pattern.hasPrefix("/api/v1/sessions"): things.session.description
            case _ where pattern.hasPrefix("/api/v1/oauth2"): scene.clientSecret.description
            case _ where pattern.hasPrefix("/api/v1/groups"): scene.newcomers.id.description
            default: scene.newcomer.id.description
            }
        target = pattern.replacing("{id}", with: inner)
            .replacing("{member}", with: things.member.id.description)
            .replacing("{role}", with: things.role.id.description)
            .replacing("{user}", with: things.member.id.description)
            .replacing("{token}", with: things.personalAccessToken.description)
            .replacing("{session}", with: things.session.description)
            .replacing("{client_id}", with: scene.client.description)
            .replacing("{scope}", with: scene.customScope.description)
            .replacing("{path...}", with: "api/v1/engine")
        body = Self.bodies(scene)[route]
    }

    private static func bodies(_ scene: IsolationScene) -> [String: JSON] {
        let password = JSON.string(TestServices.password)
        return [
            "POST /auth/login": ["username": .string(scene.ownerName), "password": password],
            "POST /auth/refresh": ["refresh_token": .string(scene.refreshToken.text)],
            "PUT /api/v1/users/me/password": [
                "current_password": password, "new_password": "another long secret",
            ],
            "POST /api/v1/tokens": ["name": "new", "scopes": ["pipelines:read"]],
            "POST /api/v1/api-keys": [
                "name": "new", "expires_in_days": 30, "permissions": ["pipelines:read"],
            ],
            "POST /api/v1/organizations": ["name": "New"],
            "PATCH /api/v1/organizations/{id}": ["name": "Changed"],
            "POST /api/v1/organizations/{id}/members": [
                "user_id": .string(scene.newcomer.id.description), "roles": ["viewer"],
            ],
            "PATCH /api/v1/organizations/{id}/members/{member}": ["roles": ["viewer"]],
            "POST /api/v1/organizations/{id}/roles": ["name": "new", "scopes": ["models:read"]],
            "PATCH /api/v1/organizations/{id}/roles/{role}": ["name": "changed"],
            "POST /api/v1/users": [
                "username": .string("new-\(scene.ownerName)"), "password": password,
            ],
            "PATCH /api/v1/users/{id}": ["display_name": "Changed"],
            "POST /api/v1/groups": ["name": .string("new-\(scene.ownerName)")],
            "POST /api/v1/oauth2/clients": [
                "name": "New", "redirect_uris": ["https://new.example/cb"],
            ],
            "PATCH /api/v1/oauth2/clients/{client_id}": ["name": "Changed"],
            "POST /api/v1/oauth2/scopes": [
                "name": .string("new-\(scene.ownerName)"), "description": "New",
            ],
            "PATCH /api/v1/oauth2/scopes/{scope}": ["description": "Changed"],
            "PATCH /api/v1/groups/{id}": ["name": .string("changed-\(scene.ownerName)")],
        ]
    }
}
