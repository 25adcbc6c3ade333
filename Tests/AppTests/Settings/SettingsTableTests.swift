import Foundation
import Testing

@testable import App

@Suite struct SettingsTableTests {
    @Test func `the README's table is the list of the program`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)

        #expect(
            readme.contains("\n" + SettingsTable.markdown),
            "Put the output of `gatehouse check --list` into the section Settings of README.md.")
    }

    @Test func `each setting has one row, and no cell breaks it`() {
        let rows = SettingsTable.markdown.split(separator: "\n").dropFirst(2)

        #expect(rows.count == Setting.allCases.count)
        for (row, setting) in zip(rows, Setting.allCases) {
            #expect(row.contains("`\(setting.rawValue)`"))
            #expect(row.filter { $0 == "|" }.count == 6)
        }
    }
}
