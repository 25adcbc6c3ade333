/// Bounds the guessing of passwords, without a way for strangers to lock somebody out.
///
/// A try is counted before the password is looked at and given back when it was right, so that tries at the
/// same time can't get past the limit together. An account is guarded against everybody at once; but whoever
/// tries from an address that the account signed in from lately is judged by what came from there alone.
struct SignInThrottle {
    static let windowSeconds = 900
    /// How long an address stays known after a sign-in.
    static let knownDays = 30

    let stores: any Stores
    let secrets: any SecretSource
    let settings: SignInSettings

    /// What was counted for one try.
    struct Reservation {
        fileprivate let buckets: [Secret.Digest]
    }

    enum Answer {
        case mayTry(Reservation)
        /// - Parameter isFirst: no try before this one was refused in the same window.
        case mustWait(retryAfter: Int, isFirst: Bool)
    }

    /// Counts a try at signing in. Must not be called inside a transaction.
    /// - Parameter user: nil where nobody has the name; the same is asked and counted then.
    func reserve(
        _ name: SignInName, user: User.ID?, from address: String, at now: Instant
    ) throws -> Answer {
        let isKnown = try stores.signInThrottle.isKnown(
            address: address, of: user ?? Self.nobody, since: now.adding(days: -Self.knownDays))
        let account = user.map { "user \($0)" } ?? "name \(name.text)"
        return try count(
            [
                (
                    isKnown ? "sign-in: \(account) from \(address)" : "sign-in: \(account)",
                    settings.triesOnAccount
                ),
                ("sign-in: from \(AddressBlock(address))", settings.triesFromAddress),
            ], at: now)
    }

    /// Counts a try at the password of somebody who is signed in. Must not be called inside a transaction.
    func reserve(passwordOf user: User.ID, at now: Instant) throws -> Answer {
        try count([("password: user \(user)", settings.triesOnAccount)], at: now)
    }

    /// The try was right, or did not take place.
    func giveBack(_ reservation: Reservation) throws {
        for bucket in reservation.buckets { try stores.signInThrottle.giveBack(bucket) }
    }

    private static let nobody = User.ID(UniqueID(high: 0, low: 0))

    /// All are counted, whatever the first says: the answer's time is no hint.
    private func count(_ limits: [(bucket: String, tries: Int)], at now: Instant) throws -> Answer {
        var buckets: [Secret.Digest] = []
        var waitsUntil: Instant?
        var isFirst = true
        for (name, limit) in limits {
            let bucket = secrets.digest(of: name)
            let (tries, windowEndsAt) = try stores.signInThrottle.count(
                bucket, windowSeconds: Self.windowSeconds, at: now)
            buckets.append(bucket)
            if tries > limit {
                waitsUntil = max(waitsUntil ?? windowEndsAt, windowEndsAt)
                if tries > limit + 1 { isFirst = false }
            }
        }
        guard let waitsUntil else { return .mayTry(Reservation(buckets: buckets)) }
        let seconds = min(now.secondsUntil(waitsUntil), Self.windowSeconds)
        return .mustWait(retryAfter: seconds, isFirst: isFirst)
    }

    static func refusal(retryAfter: Int) -> Refusal {
        Refusal(
            .tooManyAttempts(retryAfter: retryAfter), code: "too_many_attempts",
            "There were too many wrong tries. Try again later.")
    }
}

/// Whose tries count together: an IPv4 address, or the 64 bits of an IPv6 address that one customer has all
/// addresses behind.
struct AddressBlock: CustomStringConvertible {
    let description: String

    init(_ address: String) {
        guard address.contains(":"), !address.contains(".") else {
            description = address
            return
        }
        // RFC 4291 §2.2: «::» stands for as many groups of zeros as are missing of eight.
        let halves = address.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
        var groups = halves[0].split(separator: ":").map(String.init)
        if halves.count == 2 {
            let behind = halves[1].split(separator: ":").map(String.init)
            let missing = max(0, 8 - groups.count - behind.count)
            groups += Array(repeating: "0", count: missing) + behind
        }
        description = groups.prefix(4).map { $0.lowercased() }.joined(separator: ":") + "::/64"
    }
}
