import Domain
import JSON

/// What the first part of a token says (RFC 7515 §4). None of it is to be believed before the
/// signature was found good, and of the algorithm nothing even then.
struct TokenHeader {
    let algorithm: SigningAlgorithm

    /// `typ`, in lower case and without `application/`.
    let type: String?

    /// `kid`
    let keyID: String?

    /// Members that we refuse wherever they stand: extensions that must be understood (`crit`,
    /// RFC 7515 §4.1.11; `b64`, RFC 7797) and what belongs to encryption (`enc`, `zip`).
    ///
    /// `jwk`, `jku`, `x5u`, `x5c` on the other hand are merely not looked at: keys are ours.
    private static let refusedMembers = ["crit", "b64", "enc", "zip"]

    private static let longestKeyID = 255

    init(_ object: JSON.Object) throws(JWTError) {
        guard !object.members.contains(where: { Self.refusedMembers.contains($0.name) }),
            let algorithmName = object["alg"]?.string
        else { throw .malformed }
        guard let algorithm = SigningAlgorithm(rawValue: algorithmName) else {
            throw .unsupportedAlgorithm
        }
        self.algorithm = algorithm
        keyID = try Self.text("kid", of: object)
        type = try Self.text("typ", of: object).map(Self.normalizedType)
        if let keyID, !Self.isKeyID(keyID) { throw .malformed }
    }

    /// Printable ASCII of moderate length: a name that can be compared, looked up and logged.
    static func isKeyID(_ text: String) -> Bool {
        1...longestKeyID ~= text.utf8.count && text.utf8.allSatisfy { 0x20...0x7E ~= $0 }
    }

    /// RFC 7515 §4.1.9: `application/` may be left out where no other slash stands; media types
    /// are compared without case.
    static func normalizedType(_ type: String) -> String {
        let lower = type.lowercased()
        let prefix = "application/"
        guard lower.hasPrefix(prefix) else { return lower }
        let rest = lower.dropFirst(prefix.count)
        return rest.contains("/") ? lower : String(rest)
    }

    private static func text(_ name: String, of object: JSON.Object) throws(JWTError) -> String? {
        guard let value = object[name] else { return nil }
        guard let text = value.string else { throw .malformed }
        return text
    }
}
