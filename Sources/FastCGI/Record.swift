/// The records of FastCGI 1.0 as bytes: as much of §3.3, §4 and §5 as the scanner has to know.
enum Record {
    static let headerLength = 8
    static let responderRole = 1
    static let keepConnectionFlag: UInt8 = 1

    enum Kind: UInt8 {
        case beginRequest = 1
        case abortRequest = 2
        case endRequest = 3
        case parameters = 4
        case standardInput = 5
        case standardOutput = 6
        case standardError = 7
        case data = 8
        case getValues = 9
        case getValuesResult = 10
        case unknownType = 11
    }

    enum ProtocolStatus: UInt8 {
        case requestComplete = 0
        case cantMultiplex = 1
        case unknownRole = 3
    }

    struct Header {
        let version: UInt8
        let rawType: UInt8
        let requestID: UInt16
        let contentLength: Int
        let paddingLength: Int

        init(_ bytes: Span<UInt8>, at start: Int) {
            version = bytes[start]
            rawType = bytes[start + 1]
            requestID = UInt16(bytes[start + 2]) << 8 | UInt16(bytes[start + 3])
            contentLength = Int(bytes[start + 4]) << 8 | Int(bytes[start + 5])
            paddingLength = Int(bytes[start + 6])
        }

        var type: Kind? { Kind(rawValue: rawType) }

        func isPart(of request: UInt16, _ kind: Kind) -> Bool {
            requestID == request && rawType == kind.rawValue
        }
    }

    static func endRequest(_ requestID: UInt16, _ status: ProtocolStatus) -> [UInt8] {
        header(.endRequest, requestID, contentLength: 8) + [0, 0, 0, 0, status.rawValue, 0, 0, 0]
    }

    static func unknownType(_ type: UInt8) -> [UInt8] {
        header(.unknownType, 0, contentLength: 8) + [type, 0, 0, 0, 0, 0, 0, 0]
    }

    /// The answer to FCGI_GET_VALUES (§4.1): of the names asked for, those we know, each once. Nil when the
    /// names are malformed.
    static func values(askedFor content: Span<UInt8>) -> [UInt8]? {
        var askedForMultiplexing = false
        let wellFormed = NameValuePairs.forEach(in: content) { name, _ in
            // FCGI_MAX_CONNS and FCGI_MAX_REQS are for a server that starts applications itself; §4.1
            // lets us omit them.
            if equal(content, name, multiplexing) { askedForMultiplexing = true }
        }
        guard wellFormed else { return nil }
        var pairs: [UInt8] = []
        if askedForMultiplexing {
            pairs = [UInt8(multiplexing.utf8CodeUnitCount), 1]
            pairs += Array("FCGI_MPXS_CONNS0".utf8)
        }
        return header(.getValuesResult, 0, contentLength: pairs.count) + pairs
    }

    private static let multiplexing: StaticString = "FCGI_MPXS_CONNS"

    private static func header(_ kind: Kind, _ requestID: UInt16, contentLength: Int) -> [UInt8] {
        [
            1, kind.rawValue, UInt8(requestID >> 8), UInt8(requestID & 0xFF),
            UInt8(contentLength >> 8), UInt8(contentLength & 0xFF), 0, 0,
        ]
    }
}

/// Whether these bytes are exactly the text.
func equal(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: StaticString) -> Bool {
    guard range.count == text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { wanted in
        for offset in 0..<wanted.count
        where unsafe wanted[offset] != bytes[range.lowerBound + offset] {
            return false
        }
        return true
    }
}

/// FastCGI's name-value pairs (§3.4): two lengths of one or four bytes, then the name, then the value.
enum NameValuePairs {
    /// Calls `body` with where each name and value stands; false when a length runs past the end.
    static func forEach(
        in bytes: Span<UInt8>, _ body: (_ name: Range<Int>, _ value: Range<Int>) -> Void
    ) -> Bool {
        var position = 0
        while position < bytes.count {
            guard let nameLength = length(bytes, &position),
                let valueLength = length(bytes, &position),
                // Both are below 2^31, so the sum can't overflow.
                nameLength + valueLength <= bytes.count - position
            else { return false }
            let name = position..<position + nameLength
            let value = name.upperBound..<name.upperBound + valueLength
            body(name, value)
            position = value.upperBound
        }
        return true
    }

    private static func length(_ bytes: Span<UInt8>, _ position: inout Int) -> Int? {
        guard position < bytes.count else { return nil }
        let first = bytes[position]
        if first < 0x80 {
            position += 1
            return Int(first)
        }
        guard bytes.count - position >= 4 else { return nil }
        let value =
            Int(first & 0x7F) << 24 | Int(bytes[position + 1]) << 16
            | Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
        position += 4
        return value
    }
}
