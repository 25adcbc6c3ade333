import Glibc

/// Unix sockets: the doors at which nginx knocks, and the line between supervisor and worker.
package enum UnixSocket {
    /// The longest path that a unix socket can have: unix(7) gives `sun_path` 108 bytes, and "the
    /// pathname should be null-terminated".
    package static let longestPath = 107

    /// Opens a listening socket at `path`, with the permissions `mode` from its first moment.
    ///
    /// A socket that a dead process left there is removed. One that somebody still answers at is not,
    /// nor is anything that is no socket: the error is then `EADDRINUSE`.
    package static func listen(at path: String, mode: UInt32, backlog: Int32)
        throws(SystemCallError) -> Descriptor
    {
        var address = try address(path)
        try removeStale(path)

        let socket = try new(SOCK_STREAM)
        guard
            unsafe withAddress(
                &address,
                { pointer, length in
                    unsafe bind(socket.number, pointer, length)
                }) == 0
        else {
            throw SystemCallError("The socket \(path) could not be bound")
        }
        // Nobody can connect before listen(2), so the mode of bind's umask is never in force.
        guard unsafe chmod(path, mode) == 0 else {
            throw SystemCallError("The socket \(path) could not be given its permissions")
        }
        guard Glibc.listen(socket.number, backlog) == 0 else {
            throw SystemCallError("The socket \(path) could not be listened at")
        }
        return socket
    }

    /// Both ends of a line between two processes. Neither survives an exec by itself.
    package static func pair() throws(SystemCallError) -> (Descriptor, Descriptor) {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw SystemCallError("A pair of sockets could not be made")
        }
        return (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
    }

    /// Connects to whoever listens at `path`.
    package static func connect(to path: String) throws(SystemCallError) -> Descriptor {
        var address = try address(path)
        let socket = try new(SOCK_STREAM)
        guard
            unsafe withAddress(
                &address,
                { pointer, length in
                    unsafe Glibc.connect(socket.number, pointer, length)
                }) == 0
        else {
            throw SystemCallError("Nobody answers at the socket \(path)")
        }
        return socket
    }

    /// Sends one datagram to the socket at `path`; a leading `@` names an abstract one (unix(7)).
    package static func send(_ bytes: [UInt8], to path: String) throws(SystemCallError) {
        var address = try address(path)
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        if path.hasPrefix("@") {
            unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0[0] = 0 }
            // Of an abstract name every byte within the length counts, so none may be added.
            let before = MemoryLayout<sockaddr_un>.size - (longestPath + 1)
            length = socklen_t(before + path.utf8.count)
        }
        let socket = try new(SOCK_DGRAM)
        let sent = unsafe bytes.withUnsafeBytes { bytes in
            unsafe withAddress(&address) { pointer, _ in
                unsafe sendto(
                    socket.number, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL),
                    pointer, length)
            }
        }
        guard sent == bytes.count else {
            throw SystemCallError("The socket \(path) did not take a message")
        }
    }

    private static func removeStale(_ path: String) throws(SystemCallError) {
        var facts = stat()
        guard unsafe lstat(path, &facts) == 0 else {
            if errno == ENOENT { return }
            throw SystemCallError("The socket \(path) could not be examined")
        }
        guard facts.st_mode & S_IFMT == S_IFSOCK else {
            throw SystemCallError("The socket \(path) could not be bound", code: EADDRINUSE)
        }
        do {
            _ = try connect(to: path)
        } catch {
            if error.code == ECONNREFUSED { return try PrivateFile.remove(path) }
        }
        throw SystemCallError("The socket \(path) could not be bound", code: EADDRINUSE)
    }

    private static func new(_ type: __socket_type) throws(SystemCallError) -> Descriptor {
        let number = socket(
            AF_UNIX, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else {
            throw SystemCallError("A unix socket could not be made")
        }
        return Descriptor(owning: number)
    }

    private static func address(_ path: String) throws(SystemCallError) -> sockaddr_un {
        guard path.utf8.count <= longestPath else {
            throw SystemCallError("The path \(path) is too long for a socket", code: ENAMETOOLONG)
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: path.utf8)
        }
        return address
    }

    private static func withAddress<Result>(
        _ address: inout sockaddr_un,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
