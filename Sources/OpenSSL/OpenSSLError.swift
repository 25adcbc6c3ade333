private import COpenSSL

/// What OpenSSL, or a check of ours before it, found wrong. It never carries input.
package struct OpenSSLError: Error, Hashable, Sendable {
    /// What was attempted, as the function of the library or in our words.
    package let operation: String

    /// The library's reasons, the earliest first.
    package let reasons: [String]

    package init(_ operation: String, reasons: [String] = []) {
        self.operation = operation
        self.reasons = reasons
    }

    /// Takes every entry out of this thread's error queue, so that none is later taken for the
    /// reason of something else.
    static func drained(after operation: String) -> OpenSSLError {
        var reasons: [String] = []
        while true {
            let code = ERR_get_error()
            if code == 0 { break }
            // ERR_error_string_n(3): "buf ... must be at least 256 bytes"; it ends with a zero.
            var buffer = [CChar](repeating: 0, count: 256)
            unsafe buffer.withUnsafeMutableBufferPointer {
                unsafe ERR_error_string_n(code, $0.baseAddress, $0.count)
            }
            let text = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            reasons.append(String(decoding: text, as: UTF8.self))
        }
        return OpenSSLError(operation, reasons: reasons)
    }

    /// Forgets what a refused signature or tag left in the queue.
    static func forget() {
        ERR_clear_error()
    }

    /// Stops the process: without this, nothing that follows could be trusted.
    static func fatal(_ operation: String) -> Never {
        preconditionFailure("\(drained(after: operation))")
    }
}

extension OpenSSLError: CustomStringConvertible {
    package var description: String {
        reasons.isEmpty ? operation : "\(operation): \(reasons.joined(separator: "; "))"
    }
}
