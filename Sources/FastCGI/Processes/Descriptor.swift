import Glibc

/// An open file, socket or pipe end, closed when its last owner lets go of it.
package final class Descriptor: Sendable {
    /// The number by which the operating system knows it; valid as long as this object lives.
    package let number: Int32

    /// Takes over an open descriptor.
    package init(owning number: Int32) {
        self.number = number
    }

    deinit {
        // close(2): "the file descriptor is always closed", also after an error.
        close(number)
    }
}

extension Descriptor {
    /// Sends all of `bytes`, in one `write(2)` when the other side takes them at once.
    ///
    /// The process must not die of SIGPIPE for it: block or ignore that signal first.
    package func write(_ bytes: [UInt8]) throws(SystemCallError) {
        try Self.write(bytes, to: number)
    }

    /// Up to `limit` bytes that are there, or an empty array at the end of the stream.
    package func read(atMost limit: Int) throws(SystemCallError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        while true {
            let count = unsafe Glibc.read(number, &bytes, limit)
            if count >= 0 { return Array(bytes.prefix(count)) }
            if errno != EINTR { throw SystemCallError("Descriptor \(number) could not be read") }
        }
    }

    static func write(_ bytes: [UInt8], to number: Int32) throws(SystemCallError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(number, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw SystemCallError("Descriptor \(number) could not be written")
            }
        }
    }
}

/// The standard error stream: where the log goes.
package enum StandardError {
    /// Writes `bytes` with one `write(2)`, so that lines of several processes do not mix: on a pipe that
    /// is promised up to PIPE_BUF (4,096) bytes, on a file opened for appending always.
    ///
    /// A log that cannot be written is no reason to fail the work that it speaks of.
    package static func write(_ bytes: [UInt8]) {
        do throws(SystemCallError) {
            try Descriptor.write(bytes, to: STDERR_FILENO)
        } catch {
            // There is no place left to say so.
        }
    }
}
