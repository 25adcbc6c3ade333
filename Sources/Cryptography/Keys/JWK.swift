import Domain
package import JSON
import OpenSSL

/// A public key in the form that services hand to each other (RFC 7517): EC on P-256, or RSA.
package struct JWK: Sendable, Hashable {
    package let key: PublicKey

    /// The `kid`, where it has one.
    package let id: String?

    /// What it is for by its own account: `sig` or `enc`.
    package let use: String?

    /// The `alg` that it is meant for.
    package let algorithm: String?

    private let operations: [String]?

    package init(key: PublicKey, id: String?, use: String? = nil, algorithm: String? = nil) {
        self.key = key
        self.id = id
        self.use = use
        self.algorithm = algorithm
        operations = nil
    }

    /// Reads a key; refuses secret and private ones, points off the curve, weak moduli. Members
    /// that we do not know are ignored (RFC 7517 §4).
    package init(parsing json: JSON) throws(JWKError) {
        guard let object = json.object else { throw .notAnObject }
        for name in Self.privateMembers where object[name] != nil {
            throw .privateMember(name)
        }
        key = try Self.key(of: object)
        id = try Self.text("kid", of: object)
        use = try Self.text("use", of: object)
        algorithm = try Self.text("alg", of: object)
        if let id, !TokenHeader.isKeyID(id) { throw .invalidMember("kid") }
        operations = object["key_ops"]?.strings
        if object["key_ops"] != nil, operations == nil { throw .invalidMember("key_ops") }
    }

    /// The key as JSON, public members alone.
    package var json: JSON {
        var object: JSON.Object = [:]
        let members = key.requiredMembers
        object["kty"] = members["kty"]
        object["kid"] = id.map(JSON.string)
        object["use"] = use.map(JSON.string)
        object["alg"] = algorithm.map(JSON.string)
        object["key_ops"] = operations.map { JSON($0) }
        for member in members.members where member.name != "kty" {
            object[member.name] = member.value
        }
        return .object(object)
    }

    /// What verifies signatures with this key; nil where the key says that it is for something
    /// else. Without a `kid` it is named by its thumbprint.
    package var verificationKey: VerificationKey? {
        // RFC 7517 §4.2 to §4.4: `use`, `key_ops` and `alg` each restrict what a key is used for.
        guard use == nil || use == "sig",
            operations.map({ $0.contains("verify") }) ?? true,
            algorithm == nil || algorithm == key.algorithm.rawValue
        else { return nil }
        return VerificationKey(id: id ?? key.thumbprint, key: key)
    }

    /// RFC 7518 §6.2.2, §6.3.2, §6.4.1: who sends one of these has shown a secret.
    private static let privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]

    private static func key(of object: JSON.Object) throws(JWKError) -> PublicKey {
        switch object["kty"]?.string {
        case "EC":
            // RFC 7518 §6.2.1.1
            guard object["crv"]?.string == "P-256" else { throw .unsupportedCurve }
            let x = try bytes("x", of: object)
            let y = try bytes("y", of: object)
            do {
                return .ec(try ECPublicKey(x: x, y: y))
            } catch {
                throw .unusableKey
            }
        case "RSA":
            let n = try bytes("n", of: object)
            let e = try bytes("e", of: object)
            do {
                return .rsa(try RSAPublicKey(n: n, e: e))
            } catch {
                throw .unusableKey
            }
        default:
            throw .unsupportedType
        }
    }

    private static func bytes(_ name: String, of object: JSON.Object) throws(JWKError) -> [UInt8] {
        guard let text = object[name]?.string, let bytes = Base64URL.decode(text) else {
            throw .invalidMember(name)
        }
        return bytes
    }

    private static func text(_ name: String, of object: JSON.Object) throws(JWKError) -> String? {
        guard let value = object[name] else { return nil }
        guard let text = value.string else { throw .invalidMember(name) }
        return text
    }
}

/// Why a key is not taken. It carries nothing of the key.
package enum JWKError: Error, Hashable, Sendable {
    case notAnObject
    /// The `kty` is neither `EC` nor `RSA`.
    case unsupportedType
    /// The `crv` is not `P-256`.
    case unsupportedCurve
    /// A member that only private or secret keys have.
    case privateMember(String)
    /// A member is missing, or not what it must be.
    case invalidMember(String)
    /// The numbers make no key that we trust: the point is not on the curve, the modulus too short,
    /// too long or even, the exponent unfit.
    case unusableKey
    /// More keys than `JWKSet.mostKeys`.
    case tooManyKeys
    /// Two keys of a set have one `kid`.
    case duplicateID(String)
}

extension JWKError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notAnObject: "not a JSON object"
        case .unsupportedType: "kty must be EC or RSA"
        case .unsupportedCurve: "crv must be P-256"
        case .privateMember(let name): "the private or secret member \(name) must not be sent"
        case .invalidMember(let name): "\(name) is missing or malformed"
        case .unusableKey: "the numbers make no key that can be trusted"
        case .tooManyKeys: "there may be \(JWKSet.mostKeys) keys at most"
        case .duplicateID(let id): "the kid \"\(id)\" stands twice"
        }
    }
}
