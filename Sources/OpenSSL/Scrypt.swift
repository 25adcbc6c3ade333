private import COpenSSL

/// The password hash scrypt (RFC 7914).
package enum Scrypt {
    /// How many bytes of memory a derivation takes.
    package static func memory(n: Int, r: Int, p: Int) -> Int {
        128 * r * (n + p + 2)
    }

    /// Derives `length` bytes. The password is used whole, whatever bytes it consists of; but scrypt
    /// begins with HMAC, which fills a key up to 64 bytes with zeros, so that zeros at the end of a
    /// shorter password make no difference.
    ///
    /// - Parameters:
    ///   - n: the cost, a power of two.
    ///   - r: the block size.
    ///   - p: how many times the work is done.
    package static func derive(
        password: [UInt8], salt: [UInt8], n: Int, r: Int, p: Int, length: Int
    ) throws(OpenSSLError) -> [UInt8] {
        guard n > 1, n & (n - 1) == 0, n <= 1 << 24, 1...64 ~= r, 1...64 ~= p, length > 0 else {
            throw OpenSSLError("scrypt", reasons: ["parameters out of range"])
        }
        var key = [UInt8](repeating: 0, count: length)
        // EVP_PBE_scrypt(3) refuses to take more memory than `maxmem`; its own limit, taken for 0,
        // is 32 MiB.
        let limit = UInt64(memory(n: n, r: r, p: p))
        let result = unsafe password.withUnsafeBytes { password in
            unsafe salt.withUnsafeBufferPointer { salt in
                unsafe key.withUnsafeMutableBufferPointer { key in
                    unsafe EVP_PBE_scrypt(
                        password.assumingMemoryBound(to: CChar.self).baseAddress, password.count,
                        salt.baseAddress, salt.count, UInt64(n), UInt64(r), UInt64(p), limit,
                        key.baseAddress, key.count)
                }
            }
        }
        guard result == 1 else { throw .drained(after: "EVP_PBE_scrypt") }
        return key
    }
}
