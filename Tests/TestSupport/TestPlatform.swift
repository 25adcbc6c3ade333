import Cryptography
package import Domain
package import Storage

/// A platform on a fresh database, for as many threads as a test wants; passwords are hashed with scrypt, but
/// cheaply.
package final class TestPlatform: Sendable {
    package let stores: TestStores
    package let time = TestClock()
    private let memory = KeyRingMemory()
    private let signingKeys: TestSigningKeys
    private let settings: SignInSettings

    package init(_ settings: SignInSettings = SignInSettings()) throws {
        self.settings = settings
        signingKeys = try TestSigningKeys.shared.get()
        stores = try TestStores.make()
        let stores = stores.connect()
        try stores.atomically {
            for record in signingKeys.records { try stores.signingKeys.insert(record) }
        }
    }

    fileprivate var sealer: any Sealer { signingKeys.masterKey }

    /// The services on a connection of their own, for the thread that asks.
    /// - Parameter databaseUser: nil for one who may do everything.
    package func connect(as databaseUser: String? = nil) -> TestServices {
        let stores = self.stores.connect(as: databaseUser)
        let tokens = KeyRing(
            stores: stores, masterKey: signingKeys.masterKey, issuer: "https://gatehouse.test",
            generations: self.stores.generations, memory: memory, secrets: SystemSecrets(),
            clock: time.clock)
        return TestServices(platform: self, stores: stores, tokens: tokens, settings: settings)
    }
}

/// Keys to sign with, made once for all tests of a process: making them takes longer than most tests.
private struct TestSigningKeys {
    let masterKey: MasterKey
    let records: [SigningKeyRecord]

    static let shared = Result { try TestSigningKeys() }

    private init() throws {
        guard let masterKey = MasterKey(MasterKey.generate()) else {
            preconditionFailure("a generated key is a key")
        }
        self.masterKey = masterKey
        let stores = try TestStores.make()
        let connected = stores.connect()
        try KeyRing(
            stores: connected, masterKey: masterKey, issuer: "", generations: stores.generations,
            memory: KeyRingMemory(), secrets: SystemSecrets(), clock: TestClock().clock
        ).prepare()
        records = try connected.signingKeys.list()
    }
}

/// The services about people, as a thread of a worker has them.
package struct TestServices {
    /// Held, so that the database lasts as long as the services.
    private let platform: TestPlatform
    package let stores: SQLStores
    package let tokens: any BearerTokens & IDTokens & AuthorizationMarks
    package let clock: Clock
    package let secrets: any SecretSource = SystemSecrets()
    package let hasher: any PasswordHasher
    package let audit: AuditTrail
    package let authentication: AuthenticationService
    package let signIn: SignInService
    package let sessions: SessionService
    package let users: UserService
    package let passwords: PasswordService
    package let groups: GroupService
    package let firstStart: FirstStart
    package let sealer: any Sealer
    package let handovers: HandoverService

    fileprivate init(
        platform: TestPlatform, stores: SQLStores,
        tokens: any BearerTokens & IDTokens & AuthorizationMarks,
        settings: SignInSettings
    ) {
        self.platform = platform
        self.stores = stores
        self.tokens = tokens
        clock = platform.time.clock
        hasher = BoundedPasswordHasher(cost: .cheap, slots: EndlessSlots())
        audit = AuditTrail(stores: stores, secrets: secrets, clock: clock)
        authentication = AuthenticationService(
            stores: stores, tokens: tokens, secrets: secrets, clock: clock)
        signIn = SignInService(
            stores: stores, tokens: tokens, passwords: hasher, secrets: secrets, clock: clock,
            audit: audit, settings: settings)
        sessions = SessionService(stores: stores, clock: clock, audit: audit)
        users = UserService(
            stores: stores, passwords: hasher, secrets: secrets, clock: clock, audit: audit)
        passwords = PasswordService(
            stores: stores, passwords: hasher, secrets: secrets, clock: clock, audit: audit,
            settings: settings)
        groups = GroupService(stores: stores, secrets: secrets, clock: clock, audit: audit)
        sealer = platform.sealer
        handovers = HandoverService(
            stores: stores, sealer: platform.sealer, secrets: secrets, clock: clock)
        firstStart = FirstStart(
            stores: stores, passwords: hasher, secrets: secrets, clock: clock, audit: audit)
    }

    /// The password of every sample person.
    package static let password = "violet harbour kettle"

    /// Makes a person whose password is `password`.
    @discardableResult
    package func person(_ username: String, email: String? = nil, administrator: Bool = false)
        throws -> User
    {
        try users.create(
            NewUser(
                username: username, email: email, password: Self.password,
                isSystemAdministrator: administrator), by: .test())
    }

    package func disable(_ user: User) throws {
        _ = try users.update(user.id, UserChanges(isDisabled: true), by: .test())
    }

    /// Makes an organization that the user owns.
    @discardableResult
    package func organization(_ slug: String, ownedBy owner: User) throws -> Organization {
        let now = clock.now
        let organization = Organization(
            id: secrets.newID(at: now), slug: slug, name: slug, level: .basic, maintenance: .off,
            createdAt: now, updatedAt: now)
        try stores.atomically {
            try stores.organizations.insert(organization)
            try stores.members.insert(
                Member(
                    id: secrets.newID(at: now), organizationID: organization.id,
                    principal: .user(owner.id), name: owner.username,
                    displayName: owner.displayName, isOwner: true, roles: [], createdAt: now,
                    updatedAt: now))
        }
        return organization
    }

    /// Signs in for a token; nil where that was rejected.
    package func token(
        _ name: String, _ password: String = password, withRefresh: Bool = false,
        from address: String = "192.0.2.1"
    ) throws -> SignInToken? {
        let outcome = try signIn.signIn(
            name: name, password: password, for: .token(withRefresh: withRefresh),
            by: .test(from: address))
        guard case .signedIn(let signedIn) = outcome, case .token(let token) = signedIn.given else {
            return nil
        }
        return token
    }

    /// Who the bearer of the token is; nil where it is not believed.
    package func bearer(of token: Secret) throws -> Authentication? {
        try believed(.bearer(token.text))
    }

    package func believed(_ presented: PresentedCredential) throws -> Authentication? {
        var observer = NoDependencies()
        return try authentication.authenticate(presented, observer: &observer)
    }

    /// The audit trail, oldest first; what happened at one moment comes in any order.
    package func trail(_ filter: AuditFilter = AuditFilter()) throws -> [AuditEvent] {
        try stores.audit.list(filter, PageRequest(limit: 200)).items.reversed()
    }
}

extension PasswordHash.Cost {
    /// Real scrypt that costs next to nothing.
    static var cheap: PasswordHash.Cost {
        guard let cost = PasswordHash.Cost(ln: 4, r: 1, p: 1) else {
            preconditionFailure("what scrypt allows")
        }
        return cost
    }
}

/// Lets everybody hash at once.
struct EndlessSlots: HashingSlots {
    func withSlot<Result>(_ body: () throws -> Result) throws -> Result { try body() }
}

extension Caller {
    /// Somebody's request in a test.
    package static func test(
        _ authentication: Authentication? = nil, from address: String = "192.0.2.1"
    ) -> Caller {
        Caller(
            authentication: authentication, requestID: "request-1", address: address,
            userAgent: "test")
    }
}
