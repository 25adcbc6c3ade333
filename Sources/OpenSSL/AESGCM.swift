private import COpenSSL

/// Authenticated encryption: AES-256 in Galois/counter mode (NIST SP 800-38D).
package enum AESGCM {
    package static let keyLength = 32
    package static let nonceLength = 12
    package static let tagLength = 16

    /// Encrypts under a new random nonce and answers nonce, ciphertext and tag in a row.
    ///
    /// Random nonces are safe for about four thousand million messages under one key
    /// (SP 800-38D §8.3).
    package static func seal(
        _ plaintext: SecretBytes, key: SecretBytes, associatedData: [UInt8]
    ) -> [UInt8] {
        let nonce = Random.bytes(nonceLength)
        var context = Context(isSealing: true)
        context.begin(key: key, nonce: nonce, associatedData)
        var ciphertext = [UInt8](repeating: 0, count: plaintext.count)
        plaintext.withBytes { plaintext in
            unsafe ciphertext.withUnsafeMutableBytes { output in
                unsafe context.process(plaintext, into: output)
            }
        }
        return nonce + ciphertext + context.finish()
    }

    /// What was sealed, or nil if the key, the associated data or a single bit is another.
    package static func open(
        _ sealed: [UInt8], key: SecretBytes, associatedData: [UInt8]
    ) -> SecretBytes? {
        guard sealed.count >= nonceLength + tagLength else { return nil }
        var context = Context(isSealing: false)
        context.begin(key: key, nonce: Array(sealed.prefix(nonceLength)), associatedData)
        let body = nonceLength..<sealed.count - tagLength
        var isAuthentic = false
        let plaintext = unsafe SecretBytes(count: body.count) { output in
            unsafe context.process(sealed.span.extracting(body), into: output)
            isAuthentic = context.accepts(tag: Array(sealed.suffix(tagLength)))
        }
        return isAuthentic ? plaintext : nil
    }
}

/// One encryption or decryption under way.
@safe
private struct Context: ~Copyable {
    private let pointer: OpaquePointer
    private let isSealing: Bool

    init(isSealing: Bool) {
        guard let pointer = unsafe EVP_CIPHER_CTX_new() else {
            OpenSSLError.fatal("EVP_CIPHER_CTX_new")
        }
        unsafe self.pointer = unsafe pointer
        self.isSealing = isSealing
    }

    deinit {
        // EVP_CIPHER_CTX_free(3) clears the key schedule too.
        unsafe EVP_CIPHER_CTX_free(pointer)
    }

    mutating func begin(key: SecretBytes, nonce: [UInt8], _ associatedData: [UInt8]) {
        precondition(key.count == AESGCM.keyLength, "AES-256 takes a key of 32 bytes")
        precondition(nonce.count == AESGCM.nonceLength, "the nonce must have 12 bytes")
        let result = key.withBytes { key in
            unsafe key.withUnsafeBufferPointer { key in
                unsafe EVP_CipherInit_ex2(
                    pointer, Algorithm.aes256GCM, key.baseAddress, nonce, isSealing ? 1 : 0, nil)
            }
        }
        guard result == 1 else { OpenSSLError.fatal("EVP_CipherInit_ex2") }
        guard !associatedData.isEmpty else { return }
        var written: Int32 = 0
        // EVP_EncryptInit(3), AEAD: "call EVP_CipherUpdate() ... with the output parameter out set
        // to NULL" for associated data.
        let added = unsafe EVP_CipherUpdate(
            pointer, nil, &written, associatedData, Int32(associatedData.count))
        guard added == 1 else { OpenSSLError.fatal("EVP_CipherUpdate") }
    }

    /// Works on all of the input at once, into an output of the same length.
    mutating func process(_ input: Span<UInt8>, into output: UnsafeMutableRawBufferPointer) {
        guard !input.isEmpty else { return }
        var written: Int32 = 0
        let result = unsafe input.withUnsafeBufferPointer { input in
            unsafe EVP_CipherUpdate(
                pointer, output.assumingMemoryBound(to: UInt8.self).baseAddress, &written,
                input.baseAddress, Int32(input.count))
        }
        guard result == 1, Int(written) == input.count else {
            OpenSSLError.fatal("EVP_CipherUpdate")
        }
    }

    mutating func finish() -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: AESGCM.tagLength)
        var written: Int32 = 0
        var rest: UInt8 = 0
        guard unsafe EVP_CipherFinal_ex(pointer, &rest, &written) == 1 else {
            OpenSSLError.fatal("EVP_CipherFinal_ex")
        }
        let result = unsafe EVP_CIPHER_CTX_ctrl(
            pointer, EVP_CTRL_AEAD_GET_TAG, Int32(AESGCM.tagLength), &tag)
        guard result == 1 else { OpenSSLError.fatal("EVP_CTRL_AEAD_GET_TAG") }
        return tag
    }

    /// Until this says yes, what was decrypted must not be looked at.
    mutating func accepts(tag: [UInt8]) -> Bool {
        var tag = tag
        var written: Int32 = 0
        var rest: UInt8 = 0
        let result = unsafe EVP_CIPHER_CTX_ctrl(
            pointer, EVP_CTRL_AEAD_SET_TAG, Int32(AESGCM.tagLength), &tag)
        guard result == 1 else { OpenSSLError.fatal("EVP_CTRL_AEAD_SET_TAG") }
        guard unsafe EVP_CipherFinal_ex(pointer, &rest, &written) == 1 else {
            OpenSSLError.forget()
            return false
        }
        return true
    }
}
