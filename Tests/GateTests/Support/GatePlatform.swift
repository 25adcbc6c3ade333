import Cryptography
import Domain
import FoundationEssentials
import HTTP
import HTTPTypes
import JSON
import MariaDB
import Storage
import Synchronization
import TestSupport

@testable import Gate

/// A platform with one person in one organization, on a database of its own, behind the real key ring, stores and
/// generation table: what the gate asks is what it will ask in earnest.
final class GatePlatform: Sendable {
    let database: TestDatabase
    let clock = TestClock()
    let generations: SharedGenerations
    let user: User
    let organization: Organization

    private let folder: URL
    private let counters: SharedCounters
    private let masterKey: MasterKey
    private let keys = KeyRingMemory()
    private let secrets = SystemSecrets()

    init(_ level: Organization.Level = .basic, roles: [BuiltInRole] = [.editor]) throws {
        // The folder goes with the platform; the file has a size that no other has.
        folder = FileManager.default.temporaryDirectory.appending(
            path: "gatehouse-gate-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        counters = try SharedCounters(
            path: folder.appending(path: "generations").path, count: SharedGenerations.count)
        generations = SharedGenerations(counters)
        database = try TestStores.make().database
        masterKey = try Self.signingKeys.get().masterKey
        let now = clock.clock.now
        user = User(
            id: secrets.newID(at: now), username: "ada", email: "ada@example.com",
            emailVerified: true, displayName: "Ada", kind: .person, isSystemAdministrator: false,
            isDisabled: false, createdAt: now, updatedAt: now, lastSignInAt: nil)
        organization = Organization(
            id: secrets.newID(at: now), slug: "works", name: "Works", level: level,
            maintenance: .off, createdAt: now, updatedAt: now)
        let stores = connect()
        try stores.atomically {
            try stores.users.insert(user, passwordHash: "x")
            try stores.organizations.insert(organization)
        }
        try join(user, organization, roles)
        try stores.atomically {
            for key in try Self.signingKeys.get().records { try stores.signingKeys.insert(key) }
        }
    }

