import Domain
import Storage
import TestSupport
import Testing

@Suite struct SigningKeyStoreTests {
    let platform: TestStores
    let stores: SQLStores
    let now = Instant(milliseconds: 1_795_348_800_123)

    init() throws {
        platform = try TestStores.make()
        stores = platform.connect()
    }

    private func record(
        _ id: String, _ state: SigningKeyRecord.State, neededUntil: Instant
    ) -> SigningKeyRecord {
        SigningKeyRecord(
            id: id, algorithm: .es256, state: state, publicKey: "{\"kty\":\"EC\"}",
            sealedPrivateKey: [0, 1, 255], createdAt: now, neededUntil: neededUntil)
    }

    @Test func `keys are kept as they were, with their states`() throws {
        let keys = [
            record("current", .current, neededUntil: now), record("next", .next, neededUntil: now),
        ]
        try stores.atomically { for key in keys { try stores.signingKeys.insert(key) } }
        let before = platform.generations.current(of: .signingKeys)

        try stores.atomically {
            try stores.signingKeys.setState(.retired, of: "current", at: now)
            try stores.signingKeys.setState(.current, of: "next", at: now)
        }

        let list = try stores.signingKeys.list()
        #expect(list.map(\.id) == ["current", "next"])
        #expect(list.map(\.state) == [.retired, .current])
        #expect(list[0].sealedPrivateKey == [0, 1, 255])
        #expect(list[0].createdAt == now && list[0].publicKey == keys[0].publicKey)
        #expect(try stores.atomically { try stores.signingKeys.lockedList() } == list)
        #expect(platform.generations.current(of: .signingKeys) == before + 1)
    }

    @Test func `the need of a key only grows, outside of a transaction too`() throws {
        try stores.atomically {
            try stores.signingKeys.insert(record("a", .current, neededUntil: now))
        }

        try stores.signingKeys.extendNeed(of: "a", until: now.adding(days: 90))
        try stores.signingKeys.extendNeed(of: "a", until: now.adding(days: 30))

        #expect(try stores.signingKeys.list().map(\.neededUntil) == [now.adding(days: 90)])
    }

    @Test func `only retired keys that nothing needs are removed`() throws {
        try stores.atomically {
            try stores.signingKeys.insert(record("old", .retired, neededUntil: now))
            try stores.signingKeys.insert(
                record("needed", .retired, neededUntil: now.adding(seconds: 2)))
            try stores.signingKeys.insert(record("current", .current, neededUntil: now))
        }

        let removed = try stores.atomically {
            try stores.signingKeys.purge(before: now.adding(seconds: 1))
        }

        #expect(removed == 1)
        #expect(try stores.signingKeys.list().map(\.id) == ["current", "needed"])
    }

    @Test func `of two first starts at once the second finds the keys of the first`() throws {
        let platform = self.platform
        let now = self.now

        let made = try onThreads(8) { number in
            let stores = platform.connect()
            return try stores.atomically {
                guard try stores.signingKeys.lockedList().isEmpty else { return false }
                try stores.signingKeys.insert(
                    SigningKeyRecord(
                        id: "key \(number)", algorithm: .es256, state: .current, publicKey: "{}",
                        sealedPrivateKey: [], createdAt: now, neededUntil: now))
                return true
            }
        }

        #expect(made.filter { $0 }.count == 1)
        #expect(try stores.signingKeys.list().count == 1)
    }
}
