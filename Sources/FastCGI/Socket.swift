internal import Glibc

/// System calls on a connected socket that never wait and never raise SIGPIPE.
enum Socket {
    enum Reading: Equatable {
        case bytes(Int)
        case nothingYet
        /// The peer has closed its side.
        case end
        case failed
    }

    static func peek(_ descriptor: Int32, into buffer: inout [UInt8]) -> Reading {
        receive(descriptor, into: &buffer, atMost: buffer.count, MSG_PEEK)
    }

    static func read(
        _ descriptor: Int32, into buffer: inout [UInt8], atMost count: Int
    ) -> Reading {
        receive(descriptor, into: &buffer, atMost: count, 0)
    }

    private static func receive(
        _ descriptor: Int32, into buffer: inout [UInt8], atMost count: Int, _ flags: Int
    ) -> Reading {
        while true {
            let received = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe recv(
                    descriptor, bytes.baseAddress, min(count, bytes.count),
                    Int32(flags | MSG_DONTWAIT))
            }
            if received > 0 { return .bytes(received) }
            if received == 0 { return .end }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .nothingYet
            default: return .failed
            }
        }
    }

    /// Sends a few bytes at once or not at all.
    static func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        if bytes.isEmpty { return true }
        let sent = unsafe bytes.withUnsafeBytes { bytes in
            unsafe Glibc.send(
                descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
        }
        return sent == bytes.count
    }

    /// The next connection of a listening socket, its reads and writes bounded in time.
    static func accept(_ listening: Int32, timeout: Duration) -> Result<Int32, FastCGIError> {
        let descriptor = Glibc.accept(listening, nil, nil)
        guard descriptor >= 0 else { return .failure(FastCGIError("accept")) }
        // No child process is to hold a connection open. It can't fail on an open descriptor.
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var time = timeval(timeout)
        let size = socklen_t(MemoryLayout<timeval>.size)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            // It can't fail on a socket that is open, and if it did, the deadline would still hold.
            _ = unsafe setsockopt(descriptor, SOL_SOCKET, option, &time, size)
        }
        // accept(2): on Linux the new socket does not inherit O_NONBLOCK from the listening one.
        return .success(descriptor)
    }

    static func setNonBlocking(_ descriptor: Int32) throws(FastCGIError) {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else {
            throw FastCGIError("fcntl of the listening socket")
        }
    }
}

extension timeval {
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self.init(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
    }
}

/// The monotonic clock in milliseconds: for deadlines, which nothing outside this process sees.
enum MonotonicClock {
    static var now: Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}

extension Duration {
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
