import Testing

@testable import Gate

@Suite struct GatePathTests {
    /// What the gate says when nginx hands over this target, and the path that nginx makes of it.
    private func judge(_ target: String, uri: String? = nil) -> AmbiguousPath? {
        judge(Array(target.utf8), uri: uri.map { Array($0.utf8) })
    }

    private func judge(_ target: [UInt8], uri: [UInt8]? = nil) -> AmbiguousPath? {
        do {
            _ = try GatePath(uri: ArraySlice(uri ?? nginxURI(of: target)), target: target[...])
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "/", "/a", "/a/", "/api/v1/engine/pipelines", "/api/v1/engine/pipelines/?limit=5",
        "/%61dmin", "/a%20b", "/a/%23", "/a/%3Fb", "/100%25", "/100%25g0", "/a/...", "/a/.b/..c",
        "/a/b.", "/%C3%A9", "/\u{E9}", "/a/+", "/a/*", "/a:b@c/d,e=f&g!$'()", "/ADMIN",
        "/a?x=%2f..//\\;%00%zz", "/a??",
    ])
    func `a path that can be read in one way passes`(target: String) {
        #expect(judge(target) == nil)
    }

    @Test(
        arguments: [
            ("", .notAPath), ("a", .notAPath), ("*", .notAPath),
            ("http://localhost/api", .notAPath),
            ("?/public", .notAPath), ("#", .notAPath), ("//localhost/api", .emptySegment),
            ("/public/../admin", .dotSegment), ("/..", .dotSegment), ("/.", .dotSegment),
            ("/./admin", .dotSegment), ("/a/./", .dotSegment), ("/a/..", .dotSegment),
            ("/public/%2e%2e/admin", .dotSegment), ("/public/.%2e/admin", .dotSegment),
            ("/public/%2E./admin", .dotSegment), ("/public/%2e/admin", .dotSegment),
            ("/public/%2e%2E", .dotSegment), ("/a/..?x", .dotSegment),
            ("/public/..%2fadmin", .encodedSlash), ("/admin%2f", .encodedSlash),
            ("/admin%2Fx", .encodedSlash), ("/%2fadmin", .encodedSlash),
            ("//admin", .emptySegment), ("/a//b", .emptySegment), ("/a//", .emptySegment),
            ("/admin;a=b", .semicolon), ("/public/..;/admin", .semicolon), ("/;/", .semicolon),
            ("/admin%3ba=b", .semicolon), ("/admin%3Ba=b", .semicolon),
            ("/public\\..\\admin", .backslash), ("/public/..%5cadmin", .backslash),
            ("/%5C", .backslash), ("\\admin", .notAPath),
            ("/%2561dmin", .doubleEncoding), ("/%252e%252e/", .doubleEncoding),
            ("/%252f", .doubleEncoding), ("/%25252f", .doubleEncoding),
            ("/%25%32%66", .doubleEncoding), ("/%255c", .doubleEncoding),
            ("/a%2500", .doubleEncoding),
            ("/%25u002f", .doubleEncoding), ("/%25U002F", .doubleEncoding),
            ("/a%00", .controlCharacter), ("/a%0d%0aX-User:%20admin", .controlCharacter),
            ("/a%09", .controlCharacter), ("/a%7f", .controlCharacter),
            ("/a\u{1}", .controlCharacter),
            ("/a\r\nb", .controlCharacter), ("/a%c2%85b", .controlCharacter),
            ("/a?b%00\u{0}", .controlCharacter), ("/a?b\nc", .controlCharacter),
            ("/admin#frag", .fragment), ("/a?b#c", .fragment), ("/#/admin", .fragment),
            ("/a%", .brokenEncoding), ("/a%2", .brokenEncoding), ("/a%zz", .brokenEncoding),
            ("/%u002f", .brokenEncoding), ("/a% 41", .brokenEncoding), ("/a b", .brokenEncoding),
            ("/a%2?f", .brokenEncoding),
            ("/%c0%ae%c0%ae/admin", .notUTF8), ("/%c0%af", .notUTF8), ("/%e0%80%af", .notUTF8),
            ("/%f0%80%80%af", .notUTF8), ("/%ff", .notUTF8), ("/%c3", .notUTF8),
            ("/%ed%a0%80", .notUTF8),
            ("/%ef%bc%8e%ef%bc%8e/admin", .lookalike), ("/%ef%bc%8f", .lookalike),
            ("/%ef%bc%bc", .lookalike), ("/%cd%be", .lookalike), ("/%ef%bc%9b", .lookalike),
            ("/%ef%bc%852f", .lookalike), ("/%e2%80%a5", .lookalike), ("/%e2%84%aa", .lookalike),
        ] as [(String, AmbiguousPath)])
    func `a path that can be read in two ways is refused`(target: String, why: AmbiguousPath) {
        #expect(judge(target) == why)
    }

    @Test func `bytes that are no UTF-8 are refused, encoded or not`() {
        #expect(judge([0x2F, 0xC0, 0xAE]) == .notUTF8)
        #expect(judge([0x2F, 0xFF]) == .notUTF8)
    }

