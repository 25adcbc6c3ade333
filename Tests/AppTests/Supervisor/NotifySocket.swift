import FastCGI
import Glibc
import Testing

/// A service manager's end of sd_notify(3).
final class NotifySocket {
    let path: String
    private let socket: Descriptor

    init(_ path: String) throws {
        self.path = path
        socket = try #require(Self.bound(to: path))
    }

    private static func bound(to path: String) -> Descriptor? {
        let number = Glibc.socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { return nil }
        let socket = Descriptor(owning: number)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: path.utf8)
        }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(socket.number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return result == 0 ? socket : nil
    }

    /// The next message.
    func next() throws -> String {
        guard
            try Waiting.readable(
                among: [socket.number], milliseconds: RunningService.patience
            ).count == 1
        else {
            throw RunningService.NothingCame(description: "The service manager hears nothing.")
        }
        return String(decoding: try socket.read(atMost: 4096), as: UTF8.self)
    }
}
