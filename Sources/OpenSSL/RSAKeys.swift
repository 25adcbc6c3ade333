private import COpenSSL

/// The bounds of what we take for an RSA key.
package enum RSA {
    /// RFC 7518 §3.3: "A key of size 2048 bits or larger MUST be used". The upper end bounds the
    /// work that a stranger's key can cause.
    package static let bits = 2048...8192
}

/// An RSA private key. It never changes, and any thread may sign with it.
package struct RSAPrivateKey: Sendable {
    private let handle: KeyHandle

    package let publicKey: RSAPublicKey

    /// Makes a new key. This takes from a tenth of a second to several.
    package static func generate(bits: Int = 2048) throws(OpenSSLError) -> RSAPrivateKey {
        precondition(RSA.bits.contains(bits), "the length of an RSA key is out of range")
        return try RSAPrivateKey(
            unsafe KeyHandle(adopting: gatehouse_generate_rsa(bits), from: "EVP_PKEY_Q_keygen"))
    }

    /// Reads a key from PKCS#8 in DER. That its halves are a pair is tried by a signature.
    package init(pkcs8: SecretBytes) throws(OpenSSLError) {
        try self.init(KeyHandle(pkcs8: pkcs8))
    }

    private init(_ handle: KeyHandle) throws(OpenSSLError) {
        guard handle.isA("RSA") else {
            throw OpenSSLError("RSA private key", reasons: ["not an RSA key"])
        }
        self.handle = handle
        // From the numbers alone, so that the public key holds nothing private.
        publicKey = try RSAPublicKey(
            n: handle.number(OSSL_PKEY_PARAM_RSA_N), e: handle.number(OSSL_PKEY_PARAM_RSA_E))
        let trial = Array("trial".utf8)
        guard publicKey.isValid(signature: try signature(for: trial), for: trial) else {
            throw OpenSSLError("RSA private key", reasons: ["the halves are no pair"])
        }
    }

    package func pkcs8() throws(OpenSSLError) -> SecretBytes {
        try handle.pkcs8()
    }

    /// Signs with RSASSA-PKCS1-v1_5 over SHA-256 (RFC 7518 §3.3), the library's usual padding.
    package func signature(for message: Span<UInt8>) throws(OpenSSLError) -> [UInt8] {
        try handle.signature(for: message)
    }

    package func signature(for message: [UInt8]) throws(OpenSSLError) -> [UInt8] {
        try signature(for: message.span)
    }
}

/// An RSA public key. It never changes, and any thread may verify with it.
package struct RSAPublicKey: Sendable {
    /// The modulus, big-endian, without leading zeros.
    package let n: [UInt8]

    /// The public exponent, big-endian, without leading zeros.
    package let e: [UInt8]

    private let handle: KeyHandle

    /// Refuses leading zeros, a modulus out of `RSA.bits` or even, and an exponent that is even, 1,
    /// or over 32 bits.
    package init(n: [UInt8], e: [UInt8]) throws(OpenSSLError) {
        guard let first = n.first, let last = n.last, first != 0 else {
            throw OpenSSLError("RSA public key", reasons: ["the modulus begins with a zero"])
        }
        guard RSA.bits.contains(n.count * 8 - first.leadingZeroBitCount) else {
            throw OpenSSLError("RSA public key", reasons: ["the modulus is too short or too long"])
        }
        guard last & 1 == 1 else {
            throw OpenSSLError("RSA public key", reasons: ["the modulus is even"])
        }
        guard let exponentEnd = e.last, e.first != 0, e.count <= 4, exponentEnd & 1 == 1, e != [1]
        else {
            throw OpenSSLError("RSA public key", reasons: ["the exponent is none that we take"])
        }
        let parameters = KeyParameters()
        parameters.add(OSSL_PKEY_PARAM_RSA_N, number: n)
        parameters.add(OSSL_PKEY_PARAM_RSA_E, number: e)
        handle = try parameters.makePublicKey(type: "RSA")
        self.n = n
        self.e = e
    }

    /// Whether this is the key's signature (PKCS #1 v1.5) over SHA-256 of the message. It must be
    /// as long as the modulus.
    package func isValid(signature: [UInt8], for message: Span<UInt8>) -> Bool {
        signature.count == n.count && handle.isValid(signature, for: message)
    }

    package func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
        isValid(signature: signature, for: message.span)
    }
}

extension RSAPublicKey: Hashable {
    package static func == (left: Self, right: Self) -> Bool {
        left.n == right.n && left.e == right.e
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(n)
        hasher.combine(e)
    }
}
