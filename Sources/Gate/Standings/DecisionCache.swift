import Domain
package import Synchronization

/// Keeps what was decided lately, for all threads of a process. It never says whether what it keeps still
/// counts, and holds no secret: the key is a digest.
///
/// A fixed number of places, in sets of eight: a key has one set. In a full set a hand goes round and drops what has
/// not been used since it was put in, or not for three rounds; so a flood of credentials that come by once does
/// not push out those that come again and again.
package final class DecisionCache: Sendable {
    /// False: every request asks the database, for installations of several hosts.
    package let isOn: Bool
    /// How many decisions are kept at most.
    package let capacity: Int

    /// How often the database was asked.
    package let askings = Atomic<Int>(0)
    /// How often something was dropped for want of room.
    package let evictions = Atomic<Int>(0)

    private let shards: [Shard]
    private let setsPerShard: UInt64

    /// - Parameter capacity: rounded down to whole sets, at least one.
    package init(capacity: Int, isOn: Bool = true) {
        let sets = max(1, capacity / Shard.ways)
        let shardCount = min(16, sets)
        let setsPerShard = isOn ? sets / shardCount : 0
        self.isOn = isOn
        self.capacity = shardCount * setsPerShard * Shard.ways
        self.setsPerShard = UInt64(setsPerShard)
        shards = (0..<shardCount).map { _ in Shard(sets: setsPerShard) }
    }

    /// How many decisions are kept now.
    package var count: Int {
        shards.reduce(0) { total, shard in
            total + shard.places.withLock { $0.standings.count(where: { $0 != nil }) }
        }
    }

    func find(_ key: DecisionKey) -> Standing? {
        guard isOn else { return nil }
        let (shard, set) = place(of: key)
        return shard.places.withLock { places in
            guard let way = places.way(of: key, in: set) else { return nil }
            places.lives[set * Shard.ways + way] = Places.livesOfUsed
            return places.standings[set * Shard.ways + way]
        }
    }

    func insert(_ standing: Standing, for key: DecisionKey) {
        guard isOn else { return }
        let (shard, set) = place(of: key)
        // What it takes the place of is freed here, outside of the lock.
        let (before, isEviction) = shard.places.withLock { places -> (Standing?, Bool) in
            let known = places.way(of: key, in: set)
            let way = known ?? places.makeRoom(in: set)
            let before = places.put(
                standing, for: key, at: set * Shard.ways + way, isKnown: known != nil)
            return (before, known == nil && before != nil)
        }
        _ = before
        if isEviction { evictions.wrappingAdd(1, ordering: .relaxed) }
    }

    func remove(_ key: DecisionKey) {
        guard isOn else { return }
        let (shard, set) = place(of: key)
        shard.places.withLock { places in
            guard let way = places.way(of: key, in: set) else { return }
            places.keys[set * Shard.ways + way] = nil
            places.standings[set * Shard.ways + way] = nil
        }
    }

    private func place(of key: DecisionKey) -> (Shard, set: Int) {
        let hash = key.spread
        let shard = shards[Int(hash % UInt64(shards.count))]
        return (shard, Int(hash >> 8 % setsPerShard))
    }

    private final class Shard: Sendable {
        static let ways = 8

        let places: Mutex<Places>

        init(sets: Int) {
            places = Mutex(Places(sets: sets))
        }
    }

    private struct Places {
        static let livesOfUsed: UInt8 = 3

        /// Beginnings of keys, to pass over what is not meant without looking at it.
        var tags: [UInt64]
        var keys: [DecisionKey?]
        var standings: [Standing?]
        /// How often the hand still passes each place by: never, until what stands there has been used.
        var lives: [UInt8]
        var hands: [UInt8]

        init(sets: Int) {
            tags = Array(repeating: 0, count: sets * Shard.ways)
            keys = Array(repeating: nil, count: sets * Shard.ways)
            standings = Array(repeating: nil, count: sets * Shard.ways)
            lives = Array(repeating: 0, count: sets * Shard.ways)
            hands = Array(repeating: 0, count: sets)
        }

        func way(of key: DecisionKey, in set: Int) -> Int? {
            let start = set * Shard.ways
            for way in 0..<Shard.ways
            where tags[start + way] == key.tag && keys[start + way] == key {
                return way
            }
            return nil
        }

        mutating func makeRoom(in set: Int) -> Int {
            let start = set * Shard.ways
            for way in 0..<Shard.ways where keys[start + way] == nil { return way }
            while true {
                let way = Int(hands[set])
                hands[set] = UInt8((way + 1) % Shard.ways)
                if lives[start + way] == 0 { return way }
                lives[start + way] -= 1
            }
        }

        mutating func put(
            _ standing: Standing, for key: DecisionKey, at index: Int, isKnown: Bool
        ) -> Standing? {
            let before = standings[index]
            tags[index] = key.tag
            keys[index] = key
            standings[index] = standing
            // Made anew for a known key, it has been used.
            if !isKnown { lives[index] = 0 }
            return before
        }
    }
}

/// What a decision is kept under: a digest of the credential, by which header it came, and the organization that
/// the request names. Plain numbers, so that comparing and copying cost nothing.
struct DecisionKey: Equatable, Sendable {
    /// A key of the same text must not do as a bearer, nor the other way around.
    enum Channel: UInt8 {
        case bearer, apiKey, browserSession
    }

    /// How the organization is named; `id` and `slug` of the same letters are different questions.
    private enum Naming: UInt8 {
        case none, id, slug, both
    }

    private let digest: (UInt64, UInt64, UInt64, UInt64)
    private let channel: Channel
    private let naming: Naming
    /// The organization's id, or nothing where only a slug names it.
    private let organization: (UInt64, UInt64)

    /// A slug goes into the digest, behind a line feed, which stands in no header's value.
    init(
        _ credential: String, _ channel: Channel, _ reference: OrganizationReference?,
        _ secrets: some SecretSource
    ) {
        self.channel = channel
        switch reference {
        case nil:
            naming = .none
            organization = (0, 0)
            digest = Self.words(secrets.digest(of: credential))
        case .id(let id):
            naming = .id
            organization = (id.value.high, id.value.low)
            digest = Self.words(secrets.digest(of: credential))
        case .slug(let slug):
            naming = .slug
            organization = (0, 0)
            digest = Self.words(secrets.digest(of: credential + "\n" + slug))
        case .both(let id, let slug):
            naming = .both
            organization = (id.value.high, id.value.low)
            digest = Self.words(secrets.digest(of: credential + "\n" + slug))
        }
    }

    private static func words(_ digest: Secret.Digest) -> (UInt64, UInt64, UInt64, UInt64) {
        func word(_ start: Int) -> UInt64 {
            var word: UInt64 = 0
            for index in start..<start + 8 { word = word << 8 | UInt64(digest.bytes[index]) }
            return word
        }
        return (word(0), word(8), word(16), word(24))
    }

    var tag: UInt64 { digest.0 }

    /// A digest is spread evenly already; the organization is mixed in so that one credential in many
    /// organizations does not crowd one set.
    var spread: UInt64 {
        Self.mix(Self.mix(digest.1 ^ organization.0) ^ organization.1)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }

    static func == (left: DecisionKey, right: DecisionKey) -> Bool {
        left.digest == right.digest && left.organization == right.organization
            && left.channel == right.channel && left.naming == right.naming
    }
}
