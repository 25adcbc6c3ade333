import Foundation
import Logging
import Testing

@testable import App

@Suite struct SettingsTests {
    @Test func `a few settings are enough, the rest has its standard`() throws {
        let sample = try SettingsSample()

        let settings = try sample.settings()

        let cores = ProcessInfo.processInfo.activeProcessorCount
        #expect(settings.publicURL.description == "https://auth.example.com")
        #expect(settings.hosts == ["auth.example.com"])
        #expect(settings.brandName == "Gatehouse")
        #expect(settings.webSocket == sample.folder.path + "/web.sock")
        #expect(settings.gateSocket == sample.folder.path + "/gate.sock")
        #expect(settings.database.place == .socket("/run/mysqld/mysqld.sock"))
        #expect(settings.database.name == "gatehouse")
        #expect(settings.database.account.user == "gatehouse_app")
        #expect(settings.database.account.password?.value == "correct horse battery staple")
        #expect(settings.migrator.user == "gatehouse_migrator")
        #expect(settings.migrator.password == nil)
        #expect(settings.masterKey.value.count == 32)
        #expect(settings.gateCache)
        #expect(settings.gateCacheEntries == 4000)
        #expect(settings.web == Settings.Pool(processes: 1, threads: 12))
        #expect(settings.gate == Settings.Pool(processes: cores, threads: 4))
        #expect(settings.signInLifetime == .seconds(86400))
        #expect(settings.refreshLifetime == .seconds(2_592_000))
        #expect(settings.auditRetentionDays == 365)
        #expect(!settings.backchannelAllowsPrivate)
        #expect(settings.scryptCost == 16)
        #expect(settings.hashingSlots == max(1, cores - 1))
        #expect(settings.drain == .seconds(10))
        #expect(settings.signInAddressLimit == 1_000)
        #expect(settings.logLevel == .info)
    }

    /// Each setting with values that it must refuse.
    static let wrong: [(Setting, [String])] = [
        (
            .publicURL,
            [
                "http://auth.example.com", "https://", "auth.example.com",
                "https://auth.example.com/", "https://auth.example.com/x",
                "https://auth.example.com?x", "https://auth.example.com#x",
                "https://me@auth.example.com", "https://auth.example.com:443",
                "https://auth.example.com:0", "https://auth.example.com:65536",
                "https://auth.example.com:", "https://AUTH.example.com", "https://a..b",
                "https://-a.example", "https://a b", "https://a:+1", "https://a:08",
                " https://auth.example.com",
            ]
        ),
        (.hostNames, ["a,,b", ",", "a b", "https://a", "a/b", "a:99999", "A"]),
        (.brandName, ["a\nb", "\u{1b}[31mred", String(repeating: "x", count: 61)]),
        (
            .runtimeDirectory,
            ["relative", "/nowhere/at/all", "/" + String(repeating: "x", count: 98)]
        ),
        (.databaseSocket, ["relative.sock", "/" + String(repeating: "x", count: 107)]),
        (.databaseName, ["a b", "a`b", "x;", String(repeating: "x", count: 81)]),
        (.databaseUser, ["a'b", "a@b"]),
        (.databasePassword, ["a\nb", String(repeating: "x", count: 513)]),
        (.masterKeyFile, ["/nowhere", "relative", "/etc/passwd"]),
        (.sqlDirectory, ["/nowhere", "sql", "/etc/passwd"]),
        (.gatePolicy, ["/nowhere", "policy", "/etc"]),
        (.gateCache, ["true", "ON", "1", "maybe"]),
        (.gateCacheEntries, ["99", "10000001", "many", "1e3", "-1", "20000.5", " 200"]),
        (.webProcesses, ["0", "65", "x", "-1", "9223372036854775808"]),
        (.webThreads, ["0", "257", "8 threads"]),
        (.gateProcesses, ["0", "65"]),
        (.gateThreads, ["0", "257"]),
        (.signInLifetime, ["0", "31536001", "24h"]),
        (.refreshLifetime, ["0", "31536001"]),
        (.signInAddressLimit, ["0", "1000001"]),
        (.registration, ["on", "OPEN", "true"]),
        (.auditRetentionDays, ["0", "3651"]),
        (.backchannelAllowPrivate, ["true", "yes", "on", "2", "01"]),
        (.scryptCost, ["13", "21", "65536"]),
        (.hashingSlots, ["0", "257"]),
        (.drainSeconds, ["-1", "301"]),
        (.logLevel, ["verbose", "INFO", "warn"]),
        (.config, ["/nowhere", "/etc"]),
    ]

