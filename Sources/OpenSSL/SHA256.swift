private import COpenSSL

/// SHA-256 (FIPS 180-4).
package enum SHA256 {
    /// The length of a digest.
    package static let length = 32

    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        hash(bytes.span)
    }

    package static func hash(_ bytes: Span<UInt8>) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: length) { digest, initialized in
            let output = digest.baseAddress
            let result = unsafe bytes.withUnsafeBytes { input in
                unsafe EVP_Digest(
                    input.baseAddress, input.count, output, nil, Algorithm.sha256, nil)
            }
            guard result == 1 else { OpenSSLError.fatal("EVP_Digest") }
            initialized = length
        }
    }
}

/// HMAC (RFC 2104) with SHA-256.
package enum HMACSHA256 {
    package static func authenticationCode(for bytes: [UInt8], key: SecretBytes) -> [UInt8] {
        key.withBytes { key in authenticationCode(for: bytes.span, key: key) }
    }

    package static func authenticationCode(for bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        authenticationCode(for: bytes.span, key: key.span)
    }

    private static func authenticationCode(for bytes: Span<UInt8>, key: Span<UInt8>) -> [UInt8] {
        guard let context = unsafe EVP_MAC_CTX_dup(Algorithm.hmacSHA256) else {
            OpenSSLError.fatal("EVP_MAC_CTX_dup")
        }
        defer { unsafe EVP_MAC_CTX_free(context) }
        return unsafe [UInt8](unsafeUninitializedCapacity: SHA256.length) { code, initialized in
            let output = code.baseAddress
            // EVP_MAC_init(3) takes a key of NULL for "keep the one there is". An empty key is
            // another thing: it needs a pointer, to nothing.
            var nothing: UInt8 = 0
            var result = unsafe key.withUnsafeBufferPointer { key in
                if let start = key.baseAddress, !key.isEmpty {
                    unsafe EVP_MAC_init(context, start, key.count, nil)
                } else {
                    unsafe EVP_MAC_init(context, &nothing, 0, nil)
                }
            }
            guard result == 1 else { OpenSSLError.fatal("EVP_MAC_init") }
            result = unsafe bytes.withUnsafeBufferPointer { input in
                unsafe EVP_MAC_update(context, input.baseAddress, input.count)
            }
            guard result == 1 else { OpenSSLError.fatal("EVP_MAC_update") }
            guard unsafe EVP_MAC_final(context, output, &initialized, SHA256.length) == 1 else {
                OpenSSLError.fatal("EVP_MAC_final")
            }
        }
    }
}
