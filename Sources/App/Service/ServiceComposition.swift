import Cryptography
import Domain
import FoundationEssentials
import Gate
import MariaDB
import OpenSSL
import Storage
import Web

/// Joins the parts of the service: what a process has once, and from it what each thread has for itself.
struct ServiceComposition: Sendable {
    let settings: Settings
    let host: HostMemory
    let keyRingMemory = KeyRingMemory()
    let uses = UseRecorder()
    private let revokedUses = RevokedUseTimes()
    let secrets = SystemSecrets()
    let clock = Clock.system
    private let masterKey: MasterKey
    private let passwords: BoundedPasswordHasher

    init(_ settings: Settings) throws {
        self.settings = settings
        host = try HostMemory(settings)
        guard let masterKey = MasterKey(SecretBytes(settings.masterKey.value)) else {
            throw CommandFailure("The master key must have \(MasterKey.length) bytes.")
        }
        self.masterKey = masterKey
        guard let cost = PasswordHash.Cost(ln: settings.scryptCost, r: 8, p: 2) else {
            throw CommandFailure("GATEHOUSE_SCRYPT_COST is out of bounds.")
        }
        passwords = BoundedPasswordHasher(
            cost: cost,
            slots: HostHashingSlots(cells: host.hashing, count: settings.hashingSlots))
    }

    /// The stores on a connection of their own, for the thread that asks.
    func stores() -> SQLStores {
        SQLStores(
            connection: Connection(settings.connection(as: settings.database.account)),
            generations: host.generations)
    }

    func keyRing(_ stores: any Stores) -> KeyRing {
        KeyRing(
            stores: stores, masterKey: masterKey, issuer: settings.publicURL.description,
            generations: host.generations, memory: keyRingMemory, secrets: secrets, clock: clock)
    }

    func authentication(_ stores: any Stores) -> AuthenticationService {
        AuthenticationService(
            stores: stores, tokens: keyRing(stores), secrets: secrets, clock: clock)
    }

    func audit(_ stores: any Stores) -> AuditTrail {
        AuditTrail(
            stores: stores, secrets: secrets, clock: clock, revokedUses: revokedUses)
    }

    func firstStart(_ stores: any Stores) -> FirstStart {
        FirstStart(
            stores: stores, passwords: passwords, secrets: secrets, clock: clock,
            audit: audit(stores))
    }

    func users(_ stores: any Stores) -> UserService {
        UserService(
            stores: stores, passwords: passwords, secrets: secrets, clock: clock,
            audit: audit(stores))
    }

    func registration(_ stores: any Stores) -> ClientRegistrationService {
        ClientRegistrationService(
            stores: stores,
            clients: ClientService(
                stores: stores, keys: JWTClientKeys(), secrets: secrets, clock: clock,
                audit: audit(stores)), secrets: secrets, clock: clock, audit: audit(stores),
            policy: settings.registration, brandName: settings.brandName)
    }

    func logoutNotices(_ stores: any Stores) -> LogoutNoticeService {
        LogoutNoticeService(
            stores: stores, tokens: keyRing(stores),
            delivery: LogoutPost(
                post: OutboundPost(allowsPrivate: settings.backchannelAllowsPrivate)),
            secrets: secrets, clock: clock, audit: audit(stores))
    }

    /// The services of one thread of the web pool.
    /// - Parameter resources: the APIs behind the gate.
    func services(
        _ stores: SQLStores, readiness: any Readiness, resources: ProtectedResources
    ) -> Services {
        let audit = audit(stores)
        let tokens = keyRing(stores)
        let signInSettings = SignInSettings(
            tokenLifetime: Int(settings.signInLifetime.components.seconds),
            refreshLifetime: Int(settings.refreshLifetime.components.seconds),
            triesFromAddress: settings.signInAddressLimit)
        return Services(
            readiness: readiness,
            authentication: authentication(stores),
            recordUse: { [uses, clock] in uses.record($0, at: clock.now) },
            signIn: SignInService(
                stores: stores, tokens: tokens, passwords: passwords, secrets: secrets,
                clock: clock, audit: audit, settings: signInSettings),
            sessions: SessionService(stores: stores, clock: clock, audit: audit),
            users: users(stores),
            passwords: PasswordService(
                stores: stores, passwords: passwords, secrets: secrets, clock: clock,
                audit: audit, settings: signInSettings),
            groups: GroupService(stores: stores, secrets: secrets, clock: clock, audit: audit),
            organizations: OrganizationService(
                stores: stores, secrets: secrets, clock: clock, audit: audit),
            members: MemberService(stores: stores, secrets: secrets, clock: clock, audit: audit),
            suggestions: SuggestionService(stores: stores),
            roles: RoleService(stores: stores, secrets: secrets, clock: clock, audit: audit),
            personalAccessTokens: PersonalAccessTokenService(
                stores: stores, tokens: tokens, secrets: secrets, clock: clock, audit: audit),
            apiKeys: APIKeyService(stores: stores, secrets: secrets, clock: clock, audit: audit),
            oauth2: OAuth2Services(
                stores: stores, tokens: tokens, clientKeys: JWTClientKeys(), secrets: secrets,
                clock: clock, audit: audit, resources: resources,
                registration: (settings.registration, settings.brandName),
                recordUse: { [uses, clock] in uses.record($0, at: clock.now) }),
            audit: audit,
            browser: BrowserServices(
                handovers: HandoverService(
                    stores: stores, sealer: masterKey, secrets: secrets, clock: clock),
                sealer: masterKey, secrets: secrets, clock: clock))
    }
}

extension Settings {
    func connection(as account: Account) -> ConnectionConfiguration {
        let address: ConnectionConfiguration.Address =
            switch database.place {
            case .socket(let path): .socket(path: path)
            case .host(let name, let port): .host(name, port: UInt16(clamping: port))
            }
        return ConnectionConfiguration(
            address: address, user: account.user, password: account.password?.value,
            database: database.name)
    }
}
