private import COpenSSL

/// Bytes of a key, held in one place and overwritten when nobody needs them any more.
@safe
package final class SecretBytes: Sendable {
    package let count: Int

    /// The address of memory that this object owns: written before `init` ends, only read after,
    /// freed in `deinit`. A number, because pointers are not `Sendable`.
    private let address: UInt

    /// Copies the bytes. The caller's copy remains; see `init(taking:)`.
    package convenience init(_ bytes: [UInt8]) {
        unsafe self.init(count: bytes.count) { buffer in
            unsafe buffer.copyBytes(from: bytes)
        }
    }

    /// Copies the bytes and overwrites the caller's.
    package convenience init(taking bytes: inout [UInt8]) {
        self.init(bytes)
        bytes.wipe()
    }

    init(count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) {
        guard let memory = unsafe CRYPTO_malloc(max(count, 1), nil, 0) else {
            OpenSSLError.fatal("CRYPTO_malloc")
        }
        self.count = count
        address = UInt(bitPattern: memory)
        unsafe fill(UnsafeMutableRawBufferPointer(start: memory, count: count))
    }

    deinit {
        // OPENSSL_clear_free(3) cleanses before it frees.
        unsafe CRYPTO_clear_free(UnsafeMutableRawPointer(bitPattern: address), count, nil, 0)
    }

    /// Lends the bytes.
    package func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let memory = unsafe UnsafeRawBufferPointer(
            start: UnsafeRawPointer(bitPattern: address), count: count)
        let bytes = unsafe memory.assumingMemoryBound(to: UInt8.self)
        return try body(unsafe Span(_unsafeElements: bytes))
    }
}

extension SecretBytes: CustomStringConvertible {
    package var description: String { "(secret)" }
}

extension [UInt8] {
    /// Overwrites the bytes with zeros in a way that no compiler leaves out, and empties the array.
    /// Only this array: a copy made before keeps its bytes.
    package mutating func wipe() {
        unsafe withUnsafeMutableBytes { buffer in
            unsafe OPENSSL_cleanse(buffer.baseAddress, buffer.count)
        }
        self = []
    }
}
