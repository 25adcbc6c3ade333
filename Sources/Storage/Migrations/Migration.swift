import FoundationEssentials

/// One step from an older schema to a newer one.
///
/// MariaDB commits on every statement that defines something, so a migration is not a transaction:
/// it makes one change and is safe to run again.
package struct Migration: Sendable, Equatable {
    /// 1, 2, 3 and so on, without a gap.
    package let version: Int
    /// What it does, from the file's name.
    package let name: String
    package let text: String
    package let script: SQLScript

    /// `0007_personal_access_tokens`.
    package var title: String {
        let digits = String(version)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "_" + name
    }

    /// - Parameters:
    ///   - file: the file's name, `NNNN_what_it_does.sql`.
    ///   - text: what it holds.
    package init(file: String, text: String) throws(MigrationError) {
        guard let (version, name) = Self.parse(file) else {
            throw MigrationError(
                "The migration \(file) is not named like 0001_what_it_does.sql.")
        }
        let script: SQLScript
        do {
            script = try SQLScript(text)
        } catch {
            throw MigrationError("The migration \(file) cannot be read: \(error).")
        }
        guard !script.statements.isEmpty else {
            throw MigrationError("The migration \(file) has no statement.")
        }
        self.version = version
        self.name = name
        self.text = text
        self.script = script
    }

    /// Reads all `*.sql` files of a folder, in order.
    package static func all(inFolder path: String) throws(MigrationError) -> [Migration] {
        let files: [String]
        do {
            files = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw MigrationError("The folder of migrations, \(path), cannot be read.")
        }
        var migrations: [Migration] = []
        for file in files.sorted() where file.hasSuffix(".sql") {
            guard let data = FileManager.default.contents(atPath: "\(path)/\(file)"),
                let text = String(validating: data, as: UTF8.self)
            else {
                throw MigrationError("The migration \(file) cannot be read as UTF-8 text.")
            }
            migrations.append(try Migration(file: file, text: text))
        }
        return migrations
    }

    private static func parse(_ file: String) -> (version: Int, name: String)? {
        guard file.hasSuffix(".sql") else { return nil }
        let parts = file.dropLast(4).split(
            separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 4, parts[0].utf8.allSatisfy(isDigit),
            let version = Int(parts[0]), version > 0, !parts[1].isEmpty,
            parts[1].utf8.allSatisfy({ isDigit($0) || isLowercase($0) || $0 == UInt8(ascii: "_") })
        else {
            return nil
        }
        return (version, String(parts[1]))
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLowercase(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
}

/// Why a schema cannot be brought up to date, as a sentence for the operator.
package struct MigrationError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
