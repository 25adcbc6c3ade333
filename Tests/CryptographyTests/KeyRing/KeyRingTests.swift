import Cryptography
import Domain
import MariaDB
import OpenSSL
import Storage
import TestSupport
import Testing

@Suite struct KeyRingTests {
    private let stores: TestStores
    private let clock = TestClock()
    private let memory = KeyRingMemory()
    private let masterKey: MasterKey
    private let secrets = SystemSecrets()
    private let issuer = "https://gatehouse.test"

    init() throws {
        stores = try TestStores.make()
        masterKey = try #require(MasterKey(MasterKey.generate()))
    }

    private func ring(
        memory: KeyRingMemory? = nil, issuer: String? = nil, masterKey: MasterKey? = nil
    ) -> KeyRing {
        KeyRing(
            stores: stores.connect(), masterKey: masterKey ?? self.masterKey,
            issuer: issuer ?? self.issuer, generations: stores.generations,
            memory: memory ?? self.memory, secrets: secrets, clock: clock.clock)
    }

    private func claims(
        _ use: BearerClaims.Use = .personalAccessToken, days: Int = 365
    ) -> BearerClaims {
        let now = clock.clock.now
        return BearerClaims(
            use: use, id: secrets.newID(PersonalAccessToken.ID.self, at: now).value,
            subject: secrets.newID(at: now), issuedAt: now, expiresAt: now.adding(days: days),
            scope: "pipelines:read uns:publish:plant1/#")
    }

    @Test func `a signed token is believed by every process, with what it says`() throws {
        let claims = claims()

        let token = try ring().sign(claims).text
        let read = try #require(
            try ring(memory: KeyRingMemory()).verify(token, at: clock.clock.now))

        #expect(read.use == .personalAccessToken)
        #expect(read.id == claims.id)
        #expect(read.subject == claims.subject)
        #expect(read.expiresAt == claims.expiresAt)
        #expect(read.scope == claims.scope)
        #expect(read.resource == nil)
    }

    @Test func `a token is not believed after its end, though its signature is remembered`() throws
    {
        let ring = ring()
        let token = try ring.sign(claims(days: 30)).text
        #expect(try ring.verify(token, at: clock.clock.now) != nil)

        clock.advance(days: 30)

        #expect(try ring.verify(token, at: clock.clock.now) == nil)
    }

    @Test func `a token of another issuer, and one of other keys, is not believed`() throws {
        let foreign = try ring(memory: KeyRingMemory(), issuer: "https://gatehouse.test/").sign(
            claims())
        #expect(try ring().verify(foreign.text, at: clock.clock.now) == nil)

        let stranger = try KeyRingTests()
        let token = try stranger.ring().sign(claims()).text
        #expect(try ring().verify(token, at: clock.clock.now) == nil)
    }

    @Test func `any changed character of a token is noticed`() throws {
        let ring = ring()
        let token = try ring.sign(claims()).text
        #expect(try ring.verify(token, at: clock.clock.now) != nil)

        for index in token.indices where index.utf16Offset(in: token) % 7 == 0 {
            var changed = token
            changed.replaceSubrange(index...index, with: token[index] == "A" ? "B" : "A")
            #expect(try ring.verify(changed, at: clock.clock.now) == nil)
        }
        for changed in [String(token.dropLast()), token + "A", " " + token, token.lowercased()] {
            #expect(try ring.verify(changed, at: clock.clock.now) == nil)
        }
    }

    @Test
    func `a rotated key still verifies, and is gone when nothing that it signed can be alive`()
        throws
    {
        let ring = ring()
        let token = try ring.sign(claims(days: 365)).text
        let before = try stores.connect().signingKeys.list()

        try ring.rotate()

        let after = try stores.connect().signingKeys.list()
        for algorithm in SigningKeyRecord.Algorithm.allCases {
            let states = after.filter { $0.algorithm == algorithm }.map(\.state.rawValue).sorted()
            #expect(states == ["current", "next", "retired"])
            let next = before.first { $0.algorithm == algorithm && $0.state == .next }
            let current = after.first { $0.algorithm == algorithm && $0.state == .current }
            #expect(next?.id == current?.id, "the published next key is the one that signs now")
        }
        #expect(try ring.verify(token, at: clock.clock.now) != nil)
        #expect(
            try self.ring(memory: KeyRingMemory()).verify(token, at: clock.clock.now) != nil)

        clock.advance(days: 367)
        #expect(try stores.connect().signingKeys.list().count == 6)
        let connection = stores.connect()
        #expect(
            try connection.atomically { try connection.signingKeys.purge(before: clock.clock.now) }
                == 2)
    }

    @Test func `a key that is taken away takes along what it verified, at once`() throws {
        let ring = ring()
        let token = try ring.sign(claims()).text
        #expect(try ring.verify(token, at: clock.clock.now) != nil)

        try stores.database.connect().execute("DELETE FROM signing_keys")
        stores.generations.bump([.signingKeys])

        #expect(try ring.verify(token, at: clock.clock.now) == nil)
    }

    @Test func `of many first starts at once, one makes the keys`() throws {
        try onThreads(8) { _ in
            try ring(memory: KeyRingMemory()).prepare()
        }

        #expect(try stores.connect().signingKeys.list().count == 4)
    }

    @Test func `private keys rest sealed, and another master key does not open them`() throws {
        try ring().prepare()

        for record in try stores.connect().signingKeys.list() {
            #expect(!record.publicKey.contains("\"d\""))
            let box = try SealedBox(bytes: record.sealedPrivateKey)
            #expect(throws: SealError.self) { try masterKey.open(box, for: "another") }
            #expect(throws: Never.self) { _ = try masterKey.open(box, for: record.id) }
        }
        let other = try #require(MasterKey(MasterKey.generate()))
        #expect(throws: SealError.self) {
            try ring(memory: KeyRingMemory(), masterKey: other).sign(claims())
        }
    }
}
