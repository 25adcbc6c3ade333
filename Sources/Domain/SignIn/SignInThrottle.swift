/// Bounds the guessing of passwords, without a way for strangers to lock somebody out.
///
/// A try is counted before the password is looked at and given back when it was right, so that tries at the
/// same time can't get past the limit together. An account is guarded against everybody at once, and each
/// address may try so often, whatever the account; but whoever tries from an address that the account signed in
/// from lately is judged by what came from there for this account alone.
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
        let block = AddressBlock(address).description
        let isKnown = try stores.signInThrottle.isKnown(
            address: block, of: user ?? Self.nobody, since: now.adding(days: -Self.knownDays))
        let account = user.map { "user \($0)" } ?? "name \(name.text)"
        return try count(
            [
                Limit(
                    bucket: isKnown ? "sign-in: \(account) from \(block)" : "sign-in: \(account)",
                    tries: settings.triesOnAccount),
                // Counted in any case, so that the time is no hint.
                Limit(
                    bucket: "sign-in: from \(block)",
                    tries: isKnown ? .max : settings.triesFromAddress),
            ], at: now)
    }

    /// Notes an address that the user signed in from.
    func recordAddress(_ address: String, of user: User.ID, at now: Instant) throws {
        try stores.signInThrottle.recordAddress(
            AddressBlock(address).description, of: user, at: now)
    }

    /// Counts a try at the password of somebody who is signed in. Must not be called inside a transaction.
    func reserve(passwordOf user: User.ID, at now: Instant) throws -> Answer {
        try count(
            [Limit(bucket: "password: user \(user)", tries: settings.triesOnAccount)], at: now)
    }

    /// The try was right, or did not take place.
    func giveBack(_ reservation: Reservation) throws {
        for bucket in reservation.buckets { try stores.signInThrottle.giveBack(bucket) }
    }

    private static let nobody = User.ID(UniqueID(high: 0, low: 0))

    private struct Limit {
        let bucket: String
        let tries: Int
    }

    /// Counts in all, whatever the first says. A try that one refuses counts in no other: it is not looked at,
    /// so it must not use up what others have left, be it the account's or the address's.
    private func count(_ limits: [Limit], at now: Instant) throws -> Answer {
        var counted: [Secret.Digest] = []
        var waitsUntil: Instant?
        var isFirst = true
        for limit in limits {
            let bucket = secrets.digest(of: limit.bucket)
            let (tries, windowEndsAt) = try stores.signInThrottle.count(
                bucket, windowSeconds: Self.windowSeconds, at: now)
            if tries <= limit.tries {
                counted.append(bucket)
            } else {
                waitsUntil = max(waitsUntil ?? windowEndsAt, windowEndsAt)
                isFirst = isFirst && tries == limit.tries + 1
            }
        }
        let reservation = Reservation(buckets: counted)
        guard let waitsUntil else { return .mayTry(reservation) }
        try giveBack(reservation)
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
