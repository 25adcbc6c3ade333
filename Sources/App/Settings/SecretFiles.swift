import FastCGI
import FoundationEssentials

/// A file that holds a password, so that it need not stand in an environment.
enum PasswordFile {
    /// The first line of the file.
    static func read(_ path: String) throws -> Redacted<String> {
        let line = try GuardedFile.firstLine(of: path)
        guard let password = String(validating: line, as: UTF8.self), !password.isEmpty,
            SettingForm.password.accepts(password)
        else {
            throw UnusableFile(path: path, reason: "has no password in its first line")
        }
        return Redacted(password)
    }
}

/// The file with the key that seals the signing keys at rest: 32 random bytes in base64.
package enum MasterKeyFile {
    static let keyLength = 32

    /// The key in the file.
    package static func read(_ path: String) throws -> Redacted<[UInt8]> {
        let line = try GuardedFile.firstLine(of: path)
        guard let key = Data(base64Encoded: Data(line)), key.count == keyLength else {
            throw UnusableFile(
                path: path, reason: "does not hold \(keyLength) bytes in base64 in its first line")
        }
        return Redacted([UInt8](key))
    }

    /// Makes a new key in a file that must not be there yet, which its owner alone may read.
    package static func create(_ path: String) throws {
        // getrandom(2) on Linux; it aborts rather than give weak bytes.
        var random = SystemRandomNumberGenerator()
        let key = (0..<keyLength).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        try PrivateFile.create(path, [UInt8]((Data(key).base64EncodedString() + "\n").utf8))
    }
}

/// A file with a secret: read only when others cannot read it too.
enum GuardedFile {
    static func firstLine(of path: String) throws -> [UInt8] {
        guard path.hasPrefix("/") else {
            throw UnusableFile(path: path, reason: "is not an absolute path")
        }
        let file = try FileContents(of: path, atMost: 4096)
        // The group may read (root owns it, the service's group reads it), nobody else anything.
        guard file.permissions & 0o037 == 0 else {
            throw UnusableFile(
                path: path, reason: "may be read by others or changed by its group (chmod 600 it)")
        }
        return Array(file.bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") })
    }
}

/// Why a file with a secret was not used.
struct UnusableFile: Error, CustomStringConvertible {
    let path: String
    let reason: String

    var description: String { "The file \(path) \(reason)." }
}
