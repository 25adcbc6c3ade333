import Glibc

/// Waiting for several descriptors at once.
package enum Waiting {
    /// Which of `descriptors` can be read, or have been hung up, after at most `milliseconds`
    /// (`nil`: however long it takes). Empty when time has run out.
    package static func readable(among descriptors: [Int32], milliseconds: Int?)
        throws(SystemCallError) -> [Int32]
    {
        var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let timeout = milliseconds.map { Int32(clamping: max(0, $0)) } ?? -1
        let count = unsafe poll(&entries, nfds_t(entries.count), timeout)
        guard count >= 0 else {
            if errno == EINTR { return [] }
            throw SystemCallError("Descriptors could not be waited for")
        }
        return entries.filter { $0.revents != 0 }.map(\.fd)
    }
}

/// The clock that no one sets, for service managers that compare its values.
package enum MonotonicTime {
    /// Microseconds of CLOCK_MONOTONIC.
    package static var microseconds: Int64 {
        var time = timespec()
        // clock_gettime(2) fails only for a clock that is not there; this one always is.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
