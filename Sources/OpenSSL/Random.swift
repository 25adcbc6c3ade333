private import COpenSSL

/// The random numbers that secrets are made of.
package enum Random {
    /// Bytes nobody can guess. If there is no randomness the process ends: there is no fallback.
    package static func bytes(_ count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            // RAND_bytes(3) returns "1 on success, -1 if not supported ..., or 0 on other failure".
            guard unsafe RAND_bytes(buffer.baseAddress, Int32(count)) == 1 else {
                OpenSSLError.fatal("RAND_bytes")
            }
            initialized = count
        }
    }
}
