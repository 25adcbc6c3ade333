/// Why a token is refused. It carries nothing of the token.
package enum JWTError: Error, Hashable, Sendable {
    /// Longer than `JWT.longest`; nothing was looked at.
    case tooLarge
    /// Not three parts of base64url, not JSON, a member that is missing or not what it must be, or
    /// an extension that we do not understand.
    case malformed
    /// The algorithm is not the one that the key is for.
    case unsupportedAlgorithm
    /// No key of that name is to be trusted.
    case unknownKey
    case badSignature
    case wrongType
    case expired
    case notYetValid
    case wrongIssuer
    case wrongAudience
}

extension JWTError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLarge: "the token is too large"
        case .malformed: "the token is malformed"
        case .unsupportedAlgorithm: "the token's algorithm is not that of its key"
        case .unknownKey: "the token's key is not known"
        case .badSignature: "the token's signature is wrong"
        case .wrongType: "the token is of another type"
        case .expired: "the token has expired"
        case .notYetValid: "the token is not valid yet"
        case .wrongIssuer: "the token is of another issuer"
        case .wrongAudience: "the token is for another audience"
        }
    }
}
