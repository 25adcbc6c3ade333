package import Domain

/// Permission to hash, of which a host has few: a hash takes a core and 64 MiB, and the gate must stay quick
/// while somebody hammers the sign-in.
package protocol HashingSlots: Sendable {
    /// Runs `body` in a slot, after waiting shortly for one if need be. Throws a `Refusal` of kind
    /// `tooManyAttempts` when too many wait already or none came free in time.
    func withSlot<Result>(_ body: () throws -> Result) throws -> Result
}

/// Hashes passwords with scrypt, a bounded number at once.
package struct BoundedPasswordHasher: PasswordHasher {
    private let cost: PasswordHash.Cost
    private let slots: any HashingSlots
    private let unmatchable: PasswordHash

    package init(cost: PasswordHash.Cost, slots: any HashingSlots) {
        self.cost = cost
        self.slots = slots
        unmatchable = .unmatchable(cost: cost)
    }

    package func hash(_ password: String) throws -> String {
        try slots.withSlot { try PasswordHash.make(password, cost: cost).text }
    }

    package func check(_ password: String, against hash: String?) throws -> PasswordCheck {
        guard let hash, let stored = PasswordHash(parsing: hash) else {
            // As long as for somebody who is there, so that time tells nothing.
            _ = try slots.withSlot { try unmatchable.matches(password) }
            return .wrong
        }
        guard try slots.withSlot({ try stored.matches(password) }) else { return .wrong }
        return stored.needsRehash(for: cost) ? .rightButOutdated : .right
    }
}
