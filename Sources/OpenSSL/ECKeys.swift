private import COpenSSL

/// The curve P-256 (FIPS 186-4 D.1.2.3), the only one we sign with.
package enum P256 {
    /// The length of a coordinate, and of each half of a signature.
    package static let length = 32

    static let name = "P-256"

    /// The order of the base point, big-endian.
    static let order: [UInt8] = [
        0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63,
        0x25, 0x51,
    ]
}

/// A private key on P-256. It never changes, and any thread may sign with it.
package struct ECPrivateKey: Sendable {
    private let handle: KeyHandle

    package let publicKey: ECPublicKey

    /// Makes a new key.
    package static func generate() throws(OpenSSLError) -> ECPrivateKey {
        try ECPrivateKey(
            unsafe KeyHandle(adopting: gatehouse_generate_p256(), from: "EVP_PKEY_Q_keygen"))
    }

    /// Reads a key from PKCS#8 in DER. Other curves, and halves that are no pair, are refused.
    package init(pkcs8: SecretBytes) throws(OpenSSLError) {
        try self.init(KeyHandle(pkcs8: pkcs8))
    }

    private init(_ handle: KeyHandle) throws(OpenSSLError) {
        guard handle.isA("EC"), handle.isOnP256 else {
            throw OpenSSLError("EC private key", reasons: ["not a key on P-256"])
        }
        try unsafe handle.check({ unsafe EVP_PKEY_check($0) }, "EVP_PKEY_check")
        self.handle = handle
        // From the numbers alone, so that the public key holds nothing private.
        publicKey = try ECPublicKey(
            x: handle.number(OSSL_PKEY_PARAM_EC_PUB_X, length: P256.length),
            y: handle.number(OSSL_PKEY_PARAM_EC_PUB_Y, length: P256.length))
    }

    package func pkcs8() throws(OpenSSLError) -> SecretBytes {
        try handle.pkcs8()
    }

    /// Signs with ECDSA over SHA-256; answers r and s in 64 bytes (RFC 7518 §3.4).
    package func signature(for message: Span<UInt8>) throws(OpenSSLError) -> [UInt8] {
        let der = try handle.signature(for: message)
        return try unsafe der.withUnsafeBufferPointer { der throws(OpenSSLError) in
            var cursor = der.baseAddress
            guard let signature = unsafe d2i_ECDSA_SIG(nil, &cursor, der.count) else {
                throw .drained(after: "d2i_ECDSA_SIG")
            }
            defer { unsafe ECDSA_SIG_free(signature) }
            let length = Int32(P256.length)
            var r = [UInt8](repeating: 0, count: P256.length)
            var s = r
            guard unsafe BN_bn2binpad(ECDSA_SIG_get0_r(signature), &r, length) == length,
                unsafe BN_bn2binpad(ECDSA_SIG_get0_s(signature), &s, length) == length
            else { throw .drained(after: "BN_bn2binpad") }
            return r + s
        }
    }

    package func signature(for message: [UInt8]) throws(OpenSSLError) -> [UInt8] {
        try signature(for: message.span)
    }
}

/// A public key on P-256. It never changes, and any thread may verify with it.
package struct ECPublicKey: Sendable {
    /// The coordinates of the point, big-endian, 32 bytes each.
    package let x: [UInt8]
    package let y: [UInt8]

    private let handle: KeyHandle

    /// Refuses coordinates of another length, and points that are not on the curve.
    package init(x: [UInt8], y: [UInt8]) throws(OpenSSLError) {
        guard x.count == P256.length, y.count == P256.length else {
            throw OpenSSLError("EC public key", reasons: ["a coordinate has not 32 bytes"])
        }
        // SEC 1 §2.3.3: 4 means that both coordinates follow.
        let point = [0x04] + x + y
        let parameters = KeyParameters()
        parameters.add(OSSL_PKEY_PARAM_GROUP_NAME, text: P256.name)
        parameters.add(OSSL_PKEY_PARAM_PUB_KEY, octets: point)
        handle = try parameters.makePublicKey(type: "EC")
        try unsafe handle.check({ unsafe EVP_PKEY_public_check($0) }, "EVP_PKEY_public_check")
        self.x = x
        self.y = y
    }

    /// Whether 64 bytes of r and s are this key's signature over SHA-256 of the message.
    ///
    /// Other lengths, DER among them, are refused, and so are r or s of 0 or beyond the order.
    package func isValid(signature: [UInt8], for message: Span<UInt8>) -> Bool {
        guard signature.count == 2 * P256.length,
            Self.isInRange(signature.prefix(P256.length)),
            Self.isInRange(signature.suffix(P256.length)),
            let der = Self.der(of: signature)
        else { return false }
        return handle.isValid(der, for: message)
    }

    package func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
        isValid(signature: signature, for: message.span)
    }

    /// FIPS 186-4 §6.4.2 by way of ANSI X9.62: r and s are at least 1 and less than the order. The
    /// library looks too; CVE-2022-21449 was a library that did not.
    private static func isInRange(_ number: ArraySlice<UInt8>) -> Bool {
        number.contains { $0 != 0 } && number.lexicographicallyPrecedes(P256.order)
    }

    private static func der(of signature: [UInt8]) -> [UInt8]? {
        guard let pair = unsafe ECDSA_SIG_new() else { return nil }
        defer { unsafe ECDSA_SIG_free(pair) }
        let numbers = unsafe signature.withUnsafeBufferPointer { bytes in
            unsafe (
                BN_bin2bn(bytes.baseAddress, Int32(P256.length), nil),
                BN_bin2bn(
                    bytes.baseAddress.map { unsafe $0 + P256.length }, Int32(P256.length), nil)
            )
        }
        // ECDSA_SIG_set0(3) takes over both numbers, but only when it succeeds.
        guard unsafe ECDSA_SIG_set0(pair, numbers.0, numbers.1) == 1 else {
            unsafe BN_free(numbers.0)
            unsafe BN_free(numbers.1)
            OpenSSLError.forget()
            return nil
        }
        // Sequence, two integers with a leading zero each: never more than 72 bytes.
        var der = [UInt8](repeating: 0, count: 72)
        let length = unsafe der.withUnsafeMutableBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return unsafe i2d_ECDSA_SIG(pair, &cursor)
        }
        guard length > 0 else {
            OpenSSLError.forget()
            return nil
        }
        der.removeLast(der.count - Int(length))
        return der
    }
}

extension ECPublicKey: Hashable {
    package static func == (left: Self, right: Self) -> Bool {
        left.x == right.x && left.y == right.y
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(x)
        hasher.combine(y)
    }
}

extension KeyHandle {
    fileprivate var isOnP256: Bool {
        unsafe withPointer { key in
            // OpenSSL's own name for the curve is the one of ANSI X9.62.
            var name = [CChar](repeating: 0, count: 32)
            var length = 0
            let result = unsafe EVP_PKEY_get_group_name(key, &name, name.count, &length)
            guard result == 1, name.count >= length else {
                OpenSSLError.forget()
                return false
            }
            return name.prefix(length).elementsEqual("prime256v1".utf8.map(CChar.init))
        }
    }
}
