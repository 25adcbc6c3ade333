package import OpenSSL

/// The key from a file that only the service reads: seals the private keys in the database.
package struct MasterKey: Sendable {
    /// How many bytes a master key has.
    package static let length = AESGCM.keyLength

    private let key: SecretBytes

    /// Tells master keys apart without telling what they are.
    let id: [UInt8]

    /// Makes a new one, to be written to its file.
    package static func generate() -> SecretBytes {
        var bytes = Random.bytes(length)
        return SecretBytes(taking: &bytes)
    }

    /// Nil unless there are exactly `length` bytes.
    package init?(_ key: SecretBytes) {
        guard key.count == Self.length else { return nil }
        self.key = key
        let code = HMACSHA256.authenticationCode(for: Array("gatehouse master key".utf8), key: key)
        id = Array(code.prefix(SealedBox.keyIDLength))
    }

    /// What only who has the key can make of the bytes, another for each purpose.
    func authenticationCode(for bytes: [UInt8], purpose: String) -> [UInt8] {
        HMACSHA256.authenticationCode(for: Array("\(purpose)\0".utf8) + bytes, key: key)
    }

    /// Seals a secret for one purpose, which `open` must name again: the `kid` of a signing key,
    /// so that nobody who can write to the database puts one key in the place of another.
    package func seal(_ secret: SecretBytes, for purpose: String) -> SealedBox {
        let head = [SealedBox.version] + id
        return SealedBox(
            head: head,
            body: AESGCM.seal(secret, key: key, associatedData: head + Array(purpose.utf8)))
    }

    /// Opens what was sealed for the same purpose.
    package func open(_ box: SealedBox, for purpose: String) throws(SealError) -> SecretBytes {
        guard box.head == [SealedBox.version] + id else { throw .otherMasterKey }
        let associatedData = box.head + Array(purpose.utf8)
        guard let secret = AESGCM.open(box.body, key: key, associatedData: associatedData) else {
            throw .notAuthentic
        }
        return secret
    }
}

/// A secret under a master key: version (1), the master key's id (4 bytes), nonce (12), ciphertext,
/// tag (16).
package struct SealedBox: Sendable, Hashable {
    static let version: UInt8 = 1
    static let keyIDLength = 4

    fileprivate let head: [UInt8]
    fileprivate let body: [UInt8]

    fileprivate init(head: [UInt8], body: [UInt8]) {
        self.head = head
        self.body = body
    }

    /// Reads what `bytes` wrote.
    package init(bytes: [UInt8]) throws(SealError) {
        guard bytes.first == Self.version,
            bytes.count >= 1 + Self.keyIDLength + AESGCM.nonceLength + AESGCM.tagLength
        else { throw .malformed }
        head = Array(bytes.prefix(1 + Self.keyIDLength))
        body = Array(bytes.dropFirst(1 + Self.keyIDLength))
    }

    package var bytes: [UInt8] {
        head + body
    }
}

/// Why a sealed secret does not open.
package enum SealError: Error, Hashable, Sendable {
    /// Not a sealed box, or of a version that we do not know.
    case malformed
    /// Sealed with another master key.
    case otherMasterKey
    /// Changed, or sealed for another purpose.
    case notAuthentic
}

extension SealError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed: "this is no sealed secret"
        case .otherMasterKey: "the secret was sealed with another master key"
        case .notAuthentic: "the sealed secret was changed, or sealed for another purpose"
        }
    }
}
