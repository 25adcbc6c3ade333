import Foundation
import Testing

/// One table of `Tests/Conformance`: what a standard asks of a server, and the tests of it.
struct ConformanceTable: Sendable, CustomTestStringConvertible {
    struct Row: Sendable {
        let section: String
        let number: Int?
        let requirement: String
        /// The names in the last cell.
        let tests: [String]
        /// The parts whose tests are yet to come.
        let parts: [String]
        let line: String
    }

    let name: String
    let rows: [Row]
    /// Lines that look like rows and are none.
    let oddLines: [String]

    var testDescription: String { name }

    init(_ file: URL) throws {
        name = file.deletingPathExtension().lastPathComponent
        var rows: [Row] = []
        var oddLines: [String] = []
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        // The first two lines of the table are its head.
        for line in lines.filter({ $0.hasPrefix("|") }).dropFirst(2) {
            let cells = line.split(separator: "|").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard cells.count == 4 else {
                oddLines.append(String(line))
                continue
            }
            let tests = cells[3].matches(of: /`([^`]+)`/).map { String($0.1) }
            let rest = cells[3].replacing(/`[^`]+`/, with: "")
            let parts = rest.matches(of: /\(([a-z]+)\)/).map { String($0.1) }
            if rest.replacing(/\([a-z]+\)/, with: "").contains(where: { !", ".contains($0) }) {
                oddLines.append(String(line))
            }
            rows.append(
                Row(
                    section: cells[0], number: Int(cells[1]), requirement: cells[2], tests: tests,
                    parts: parts, line: String(line)))
        }
        self.rows = rows
        self.oddLines = oddLines
    }

    static let folder = tests.appending(path: "Conformance")

    static let all: [ConformanceTable] = {
        do {
            return try files(in: folder, ending: "md")
                .filter { $0.lastPathComponent != "README.md" }.map(ConformanceTable.init)
        } catch {
            preconditionFailure("the tables can't be read: \(error)")
        }
    }()

    /// The names of all tests that there are, of both kinds, each with the number of its places.
    static let namesOfTests: Set<String> = {
        var names: Set<String> = []
        do {
            for file in try files(in: tests, ending: "swift") {
                let text = try String(contentsOf: file, encoding: .utf8)
                // A test, and no helper: an attribute stands before it.
                for match in text.matches(of: /@Test[^`]*?func\s+`([^`]+)`/) {
                    names.insert(String(match.1))
                }
                for match in text.matches(of: /\n    func `([^`]+)`/) {
                    names.insert(String(match.1))
                }
            }
            for file in try files(in: tests, ending: "py") {
                let text = try String(contentsOf: file, encoding: .utf8)
                for match in text.matches(of: /\ndef (test_\w+)\(/) {
                    names.insert(String(match.1))
                }
            }
        } catch {
            preconditionFailure("the tests can't be read: \(error)")
        }
        return names
    }()

    private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static func files(in folder: URL, ending: String) throws -> [URL] {
        guard
            let all = FileManager.default.enumerator(
                at: folder, includingPropertiesForKeys: nil)
        else { return [] }
        return all.compactMap { $0 as? URL }.filter { $0.pathExtension == ending }
            .sorted { $0.path < $1.path }
    }
}