    /// The same keys for all platforms of a run, for making RSA keys takes its time.
    private static let signingKeys = Result {
        guard let masterKey = MasterKey(MasterKey.generate()) else { throw NoMasterKey() }
        let keyStores = try TestStores.make()
        let stores = keyStores.connect()
        try KeyRing(
            stores: stores, masterKey: masterKey, issuer: "", generations: keyStores.generations,
            memory: KeyRingMemory(), secrets: SystemSecrets(), clock: TestClock().clock
        ).prepare()
        return (masterKey: masterKey, records: try stores.signingKeys.list())
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private struct NoMasterKey: Error {}

    /// A second process of the same host: another mapping of the same counters.
    func otherMapping() throws -> SharedGenerations {
        SharedGenerations(
            try SharedCounters(
                path: folder.appending(path: "generations").path, count: SharedGenerations.count))
    }

    /// Stores for the thread that asks.
    func connect() -> SQLStores {
        SQLStores(connection: database.connect(), generations: generations)
    }

    /// Stores whose database is not there.
    func connectToNothing() -> SQLStores {
        let nowhere = ConnectionConfiguration(
            address: .socket(path: folder.appending(path: "no-socket").path), user: "nobody")
        return SQLStores(connection: Connection(nowhere), generations: generations)
    }

    private func keyRing(_ stores: SQLStores) -> KeyRing {
        KeyRing(
            stores: stores, masterKey: masterKey, issuer: "https://localhost:8443",
            generations: generations, memory: keys, secrets: secrets, clock: clock.clock)
    }

    func sign(_ claims: BearerClaims) throws -> Secret { try keyRing(connect()).sign(claims) }

    /// The gate of one worker thread.
    func gate(
        stores: SQLStores? = nil, cache: DecisionCache = DecisionCache(capacity: 1_024),
        generations: (any Generations)? = nil, uses: UseRecorder = UseRecorder(),
        policy: GatePolicy? = nil, failures: Failures = Failures()
    ) throws -> GateService {
        let stores = stores ?? connect()
        let authentication = AuthenticationService(
            stores: stores, tokens: keyRing(stores), secrets: secrets, clock: clock.clock)
        let standings = Standings(
            authentication: authentication, cache: cache,
            generations: generations ?? self.generations, secrets: secrets, clock: clock.clock)
        return GateService(
            Gatekeeper(
                standings: standings, policy: try policy ?? ShippedPolicy.read(), uses: uses,
                audit: AuditTrail(
                    stores: stores, secrets: secrets, clock: clock.clock,
                    revokedUses: RevokedUseTimes())),
            realm: "Gatehouse", issuer: "https://localhost:8443"
        ) { failure, id in failures.all.withLock { $0.append("\(id): \(failure)") } }
    }

    /// What was reported to the log.
    final class Failures: Sendable {
        let all = Mutex<[String]>([])
    }

    // MARK: What may be presented

    func join(
        _ user: User, _ organization: Organization, _ roles: [BuiltInRole], isOwner: Bool = false
    ) throws {
        let now = clock.clock.now
        let stores = connect()
        try stores.atomically {
            try stores.members.insert(
                Member(
                    id: secrets.newID(at: now), organizationID: organization.id,
                    principal: .user(user.id), name: user.username,
                    displayName: user.displayName, isOwner: isOwner,
                    roles: roles.map { role in
                        Role(
                            id: role.id, organizationID: nil, name: role.rawValue,
                            permissions: role.permissions, createdAt: now, updatedAt: now)
                    }, createdAt: now, updatedAt: now))
        }
    }

    func leave(_ user: User) throws {
        let stores = connect()
        try stores.atomically {
            _ = try stores.members.delete(.user(user.id), in: organization.id)
        }
    }

    func update(_ change: (inout User) -> Void) throws {
        var changed = user
        change(&changed)
        let stores = connect()
        try stores.atomically { try stores.users.update(changed) }
    }

    func update(_ change: (inout Organization) -> Void) throws {
        var changed = organization
        change(&changed)
        let stores = connect()
        try stores.atomically { try stores.organizations.update(changed) }
    }

    func otherOrganization() throws -> Organization {
        let now = clock.clock.now
        let other = Organization(
            id: secrets.newID(at: now), slug: "other", name: "Other", level: .basic,
            maintenance: .off, createdAt: now, updatedAt: now)
        let stores = connect()
        try stores.atomically { try stores.organizations.insert(other) }
        return other
    }

    /// A personal access token, bound to the organization unless told otherwise.
    func token(
        _ scopes: String? = nil, reach: PersonalAccessToken.Reach? = nil, seconds: Int64 = 86_400
    ) throws -> (text: String, id: PersonalAccessToken.ID) {
        let now = clock.clock.now
        let token = PersonalAccessToken(
            id: secrets.newID(at: now), userID: user.id, name: "script",
            permissions: scopes.map { Permissions(text: $0) },
            reach: reach ?? .organization(organization.id), createdAt: now,
            expiresAt: now.adding(seconds: seconds), revokedAt: nil, lastUsedAt: nil)
        let stores = connect()
        try stores.atomically { try stores.personalAccessTokens.insert(token) }
        let text = try keyRing(stores).sign(
            BearerClaims(
                use: .personalAccessToken, id: token.id.value, subject: user.id, issuedAt: now,
                expiresAt: token.expiresAt, scope: scopes))
        return (text.text, token.id)
    }

    func revoke(_ id: PersonalAccessToken.ID, by stores: SQLStores? = nil) throws {
        let stores = stores ?? connect()
        try stores.atomically {
            _ = try stores.personalAccessTokens.revoke(id, of: user.id, at: clock.clock.now)
        }
    }

    /// A sign-in token and the session that it belongs to.
    func signInToken() throws -> (text: String, session: Session.ID) {
        let now = clock.clock.now
        let session = Session(
            id: secrets.newID(at: now), userID: user.id, kind: .token, userAgent: "test",
            address: "127.0.0.1", createdAt: now, lastActiveAt: now,
            expiresAt: now.adding(seconds: 86_400), endedAt: nil, authenticatedAt: now)
        let stores = connect()
        try stores.atomically { try stores.sessions.insert(session, cookie: nil) }
        let text = try keyRing(stores).sign(
            BearerClaims(
                use: .session, id: UniqueID(at: now, random: (1, 2)), subject: user.id,
                issuedAt: now, expiresAt: session.expiresAt, sessionID: session.id))
        return (text.text, session.id)
    }

    func end(_ session: Session.ID) throws {
        let stores = connect()
        try stores.atomically {
            _ = try stores.sessions.end(session, of: user.id, at: clock.clock.now)
        }
    }

    func apiKey(_ permissions: String, name: String = "machine") throws -> (
        text: String, id: APIKey.ID
    ) {
        let now = clock.clock.now
        let id: APIKey.ID = secrets.newID(at: now)
        let text = APIKeyText.make(id: id, secret: secrets.newSecret())
        let stores = connect()
        try stores.atomically {
            try stores.apiKeys.insert(
                APIKey(
                    id: id, organizationID: organization.id, name: name,
                    permissions: Permissions(text: permissions), createdBy: user.id,
                    createdAt: now, expiresAt: now.adding(days: 1), revokedAt: nil,
                    lastUsedAt: nil), digest: secrets.digest(of: text.text))
        }
        return (text.text, id)
    }

    func revoke(_ id: APIKey.ID) throws {
        let stores = connect()
        try stores.atomically {
            _ = try stores.apiKeys.revoke(id, in: organization.id, at: clock.clock.now)
        }
    }
}

/// What nginx hands over, and the answer as nginx reads it.
struct Asked {
    static let models = "/api/v1/engine/models"

