import Domain
import OpenSSL

extension MasterKey: Sealer {
    package func seal(_ content: [UInt8], for purpose: String) -> [UInt8] {
        seal(SecretBytes(content), for: purpose).bytes
    }

    package func open(_ sealed: [UInt8], for purpose: String) -> [UInt8]? {
        do {
            let content = try open(SealedBox(bytes: sealed), for: purpose)
            return content.withBytes { bytes in bytes.indices.map { bytes[$0] } }
        } catch {
            return nil
        }
    }
}
