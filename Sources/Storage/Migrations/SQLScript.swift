package import MariaDB

/// A text of several statements, each ended by a semicolon: a migration, a schema, grants.
///
/// MariaDB takes one statement at a time, so the text is taken apart here. A semicolon inside of
/// quotes or of a comment ends nothing. Bodies of triggers and procedures, whose statements have
/// semicolons of their own, are not understood: what is cut too early the server refuses.
package struct SQLScript: Sendable, Equatable {
    /// The statements without their semicolons; what is empty or only a comment is left out.
    package let statements: [String]

    /// Takes a text apart.
    package init(_ text: String) throws(SQLScriptError) {
        var reader = Reader(bytes: Array(text.utf8))
        statements = try reader.readStatements()
    }

    /// Runs one statement after the other.
    ///
    /// Each that defines something commits by itself: when one fails, those before it stay.
    package func run(on connection: Connection) throws(MariaDBError) {
        for statement in statements {
            try connection.execute(trustedText: statement)
        }
    }
}

/// Why a text cannot be taken apart.
package struct SQLScriptError: Error, Equatable, CustomStringConvertible {
    package let line: Int
    package let problem: String

    package var description: String { "line \(line): \(problem)" }
}

/// Walks over the bytes: all that matters is ASCII, and UTF-8 has no ASCII inside of a character.
private struct Reader {
    let bytes: [UInt8]
    var position = 0
    var statements: [String] = []
    /// Where the current statement began, once it has anything but space and comments.
    var start: Int?

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func readStatements() throws(SQLScriptError) -> [String] {
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"):
                begin()
                try skipQuoted(byte)
            case UInt8(ascii: "#"):
                skipLine()
            case UInt8(ascii: "-") where startsLineComment:
                skipLine()
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"):
                // MariaDB executes what stands in /*! … */ and /*M! … */.
                let isExecuted =
                    peek(2) == UInt8(ascii: "!")
                    || (peek(2) == UInt8(ascii: "M") && peek(3) == UInt8(ascii: "!"))
                if isExecuted { begin() }
                try skipComment()
            case UInt8(ascii: ";"):
                end()
                position += 1
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                position += 1
            default:
                begin()
                position += 1
            }
        }
        end()
        return statements
    }

    /// MariaDB's manual, Comment Syntax: "The '-- ' style … requires the second dash to be followed
    /// by at least one whitespace or control character".
    private var startsLineComment: Bool {
        guard peek(1) == UInt8(ascii: "-") else { return false }
        guard let next = peek(2) else { return true }
        return next <= 0x20
    }

    private func peek(_ distance: Int = 0) -> UInt8? {
        let index = position + distance
        return index < bytes.count ? bytes[index] : nil
    }

    private mutating func begin() {
        if start == nil { start = position }
    }

    private mutating func end() {
        guard let start else { return }
        let whitespace: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        var end = position
        while end > start, whitespace.contains(bytes[end - 1]) { end -= 1 }
        statements.append(String(decoding: bytes[start..<end], as: UTF8.self))
        self.start = nil
    }

    /// A doubled quote ends and begins again, which comes to the same. A backslash guards what
    /// follows, except in a name.
    private mutating func skipQuoted(_ quote: UInt8) throws(SQLScriptError) {
        let opening = position
        position += 1
        while let byte = peek() {
            position += 1
            if byte == quote { return }
            if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "`") { position += 1 }
        }
        throw problem("a quotation that does not end", at: opening)
    }

    private mutating func skipLine() {
        while let byte = peek(), byte != UInt8(ascii: "\n") { position += 1 }
    }

    private mutating func skipComment() throws(SQLScriptError) {
        let opening = position
        position += 2
        while peek() != nil {
            if peek() == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
                position += 2
                return
            }
            position += 1
        }
        throw problem("a comment that does not end", at: opening)
    }

    private func problem(_ text: String, at index: Int) -> SQLScriptError {
        let line = bytes[..<index].count { $0 == UInt8(ascii: "\n") } + 1
        return SQLScriptError(line: line, problem: text)
    }
}