    static func parameters(
        _ method: String = "GET", _ uri: String = models, raw: String? = nil,
        with headers: [(String, String)] = []
    ) -> Parameters {
        Parameters(
            [
                ("GATE_ENDPOINT", "authorize"), ("GATE_METHOD", method), ("GATE_URI", uri),
                ("REQUEST_URI", raw ?? uri), ("REQUEST_METHOD", "GET"),
                ("REMOTE_ADDR", "127.0.0.1"),
                ("REQUEST_ID", "0123456789abcdef0123456789abcdef"), ("HTTPS", "on"),
                ("HTTP_HOST", "localhost"),
            ] + headers)
    }
}

extension GateService {
    func ask(
        _ method: String = "GET", _ uri: String = Asked.models, raw: String? = nil,
        with headers: [(String, String)] = []
    ) -> GateAnswer {
        GateAnswer(respond(to: Asked.parameters(method, uri, raw: raw, with: headers)))
    }

    func ask(
        bearer: String, _ method: String = "GET", _ uri: String = Asked.models,
        in organization: Organization?
    ) -> GateAnswer {
        ask(
            method, uri,
            with: [("HTTP_AUTHORIZATION", "Bearer " + bearer)]
                + (organization.map { [("HTTP_X_ORGANIZATION_ID", $0.id.description)] } ?? []))
    }
}

struct GateAnswer {
    let response: Response
    let problem: JSON?

    init(_ response: Response) {
        self.response = response
        problem = response.headers[.gateProblem].flatMap { try? JSON(parsing: $0) }
    }

    /// The status that the client sees.
    var status: Int {
        response.headers[.gateStatus].flatMap { Int($0) } ?? response.status.code
    }

    var code: String? { problem?["code"]?.string }

    /// Status and code as one text, for comparing.
    var summary: String { code.map { "\(status) \($0)" } ?? "\(status)" }

    subscript(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { response.headers[$0] }
    }
}
