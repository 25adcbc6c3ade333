private import COpenSSL
private import Glibc

/// A connection to another host, in the clear or by TLS. Every call ends at the deadline, whatever the other side
/// does.
///
/// The process must ignore SIGPIPE: SSL_write(3) writes to the socket as write(2) does.
@safe
package final class OutboundConnection {
    /// Whose certificates are believed.
    package enum Trust: Sendable {
        /// The host's store.
        case system
        /// A file of certificates in PEM.
        case file(String)
    }

    private let socket: Int32
    private let deadline: ContinuousClock.Instant
    private var tls: OpaquePointer?

    /// Connects to exactly this address.
    package init(
        to address: NetworkAddress, port: UInt16, deadline: ContinuousClock.Instant
    ) throws(OpenSSLError) {
        OpenSSLError.forget()
        self.deadline = deadline
        let family = address.bytes.count == 4 ? AF_INET : AF_INET6
        socket = BIO_socket(family, Int32(SOCK_STREAM.rawValue), 0, 0)
        guard socket >= 0 else { throw .drained(after: "BIO_socket") }
        do throws(OpenSSLError) {
            try connect(to: address, family, port)
        } catch {
            // A deinit does not run for what was never made.
            close(socket)
            throw error
        }
    }

    deinit {
        if let tls = unsafe tls {
            // SSL_shutdown(3): one call says goodbye; there is no need to wait for the answer.
            unsafe SSL_shutdown(tls)
            unsafe SSL_free(tls)
            OpenSSLError.forget()
        }
        close(socket)
    }

    private func connect(
        to address: NetworkAddress, _ family: Int32, _ port: UInt16
    ) throws(OpenSSLError) {
        guard let peer = unsafe BIO_ADDR_new() else { throw .drained(after: "BIO_ADDR_new") }
        defer { unsafe BIO_ADDR_free(peer) }
        // BIO_ADDR_rawmake(3): the port, too, is in network byte order.
        let isMade = unsafe address.bytes.withUnsafeBytes { bytes in
            unsafe BIO_ADDR_rawmake(
                peer, family, bytes.baseAddress, bytes.count, port.bigEndian)
        }
        guard isMade == 1 else { throw .drained(after: "BIO_ADDR_rawmake") }
        // 8 is BIO_SOCK_NONBLOCK.
        if unsafe BIO_connect(socket, peer, BIO_SOCK_NONBLOCK) == 1 { return }
        guard BIO_sock_should_retry(-1) == 1 else { throw .drained(after: "BIO_connect") }
        try wait(for: POLLOUT)
        // connect(2): «use getsockopt(2) to read the SO_ERROR option … to determine whether connect() completed».
        guard BIO_sock_error(socket) == 0 else { throw OpenSSLError("connect") }
    }

    /// Begins TLS 1.2 or later, and checks that the other side has a certificate for the host: a name, or the text
    /// of an address.
    package func startTLS(as host: String, trusting trust: Trust = .system) throws(OpenSSLError) {
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else {
            throw .drained(after: "SSL_CTX_new")
        }
        // SSL_new(3): the connection holds the context.
        defer { unsafe SSL_CTX_free(context) }
        guard unsafe gatehouse_require_tls_1_2(context) == 1 else {
            throw .drained(after: "SSL_CTX_set_min_proto_version")
        }
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        let isTrusted =
            switch trust {
            case .system: unsafe SSL_CTX_set_default_verify_paths(context)
            case .file(let path): unsafe SSL_CTX_load_verify_locations(context, path, nil)
            }
        guard isTrusted == 1 else { throw .drained(after: "SSL_CTX_load_verify_locations") }
        guard let connection = unsafe SSL_new(context) else { throw .drained(after: "SSL_new") }
        unsafe tls = connection
        guard unsafe SSL_set_fd(connection, socket) == 1 else {
            throw .drained(after: "SSL_set_fd")
        }
        let parameters = unsafe SSL_get0_param(connection)
        // X509_VERIFY_PARAM_set1_ip_asc(3): 0 for what is no address; RFC 6066 §3: an address is no server name.
        if unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, host) != 1 {
            OpenSSLError.forget()
            guard unsafe SSL_set1_host(connection, host) == 1,
                unsafe gatehouse_name_server(connection, host) == 1
            else { throw .drained(after: "SSL_set1_host") }
        }
        try repeated("SSL_connect") { unsafe SSL_connect(connection) }
    }

    /// Sends all of it.
    package func write(_ bytes: [UInt8]) throws(OpenSSLError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count: Int
            if let tls = unsafe tls {
                count = try repeated("SSL_write") {
                    unsafe rest.withUnsafeBytes { buffer in
                        unsafe SSL_write(tls, buffer.baseAddress, Int32(clamping: buffer.count))
                    }
                }
            } else {
                count = try retried("send", POLLOUT) {
                    unsafe rest.withUnsafeBytes { buffer in
                        unsafe send(
                            socket, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
                    }
                }
            }
            rest = rest.dropFirst(count)
        }
    }

    /// What has come, at most so much; empty where the other side has closed.
    package func read(atMost limit: Int) throws(OpenSSLError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count: Int
        if let tls = unsafe tls {
            count = try repeated("SSL_read", isOverAtEnd: true) {
                unsafe bytes.withUnsafeMutableBytes { buffer in
                    unsafe SSL_read(tls, buffer.baseAddress, Int32(clamping: buffer.count))
                }
            }
        } else {
            count = try retried("recv", POLLIN) {
                unsafe bytes.withUnsafeMutableBytes { buffer in
                    unsafe recv(socket, buffer.baseAddress, buffer.count, 0)
                }
            }
        }
        return Array(bytes.prefix(count))
    }

    /// SSL_get_error(3): a call that could not finish is made again when the socket is ready.
    @discardableResult
    private func repeated(
        _ operation: String, isOverAtEnd: Bool = false, _ call: () -> Int32
    ) throws(OpenSSLError) -> Int {
        while true {
            // «The current thread's error queue must be empty before the TLS/SSL I/O operation is attempted».
            OpenSSLError.forget()
            let result = call()
            if result > 0 { return Int(result) }
            switch unsafe SSL_get_error(tls, result) {
            case SSL_ERROR_WANT_READ: try wait(for: POLLIN)
            case SSL_ERROR_WANT_WRITE: try wait(for: POLLOUT)
            case SSL_ERROR_ZERO_RETURN where isOverAtEnd: return 0
            default: throw .drained(after: operation)
            }
        }
    }

    private func retried(
        _ operation: String, _ events: Int32, _ call: () -> Int
    ) throws(OpenSSLError) -> Int {
        while true {
            let result = call()
            if result >= 0 { return result }
            guard errno == EAGAIN || errno == EINTR else { throw OpenSSLError(operation) }
            try wait(for: events)
        }
    }

    private func wait(for events: Int32) throws(OpenSSLError) {
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { throw OpenSSLError("connection", reasons: ["timed out"]) }
            let milliseconds =
                left.components.seconds * 1_000
                + left.components.attoseconds / 1_000_000_000_000_000
            var waiting = pollfd(fd: socket, events: Int16(events), revents: 0)
            let result = unsafe poll(&waiting, 1, Int32(clamping: milliseconds + 1))
            if result > 0 { return }
            guard result == 0 || errno == EINTR else { throw OpenSSLError("poll") }
        }
    }
}
