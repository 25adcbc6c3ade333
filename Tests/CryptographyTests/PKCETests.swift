import Cryptography
import Domain
import TestSupport
import Testing

/// RFC 7636.
@Suite struct PKCETests {
    private func matches(_ verifier: String, _ challenge: String) -> Bool {
        PKCE.matches(verifier: verifier, challenge: challenge, by: SystemSecrets())
    }

    @Test func `the example of the appendix comes out (RFC 7636, B)`() {
        #expect(matches(SamplePKCE.verifier, SamplePKCE.challenge))
        #expect(!matches(SamplePKCE.challenge, SamplePKCE.challenge))
        #expect(!matches(SamplePKCE.verifier, SamplePKCE.challenge.lowercased()))
        #expect(!matches(SamplePKCE.verifier, ""))
    }

    @Test func `a verifier has 43 to 128 unreserved characters (RFC 7636, 4.1)`() {
        for right in [
            String(repeating: "a", count: 43), String(repeating: "Z", count: 128),
            String(repeating: "-._~09", count: 10),
        ] {
            #expect(PKCE.isWellFormed(right))
        }
        for wrong in [
            "", String(repeating: "a", count: 42), String(repeating: "a", count: 129),
            String(repeating: "a", count: 42) + "+", String(repeating: "a", count: 42) + "=",
            String(repeating: "a", count: 42) + " ", String(repeating: "\u{e9}", count: 43),
        ] {
            #expect(!PKCE.isWellFormed(wrong), "\(wrong)")
            // Even where its digest is the challenge.
            let secrets = SystemSecrets()
            let challenge = secrets.base64URL(secrets.digest(of: wrong).bytes)
            #expect(!matches(wrong, challenge))
        }
    }
}
