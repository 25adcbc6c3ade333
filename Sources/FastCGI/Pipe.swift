internal import Glibc
internal import Synchronization

/// A pipe that carries no data worth reading: its bytes wake, its end ends.
@safe
final class Pipe: Sendable {
    let reading: Int32
    private let writing: Mutex<Int32>

    init() throws(FastCGIError) {
        var ends: (Int32, Int32) = (-1, -1)
        let made = unsafe withUnsafeMutablePointer(to: &ends) { ends in
            unsafe ends.withMemoryRebound(to: Int32.self, capacity: 2) { unsafe pipe($0) }
        }
        guard made == 0 else { throw FastCGIError("pipe") }
        reading = ends.0
        writing = Mutex(ends.1)
        _ = fcntl(ends.0, F_SETFL, O_NONBLOCK)
        _ = fcntl(ends.1, F_SETFL, O_NONBLOCK)
        _ = fcntl(ends.0, F_SETFD, FD_CLOEXEC)
        _ = fcntl(ends.1, F_SETFD, FD_CLOEXEC)
    }

    deinit {
        end()
        close(reading)
    }

    func wake() {
        writing.withLock { descriptor in
            guard descriptor >= 0 else { return }
            var byte: UInt8 = 0
            // A full pipe wakes as well as one more byte would.
            _ = unsafe write(descriptor, &byte, 1)
        }
    }

    /// Makes the reading end readable for ever.
    func end() {
        writing.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
    }

    /// Waits until woken, at most so long.
    func wait(milliseconds: Int32) {
        var waiting = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&waiting, 1, milliseconds) == 1 else { return }
        var bytes: (UInt64, UInt64) = (0, 0)
        while unsafe read(reading, &bytes, 16) == 16 {}
    }
}
