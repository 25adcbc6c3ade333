import Foundation
import TestSupport

/// A statement as it stands in the source of a store.
///
/// Read from the source because that is the only list of statements that nobody can forget to add to.
struct StatementSource: CustomStringConvertible {
    let file: String
    /// The text between what varies, in its order; white space is one space each.
    private let parts: [String]

    var description: String { "\(file): \(parts.joined(separator: "…"))" }

    /// Whether the text that was sent is this statement's.
    func matches(_ sent: String) -> Bool {
        var rest = Self.flattened(sent)[...]
        guard rest.hasPrefix(parts[0]) else { return false }
        rest = rest.dropFirst(parts[0].count)
        if parts.count == 1 { return rest.isEmpty }
        for part in parts.dropFirst().dropLast() {
            guard let range = rest.range(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.hasSuffix(parts[parts.count - 1])
    }

    static func flattened(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// All statements of all stores, and files that ask the connection in a way that is not understood here.
    static func readAll() throws -> (statements: [StatementSource], unreadable: [String]) {
        let folder = Repository.root.appending(path: "Sources/Storage")
        let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap {
            $0 as? String
        }
        var statements: [StatementSource] = []
        var unreadable: [String] = []
        // Migrations run when nobody else does and have no values.
        for file in (files ?? []).sorted()
        where file.hasSuffix(".swift") && !file.hasPrefix("Migrations/")
            && file != "SQLStores.swift"
        {
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            let read = try StatementSource.read(text, of: file)
            statements += read
            if read.count != text.components(separatedBy: "connection").count - 1 {
                unreadable.append(file)
            }
        }
        return (statements, unreadable)
    }

    private static func read(_ text: String, of file: String) throws -> [StatementSource] {
        // The call, then a literal of several lines or of one.
        let call =
            #/connection\.(?:query|first|execute)\(\s*(?:"""(?<lines>.*?)"""|"(?<line>[^\n]*?)"\s*\))/#
            .dotMatchesNewlines()
        return text.matches(of: call).map { match in
            StatementSource(
                file: file,
                parts: parts(of: String(match.output.lines ?? match.output.line ?? "")))
        }
    }

    /// A value becomes the question mark that is sent; lists and fragments vary.
    private static func parts(of literal: String) -> [String] {
        var parts = [""]
        var rest = literal[...]
        while let start = rest.range(of: "\\(") {
            parts[parts.count - 1] += rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            var depth = 1
            var end = rest.startIndex
            while depth > 0 {
                if rest[end] == "(" { depth += 1 }
                if rest[end] == ")" { depth -= 1 }
                end = rest.index(after: end)
            }
            if rest.hasPrefix("list:") || rest.hasPrefix("fragment:") {
                parts.append("")
            } else {
                parts[parts.count - 1] += "?"
            }
            rest = rest[end...]
        }
        parts[parts.count - 1] += rest
        return parts.map(flattened)
    }
}
