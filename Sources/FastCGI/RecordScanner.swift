/// Walks the records of one FastCGI request without consuming them (FastCGI 1.0 §3.3) and says when the
/// request is whole.
///
/// It stands in front of libfcgi, for three reasons. libfcgi reads until a request is whole, so a peer that
/// stops half-way holds a thread; it allocates what a name/value length claims (up to 2 GiB twice) and
/// takes as many pairs as are sent; and it closes connections by itself, with `FD_SET`, which aborts the
/// process for a descriptor above 1,023. So libfcgi sees whole requests within the limits only, and answers
/// to what is not a part of the request (§4) are given here.
struct RecordScanner {
    /// What the bytes seen so far amount to.
    enum Finding: Equatable {
        case unfinished
        /// A whole request stands before `position`.
        case request
        /// The parameters are whole and the body exceeds its limit.
        case bodyTooLarge
        /// From `position` on stands a record that is not part of the request: cut it out, and write the
        /// answer where there is one.
        case stray(length: Int, answer: [UInt8])
        /// The connection can't go on; some violations have an answer of their own.
        case violation(answer: [UInt8])
    }

    private enum Phase { case begin, parameters, body, end }

    private let parametersLimit: Int
    private let bodyLimit: Int
    private var phase = Phase.begin
    private var strays = 0

    /// Where the next record begins.
    private(set) var position = 0
    private(set) var requestID: UInt16 = 0
    private(set) var keepsConnection = false
    /// Where the content of the first record of parameters stands; nginx never sends a second.
    private(set) var firstParameters = 0..<0
    /// All of the parameters, when they came in more than one record.
    private(set) var gatheredParameters: [UInt8]?
    private(set) var parametersEnd = 0
    private(set) var bodyCount = 0
    /// Whether libfcgi reads these records rightly as they are. It forgets the padding of the records
    /// behind which it turns to the next stream (the first one and the ends of the streams), and takes
    /// it for a header.
    private(set) var isReadable = true

    init(_ limits: Limits) {
        parametersLimit = limits.parameters
        bodyLimit = limits.body
    }

    /// Whether all parameters have been seen, so that a handler can be asked what to answer.
    var hasParameters: Bool { phase == .body || phase == .end }

    /// Goes on where the last scan ended. `bytes` begins where the request begins.
    mutating func scan(_ bytes: Span<UInt8>) -> Finding {
        while phase != .end {
            guard bytes.count - position >= Record.headerLength else { return .unfinished }
            let header = Record.Header(bytes, at: position)
            guard header.version == 1 else { return .violation(answer: []) }
            let content = position + Record.headerLength
            let next = content + header.contentLength + header.paddingLength

            // An abuse of the limits shows before its bytes have arrived; nothing is kept for it.
            if header.isPart(of: requestID, .parameters), phase == .parameters,
                parametersCount + header.contentLength > parametersLimit
            {
                return .violation(answer: [])
            }
            if header.isPart(of: requestID, .standardInput), phase == .body,
                bodyCount + header.contentLength > bodyLimit
            {
                return .bodyTooLarge
            }
            guard next <= bytes.count else { return .unfinished }
            if let finding = take(header, content: content, of: bytes) {
                if case .stray = finding {
                    strays += 1
                    // A peer that never comes to its request is not let to go on for ever.
                    return strays <= 32 ? finding : .violation(answer: [])
                }
                return finding
            }
            position = next
        }
        return .request
    }

    /// Follows one whole record; nil where it was part of the request.
    private mutating func take(
        _ header: Record.Header, content: Int, of bytes: Span<UInt8>
    ) -> Finding? {
        let length = Record.headerLength + header.contentLength + header.paddingLength
        guard let type = header.type else {
            return .stray(length: length, answer: Record.unknownType(header.rawType))
        }
        switch (type, phase) {
        case (.getValues, _):
            guard header.requestID == 0 else { return .violation(answer: []) }
            let names = bytes.extracting(content..<content + header.contentLength)
            guard let answer = Record.values(askedFor: names) else {
                return .violation(answer: [])
            }
            return .stray(length: length, answer: answer)
        case (.beginRequest, _) where header.requestID == 0:
            return .violation(answer: [])
        case _ where header.requestID == 0:
            // §4: an application answers a management record that it does not understand.
            return .stray(length: length, answer: Record.unknownType(header.rawType))
        case (.beginRequest, .begin):
            return begin(header, content: content, of: bytes)
        case (.beginRequest, _) where header.requestID != requestID:
            // The peer multiplexes; neither we nor libfcgi do, and GET_VALUES says so.
            return .stray(
                length: length, answer: Record.endRequest(header.requestID, .cantMultiplex))
        case (_, .begin):
            // §3.3: records of a request id that is not active are ignored.
            return .stray(length: length, answer: [])
        case _ where header.requestID != requestID:
            return .stray(length: length, answer: [])
        case (.abortRequest, _):
            return .violation(answer: Record.endRequest(requestID, .requestComplete))
        case (.parameters, .parameters):
            takeParameters(content..<content + header.contentLength, of: bytes)
            if header.contentLength == 0 {
                phase = .body
                parametersEnd = content + header.paddingLength
                if header.paddingLength > 0 { isReadable = false }
            }
            return nil
        case (.standardInput, .body):
            bodyCount += header.contentLength
            if header.contentLength == 0 {
                phase = .end
                if header.paddingLength > 0 { isReadable = false }
            }
            return nil
        default:
            return .violation(answer: [])
        }
    }

    /// The same records, which have been scanned, without padding.
    static func withoutPadding(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        var position = bytes.startIndex
        while position < bytes.endIndex {
            let content = position + Record.headerLength
            let length = Int(bytes[position + 4]) << 8 | Int(bytes[position + 5])
            let padding = Int(bytes[position + 6])
            plain += bytes[position..<position + 6] + [0, 0] + bytes[content..<content + length]
            position = content + length + padding
        }
        return plain
    }

    private mutating func begin(
        _ header: Record.Header, content: Int, of bytes: Span<UInt8>
    ) -> Finding? {
        guard header.contentLength == 8 else { return .violation(answer: []) }
        let role = Int(bytes[content]) << 8 | Int(bytes[content + 1])
        guard role == Record.responderRole else {
            return .violation(answer: Record.endRequest(header.requestID, .unknownRole))
        }
        requestID = header.requestID
        keepsConnection = bytes[content + 2] & Record.keepConnectionFlag != 0
        phase = .parameters
        if header.paddingLength > 0 { isReadable = false }
        return nil
    }

    private var parametersCount: Int { gatheredParameters?.count ?? firstParameters.count }

    private mutating func takeParameters(_ range: Range<Int>, of bytes: Span<UInt8>) {
        if range.isEmpty { return }
        if firstParameters.isEmpty {
            firstParameters = range
            return
        }
        var all = gatheredParameters ?? []
        gatheredParameters = nil
        if all.isEmpty {
            for index in firstParameters { all.append(bytes[index]) }
        }
        for index in range { all.append(bytes[index]) }
        gatheredParameters = all
    }
}
