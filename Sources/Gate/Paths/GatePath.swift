/// The path of a request that every reader reads alike: nginx, the gate, and the API behind it.
///
/// It holds what nginx chose the location by, decoded and without a query. Anything that another reader
/// could take for another path is no `GatePath` (wire.md 9, security.md 127): where an escaped slash splits
/// a segment for one and not for the other, a rule for one address would open another.
struct GatePath {
    /// Decoded; begins with `/`, has no empty segment but a last one.
    let bytes: ArraySlice<UInt8>

    /// Takes nginx's `$uri` and the request target as the client wrote it, and refuses both together unless
    /// the one is the plain decoding of the other.
    init(uri: ArraySlice<UInt8>, target: ArraySlice<UInt8>) throws(AmbiguousPath) {
        try Self.judge(uri: uri.span, target: target.span)
        bytes = uri
    }

    /// One walk along the target, decoding. What a byte stands for is judged, not how it is spelled, so
    /// `%2e%2e` is `..` and `%3B` is `;`.
    private static func judge(uri: Span<UInt8>, target: Span<UInt8>) throws(AmbiguousPath) {
        // Neither the absolute form nor the asterisk form of RFC 9112 §3.2 begins with a slash.
        guard target.count > 0, target[0] == UInt8(ascii: "/") else { throw .notAPath }
        var agrees = true
        var isASCII = true
        var hasPercent = false
        var decodedCount = 0
        var segment = Segment()
        var index = 0
        while index < target.count, target[index] != UInt8(ascii: "?") {
            var byte = target[index]
            index += 1
            switch byte {
            case UInt8(ascii: "/"):
                guard decodedCount == 0 || segment.length > 0 else { throw .emptySegment }
                guard !segment.isDots else { throw .dotSegment }
                segment = Segment(length: -1)
            case UInt8(ascii: "%"):
                guard index + 1 < target.count, let high = hexValue(target[index]),
                    let low = hexValue(target[index + 1])
                else { throw .brokenEncoding }
                byte = high << 4 | low
                index += 2
                guard byte != UInt8(ascii: "/") else { throw .encodedSlash }
                hasPercent = hasPercent || byte == UInt8(ascii: "%")
            case UInt8(ascii: "#"): throw .fragment
            case UInt8(ascii: " "): throw .brokenEncoding
            default: break
            }
            switch byte {
            case 0..<0x20, 0x7F: throw .controlCharacter
            case UInt8(ascii: "\\"): throw .backslash
            case UInt8(ascii: ";"): throw .semicolon
            case 0x80...: isASCII = false
            default: break
            }
            segment.append(byte)
            agrees = agrees && decodedCount < uri.count && uri[decodedCount] == byte
            decodedCount += 1
        }
        guard !segment.isDots else { throw .dotSegment }
        try judge(query: target, from: index)
        guard agrees, decodedCount == uri.count else { throw .disagreement }
        if hasPercent, holdsEscape(uri) { throw .doubleEncoding }
        if !isASCII { try judge(nonASCII: uri) }
    }

    /// The query decides nothing here, but where it ends must be plain.
    private static func judge(
        query target: Span<UInt8>, from start: Int
    ) throws(AmbiguousPath) {
        for index in start..<target.count {
            switch target[index] {
            case UInt8(ascii: "#"): throw .fragment
            case 0..<0x20, 0x7F: throw .controlCharacter
            default: break
            }
        }
    }

    /// Whether decoding once more would change something: `%2f`, or `%u002f` as some Windows servers read it.
    private static func holdsEscape(_ path: Span<UInt8>) -> Bool {
        func isHex(_ range: Range<Int>) -> Bool {
            guard range.upperBound <= path.count else { return false }
            for index in range where hexValue(path[index]) == nil { return false }
            return true
        }
        for index in 0..<path.count where path[index] == UInt8(ascii: "%") {
            if isHex(index + 1..<index + 3) { return true }
            if index + 1 < path.count, path[index + 1] | 0x20 == UInt8(ascii: "u"),
                isHex(index + 2..<index + 6)
            {
                return true
            }
        }
        return false
    }

    /// Overlong forms are not UTF-8 (RFC 3629 §3), and a reader that normalises text (Unicode TR15) must not
    /// find a separator where there was none.
    private static func judge(nonASCII path: Span<UInt8>) throws(AmbiguousPath) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(path.count)
        for index in 0..<path.count { bytes.append(path[index]) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        for scalar in text.unicodeScalars {
            if (0x80...0x9F).contains(scalar.value) { throw .controlCharacter }
            if lookalikes.contains(scalar) { throw .lookalike }
        }
    }

    /// What becomes `.`, `/`, `\`, `;`, `%`, `#`, `?`, a backtick or `K` when text is normalised to NFC or NFKC.
    private static let lookalikes: Set<Unicode.Scalar> = [
        "\u{2024}", "\u{2025}", "\u{2026}", "\u{FE19}", "\u{FE30}", "\u{FE52}", "\u{FF0E}",
        "\u{2100}", "\u{2101}", "\u{2105}", "\u{2106}", "\u{FF0F}",
        "\u{FE68}", "\u{FF3C}",
        "\u{037E}", "\u{FE14}", "\u{FE54}", "\u{FF1B}",
        "\u{FE6A}", "\u{FF05}", "\u{FE5F}", "\u{FF03}", "\u{FE16}", "\u{FE56}", "\u{FF1F}",
        "\u{1FEF}", "\u{212A}",
    ]

    /// What the walk knows of the segment that it is in.
    private struct Segment {
        /// −1 before the slash that begins it.
        var length = 0
        var isOnlyDots = true

        /// `.` or `..` (RFC 3986 §5.2.4).
        var isDots: Bool { isOnlyDots && (length == 1 || length == 2) }

        mutating func append(_ byte: UInt8) {
            length += 1
            if length > 0, byte != UInt8(ascii: ".") { isOnlyDots = false }
        }
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// Why a path could be read in more than one way.
enum AmbiguousPath: Error, CaseIterable {
    case notAPath, emptySegment, dotSegment, encodedSlash, backslash, semicolon, controlCharacter
    case fragment, brokenEncoding, doubleEncoding, notUTF8, lookalike, disagreement

    /// What stands in the way, for the sentence «The path can be read in more than one way: …».
    var reason: String {
        switch self {
        case .notAPath: "it does not begin with a slash"
        case .emptySegment: "it has an empty segment"
        case .dotSegment: "it has a segment . or .."
        case .encodedSlash: "it has an encoded slash"
        case .backslash: "it has a backslash"
        case .semicolon: "it has a semicolon"
        case .controlCharacter: "it has a control character"
        case .fragment: "it has a fragment"
        case .brokenEncoding: "a character of it is not properly encoded"
        case .doubleEncoding: "it is encoded twice"
        case .notUTF8: "it is not UTF-8"
        case .lookalike: "it has a character that passes for a separator"
        case .disagreement: "it is not what the location was chosen by"
        }
    }
}
