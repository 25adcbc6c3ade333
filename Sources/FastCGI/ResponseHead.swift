internal import HTTP
internal import HTTPTypes

/// The head of a CGI response (RFC 3875 §6.3) as bytes, in a buffer that a thread uses again and again.
struct ResponseHead {
    private(set) var bytes: [UInt8] = []

    init() {
        bytes.reserveCapacity(1024)
    }

    /// Whether this status comes with a body and a `Content-Length` (RFC 9110 §8.6, §15.3.5, §15.4.5).
    static func hasBody(_ status: HTTPResponse.Status) -> Bool {
        status.code != 204 && status.code != 304 && status.code >= 200
    }

    /// Writes the head of the response; false when it holds what a header may not hold.
    mutating func write(_ response: Response) -> Bool {
        bytes.removeAll(keepingCapacity: true)
        append("Status: ")
        appendNumber(response.status.code)
        append(" ")
        guard appendLine(response.status.reasonPhrase) else { return false }
        for field in response.headers {
            // The count of the body's bytes is written below; two of them would be one too many.
            if field.name == .contentLength { continue }
            // `Status` is the line above and no header: a second one would decide what nginx answers.
            guard field.name.canonicalName != "status" else { return false }
            append(field.name.rawName)
            append(": ")
            guard appendLine(field.value) else { return false }
        }
        // Of a body in pieces nobody knows the length: nginx then sends it in chunks (RFC 9112 §7.1).
        if Self.hasBody(response.status), response.rest == nil {
            append("Content-Length: ")
            appendNumber(response.body.count)
            append("\r\n")
        }
        append("\r\n")
        return true
    }

    /// Appends text that ends its line; false when it would end it twice. HTTPTypes replaces CR, LF and NUL
    /// in fields by spaces; that nothing gets by it, now or later, is decided here.
    mutating func appendLine(_ text: String) -> Bool {
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        for index in start..<bytes.count where bytes[index] <= UInt8(ascii: "\r") {
            switch bytes[index] {
            case 0, UInt8(ascii: "\r"), UInt8(ascii: "\n"): return false
            default: continue
            }
        }
        append("\r\n")
        return true
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func appendNumber(_ number: Int) {
        bytes.append(contentsOf: String(number).utf8)
    }
}