    @Test(arguments: wrong)
    func `a wrong value is refused with the name and the rule`(
        _ setting: Setting, _ values: [String]
    ) throws {
        for value in values {
            var sample = try SettingsSample()
            sample.environment[setting.rawValue] = value

            let problems = sample.problems()

            #expect(problems.count == 1, "\(setting.rawValue)=\(value) gave \(problems)")
            #expect(problems.first?.name == setting.rawValue)
            #expect(problems.first?.rule.hasPrefix("must") == true)
        }
    }

    @Test func `every setting has a wrong value in these tests or a test of its own`() {
        let elsewhere: Set<Setting> = [
            .databaseHost, .databasePort, .databasePasswordFile, .migratorUser, .migratorPassword,
            .migratorPasswordFile,
        ]

        #expect(Set(Self.wrong.map(\.0)).union(elsewhere) == Set(Setting.allCases))
    }

    @Test func `what must be set is missed by name, all at once`() throws {
        var sample = try SettingsSample()
        sample.environment = ["GATEHOUSE_WEB_THREADS": "none", "GATEHOUSE_SCRYPT_COST": "99"]

        let names = sample.problems().map(\.name)

        #expect(
            Set(names) == [
                "GATEHOUSE_PUBLIC_URL", "GATEHOUSE_RUNTIME_DIRECTORY", "GATEHOUSE_DATABASE_SOCKET",
                "GATEHOUSE_MASTER_KEY_FILE", "GATEHOUSE_SQL_DIRECTORY", "GATEHOUSE_GATE_POLICY",
                "GATEHOUSE_WEB_THREADS", "GATEHOUSE_SCRYPT_COST",
            ])
        #expect(names.count == 8)
    }

    @Test func `a misspelt name in the environment is refused`() throws {
        var sample = try SettingsSample()
        sample.environment["GATEHOUSE_WEB_THREDS"] = "9"

        let problems = sample.problems()

        #expect(problems.map(\.name) == ["GATEHOUSE_WEB_THREDS"])
    }

    @Test func `names that only make run reads are left alone`() throws {
        var sample = try SettingsSample()
        for name in Setting.ofMakeRun {
            sample.environment[name] = "9"
        }

        #expect(sample.problems() == [])
    }

    @Test func `an empty variable counts as not set`() throws {
        var sample = try SettingsSample()
        sample.environment["GATEHOUSE_WEB_THREADS"] = ""
        sample.environment["GATEHOUSE_PUBLIC_URL"] = ""

        #expect(sample.problems().map(\.name) == ["GATEHOUSE_PUBLIC_URL"])
    }

    @Test func `GATE_CACHE is an alias, and the full name wins`() throws {
        var sample = try SettingsSample()
        sample.environment["GATE_CACHE"] = "off"
        #expect(try sample.settings().gateCache == false)

        sample.environment["GATEHOUSE_GATE_CACHE"] = "on"
        #expect(try sample.settings().gateCache)
    }

    @Test func `hosts are the public one and the further ones`() throws {
        var sample = try SettingsSample()
        sample.environment["GATEHOUSE_PUBLIC_URL"] = "https://localhost:8443"
        sample.environment["GATEHOUSE_HOST_NAMES"] = "127.0.0.1:8443, [::1]:8443,auth"

        let hosts = try sample.settings().hosts

        #expect(hosts == ["localhost:8443", "127.0.0.1:8443", "[::1]:8443", "auth"])
    }

    @Test(arguments: [
        "https://auth", "https://127.0.0.1:8443", "https://[::1]", "https://[::1]:8443",
    ])
    func `a public address may be a name or an address, with a port`(_ text: String) {
        #expect(PublicURL(text)?.description == text)
    }

    // The database

    @Test func `a host may stand in place of the database's socket, but not beside it`() throws {
        var sample = try SettingsSample()
        sample.environment["GATEHOUSE_DATABASE_HOST"] = "db.internal"
        #expect(sample.problems().map(\.name) == ["GATEHOUSE_DATABASE_SOCKET"])

        sample.environment["GATEHOUSE_DATABASE_SOCKET"] = nil
        #expect(try sample.settings().database.place == .host("db.internal", port: 3306))

        sample.environment["GATEHOUSE_DATABASE_PORT"] = "3307"
        #expect(try sample.settings().database.place == .host("db.internal", port: 3307))

        sample.environment["GATEHOUSE_DATABASE_PORT"] = "0"
        #expect(sample.problems().map(\.name) == ["GATEHOUSE_DATABASE_PORT"])

        sample.environment["GATEHOUSE_DATABASE_PORT"] = nil
        sample.environment["GATEHOUSE_DATABASE_HOST"] = "db.internal:3307"
        #expect(sample.problems().map(\.name) == ["GATEHOUSE_DATABASE_HOST"])
    }

    @Test func `a port beside the database's socket is refused`() throws {
        var sample = try SettingsSample()
        sample.environment["GATEHOUSE_DATABASE_PORT"] = "3307"

        #expect(sample.problems().map(\.name) == ["GATEHOUSE_DATABASE_PORT"])
    }

    @Test func `a password comes from a file, without the end of its line`() throws {
        var sample = try SettingsSample()
        sample.environment["GATEHOUSE_DATABASE_PASSWORD"] = nil
        sample.environment["GATEHOUSE_DATABASE_PASSWORD_FILE"] = try sample.folder.write(
            "password", "s3cret word\n")

        #expect(try sample.settings().database.account.password?.value == "s3cret word")
    }

    @Test func `a password twice is refused`() throws {
        var sample = try SettingsSample()
        sample.environment["GATEHOUSE_DATABASE_PASSWORD_FILE"] = try sample.folder.write(
            "password", "other\n")

        #expect(sample.problems().map(\.name) == ["GATEHOUSE_DATABASE_PASSWORD"])
    }

    @Test(arguments: [0o644, 0o604, 0o620, 0o666])
    func `a secret file that others may read is refused`(_ mode: Int) throws {
        var sample = try SettingsSample()
        let key = try String(contentsOfFile: sample.folder.path + "/master.key", encoding: .utf8)
        sample.environment["GATEHOUSE_DATABASE_PASSWORD"] = nil
        sample.environment["GATEHOUSE_DATABASE_PASSWORD_FILE"] = try sample.folder.write(
            "password", "word\n", mode: mode)
        sample.environment["GATEHOUSE_MASTER_KEY_FILE"] = try sample.folder.write(
            "open.key", key, mode: mode)

        #expect(
            Set(sample.problems().map(\.name))
                == ["GATEHOUSE_DATABASE_PASSWORD_FILE", "GATEHOUSE_MASTER_KEY_FILE"])
    }

    @Test func `a key that root owns and the service's group reads is accepted`() throws {
        var sample = try SettingsSample()
        let key = try String(contentsOfFile: sample.folder.path + "/master.key", encoding: .utf8)
        sample.environment["GATEHOUSE_MASTER_KEY_FILE"] = try sample.folder.write(
            "group.key", key, mode: 0o640)

        #expect(sample.problems() == [])
    }

    @Test(arguments: ["", "\n", "AAAA\n", "not base64 at all, but forty-four characters!\n"])
    func `a key file without a key of 32 bytes is refused`(_ text: String) throws {
        var sample = try SettingsSample()
        sample.environment["GATEHOUSE_MASTER_KEY_FILE"] = try sample.folder.write("bad.key", text)

        #expect(sample.problems().map(\.name) == ["GATEHOUSE_MASTER_KEY_FILE"])
    }

    @Test func `only migrate and check read the migrator's password`() throws {
        var sample = try SettingsSample()
        sample.environment["GATEHOUSE_MIGRATOR_PASSWORD"] = "line\nbreak"
        sample.environment["GATEHOUSE_MIGRATOR_PASSWORD_FILE"] = "/nowhere"

        #expect(sample.problems(.service) == [])
        #expect(
            Set(sample.problems(.everything).map(\.name))
                == ["GATEHOUSE_MIGRATOR_PASSWORD", "GATEHOUSE_MIGRATOR_PASSWORD_FILE"])
    }

    @Test func `a wrong name of the migrator is refused`() throws {
        var sample = try SettingsSample()
        sample.environment["GATEHOUSE_MIGRATOR_USER"] = "a b"

        #expect(sample.problems().map(\.name) == ["GATEHOUSE_MIGRATOR_USER"])
    }

    // The file

    @Test func `the file gives settings, and the environment wins`() throws {
        var sample = try SettingsSample()
        sample.environment["GATEHOUSE_CONFIG"] = try sample.folder.write(
            "gatehouse.json",
            #"{"web_threads": 3, "gate_threads": 5, "brand_name": "Gate", "host_names": ["a", "b:1"],"#
                + #" "gate_cache": "off", "database_host": null}"#)
        sample.environment["GATEHOUSE_GATE_THREADS"] = "6"

        let settings = try sample.settings()

        #expect(settings.web.threads == 3)
        #expect(settings.gate.threads == 6)
        #expect(settings.brandName == "Gate")
        #expect(settings.hostNames == ["a", "b:1"])
        #expect(settings.gateCache == false)
    }

    @Test(arguments: [
        (#"{"web_threads": "3"}"#, "GATEHOUSE_WEB_THREADS"),
        (#"{"web_threads": 3.5}"#, "GATEHOUSE_WEB_THREADS"),
        (#"{"web_threads": true}"#, "GATEHOUSE_WEB_THREADS"),
        (#"{"web_threads": [3]}"#, "GATEHOUSE_WEB_THREADS"),
        (#"{"web_threads": 0}"#, "GATEHOUSE_WEB_THREADS"),
        (#"{"brand_name": 3}"#, "GATEHOUSE_BRAND_NAME"),
        (#"{"brand_name": ""}"#, "GATEHOUSE_BRAND_NAME"),
        (#"{"host_names": "a,b"}"#, "GATEHOUSE_HOST_NAMES"),
        (#"{"web_threds": 3}"#, "web_threds in GATEHOUSE_CONFIG"),
        (#"{"config": "/x"}"#, "config in GATEHOUSE_CONFIG"),
        (#"{"GATEHOUSE_WEB_THREADS": 3}"#, "GATEHOUSE_WEB_THREADS in GATEHOUSE_CONFIG"),
        (#"{"web": {"threads": 3}}"#, "web in GATEHOUSE_CONFIG"),
        (#"{"web_threads": 3"#, "GATEHOUSE_CONFIG"),
        ("[]", "GATEHOUSE_CONFIG"),
        ("", "GATEHOUSE_CONFIG"),
    ])
    func `what is wrong in the file is named`(_ text: String, _ name: String) throws {
        var sample = try SettingsSample()
        sample.environment["GATEHOUSE_CONFIG"] = try sample.folder.write("bad.json", text)

        #expect(sample.problems().map(\.name) == [name])
    }

    // Secrets

    @Test func `no secret can be seen in settings, problems or what is in force`() throws {
        var sample = try SettingsSample()
        let settings = try sample.settings()
        var dumped = ""
        dump(settings, to: &dumped)
        let key = try String(contentsOfFile: sample.folder.path + "/master.key", encoding: .utf8)
        sample.environment["GATEHOUSE_WEB_THREADS"] = "correct horse battery staple"
        let problems = sample.problems().map(\.description).joined()

        for text in [dumped, "\(settings)", "\(settings.inForce)", problems] {
            #expect(!text.contains("horse"))
            #expect(!text.contains(key.dropLast()))
        }
        let shown = settings.inForce.first { $0.name == "GATEHOUSE_DATABASE_PASSWORD" }
        #expect(shown?.shown == "[hidden]")
        #expect(shown?.source == "environment")
    }

    @Test func `a new master key is in a file of its owner alone, and never replaces another`()
        throws
    {
        let folder = try TemporaryFolder()
        let path = folder.path + "/master.key"

        try MasterKeyFile.create(path)

        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let first = try MasterKeyFile.read(path).value
        #expect(first.count == 32)
        #expect(throws: (any Error).self) { try MasterKeyFile.create(path) }
        #expect(try MasterKeyFile.read(path).value == first)
    }
}
