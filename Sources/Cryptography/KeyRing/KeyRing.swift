package import Domain
import JSON
import OpenSSL
import Synchronization

/// The signing keys of the service, and what is signed and checked with them.
///
/// One value a thread, on that thread's stores; what was read and unsealed is shared by all threads of the
/// process through `KeyRingMemory`, and read again when a generation says that keys changed.
package final class KeyRing: BearerTokens {
    /// Nothing that is signed lives longer; for so long a retired key is kept.
    package static let longestTokenDays = 366

    private let stores: any Stores
    let masterKey: MasterKey
    private let generations: any Generations
    private let memory: KeyRingMemory
    private let secrets: any SecretSource
    let issuer: String
    let clock: Clock
    private let verifier: JWTVerifier

    package init(
        stores: any Stores, masterKey: MasterKey, issuer: String, generations: any Generations,
        memory: KeyRingMemory, secrets: any SecretSource, clock: Clock
    ) {
        self.stores = stores
        self.masterKey = masterKey
        self.issuer = issuer
        self.generations = generations
        self.memory = memory
        self.secrets = secrets
        self.clock = clock
        verifier = JWTVerifier(
            types: ["JWT", "at+jwt"], issuer: issuer,
            // What an access token is for is read below; every other bearer is for the issuer.
            audience: .unchecked)
    }

    // MARK: BearerTokens

    package func sign(_ claims: BearerClaims) throws -> Secret {
        let key = try currentKey(.es256)
        var object: [(String, JSON)] = [
            ("iss", .string(issuer)),
            ("aud", .string(claims.resource?.identifier(issuer: issuer) ?? issuer)),
            ("sub", .string(claims.subject.description)),
            ("iat", .integer(Int(claims.issuedAt.seconds))),
            ("exp", .integer(Int(claims.expiresAt.seconds))),
            ("jti", .string(claims.id.description)),
            ("token_use", .string(claims.use.rawValue)),
        ]
        if let session = claims.sessionID { object.append(("sid", .string(session.description))) }
        if let scope = claims.scope { object.append(("scope", .string(scope))) }
        if let client = claims.clientID { object.append(("client_id", .string(client))) }
        if let name = claims.username { object.append(("preferred_username", .string(name))) }
        if let groups = claims.groups { object.append(("groups", JSON(groups))) }
        if let domains = claims.domains { object.append(("domains", JSON(domains))) }
        return Secret(
            try JWT.sign(JSON.Object(object), type: Self.type(of: claims.use), with: key))
    }

    package func verify(_ token: String, at time: Instant) throws -> BearerClaims? {
        let ring = try loaded()
        let digest = secrets.digest(of: token)
        if let known = memory.verified(digest, generation: ring.generation) {
            return time < known.expiresAt ? known : nil
        }
        let claims: BearerClaims
        do {
            let verified = try verifier.verify(token, at: time) { id in
                id.flatMap { ring.verificationKeys[$0] }
            }
            guard let read = BearerClaims(verified, issuer: issuer) else { return nil }
            claims = read
        } catch {
            return nil
        }
        memory.remember(claims, digest, generation: ring.generation)
        return claims
    }

    package func publicKeys() throws -> [String] { try loaded().published }

    package func successor(of refreshToken: Secret) -> Secret {
        let code = masterKey.authenticationCode(
            for: Array(refreshToken.text.utf8), purpose: "refresh token successor")
        return Secret(RefreshToken.prefix + Base64URL.encode(code))
    }

    /// The `typ` keeps tokens of one kind from being taken for another (RFC 8725 §3.11, RFC 9068 §2.1).
    fileprivate static func type(of use: BearerClaims.Use) -> String {
        use == .access ? "at+jwt" : "JWT"
    }

    // MARK: Keys

    /// The current key and the next one of each algorithm are there; those that are missing are made.
    package func prepare() throws {
        try stores.atomically { try makeMissing(among: stores.signingKeys.lockedList()) }
    }

    /// The next key signs from now on; the current one verifies until nothing that it signed is alive; a new
    /// next key is made and published. For each of the algorithms by itself.
    package func rotate(
        _ algorithms: [SigningKeyRecord.Algorithm] = SigningKeyRecord.Algorithm.allCases
    ) throws {
        try stores.atomically {
            let now = clock.now
            let keys = try stores.signingKeys.lockedList()
            try makeMissing(among: keys)
            for key in keys where key.state == .current && algorithms.contains(key.algorithm) {
                try stores.signingKeys.setState(.retired, of: key.id, at: now)
                try stores.signingKeys.extendNeed(
                    of: key.id, until: now.adding(days: Self.longestTokenDays))
            }
            for key in keys where key.state == .next && algorithms.contains(key.algorithm) {
                try stores.signingKeys.setState(.current, of: key.id, at: now)
            }
            try makeMissing(among: stores.signingKeys.lockedList())
        }
    }

    private func makeMissing(among keys: [SigningKeyRecord]) throws {
        for algorithm in SigningKeyRecord.Algorithm.allCases {
            for state in [SigningKeyRecord.State.current, .next]
            where !keys.contains(where: { $0.algorithm == algorithm && $0.state == state }) {
                let key = try SigningKey.generate(algorithm)
                let now = clock.now
                try stores.signingKeys.insert(
                    SigningKeyRecord(
                        id: key.id, algorithm: algorithm, state: state,
                        publicKey: key.jwk.json.text,
                        sealedPrivateKey: masterKey.seal(try key.pkcs8(), for: key.id).bytes,
                        createdAt: now, neededUntil: now.adding(days: Self.longestTokenDays)))
            }
        }
    }

    func currentKey(_ algorithm: SigningKeyRecord.Algorithm) throws -> SigningKey {
        guard let key = try loaded().signingKeys[algorithm] else { throw MissingSigningKey() }
        return key
    }

    /// What is in memory, read again when keys changed since, or after a minute for hosts that share no
    /// generations.
    func loaded() throws -> LoadedKeys {
        let generation = generations.current(of: .signingKeys)
        let now = clock.now
        if let keys = memory.keys, keys.generation == generation,
            now < keys.loadedAt.adding(seconds: 60)
        {
            return keys
        }
        var records = try stores.signingKeys.list()
        if !records.contains(where: { $0.state == .current }) {
            try prepare()
            records = try stores.signingKeys.list()
        }
        var keys = LoadedKeys(generation: generation, loadedAt: now)
        for record in records where record.state != .retired || now < record.neededUntil {
            let jwk = try JWK(parsing: JSON(parsing: record.publicKey))
            keys.verificationKeys[record.id] = VerificationKey(id: record.id, key: jwk.key)
            keys.published.append(jwk.json.text)
            if record.state == .current {
                keys.signingKeys[record.algorithm] = try SigningKey(
                    pkcs8: try masterKey.open(
                        try SealedBox(bytes: record.sealedPrivateKey), for: record.id),
                    algorithm: record.algorithm)
            }
        }
        memory.keys = keys
        return keys
    }
}

