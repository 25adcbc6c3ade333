/// Proof Key for Code Exchange (RFC 7636): whoever redeems a code shows what only whoever began can know.
package enum PKCE {
    /// The one method (RFC 9700 §2.1.1 knows no other that does not reveal the verifier).
    package static let method = "S256"

    /// `code-challenge` and `code-verifier`: 43*128unreserved (§4.1, §4.2).
    package static func isWellFormed(_ text: String) -> Bool {
        (43...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                    UInt8(ascii: "_"), UInt8(ascii: "~"):
                    true
                default: false
                }
            }
    }

    /// §4.6: BASE64URL-ENCODE(SHA256(ASCII(code_verifier))) == code_challenge
    package static func matches(
        verifier: String, challenge: String, by secrets: any SecretSource
    ) -> Bool {
        guard isWellFormed(verifier) else { return false }
        let made = secrets.base64URL(secrets.digest(of: verifier).bytes)
        return secrets.areEqual(Array(made.utf8), Array(challenge.utf8))
    }
}
