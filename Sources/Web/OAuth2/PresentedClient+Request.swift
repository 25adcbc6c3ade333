import Domain
import HTTP
import HTTPTypes

extension PresentedClient {
    /// RFC 7523 §2.2
    private static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    /// Reads how a request says which client it is from. Two ways at once, or one that is malformed, prove
    /// nothing (RFC 6749 §2.3: «The client MUST NOT use more than one authentication method in each request»).
    init(_ request: Request, _ form: OAuthForm) throws {
        let headers = request.headerValues(.authorization)
        let id = form["client_id"]
        let hasAssertion = form["client_assertion"] != nil || form["client_assertion_type"] != nil
        if let header = headers.first {
            guard headers.count == 1, form["client_secret"] == nil, !hasAssertion,
                let (name, secret) = Self.basic(header),
                id.map({ $0.utf8.elementsEqual(name.utf8) }) ?? true
            else { throw OAuthError.invalidClient }
            self = .secret(Secret(secret), of: name, by: .basic)
        } else if hasAssertion {
            guard form["client_secret"] == nil, let assertion = form["client_assertion"],
                form["client_assertion_type"] == Self.assertionType
            else { throw OAuthError.invalidClient }
            self = .assertion(assertion, of: id)
        } else if let secret = form["client_secret"] {
            guard let id else { throw OAuthError.invalidClient }
            self = .secret(Secret(secret), of: id, by: .post)
        } else if let id {
            self = .identifier(id)
        } else {
            self = .nothing
        }
    }

    /// RFC 7617 §2 with both parts form-encoded before, as RFC 6749 §2.3.1 has it. Nil for another scheme.
    private static func basic(_ header: String) -> (id: String, secret: String)? {
        let parts = header.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let bytes = StandardBase64.decode(parts[1]),
            let text = String(validating: bytes, as: UTF8.self),
            let colon = text.firstIndex(of: ":"),
            let id = PercentCoding.decode(text[..<colon], plusIsSpace: true),
            let secret = PercentCoding.decode(text[text.index(after: colon)...], plusIsSpace: true)
        else { return nil }
        return (id, secret)
    }
}

/// Base64 with padding (RFC 4648 §4), strict: what can be written in one way is read in one way.
private enum StandardBase64 {
    static func decode(_ text: Substring) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard !characters.isEmpty, characters.count % 4 == 0 else { return nil }
        let padding = characters.suffix(2).filter { $0 == UInt8(ascii: "=") }.count
        var bytes: [UInt8] = []
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for character in characters.dropLast(padding) {
            guard let value = value(of: character) else { return nil }
            buffer = buffer << 6 | value
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
            }
        }
        guard buffer & ((1 << bits) - 1) == 0 else { return nil }
        return bytes
    }

    private static func value(of character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