    @Test(arguments: [
        ("/a", "/b"), ("/a", "/a/"), ("/a", "/ab"), ("/ab", "/a"), ("/a", "/A"), ("/%41", "/%41"),
        ("/a?b", "/a?b"), ("/a", ""), ("/%61", "/a%"), ("/index", "/index.html"),
    ])
    func `a path that nginx reads differently is refused`(target: String, uri: String) {
        #expect(judge(target, uri: uri) == .disagreement)
    }

    @Test func `what passes is the path by which nginx chose the location`() throws {
        let path = try GatePath(
            uri: ArraySlice("/admin/Ab/c".utf8), target: ArraySlice("/%61dmin/%41b/c?d".utf8))

        #expect(String(decoding: path.bytes, as: UTF8.self) == "/admin/Ab/c")
    }

    /// 100,000 paths out of the pieces that attacks are made of, judged by rules that share nothing with the
    /// code under test: decode, split, look.
    @Test func `every path is judged as a plain decoder judges it`() {
        var chance = SmallRandom(seed: 20_261_122)
        let pieces: [[UInt8]] =
            [
                "/", "/", "/", ".", "..", "a", "b", "%2e", "%2E", "%2f", "%2F", "%5c", "\\", ";",
                "%3b",
                "%", "%2", "%25", "%252f", "%252e", "%61", "%41", "%00", "%0a", "%7f", "?", "#",
                "%23", "%3f",
                "%c3%a9", "%c0%ae", "%c3", "%ef%bc%8f", "u002f", "2f", "+", " ", "%20", "K",
                "%e2%84%aa",
            ].map { Array($0.utf8) } + [[0xC3, 0xA9], [0xC0], [0x01]]
        for _ in 0..<100_000 {
            var target: [UInt8] = chance.next(10) == 0 ? [] : [UInt8(ascii: "/")]
            for _ in 0..<chance.next(9) { target += pieces[chance.next(pieces.count)] }
            // Mostly nginx's own reading; sometimes one that is a little off.
            var uri = nginxURI(of: target)
            if chance.next(8) == 0, !uri.isEmpty { uri[chance.next(uri.count)] ^= 1 }

            let isPlain = PlainReading.agrees(target: target, uri: uri)

            // Said only where they differ: 100,000 expectations would take longer than the judging.
            if (judge(target, uri: uri) == nil) != isPlain {
                Issue.record("\(String(decoding: target, as: UTF8.self)) as \(uri)")
            }
        }
    }
}

/// What nginx does with a target: cut the query, decode once. Dots and slashes stay, for the gate refuses those
/// paths whatever becomes of them.
private func nginxURI(of target: [UInt8]) -> [UInt8] {
    decodedOnce(Array(target.prefix { $0 != UInt8(ascii: "?") }))
}

private func decodedOnce(_ text: [UInt8]) -> [UInt8] {
    var uri: [UInt8] = []
    var rest = text[...]
    while let byte = rest.popFirst() {
        let digits = String(decoding: rest.prefix(2), as: UTF8.self)
        if byte == UInt8(ascii: "%"), digits.utf8.count == 2, let value = UInt8(digits, radix: 16),
            digits.first != "+"
        {
            uri.append(value)
            rest = rest.dropFirst(2)
        } else {
            uri.append(byte)
        }
    }
    return uri
}

/// The rules of wire.md 9 once more, written for plainness.
private enum PlainReading {
    static func agrees(target: [UInt8], uri: [UInt8]) -> Bool {
        if target.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "#") }) {
            return false
        }
        let path = Array(target.prefix { $0 != UInt8(ascii: "?") })
        guard path.first == UInt8(ascii: "/"), !path.contains(UInt8(ascii: " ")) else {
            return false
        }
        // Every percent sign begins an escape.
        guard let text = String(validating: path, as: UTF8.self) ?? latin(path) else {
            return false
        }
        for part in text.components(after: "%") {
            let digits = part.prefix(2)
            guard digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit),
                digits.utf8.allSatisfy({ $0 < 0x80 })
            else { return false }
            if ["2f", "5c", "3b", "00", "0a", "7f"].contains(digits.lowercased()) { return false }
        }
        let decoded = decodedOnce(path)
        guard decoded == uri, let plain = String(validating: decoded, as: UTF8.self) else {
            return false
        }
        let scalars = plain.unicodeScalars
        if scalars.contains(where: { ["\\", ";", "\u{FF0F}", "\u{212A}"].contains($0) }) {
            return false
        }
        let segments = plain.utf8.split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false
        ).map { String(decoding: $0, as: UTF8.self) }
        if segments.contains(".") || segments.contains("..") { return false }
        if segments.dropFirst().dropLast().contains("") { return false }
        return decodedOnce(decoded) == decoded
            && !plain.components(after: "%").contains { part in
                part.lowercased().hasPrefix("u")
                    && part.dropFirst().prefix(4).count == 4
                    && part.dropFirst().prefix(4).allSatisfy(\.isHexDigit)
            }
    }

    private static func latin(_ bytes: [UInt8]) -> String? {
        String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}

extension String {
    /// What follows each occurrence of the separator.
    fileprivate func components(after separator: Character) -> [Substring] {
        split(separator: separator, omittingEmptySubsequences: false).dropFirst().map { $0 }
    }
}

/// SplitMix64: the same numbers at every run.
struct SmallRandom {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ value >> 31) % UInt64(bound))
    }
}
