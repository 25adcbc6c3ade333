internal import Glibc

/// A system call that a pool can't work without has failed.
package struct FastCGIError: Error, Sendable, Equatable, CustomStringConvertible {
    package let operation: String
    package let code: Int32

    /// Takes the error of the call that has just failed.
    init(_ operation: String, code: Int32 = errno) {
        self.operation = operation
        self.code = code
    }

    package var description: String {
        let text = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        return "\(operation): \(text)"
    }
}
