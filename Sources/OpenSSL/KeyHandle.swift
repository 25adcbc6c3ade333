private import COpenSSL

/// Owns one `EVP_PKEY` of OpenSSL, private or public, that nobody changes after it was made.
///
/// Used from many threads at once: openssl-threads(7) says "Objects are thread-safe as long as the
/// API's being invoked don't modify the object", and every operation below works in a context of
/// its own that merely refers to the key. The pointer is kept as a number, because pointers are not
/// `Sendable`; a lock would make all threads of a worker wait for each other's signatures, and
/// parsing the key anew in each thread costs more than a verification.
@safe
final class KeyHandle: Sendable {
    private let address: UInt

    /// Takes over what a function of OpenSSL made, or says why it made nothing.
    init(adopting key: OpaquePointer?, from operation: String) throws(OpenSSLError) {
        guard let key = unsafe key else { throw .drained(after: operation) }
        address = UInt(bitPattern: key)
    }

    deinit {
        // EVP_PKEY_free(3) cleanses the private parts before it frees them.
        unsafe EVP_PKEY_free(pointer)
    }

    private var pointer: OpaquePointer {
        guard let pointer = unsafe OpaquePointer(bitPattern: address) else {
            preconditionFailure("a key has the address zero")
        }
        return unsafe pointer
    }

    /// Lends the key for a call that does not change it.
    func withPointer<Result, Failure: Error>(
        _ body: (OpaquePointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(pointer)
    }
}

/// Making keys.
extension KeyHandle {
    /// Reads a private key from PKCS#8 (RFC 5958) in DER, and nothing that follows it.
    convenience init(pkcs8: SecretBytes) throws(OpenSSLError) {
        let key: OpaquePointer? = try unsafe pkcs8.withBytes { bytes throws(OpenSSLError) in
            try unsafe bytes.withUnsafeBufferPointer { buffer throws(OpenSSLError) in
                var cursor = buffer.baseAddress
                guard
                    let info = unsafe d2i_PKCS8_PRIV_KEY_INFO(nil, &cursor, buffer.count)
                else { throw .drained(after: "d2i_PKCS8_PRIV_KEY_INFO") }
                defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
                guard unsafe cursor == buffer.baseAddress.map({ unsafe $0 + buffer.count }) else {
                    throw OpenSSLError("PKCS#8", reasons: ["bytes follow the key"])
                }
                return unsafe EVP_PKCS82PKEY(info)
            }
        }
        try unsafe self.init(adopting: key, from: "EVP_PKCS82PKEY")
    }
}

/// Asking keys.
extension KeyHandle {
    /// The private key as PKCS#8 in DER.
    func pkcs8() throws(OpenSSLError) -> SecretBytes {
        try unsafe withPointer { key throws(OpenSSLError) in
            guard let info = unsafe EVP_PKEY2PKCS8(key) else {
                throw .drained(after: "EVP_PKEY2PKCS8")
            }
            defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
            let length = unsafe i2d_PKCS8_PRIV_KEY_INFO(info, nil)
            guard length > 0 else { throw .drained(after: "i2d_PKCS8_PRIV_KEY_INFO") }
            var written: Int32 = 0
            let bytes = unsafe SecretBytes(count: Int(length)) { buffer in
                var cursor = unsafe buffer.assumingMemoryBound(to: UInt8.self).baseAddress
                written = unsafe i2d_PKCS8_PRIV_KEY_INFO(info, &cursor)
            }
            guard written == length else { throw .drained(after: "i2d_PKCS8_PRIV_KEY_INFO") }
            return bytes
        }
    }

    func isA(_ type: String) -> Bool {
        unsafe withPointer { key in unsafe EVP_PKEY_is_a(key, type) == 1 }
    }

    /// A number of the key, big-endian: in `length` bytes, or without leading zeros.
    func number(_ name: String, length: Int? = nil) throws(OpenSSLError) -> [UInt8] {
        try unsafe withPointer { key throws(OpenSSLError) in
            var number: OpaquePointer?
            guard unsafe EVP_PKEY_get_bn_param(key, name, &number) == 1 else {
                throw .drained(after: "EVP_PKEY_get_bn_param")
            }
            defer { unsafe BN_free(number) }
            let length = unsafe length ?? Int(BN_num_bits(number) + 7) / 8
            var bytes = [UInt8](repeating: 0, count: length)
            guard unsafe BN_bn2binpad(number, &bytes, Int32(length)) == Int32(length) else {
                throw .drained(after: "BN_bn2binpad")
            }
            return bytes
        }
    }

    /// The library's own examination of the key: the point on its curve, the halves a pair.
    func check(_ examine: (OpaquePointer) -> Int32, _ operation: String) throws(OpenSSLError) {
        try unsafe withPointer { key throws(OpenSSLError) in
            guard let context = unsafe EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else {
                throw .drained(after: "EVP_PKEY_CTX_new_from_pkey")
            }
            defer { unsafe EVP_PKEY_CTX_free(context) }
            guard unsafe examine(context) == 1 else { throw .drained(after: operation) }
        }
    }
}

/// Signatures over SHA-256, in the library's own form (DER for elliptic curves).
extension KeyHandle {
    func signature(for message: Span<UInt8>) throws(OpenSSLError) -> [UInt8] {
        guard let context = unsafe EVP_MD_CTX_new() else {
            throw .drained(after: "EVP_MD_CTX_new")
        }
        defer { unsafe EVP_MD_CTX_free(context) }
        return try unsafe withPointer { key throws(OpenSSLError) in
            let begun = unsafe EVP_DigestSignInit(context, nil, Algorithm.sha256, nil, key)
            guard begun == 1 else { throw .drained(after: "EVP_DigestSignInit") }
            var length = unsafe Int(EVP_PKEY_get_size(key))
            var signature = [UInt8](repeating: 0, count: length)
            let signed = unsafe message.withUnsafeBufferPointer { message in
                unsafe EVP_DigestSign(
                    context, &signature, &length, message.baseAddress, message.count)
            }
            guard signed == 1 else { throw .drained(after: "EVP_DigestSign") }
            signature.removeLast(signature.count - length)
            return signature
        }
    }

    /// Whether the signature is good. Whatever goes wrong is a no.
    func isValid(_ signature: [UInt8], for message: Span<UInt8>) -> Bool {
        guard let context = unsafe EVP_MD_CTX_new() else {
            OpenSSLError.forget()
            return false
        }
        defer { unsafe EVP_MD_CTX_free(context) }
        let isValid = unsafe withPointer { key in
            guard unsafe EVP_DigestVerifyInit(context, nil, Algorithm.sha256, nil, key) == 1 else {
                return false
            }
            return unsafe message.withUnsafeBufferPointer { message in
                // EVP_DigestVerify(3): "return 1 for success; any other value indicates failure".
                unsafe EVP_DigestVerify(
                    context, signature, signature.count, message.baseAddress, message.count) == 1
            }
        }
        if !isValid { OpenSSLError.forget() }
        return isValid
    }
}
