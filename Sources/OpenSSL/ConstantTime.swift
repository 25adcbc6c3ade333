private import COpenSSL

/// Comparison of secrets in a time that does not depend on where they differ.
package enum ConstantTime {
    /// Whether both are the same bytes. Only the lengths may show in the time it takes.
    package static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in
                // Both pointers may be nil when there are no bytes to compare.
                unsafe left.isEmpty
                    || CRYPTO_memcmp(left.baseAddress, right.baseAddress, left.count) == 0
            }
        }
    }
}
