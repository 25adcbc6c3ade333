/// The parameters of one FastCGI request (RFC 3875 meta-variables) as plain bytes: names and values one
/// after the other in a single buffer, in the order of arrival.
///
/// nginx passes a header that a client sent twice as two parameters of one name, so a name may stand more
/// than once; nothing is joined or dropped here. Whoever reads a name that decides something uses `all(_:)`.
package struct Parameters: Sendable {
    /// Where a pair stands in the buffer: the name from `start` to `separator`, the value from there to `end`.
    package struct Entry: Sendable {
        let start: Int32
        let separator: Int32
        let end: Int32

        package init(start: Int32, separator: Int32, end: Int32) {
            self.start = start
            self.separator = separator
            self.end = end
        }
    }

    private let bytes: [UInt8]
    private let entries: [Entry]

    /// Takes what the door has copied. Every entry must lie inside `bytes`.
    package init(bytes: [UInt8], entries: [Entry]) {
        self.bytes = bytes
        self.entries = entries
    }

    package init(_ pairs: [(String, String)]) {
        var bytes: [UInt8] = []
        var entries: [Entry] = []
        for (name, value) in pairs {
            let start = Int32(bytes.count)
            bytes.append(contentsOf: name.utf8)
            let separator = Int32(bytes.count)
            bytes.append(contentsOf: value.utf8)
            entries.append(Entry(start: start, separator: separator, end: Int32(bytes.count)))
        }
        self.init(bytes: bytes, entries: entries)
    }

    package var count: Int { entries.count }

    /// The first value of the name, or nil. Bytes that are not UTF-8 are repaired with U+FFFD.
    package func first(_ name: String) -> String? {
        for entry in entries where matches(entry, name) {
            return value(of: entry)
        }
        return nil
    }

    /// Every value of the name, in order of arrival.
    package func all(_ name: String) -> [String] {
        var values: [String] = []
        for entry in entries where matches(entry, name) {
            values.append(value(of: entry))
        }
        return values
    }

    /// The bytes of the first value of the name, or nil.
    package func bytes(_ name: String) -> ArraySlice<UInt8>? {
        for entry in entries where matches(entry, name) {
            return bytes[Int(entry.separator)..<Int(entry.end)]
        }
        return nil
    }

    /// Calls `body` with every pair as text.
    package func forEach(_ body: (_ name: String, _ value: String) -> Void) {
        for entry in entries {
            body(
                String(decoding: bytes[Int(entry.start)..<Int(entry.separator)], as: UTF8.self),
                value(of: entry))
        }
    }

    private func value(of entry: Entry) -> String {
        String(decoding: bytes[Int(entry.separator)..<Int(entry.end)], as: UTF8.self)
    }

    private func matches(_ entry: Entry, _ name: String) -> Bool {
        guard Int(entry.separator - entry.start) == name.utf8.count else { return false }
        // Names share long beginnings (HTTP_X_…), so the comparison runs from the end.
        var position = Int(entry.separator)
        for byte in name.utf8.reversed() {
            position -= 1
            if byte != bytes[position] { return false }
        }
        return true
    }
}
