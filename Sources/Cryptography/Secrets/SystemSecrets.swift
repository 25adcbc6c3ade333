package import Domain
import OpenSSL

/// Secrets and identities from OpenSSL's generator.
package struct SystemSecrets: SecretSource {
    package init() {}

    package func randomBytes(_ count: Int) -> [UInt8] { Random.bytes(count) }

    package func digest(of text: String) -> Secret.Digest {
        Secret.Digest(SHA256.hash(Array(text.utf8)))
    }

    package func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        ConstantTime.equal(left, right)
    }
}
