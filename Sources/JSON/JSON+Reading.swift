extension JSON {
    /// How many arrays and objects may stand within each other.
    package static let greatestDepth = 64

    /// Reads one JSON text as RFC 8259 writes it, within the bounds of I-JSON (RFC 7493): no byte
    /// order mark, no member twice, no half surrogate pair, no number beyond a double.
    package init(parsing bytes: [UInt8]) throws(JSONError) {
        var reader = Reader(bytes)
        self = try reader.readText()
    }

    package init(parsing text: String) throws(JSONError) {
        try self.init(parsing: Array(text.utf8))
    }
}

/// Reads a JSON text from its first byte to its last, each byte a bounded number of times.
private struct Reader {
    /// A number longer than this is refused. A double needs 17 digits, and at most 1,077 to be
    /// written out in full.
    private static let longestNumber = 1_100

    /// Up to so many members are compared one by one; beyond, a set is cheaper.
    private static let fewMembers = 8

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func readText() throws(JSONError) -> JSON {
        // RFC 7493 §2.1 and RFC 8259 §8.1: a byte order mark is not added; we do not skip one.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw .malformed(offset: 0, reason: .byteOrderMark)
        }
        skipWhitespace()
        guard position < bytes.count else { throw malformed(.empty) }
        let value = try readValue()
        skipWhitespace()
        guard position == bytes.count else { throw malformed(.trailingBytes) }
        return value
    }

    private mutating func readValue() throws(JSONError) -> JSON {
        guard position < bytes.count else { throw malformed(.unexpectedEnd) }
        switch bytes[position] {
        case UInt8(ascii: "{"): return .object(try readObject())
        case UInt8(ascii: "["): return .array(try readArray())
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try readNumber()
        case UInt8(ascii: "t"): return try readWord("true", as: .bool(true))
        case UInt8(ascii: "f"): return try readWord("false", as: .bool(false))
        case UInt8(ascii: "n"): return try readWord("null", as: .null)
        default: throw malformed(.unexpectedByte)
        }
    }

    private mutating func readObject() throws(JSONError) -> JSON.Object {
        try enter()
        var members: [JSON.Object.Member] = []
        var names: Set<ExactText> = []
        if !skip(UInt8(ascii: "}")) {
            repeat {
                skipWhitespace()
                let start = position
                guard start < bytes.count else { throw malformed(.unexpectedEnd) }
                guard bytes[start] == UInt8(ascii: "\"") else { throw malformed(.unexpectedByte) }
                let name = try readString()
                guard isNew(name, among: members, &names) else {
                    throw .duplicateMember(name, offset: start)
                }
                skipWhitespace()
                try expect(UInt8(ascii: ":"))
                skipWhitespace()
                members.append(JSON.Object.Member(name: name, value: try readValue()))
            } while skip(UInt8(ascii: ","))
            try expect(UInt8(ascii: "}"))
        }
        depth -= 1
        return JSON.Object(distinct: members)
    }

    private func isNew(
        _ name: String, among members: [JSON.Object.Member], _ names: inout Set<ExactText>
    ) -> Bool {
        if members.count < Self.fewMembers {
            return !members.contains { ExactText.equal($0.name, name) }
        }
        if names.isEmpty {
            names = Set(members.map { ExactText($0.name) })
        }
        return names.insert(ExactText(name)).inserted
    }

    private mutating func readArray() throws(JSONError) -> [JSON] {
        try enter()
        var elements: [JSON] = []
        if !skip(UInt8(ascii: "]")) {
            repeat {
                skipWhitespace()
                elements.append(try readValue())
            } while skip(UInt8(ascii: ","))
            try expect(UInt8(ascii: "]"))
        }
        depth -= 1
        return elements
    }

    /// Steps over the bracket. Counting here bounds the recursion, and with it the stack.
    private mutating func enter() throws(JSONError) {
        depth += 1
        guard depth <= JSON.greatestDepth else { throw .tooDeep(offset: position) }
        position += 1
    }

    private mutating func readString() throws(JSONError) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let text = try text(of: start..<position)
                position += 1
                return text
            case UInt8(ascii: "\\"):
                return try readEscapedString(from: start)
            case 0..<0x20:
                throw malformed(.controlCharacter)
            default:
                position += 1
            }
        }
        throw malformed(.unexpectedEnd)
    }

    private mutating func readEscapedString(from start: Int) throws(JSONError) -> String {
        var text = ""
        var runStart = start
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                text += try self.text(of: runStart..<position)
                position += 1
                return text
            case UInt8(ascii: "\\"):
                text += try self.text(of: runStart..<position)
                text.unicodeScalars.append(try readEscape())
                runStart = position
            case 0..<0x20:
                throw malformed(.controlCharacter)
            default:
                position += 1
            }
        }
        throw malformed(.unexpectedEnd)
    }

    /// The text of bytes between quotes and escapes. Neither can stand within a character of
    /// UTF-8, so each run is valid by itself.
    private func text(of range: Range<Int>) throws(JSONError) -> String {
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw .malformed(offset: range.lowerBound, reason: .invalidUTF8)
        }
        return text
    }

    private mutating func readEscape() throws(JSONError) -> Unicode.Scalar {
        let start = position
        guard start + 1 < bytes.count else { throw malformed(.unexpectedEnd) }
        position += 2
        switch bytes[start + 1] {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try readUnicodeEscape(from: start)
        default: throw .malformed(offset: start, reason: .invalidEscape)
        }
    }

    /// RFC 8259 §7: characters outside the basic plane are two escapes, a surrogate pair.
    private mutating func readUnicodeEscape(from start: Int) throws(JSONError) -> Unicode.Scalar {
        let first = try readHexadecimal()
        if let scalar = Unicode.Scalar(first) {
            return scalar
        }
        guard first < 0xDC00, position + 1 < bytes.count,
            bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
        else { throw .malformed(offset: start, reason: .loneSurrogate) }
        position += 2
        let second = try readHexadecimal()
        guard 0xDC00..<0xE000 ~= second,
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw .malformed(offset: start, reason: .loneSurrogate) }
        return scalar
    }

    private mutating func readHexadecimal() throws(JSONError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw malformed(.unexpectedEnd) }
        var value: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw malformed(.invalidEscape)
            }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }

    /// RFC 8259 §6: `-`? int frac? exp?, without leading zeros.
    private mutating func readNumber() throws(JSONError) -> JSON {
        let start = position
        let isNegative = skipByte(UInt8(ascii: "-"))
        let firstDigit = position
        let digits = skipDigits()
        guard digits > 0, digits == 1 || bytes[firstDigit] != UInt8(ascii: "0") else {
            throw .malformed(offset: start, reason: .invalidNumber)
        }
        var isInteger = true
        if skipByte(UInt8(ascii: ".")) {
            isInteger = false
            guard skipDigits() > 0 else {
                throw .malformed(offset: start, reason: .invalidNumber)
            }
        }
        if skipByte(UInt8(ascii: "e")) || skipByte(UInt8(ascii: "E")) {
            isInteger = false
            if !skipByte(UInt8(ascii: "+")) { _ = skipByte(UInt8(ascii: "-")) }
            guard skipDigits() > 0 else {
                throw .malformed(offset: start, reason: .invalidNumber)
            }
        }
        guard position - start <= Self.longestNumber else {
            throw .malformed(offset: start, reason: .numberOutOfRange)
        }
        if isInteger, let value = integer(of: firstDigit..<position, isNegative: isNegative) {
            return .integer(value)
        }
        // RFC 7493 §2.2: what no double can hold is not exchanged.
        guard let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)),
            value.isFinite
        else { throw .malformed(offset: start, reason: .numberOutOfRange) }
        return .number(value)
    }

    /// The digits as an exact integer; nil where 64 bits do not hold them.
    private func integer(of range: Range<Int>, isNegative: Bool) -> Int? {
        var value = 0
        for byte in bytes[range] {
            // Counted downward, because the least integer has no positive counterpart.
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (difference, borrow) =
                product.subtractingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            guard !overflow, !borrow else { return nil }
            value = difference
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    private mutating func readWord(_ word: StaticString, as value: JSON) throws(JSONError) -> JSON {
        for byte in word.description.utf8 {
            guard position < bytes.count else { throw malformed(.unexpectedEnd) }
            guard bytes[position] == byte else { throw malformed(.unexpectedByte) }
            position += 1
        }
        return value
    }

    private mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    /// Steps over whitespace, and over the byte if it follows.
    private mutating func skip(_ byte: UInt8) -> Bool {
        skipWhitespace()
        return skipByte(byte)
    }

    private mutating func skipByte(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard position < bytes.count else { throw malformed(.unexpectedEnd) }
        guard bytes[position] == byte else { throw malformed(.unexpectedByte) }
        position += 1
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while position < bytes.count,
            UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[position]
        {
            position += 1
        }
        return position - start
    }

    private func malformed(_ reason: JSONError.Reason) -> JSONError {
        .malformed(offset: position, reason: reason)
    }
}
