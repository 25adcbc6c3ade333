import Glibc

/// A web server's end of a FastCGI connection, which may say what it likes.
final class RawClient {
    struct Record: Equatable {
        let type: UInt8
        let id: UInt16
        let content: [UInt8]
    }

    /// What one request was answered.
    struct Answer: Equatable {
        var output: String
        var protocolStatus: UInt8

        var status: String? {
            output.split(separator: "\r\n").first.map(String.init)
        }
        var head: String { output.components(at: "\r\n\r\n").0 }
        var body: String { output.components(at: "\r\n\r\n").1 }
    }

    struct Failed: Error {
        let what: String
        let code = errno
    }

    let descriptor: Int32
    private var unread: [UInt8] = []

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        // So that a test that would hang fails instead.
        var time = timeval(tv_sec: 20, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            _ = unsafe setsockopt(
                descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
        guard unsafe UnixAddress.with(path, { unsafe connect(descriptor, $0, $1) }) == 0 else {
            let failed = Failed(what: "connect")
            close(descriptor)
            throw failed
        }
    }

    deinit {
        close(descriptor)
    }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { throw Failed(what: "send") }
            rest = rest.dropFirst(sent)
        }
    }

    /// Sends as much as the peer takes.
    func sendWhatGoes(_ bytes: [UInt8]) {
        do { try send(bytes) } catch {}
    }

    func finishSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// The next record, or nil at the end of the connection.
    func receiveRecord() throws -> Record? {
        guard let header = try receive(8) else { return nil }
        let length = Int(header[4]) << 8 | Int(header[5])
        guard let content = try receive(length), try receive(Int(header[6])) != nil else {
            throw Failed(what: "cut record")
        }
        return Record(
            type: header[1], id: UInt16(header[2]) << 8 | UInt16(header[3]), content: content)
    }

    /// The records up to the end of a request.
    func receiveAnswer(id: UInt16 = 1) throws -> Answer {
        var output: [UInt8] = []
        while let record = try receiveRecord() {
            guard record.id == id else { continue }
            switch record.type {
            case 6: output += record.content
            case 3:
                return Answer(
                    output: String(decoding: output, as: UTF8.self),
                    protocolStatus: record.content[4])
            default: throw Failed(what: "record of type \(record.type)")
            }
        }
        throw Failed(what: "no end of the request")
    }

    func ask(_ request: [UInt8]) throws -> Answer {
        try send(request)
        return try receiveAnswer()
    }

    /// Whether nothing but the end of the connection comes.
    func isClosed() -> Bool {
        var byte: UInt8 = 0
        let count = unsafe recv(descriptor, &byte, 1, 0)
        return count == 0 || (count < 0 && errno == ECONNRESET)
    }

    private func receive(_ count: Int) throws -> [UInt8]? {
        while unread.count < count {
            var buffer = [UInt8](repeating: 0, count: 65536)
            let received = unsafe buffer.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
            }
            if received == 0 || (received < 0 && errno == ECONNRESET) {
                if unread.isEmpty { return nil }
                throw Failed(what: "end inside a record")
            }
            guard received > 0 else { throw Failed(what: "recv") }
            unread += buffer[..<received]
        }
        defer { unread.removeFirst(count) }
        return Array(unread[..<count])
    }
}

enum UnixAddress {
    static func with<R>(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R
    ) -> R {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { place in
            for (index, byte) in path.utf8.enumerated() { unsafe place[index] = byte }
        }
        return unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe body(address, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

extension String {
    fileprivate func components(at separator: String) -> (String, String) {
        let bytes = Array(utf8)
        let mark = Array(separator.utf8)
        for start in bytes.indices where bytes[start...].starts(with: mark) {
            return (
                String(decoding: bytes[..<start], as: UTF8.self),
                String(decoding: bytes[(start + mark.count)...], as: UTF8.self)
            )
        }
        return (self, "")
    }
}
