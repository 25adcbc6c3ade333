package import Domain

/// The generations that all workers of the host share: a counter for everything, and the others by a hash of what
/// they stand for.
///
/// Two things that fall on one counter make each other's decisions stale now and then, which costs a query and
/// nothing else. The hash must be the same in every process, so it is written out here: Swift's own is seeded anew in
/// each.
package struct SharedGenerations: Generations {
    /// How many counters the file has.
    package static let count = 4_096

    private let counters: SharedCounters

    package init(_ counters: SharedCounters) {
        precondition(
            counters.count == Self.count, "the generation table has \(Self.count) counters")
        self.counters = counters
    }

    package func current(of subject: GenerationSubject) -> UInt64 {
        counters.load(Self.index(of: subject))
    }

    package func bump(_ subjects: Set<GenerationSubject>) {
        for subject in subjects { counters.bump(Self.index(of: subject)) }
    }

    static func index(of subject: GenerationSubject) -> Int {
        switch subject {
        case .everything: 0
        case .signingKeys: index(1, 0, 0)
        case .user(let id): index(2, id.value.high, id.value.low)
        case .organization(let id): index(3, id.value.high, id.value.low)
        case .credential(let id): index(4, id.high, id.low)
        case .client(let id): index(5, fnv(id), UInt64(id.utf8.count))
        }
    }

    private static func index(_ kind: UInt64, _ high: UInt64, _ low: UInt64) -> Int {
        1 + Int(finish(finish(finish(kind) ^ high) ^ low) % UInt64(count - 1))
    }

    /// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): each bit of what goes in moves half of what comes out.
    private static func finish(_ value: UInt64) -> UInt64 {
        var hash = value &+ 0x9E37_79B9_7F4A_7C15
        hash = (hash ^ hash >> 30) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ hash >> 27) &* 0x94D0_49BB_1331_11EB
        return hash ^ hash >> 31
    }

    /// FNV-1a.
    private static func fnv(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
