import FoundationEssentials

/// What a setting's value must look like, and the sentence that says so.
package enum SettingForm: Sendable, Equatable {
    /// A whole number within bounds.
    case number(ClosedRange<Int>)
    /// One of a few words.
    case choice([String])
    /// A line of text without control characters, of at most so many characters.
    case line(Int)
    /// A name as MariaDB takes it without quoting.
    case databaseName
    /// A host name or an address, without a port.
    case host
    /// `host` or `host:port`, each separated by a comma.
    case hosts
    /// An https URL of a host and perhaps a port, nothing behind it.
    case publicURL
    /// Text that is never shown.
    case password
    /// The path of a file that others may not read, holding a password in its first line.
    case passwordFile
    /// The path of a file that others may not read, holding the master key.
    case masterKeyFile
    /// The path of a file that can be read.
    case file
    /// The path of a folder that can be read.
    case folder
    /// The path of a folder for sockets, which this account may write.
    case runtimeFolder
    /// The path of a unix socket, which need not be there yet.
    case socket

    /// What the documented list says about the type.
    package var type: String {
        switch self {
        case .number(let bounds): "number, \(bounds.lowerBound) to \(bounds.upperBound)"
        case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        case .line, .password: "text"
        case .databaseName: "name"
        case .host: "host"
        case .hosts: "list of `host` or `host:port`"
        case .publicURL: "https URL"
        case .passwordFile, .masterKeyFile, .file: "file"
        case .folder, .runtimeFolder: "folder"
        case .socket: "unix socket"
        }
    }

    /// What a value must be, as the end of a sentence that begins with the setting's name.
    package var rule: String {
        switch self {
        case .number(let bounds):
            "must be a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
        case .choice(let words):
            "must be \(words.dropLast().joined(separator: ", ")) or \(words.last ?? "")"
        case .line(let length):
            "must be one line of at most \(length) characters, without control characters"
        case .databaseName: "must be 1 to 80 letters, digits, dots, hyphens or underscores"
        case .host: "must be a host name or an address, without a port"
        case .hosts: "must be a list of hosts, each as host or host:port, separated by commas"
        case .publicURL:
            "must be an https URL in lower case of a host and, unless it is 443, a port, with nothing "
                + "behind it (like https://auth.example.com)"
        case .password: "must be one line of at most 512 characters, without control characters"
        case .passwordFile:
            "must be the absolute path of a file with a password in its first line, which only its "
                + "owner may write and others may not read"
        case .masterKeyFile:
            "must be the absolute path of a file made by `gatehouse keys master-key`, which only its "
                + "owner may write and others may not read"
        case .file: "must be the absolute path of a file that this account can read"
        case .folder: "must be the absolute path of a folder that this account can read"
        case .runtimeFolder:
            "must be the absolute path of a folder that this account may write, of at most "
                + "\(Settings.longestSocketFolder) bytes"
        case .socket:
            "must be the absolute path of a unix socket, of at most \(Settings.longestSocketPath) "
                + "bytes"
        }
    }
}

extension SettingForm {
    /// Whether `number` is within the bounds of this form.
    func accepts(_ number: Int) -> Bool {
        guard case .number(let bounds) = self else { return false }
        return bounds.contains(number)
    }

    /// Whether `text` is what this form asks for, its file or folder included.
    func accepts(_ text: String) -> Bool {
        switch self {
        case .number, .hosts: false
        case .choice(let words): words.contains(text)
        case .line(let length): Self.isLine(text, length)
        case .databaseName:
            (1...80).contains(text.utf8.count) && text.utf8.allSatisfy { Self.isNameByte($0) }
        case .host: Self.isHost(text)
        case .publicURL: PublicURL(text) != nil
        case .password: Self.isLine(text, 512)
        // Of what is wrong with such a file the rule says all there is to say.
        case .passwordFile: (try? PasswordFile.read(text)) != nil
        case .masterKeyFile: (try? MasterKeyFile.read(text)) != nil
        case .file: Self.isReadable(text, .typeRegular)
        case .folder: Self.isReadable(text, .typeDirectory)
        case .runtimeFolder:
            text.utf8.count <= Settings.longestSocketFolder
                && Self.isReadable(text, .typeDirectory)
                && FileManager.default.isWritableFile(atPath: text)
        case .socket: text.hasPrefix("/") && text.utf8.count <= Settings.longestSocketPath
        }
    }

    /// Whether each of `items` is a `host` or `host:port`.
    func accepts(_ items: [String]) -> Bool {
        self == .hosts && items.count <= 100 && items.allSatisfy { Self.isHostAndPort($0) }
    }

    /// `host`, `host:port`, `[address]` or `[address]:port`.
    static func isHostAndPort(_ text: String) -> Bool {
        guard let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") else {
            return isHost(text)
        }
        let port = text[text.index(after: colon)...]
        guard (1...5).contains(port.utf8.count), port.utf8.first != UInt8(ascii: "0"),
            port.utf8.allSatisfy({ Self.isDigit($0) }), let number = Int(port)
        else {
            return false
        }
        return (1...65535).contains(number) && isHost(String(text[..<colon]))
    }

    /// A name of labels in lower case (RFC 1123 2.1), an IPv4 address, or an IPv6 address in brackets.
    static func isHost(_ text: String) -> Bool {
        if text.hasPrefix("["), text.hasSuffix("]") {
            let address = text.dropFirst().dropLast().utf8
            return (2...45).contains(address.count) && address.contains(UInt8(ascii: ":"))
                && address.allSatisfy { byte in
                    Self.isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
                        || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
                }
        }
        guard (1...253).contains(text.utf8.count) else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy { byte in
                    Self.isDigit(byte) || byte == UInt8(ascii: "-")
                        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                }
        }
    }

    private static func isLine(_ text: String, _ length: Int) -> Bool {
        (1...length).contains(text.unicodeScalars.count)
            && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }

    private static func isReadable(_ path: String, _ type: FileAttributeType) -> Bool {
        guard path.hasPrefix("/"), FileManager.default.isReadableFile(atPath: path) else {
            return false
        }
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            return false
        }
        return isFolder == (type == .typeDirectory)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: ".")].contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
