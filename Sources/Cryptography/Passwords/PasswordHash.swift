import OpenSSL

/// A password as it is kept: scrypt, with its parameters and salt, in a PHC string.
package struct PasswordHash: Sendable, Hashable {
    /// What a derivation costs.
    package struct Cost: Sendable, Hashable {
        /// The binary logarithm of scrypt's N.
        package let ln: Int
        package let r: Int
        package let p: Int

        /// OWASP's Password Storage Cheat Sheet: 64 MiB, done twice.
        package static let standard = Cost(uncheckedLN: 16, r: 8, p: 2)

        /// Nil where a derivation would take more than 256 MiB, more than 16 times the work of
        /// `standard`, or what scrypt (RFC 7914 §2) does not allow.
        package init?(ln: Int, r: Int, p: Int) {
            guard 1...20 ~= ln, 1...32 ~= r, 1...16 ~= p else { return nil }
            self.init(uncheckedLN: ln, r: r, p: p)
            // RFC 7914 §2: N must be "less than 2^(128 * r / 8)".
            guard ln < 16 * r, memory <= 256 << 20, work <= 16 * Self.standard.work else {
                return nil
            }
        }

        private init(uncheckedLN ln: Int, r: Int, p: Int) {
            self.ln = ln
            self.r = r
            self.p = p
        }

        /// How many bytes of memory a derivation takes.
        package var memory: Int {
            Scrypt.memory(n: 1 << ln, r: r, p: p)
        }

        var work: Int {
            (1 << ln) * r * p
        }
    }

    package let cost: Cost
    private let salt: [UInt8]
    private let hash: [UInt8]

    private static let saltLength = 16
    private static let hashLength = 32

    /// Hashes a new password, whole and as it is. How long it may be is for the caller to say.
    package static func make(_ password: String, cost: Cost = .standard) throws -> PasswordHash {
        let salt = Random.bytes(saltLength)
        let hash = try derive(password, salt: salt, cost: cost, length: hashLength)
        return PasswordHash(cost: cost, salt: salt, hash: hash)
    }

    /// A hash that no password fits, to be matched where there is no user: so that "no such user"
    /// takes as long as "wrong password".
    package static func unmatchable(cost: Cost = .standard) -> PasswordHash {
        PasswordHash(cost: cost, salt: Random.bytes(saltLength), hash: Random.bytes(hashLength))
    }

    private init(cost: Cost, salt: [UInt8], hash: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.hash = hash
    }

    /// Whether this is the password. Takes as long as making a hash of the same cost.
    package func matches(_ password: String) throws -> Bool {
        let derived = try Self.derive(password, salt: salt, cost: cost, length: hash.count)
        return ConstantTime.equal(derived, hash)
    }

    /// Whether it was made more cheaply than passwords are hashed now.
    package func needsRehash(for wanted: Cost = .standard) -> Bool {
        cost.work < wanted.work || cost.memory < wanted.memory || hash.count < Self.hashLength
            || salt.count < Self.saltLength
    }

    private static func derive(
        _ password: String, salt: [UInt8], cost: Cost, length: Int
    ) throws -> [UInt8] {
        var bytes = Array(password.utf8)
        // scrypt does not see zeros at the end of a short password (they fill up HMAC's key). One
        // more byte, which no UTF-8 contains, makes them count.
        if bytes.last == 0 { bytes.append(0xFF) }
        defer { bytes.wipe() }
        return try Scrypt.derive(
            password: bytes, salt: salt, n: 1 << cost.ln, r: cost.r, p: cost.p, length: length)
    }
}

/// The PHC string: `$scrypt$ln=16,r=8,p=2$salt$hash`, bytes in base64 without padding.
extension PasswordHash {
    package var text: String {
        "$scrypt$ln=\(cost.ln),r=\(cost.r),p=\(cost.p)"
            + "$\(PHCBase64.encode(salt))$\(PHCBase64.encode(hash))"
    }

    /// Reads what `text` wrote. Nil for anything else, and for parameters that would cost too much.
    package init?(parsing text: String) {
        // So long that nothing we read can be longer.
        guard text.utf8.count <= 256 else { return nil }
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
            let cost = Self.cost(of: parts[2]),
            let salt = PHCBase64.decode(parts[3]), 8...64 ~= salt.count,
            let hash = PHCBase64.decode(parts[4]), 16...64 ~= hash.count
        else { return nil }
        self.init(cost: cost, salt: salt, hash: hash)
    }

    private static func cost(of text: Substring) -> Cost? {
        let parameters = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parameters.count == 3,
            let ln = number("ln=", parameters[0]),
            let r = number("r=", parameters[1]),
            let p = number("p=", parameters[2])
        else { return nil }
        return Cost(ln: ln, r: r, p: p)
    }

    /// A decimal number without sign and leading zeros.
    private static func number(_ prefix: String, _ text: Substring) -> Int? {
        guard text.hasPrefix(prefix) else { return nil }
        let digits = text.dropFirst(prefix.count)
        guard let number = Int(digits), number > 0, String(number) == digits else { return nil }
        return number
    }
}

extension PasswordHash: CustomStringConvertible {
    package var description: String { "(password hash)" }
}
