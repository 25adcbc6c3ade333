import Glibc

/// What the operating system refused: what was to be done to what, and its own text for the reason.
package struct SystemCallError: Error, Sendable, CustomStringConvertible {
    /// The `errno` of the call.
    package let code: Int32
    /// A sentence for people.
    package let description: String

    /// `what` begins the sentence: "The socket web.sock could not be bound".
    package init(_ what: String, code: Int32 = errno) {
        self.code = code
        let reason = unsafe String(cString: strerror(code))
        self.description = "\(what): \(reason)."
    }
}
