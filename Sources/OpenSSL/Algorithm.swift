private import COpenSSL

/// The algorithms we use, looked up once: crypto(7) calls fetching for every operation a cost to
/// avoid, and the look-up takes locks that all threads share.
///
/// They live as long as the process and are never changed, so any thread may read them
/// (openssl-threads(7): "Objects are thread-safe as long as the API's being invoked don't modify
/// the object"). Kept as numbers, because pointers are not `Sendable`.
enum Algorithm {
    static var sha256: OpaquePointer { unsafe pointer(sha256Address) }
    static var aes256GCM: OpaquePointer { unsafe pointer(aes256GCMAddress) }

    /// A context to be duplicated, with everything set but the key.
    static var hmacSHA256: OpaquePointer { unsafe pointer(hmacSHA256Address) }

    private static let sha256Address = unsafe address(
        EVP_MD_fetch(nil, "SHA256", nil), "EVP_MD_fetch")

    private static let aes256GCMAddress = unsafe address(
        EVP_CIPHER_fetch(nil, "AES-256-GCM", nil), "EVP_CIPHER_fetch")

    private static let hmacSHA256Address: UInt = {
        let hmac = unsafe EVP_MAC_fetch(nil, "HMAC", nil)
        guard unsafe hmac != nil else { OpenSSLError.fatal("EVP_MAC_fetch") }
        let context = unsafe EVP_MAC_CTX_new(hmac)
        var name = Array("SHA256".utf8CString)
        let result = unsafe name.withUnsafeMutableBufferPointer { name in
            var parameters = unsafe [
                OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.baseAddress, 0),
                OSSL_PARAM_construct_end(),
            ]
            return unsafe EVP_MAC_CTX_set_params(context, &parameters)
        }
        guard result == 1 else { OpenSSLError.fatal("EVP_MAC_CTX_set_params") }
        return unsafe address(context, "EVP_MAC_CTX_new")
    }()

    private static func address(_ pointer: OpaquePointer?, _ operation: String) -> UInt {
        guard let pointer = unsafe pointer else { OpenSSLError.fatal(operation) }
        return UInt(bitPattern: pointer)
    }

    private static func pointer(_ address: UInt) -> OpaquePointer {
        guard let pointer = unsafe OpaquePointer(bitPattern: address) else {
            preconditionFailure("an algorithm has the address zero")
        }
        return unsafe pointer
    }
}
