import JSON
import Testing

@Suite("Reading JSON")
struct ReadingTests {
    @Test func `every kind of value is read`() throws {
        let json = try JSON(
            parsing: #" { "a" : [1, -2, 0.5, 1e3, true, false, null, "x"], "b": {} , "c":[ ]} "#)

        #expect(json == ["a": [1, -2, 0.5, 1000.0, true, false, .null, "x"], "b": [:], "c": []])
    }

    @Test func `members keep their order`() throws {
        let json = try JSON(parsing: #"{"z":1,"a":2,"m":3}"#)

        #expect(json.object?.names == ["z", "a", "m"])
    }

    @Test(arguments: [
        ("9007199254740993", 9_007_199_254_740_993), ("9223372036854775807", Int.max),
        ("-9223372036854775808", Int.min), ("0", 0), ("-0", 0),
    ])
    func `an integer of 64 bits is exact`(text: String, value: Int) throws {
        #expect(try JSON(parsing: text) == .integer(value))
    }

    @Test(arguments: [
        ("9223372036854775808", 9_223_372_036_854_775_808.0), ("1.0", 1), ("1e3", 1000),
        ("-9223372036854775809", -9_223_372_036_854_775_809.0), ("1E-2", 0.01), ("2.5e+1", 25),
        ("1.7976931348623157e308", Double.greatestFiniteMagnitude), ("1e-999", 0),
    ])
    func `any other number is a double, and no integer`(text: String, value: Double) throws {
        let json = try JSON(parsing: text)

        #expect(json == .number(value))
        #expect(json.int == nil)
        #expect(json.double == value)
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e9\u20AC""#, "é€"),
        (#""a\ud83d\ude00b""#, "a😀b"), (#""😀 \u0000 é""#, "😀 \0 é"), (#""\uFFFF""#, "\u{FFFF}"),
        (#""\u2028""#, "\u{2028}"), ("\"\u{7F}\"", "\u{7F}"),
    ])
    func `a string is read with its escapes`(text: String, value: String) throws {
        #expect(try JSON(parsing: text) == .string(value))
    }

    @Test(
        arguments: [
            ("", .empty, 0), ("  \n", .empty, 3), ("{", .unexpectedEnd, 1),
            ("[1", .unexpectedEnd, 2),
            ("[1,]", .unexpectedByte, 3), ("[,1]", .unexpectedByte, 1), ("{,}", .unexpectedByte, 1),
            (#"{"a":1,}"#, .unexpectedByte, 7), (#"{"a" 1}"#, .unexpectedByte, 5),
            ("{a:1}", .unexpectedByte, 1), ("{'a':1}", .unexpectedByte, 1),
            (#"{"a"}"#, .unexpectedByte, 4), (#"{"a":}"#, .unexpectedByte, 5),
            (#"{"a":1"#, .unexpectedEnd, 6), (#"{"a":1]"#, .unexpectedByte, 6),
            ("[1 2]", .unexpectedByte, 3), ("nul", .unexpectedEnd, 3), ("True", .unexpectedByte, 0),
            ("nulL", .unexpectedByte, 3), ("1 2", .trailingBytes, 2), ("{}x", .trailingBytes, 2),
            ("{}{}", .trailingBytes, 2), ("nullx", .trailingBytes, 4), ("[]\0", .trailingBytes, 2),
            ("NaN", .unexpectedByte, 0), ("Infinity", .unexpectedByte, 0),
            ("-Infinity", .invalidNumber, 0), ("01", .invalidNumber, 0), ("-01", .invalidNumber, 0),
            ("00", .invalidNumber, 0), ("1.", .invalidNumber, 0), (".5", .unexpectedByte, 0),
            ("+1", .unexpectedByte, 0), ("-", .invalidNumber, 0), ("1e", .invalidNumber, 0),
            ("1e+", .invalidNumber, 0), ("1e+-2", .invalidNumber, 0), ("1.e2", .invalidNumber, 0),
            ("0x10", .trailingBytes, 1), ("1_000", .trailingBytes, 1),
            ("1e999", .numberOutOfRange, 0),
            ("[-1e400]", .numberOutOfRange, 1), ("// c\n1", .unexpectedByte, 0),
            ("/**/1", .unexpectedByte, 0), (#""a"#, .unexpectedEnd, 2),
            (#""a\"#, .unexpectedEnd, 2),
            (#""\u12"#, .unexpectedEnd, 3), (#""\x41""#, .invalidEscape, 1),
            (#""\u12G4""#, .invalidEscape, 3), (#""\U0041""#, .invalidEscape, 1),
            (#""\ud800""#, .loneSurrogate, 1), (#""\udc00""#, .loneSurrogate, 1),
            (#""\ud800\u0041""#, .loneSurrogate, 1), (#""\ud800\ud800""#, .loneSurrogate, 1),
            (#""\udc00\ud800""#, .loneSurrogate, 1), (#""\ud800x""#, .loneSurrogate, 1),
            ("\"\n\"", .controlCharacter, 1), ("\"a\u{1F}\"", .controlCharacter, 2),
            ("\"\0\"", .controlCharacter, 1), ("\"\\n\t\"", .controlCharacter, 3),
            ("\u{FEFF}{}", .byteOrderMark, 0), ("\u{A0}1", .unexpectedByte, 0),
            ("\u{C}1", .unexpectedByte, 0),
        ] as [(String, JSONError.Reason, Int)])
    func `what breaks the grammar is refused, with its place`(
        text: String, reason: JSONError.Reason, offset: Int
    ) {
        #expect(throws: JSONError.malformed(offset: offset, reason: reason)) {
            try JSON(parsing: text)
        }
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
            [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0xC3],
            [0xE2, 0x82], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xC3, 0x28],
        ] as [[UInt8]])
    func `bytes that are not UTF-8 are refused in values and in names`(bytes: [UInt8]) {
        let quoted = [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]

        #expect(throws: JSONError.malformed(offset: 1, reason: .invalidUTF8)) {
            try JSON(parsing: quoted)
        }
        #expect(throws: JSONError.malformed(offset: 2, reason: .invalidUTF8)) {
            try JSON(parsing: Array("{".utf8) + quoted + Array(":1}".utf8))
        }
    }

    @Test func `UTF-16 is refused`() {
        #expect(throws: JSONError.self) {
            try JSON(parsing: [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00])
        }
    }

    @Test(arguments: [
        (#"{"alg":"ES256","alg":"none"}"#, "alg", 15), (#"{"a":{"b":1,"b":1}}"#, "b", 12),
        (#"{"a":1,"\u0061":2}"#, "a", 7), (#"{"":1,"":2}"#, "", 6),
        (#"[{"x":1},{"x":1,"y":2,"x":3}]"#, "x", 22),
    ])
    func `a member that stands twice is refused by name`(text: String, name: String, offset: Int) {
        #expect(throws: JSONError.duplicateMember(name, offset: offset)) {
            try JSON(parsing: text)
        }
    }

    @Test(arguments: [7, 8, 9, 10, 100, 1000])
    func `a member that stands twice is found among many`(count: Int) {
        let members = (0..<count).map { "\"member\($0)\":\($0)" }.joined(separator: ",")

        #expect(throws: Never.self) { try JSON(parsing: "{\(members)}") }
        for name in ["member0", "member\(count / 2)", "member\(count - 1)"] {
            #expect(throws: JSONError.duplicateMember(name, offset: members.utf8.count + 2)) {
                try JSON(parsing: "{\(members),\"\(name)\":1}")
            }
        }
    }

    @Test func `names are compared byte for byte, not by canonical equivalence`() throws {
        let json = try JSON(parsing: "{\"K\":1,\"\u{212A}\":2,\"\u{E9}\":3,\"e\u{301}\":4}")

        #expect(json["K"] == 1)
        #expect(json["\u{212A}"] == 2)
        #expect(json["\u{E9}"] == 3)
        #expect(json["e\u{301}"] == 4)
        #expect(try JSON(parsing: "{\"\u{212A}\":2}")["K"] == nil)
    }

    @Test func `64 levels are read and 65 refused`() throws {
        func nested(_ levels: Int) -> String {
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        }

        #expect(throws: Never.self) { try JSON(parsing: nested(64)) }
        #expect(throws: JSONError.tooDeep(offset: 64)) { try JSON(parsing: nested(65)) }
        #expect(throws: Never.self) {
            try JSON(
                parsing: "[" + Array(repeating: nested(63), count: 5).joined(separator: ",") + "]")
        }
    }

    @Test(arguments: ["[", "{\"a\":", "[{\"a\":"])
    func `10,000 levels are refused at once`(opening: String) {
        let text = String(repeating: opening, count: 10_000)

        let duration = fastest {
            #expect(throws: JSONError.self) { try JSON(parsing: text) }
        }

        #expect(duration < .milliseconds(50))
    }

    @Test func `a number of many digits is refused`() {
        let digits = String(repeating: "1", count: 1_101)

        #expect(throws: JSONError.malformed(offset: 0, reason: .numberOutOfRange)) {
            try JSON(parsing: digits)
        }
        #expect(throws: JSONError.malformed(offset: 0, reason: .numberOutOfRange)) {
            try JSON(parsing: "0." + digits)
        }
    }

    /// Ten times the members may not take a hundred times as long.
    @Test func `time grows with the length, not with its square`() throws {
        func text(_ count: Int) -> [UInt8] {
            Array("{\((0..<count).map { "\"member\($0)\":\($0)" }.joined(separator: ","))}".utf8)
        }
        let (small, large) = (text(5_000), text(50_000))
        let short = try fastest { _ = try JSON(parsing: small) }
        let long = try fastest { _ = try JSON(parsing: large) }

        #expect(long < short * 50)
    }

    /// The fastest of a few runs, because other tests run beside this one.
    private func fastest(_ body: () throws -> Void) rethrows -> Duration {
        try (0..<5).map { _ in try ContinuousClock().measure(body) }.min() ?? .zero
    }

    @Test func `10 MiB are read`() throws {
        let text = "[\"" + String(repeating: "x", count: 10 << 20) + "\"]"

        #expect(try JSON(parsing: text).array?.first?.string?.utf8.count == 10 << 20)
    }

    @Test func `no beginning of a text is read as a whole, and none traps`() throws {
        let text = Array(#"{"a":[1,-2.5e3,"x\n\ud83d\ude00é",true,false,null,{"b":{}}]}"#.utf8)

        #expect(throws: Never.self) { try JSON(parsing: text) }
        for end in 0..<text.count {
            #expect(throws: JSONError.self) { try JSON(parsing: Array(text[..<end])) }
        }
    }

    @Test func `no change of one byte traps`() {
        let text = Array(#"{"a":[1,-2.5e3,"x\n\ud83d\ude00é",true,null]}"#.utf8)

        for index in text.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[index] = byte
                // What is accepted must survive being written and read again.
                guard let json = try? JSON(parsing: changed) else { continue }
                #expect((try? JSON(parsing: json.bytes)) == json)
            }
        }
    }

    @Test func `an error names no part of the text but a member`() {
        #expect(
            "\(JSONError.malformed(offset: 7, reason: .unexpectedByte))"
                == "a byte stands where none of its kind may (at byte 7)")
        #expect(
            "\(JSONError.duplicateMember("sub", offset: 9))"
                == "the member \"sub\" stands twice (at byte 9)")
    }
}
