import Domain
import OpenSSL

/// Sends forms to addresses that somebody else chose, so each may be meant for what only we can reach.
///
/// A name is looked up once, and what is connected to is an address that was looked at. Redirects are an answer like
/// others. The time is limited, and so is what is read.
struct OutboundPost: Sendable {
    /// Seconds that all of it may take.
    static let timeLimit = Duration.seconds(5)
    /// Bytes of an answer's head; the rest is never read.
    static let answerLimit = 16_384

    /// Private addresses and plain http, too (wire: `GATEHOUSE_BACKCHANNEL_ALLOW_PRIVATE`).
    let allowsPrivate: Bool
    let trust: OutboundConnection.Trust

    init(allowsPrivate: Bool, trust: OutboundConnection.Trust = .system) {
        self.allowsPrivate = allowsPrivate
        self.trust = trust
    }

    /// Why nothing came of it, for the log.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The status of the answer.
    /// - Parameter form: encoded.
    func send(_ form: String, to address: String) throws(Failure) -> Int {
        guard let uri = try? URIText(address), uri.fragment == nil, !uri.host.isEmpty,
            uri.scheme == "https" || uri.scheme == "http"
        else { throw Failure(description: "the address can't be used") }
        let isSecure = uri.scheme == "https"
        guard isSecure || allowsPrivate else {
            throw Failure(description: "plain http is not allowed")
        }
        let deadline = ContinuousClock.now + Self.timeLimit
        do {
            let host = uri.host.hasPrefix("[") ? String(uri.host.dropFirst().dropLast()) : uri.host
            let connection = try connect(
                to: host, port: uri.port ?? (isSecure ? 443 : 80), by: deadline)
            if isSecure { try connection.startTLS(as: host, trusting: trust) }
            try connection.write(Array(request(form, to: uri).utf8))
            return try status(readFrom: connection)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(description: "\(error)")
        }
    }

    private func connect(
        to host: String, port: UInt16, by deadline: ContinuousClock.Instant
    ) throws -> OutboundConnection {
        let addresses = try NetworkAddress.lookUp(host)
            .filter { allowsPrivate || $0.isPublic }
        var failure: any Error = Failure(
            description: "the host has no address that may be connected to")
        for address in addresses.prefix(3) {
            do {
                return try OutboundConnection(to: address, port: port, deadline: deadline)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// RFC 9112 §3, and one request a connection (§9.6).
    private func request(_ form: String, to uri: URIText) -> String {
        let target =
            uri.target.isEmpty ? "/" : uri.target.hasPrefix("?") ? "/" + uri.target : uri.target
        return """
            POST \(target) HTTP/1.1\r
            Host: \(uri.authority ?? uri.host)\r
            User-Agent: Gatehouse\r
            Accept: */*\r
            Connection: close\r
            Content-Type: application/x-www-form-urlencoded\r
            Content-Length: \(form.utf8.count)\r
            \r
            \(form)
            """
    }

    /// RFC 9112 §4: `HTTP/1.1 204 …`, once the whole head is there.
    private func status(readFrom connection: OutboundConnection) throws -> Int {
        var head: [UInt8] = []
        while !Self.isWhole(head) {
            let bytes = try connection.read(atMost: 4_096)
            guard !bytes.isEmpty, head.count + bytes.count <= Self.answerLimit else {
                throw Failure(description: "the answer can't be read")
            }
            head += bytes
        }
        let line = head.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
        let parts = String(decoding: line, as: UTF8.self)
            .split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), parts[1].utf8.count == 3,
            let status = Int(parts[1]), (200...599).contains(status)
        else { throw Failure(description: "the answer can't be read") }
        return status
    }

    private static func isWhole(_ head: [UInt8]) -> Bool {
        let text = String(decoding: head, as: UTF8.self)
        return text.contains("\r\n\r\n") || text.contains("\n\n")
    }
}
