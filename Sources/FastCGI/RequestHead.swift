internal import HTTP

/// The parameters of a request and what the door itself reads of them.
struct RequestHead {
    enum ContentLength: Equatable {
        case absent
        case bytes(Int)
        case invalid
    }

    let parameters: Parameters
    let contentLength: ContentLength
    let isHead: Bool

    /// Reads the content of the PARAMS stream in one pass; nil when it is malformed or has more pairs than
    /// allowed.
    ///
    /// The pairs are taken from here and not from libfcgi's `envp`: that joins name and value with `=`,
    /// so that a name with `=` in it or a value with a NUL would be read as something else.
    init?(_ content: [UInt8], pairs limit: Int) {
        var entries: [Parameters.Entry] = []
        entries.reserveCapacity(32)
        var contentLength = ContentLength.absent
        var isHead = false
        var sawContentLength = false
        var sawMethod = false
        var count = 0
        let bytes = content.span
        let wellFormed = NameValuePairs.forEach(in: bytes) { name, value in
            count += 1
            guard count <= limit else { return }
            entries.append(
                Parameters.Entry(
                    start: Int32(name.lowerBound), separator: Int32(name.upperBound),
                    end: Int32(value.upperBound)))
            // CONTENT_LENGTH and REQUEST_METHOD, which are equally long.
            guard name.count == 14 else { return }
            if equal(bytes, name, "CONTENT_LENGTH") {
                contentLength =
                    sawContentLength ? .invalid : Self.contentLength(bytes, value)
                sawContentLength = true
            } else if !sawMethod, equal(bytes, name, "REQUEST_METHOD") {
                sawMethod = true
                isHead = equal(bytes, value, "HEAD")
            }
        }
        guard wellFormed, count <= limit else { return nil }
        parameters = Parameters(bytes: content, entries: entries)
        self.contentLength = contentLength
        self.isHead = isHead
    }

    /// RFC 3875 §4.1.2: `CONTENT_LENGTH = "" | 1*digit`.
    private static func contentLength(_ bytes: Span<UInt8>, _ range: Range<Int>) -> ContentLength {
        guard !range.isEmpty else { return .absent }
        guard range.count <= 18 else { return .invalid }
        var number = 0
        for index in range {
            let byte = bytes[index]
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return .invalid }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return .bytes(number)
    }

    /// Whether a body of so many bytes is what the parameters said.
    func announces(bodyOf count: Int) -> Bool {
        switch contentLength {
        case .absent: count == 0
        case .bytes(let announced): announced == count
        case .invalid: false
        }
    }
}
