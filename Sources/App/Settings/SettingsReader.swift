import Configuration
import FastCGI
import FoundationEssentials

/// One wrong setting, and the rule that it breaks. Its value is never told: it may be a secret that
/// somebody put under the wrong name.
package struct SettingsProblem: Sendable, Equatable, CustomStringConvertible {
    /// The name in the environment, or the key in the file where no such setting exists.
    package let name: String
    package let rule: String

    package var description: String { "\(name) \(rule)." }
}

/// All that is wrong with the settings, at once.
package struct SettingsError: Error, Sendable, CustomStringConvertible {
    package let problems: [SettingsProblem]

    package var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}

/// Takes settings from the environment and the file, and gathers what is wrong.
struct SettingsReader {
    private(set) var problems: [SettingsProblem] = []
    /// What was found where, for `gatehouse check`.
    private(set) var found: [Setting: (text: String, source: String)] = [:]
    /// The bytes of the file, as they were read.
    private(set) var file: [UInt8]?

    private var sources: [(name: String, values: any ConfigSnapshot)] = []
    private var kinds: [String: SettingsFile.Kind] = [:]

    /// Opens both sources. The environment comes first, so it wins.
    init(environment: [String: String]) {
        var variables: [String: String] = [:]
        // An empty variable counts as one that is not set, as in systemd's and container files.
        for (name, value) in environment where !value.isEmpty {
            if let setting = Setting.aliases[name] {
                variables[setting.rawValue, default: value] += ""
            } else if name.hasPrefix(Setting.prefix), !Setting.ofMakeRun.contains(name) {
                variables[name] = value
                if Setting(rawValue: name) == nil {
                    problems.append(SettingsProblem(name: name, rule: Self.unknown))
                }
            }
        }
        // Keys are written as in the file; with the prefix, "web_threads" is GATEHOUSE_WEB_THREADS.
        let provider = EnvironmentVariablesProvider(
            environmentVariables: variables, secretsSpecifier: .all
        ).prefixKeys(with: ConfigKey(["gatehouse"]))
        sources.append(("environment", provider.snapshot()))

        guard let path = variables[Setting.config.rawValue] else { return }
        found[.config] = (path, "environment")
        do {
            let file = try SettingsFile(path)
            sources.append(("file", file.values))
            self.file = file.bytes
            kinds = file.kinds
            let keys = Set(Setting.allCases.compactMap(\.key))
            for key in file.kinds.keys where !keys.contains(key) {
                problems.append(
                    SettingsProblem(
                        name: "\(key) in \(Setting.config.rawValue)", rule: Self.unknown))
            }
        } catch {
            problems.append(SettingsProblem(name: Setting.config.rawValue, rule: error.rule))
        }
    }

    private static let unknown = "is not the name of a setting"

    mutating func add(_ setting: Setting, _ rule: String) {
        problems.append(SettingsProblem(name: setting.rawValue, rule: rule))
    }

    /// The number that is set, or the standard one.
    mutating func number(_ setting: Setting) -> Int {
        let form = setting.row.form
        if let content = content(setting, .int) {
            if case .int(let number) = content, form.accepts(number) {
                return number
            }
            add(setting, form.rule)
        }
        switch setting.row.standard {
        case .value(let text): return Int(text) ?? 0
        case .cores:
            return min(ProcessInfo.processInfo.activeProcessorCount, Settings.mostProcesses)
        case .coresButOne: return max(1, ProcessInfo.processInfo.activeProcessorCount - 1)
        case .none, .required: return 0
        }
    }

    /// The text that is set, or the standard one, or `nil`.
    mutating func text(_ setting: Setting) -> String? {
        let row = setting.row
        if let content = content(setting, .string) {
            if case .string(let text) = content, row.form.accepts(text) {
                return text
            }
            add(setting, row.form.rule)
            return nil
        }
        switch row.standard {
        case .value(let text): return text
        case .required:
            add(setting, "must be set: it \(row.form.rule)")
            return nil
        case .none, .cores, .coresButOne: return nil
        }
    }

    /// The list that is set, or an empty one.
    mutating func list(_ setting: Setting) -> [String] {
        guard let content = content(setting, .stringArray) else { return [] }
        guard case .stringArray(let items) = content, setting.row.form.accepts(items) else {
            add(setting, setting.row.form.rule)
            return []
        }
        return items
    }

    func isSet(_ setting: Setting) -> Bool { found[setting] != nil }

    /// What the first source that knows the setting says. Of another type than asked for it comes as
    /// text, which no form of that type accepts.
    private mutating func content(_ setting: Setting, _ type: ConfigType) -> ConfigContent? {
        let key = AbsoluteConfigKey([setting.key ?? "config"])
        for source in sources {
            do {
                guard let value = try source.values.value(forKey: key, type: type).value else {
                    continue
                }
                found[setting] = (Self.shown(value.content), source.name)
                // A JSON `true` would count as the number 1.
                if source.name == "file", let kind = kinds[setting.key ?? ""], !kind.fits(type) {
                    return .bytes([])
                }
                return value.content
            } catch {
                found[setting] = ("", source.name)
                return .bytes([])
            }
        }
        return nil
    }

    private static func shown(_ content: ConfigContent) -> String {
        switch content {
        case .string(let text): text
        case .int(let number): String(number)
        case .stringArray(let items): items.joined(separator: ",")
        default: ""
        }
    }
}

/// The JSON file that GATEHOUSE_CONFIG names: one object of plain values.
struct SettingsFile {
    let bytes: [UInt8]
    let values: JSONSnapshot
    /// The keys of the file, and what kind of value each has.
    let kinds: [String: Kind]

    struct Wrong: Error {
        let rule: String
    }

    init(_ path: String) throws(Wrong) {
        do {
            bytes = try FileContents(of: path, atMost: 65536).bytes
        } catch {
            throw Wrong(rule: Setting.config.row.form.rule)
        }
        let data = Data(bytes)
        do {
            kinds = try JSONDecoder().decode([String: Kind].self, from: data)
            values = try JSONSnapshot(
                data: data.bytes, providerName: "file",
                parsingOptions: .init(secretsSpecifier: .all))
        } catch {
            throw Wrong(
                rule: "must name a file with one JSON object, whose values are texts, numbers or "
                    + "lists of texts")
        }
    }

    /// What a value of the file is, before anyone asks for it.
    enum Kind: Decodable {
        case text, number, list, nothing, other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            // Each attempt fails where the value is of another kind; that is the question asked.
            if container.decodeNil() {
                self = .nothing
            } else if (try? container.decode(Bool.self)) != nil {
                self = .other
            } else if (try? container.decode(Int.self)) != nil {
                self = .number
            } else if (try? container.decode(String.self)) != nil {
                self = .text
            } else if (try? container.decode([String].self)) != nil {
                self = .list
            } else {
                self = .other
            }
        }

        func fits(_ type: ConfigType) -> Bool {
            switch (self, type) {
            case (.text, .string), (.number, .int), (.list, .stringArray), (.nothing, _): true
            default: false
            }
        }
    }
}