/// There is no key to sign with, although one was to be made: a mistake in the program or the database.
struct MissingSigningKey: Error {}

/// Keys as read and unsealed at one generation.
struct LoadedKeys: Sendable {
    let generation: UInt64
    let loadedAt: Instant
    var verificationKeys: [String: VerificationKey] = [:]
    var signingKeys: [SigningKeyRecord.Algorithm: SigningKey] = [:]
    var published: [String] = []
}

/// What all threads of a process share of the key ring: keys as read, and the tokens whose signature was
/// found good, by digest.
package final class KeyRingMemory: Sendable {
    /// A verified token takes about half a kilobyte.
    private static let mostVerified = 20_000

    private struct Verified {
        var generation: UInt64 = 0
        var claims: [Secret.Digest: BearerClaims] = [:]
    }

    private let loadedKeys = Mutex<LoadedKeys?>(nil)
    private let verifiedTokens = Mutex(Verified())

    package init() {}

    var keys: LoadedKeys? {
        get { loadedKeys.withLock { $0 } }
        set { loadedKeys.withLock { $0 = newValue } }
    }

    func verified(_ digest: Secret.Digest, generation: UInt64) -> BearerClaims? {
        verifiedTokens.withLock { $0.generation == generation ? $0.claims[digest] : nil }
    }

    func remember(_ claims: BearerClaims, _ digest: Secret.Digest, generation: UInt64) {
        verifiedTokens.withLock { memory in
            // A key that was withdrawn takes along what it verified; a full memory begins anew.
            if memory.generation != generation || memory.claims.count >= Self.mostVerified {
                memory.claims.removeAll(keepingCapacity: memory.generation == generation)
                memory.generation = generation
            }
            memory.claims[digest] = claims
        }
    }
}

extension BearerClaims {
    /// From a token whose signature, issuer, audience and times are good; nil where it is none of ours, such
    /// as an ID token, which has no `token_use`.
    fileprivate init?(_ token: VerifiedToken, issuer: String) {
        guard let use = token.claims["token_use"]?.string.flatMap(Use.init(rawValue:)),
            token.type == KeyRing.type(of: use).lowercased(),
            let id = token.id.flatMap({ UniqueID($0) }),
            let subject = token.subject.flatMap({ User.ID(text: $0) }),
            let issuedAt = token.issuedAt,
            // One of ours has one audience: the issuer or, of an access token, an API below it.
            token.audience.count == 1, let audience = token.audience.first
        else { return nil }
        let isForPlatform = audience.utf8.elementsEqual(issuer.utf8)
        let resource = ProtectedResource(audience: audience, issuer: issuer)
        guard isForPlatform || (use == .access && resource != nil) else { return nil }
        self.init(
            use: use, id: id, subject: subject, issuedAt: issuedAt, expiresAt: token.expiresAt,
            sessionID: token.claims["sid"]?.string.flatMap { Session.ID(text: $0) },
            scope: token.scope, clientID: token.claims["client_id"]?.string,
            resource: resource)
    }
}
