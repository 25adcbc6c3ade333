package import Domain
import FastCGI
package import Logging

/// All settings of one run, checked: what is here can be used without another look.
package struct Settings: Sendable {
    package let publicURL: PublicURL
    /// Hosts besides that of the public URL under which the site may be asked, in lower case.
    package let hostNames: [String]
    package let brandName: String
    package let runtimeDirectory: String
    package let database: Database
    /// Who may change the schema; the password is there only for `migrate` and `check`.
    package let migrator: Account
    package let masterKey: Redacted<[UInt8]>
    package let sqlDirectory: String
    package let gatePolicy: String
    package let gateCache: Bool
    package let gateCacheEntries: Int
    package let web: Pool
    package let gate: Pool
    package let signInLifetime: Duration
    package let refreshLifetime: Duration
    package let signInAddressLimit: Int
    package let registration: RegistrationPolicy
    package let auditRetentionDays: Int
    /// Whether back-channel logout may go to private addresses and by plain http.
    package let backchannelAllowsPrivate: Bool
    package let scryptCost: Int
    package let hashingSlots: Int
    package let drain: Duration
    package let logLevel: Logger.Level

    /// What `gatehouse check` shows, in the order of the documented list.
    package let inForce: [InForce]

    /// The file that GATEHOUSE_CONFIG names, as it was when these settings were read.
    let file: [UInt8]?

    /// Where MariaDB is, and as whom the service signs in.
    package struct Database: Sendable {
        package let place: Place
        package let name: String
        package let account: Account

        package enum Place: Sendable, Equatable {
            case socket(String)
            case host(String, port: Int)
        }
    }

    /// An account at MariaDB.
    package struct Account: Sendable {
        package let user: String
        /// `nil` for an account that signs in by `unix_socket`.
        package let password: Redacted<String>?
    }

    /// How big a pool of workers is.
    package struct Pool: Sendable, Equatable {
        package let processes: Int
        package let threads: Int
    }

    /// One line of what is in force.
    package struct InForce: Sendable, Equatable {
        package let name: String
        /// The value, or `[hidden]`, or nothing.
        package let shown: String
        /// `environment`, `file` or `standard`.
        package let source: String
    }

    /// Who reads the settings, which decides what is read of them.
    package enum Purpose: Sendable {
        /// The service and its commands: everything but the migrator's password.
        case service
        /// `migrate` and `check`: everything.
        case everything
    }

    /// The most processes that a pool can have.
    package static let mostProcesses = 64

    static let longestSocketPath = UnixSocket.longestPath
    /// "/gate.sock" must fit behind it.
    static let longestSocketFolder = UnixSocket.longestPath - 10

    package var webSocket: String { runtimeDirectory + "/web.sock" }
    package var gateSocket: String { runtimeDirectory + "/gate.sock" }
    /// The file of the gate's generation table.
    package var generationsFile: String { runtimeDirectory + "/generations" }
    /// The file of the shared metrics.
    package var metricsFile: String { runtimeDirectory + "/metrics" }
    /// The file of the slots for password hashing.
    package var hashingFile: String { runtimeDirectory + "/hashing" }
    package var lockFile: String { runtimeDirectory + "/lock" }

    /// Every host under which the site may be asked.
    package var hosts: Set<String> { Set([publicURL.authority] + hostNames) }

    /// The gate's policy file alone, for commands that need nothing else: `nil` when none is set.
    package static func gatePolicy(environment: [String: String]) throws(SettingsError) -> String? {
        var reader = SettingsReader(environment: environment)
        let policy = reader.text(.gatePolicy)
        guard policy != nil || reader.isSet(.gatePolicy) else { return nil }
        guard reader.problems.isEmpty else { throw SettingsError(problems: reader.problems) }
        return policy
    }

    /// Reads and checks everything, and throws all that is wrong at once.
    package init(environment: [String: String], purpose: Purpose = .service)
        throws(SettingsError)
    {
        var reader = SettingsReader(environment: environment)
        let publicURL = reader.text(.publicURL).flatMap { PublicURL($0) }
        self.hostNames = reader.list(.hostNames)
        self.brandName = reader.text(.brandName) ?? ""
        self.runtimeDirectory = reader.text(.runtimeDirectory) ?? ""
        let place = Self.place(&reader)
        self.database = Database(
            place: place, name: reader.text(.databaseName) ?? "",
            account: Account(
                user: reader.text(.databaseUser) ?? "",
                password: Self.password(&reader, .databasePassword, .databasePasswordFile)))
        self.migrator = Account(
            user: reader.text(.migratorUser) ?? "",
            password: purpose == .service
                ? nil : Self.password(&reader, .migratorPassword, .migratorPasswordFile))
        let masterKey = Self.masterKey(&reader)
        self.sqlDirectory = reader.text(.sqlDirectory) ?? ""
        self.gatePolicy = reader.text(.gatePolicy) ?? ""
        self.gateCache = reader.text(.gateCache) == "on"
        self.gateCacheEntries = reader.number(.gateCacheEntries)
        self.web = Pool(
            processes: reader.number(.webProcesses), threads: reader.number(.webThreads))
        self.gate = Pool(
            processes: reader.number(.gateProcesses), threads: reader.number(.gateThreads))
        self.signInLifetime = .seconds(reader.number(.signInLifetime))
        self.refreshLifetime = .seconds(reader.number(.refreshLifetime))
        self.signInAddressLimit = reader.number(.signInAddressLimit)
        self.registration =
            reader.text(.registration).flatMap(RegistrationPolicy.init(rawValue:)) ?? .off
        self.auditRetentionDays = reader.number(.auditRetentionDays)
        self.backchannelAllowsPrivate = reader.text(.backchannelAllowPrivate) == "1"
        self.scryptCost = reader.number(.scryptCost)
        self.hashingSlots = reader.number(.hashingSlots)
        self.drain = .seconds(reader.number(.drainSeconds))
        self.logLevel = reader.text(.logLevel).flatMap { Logger.Level(rawValue: $0) } ?? .info
        self.file = reader.file

        guard reader.problems.isEmpty, let publicURL, let masterKey else {
            throw SettingsError(problems: reader.problems)
        }
        self.publicURL = publicURL
        self.masterKey = masterKey
        self.inForce = Self.inForce(
            reader,
            numbers: [
                .gateProcesses: gate.processes, .hashingSlots: hashingSlots,
            ])
    }

    /// The socket or the host, of which exactly one must be set.
    private static func place(_ reader: inout SettingsReader) -> Database.Place {
        let socket = reader.text(.databaseSocket)
        let host = reader.text(.databaseHost)
        let port = reader.number(.databasePort)
        switch (reader.isSet(.databaseSocket), reader.isSet(.databaseHost)) {
        case (true, true):
            reader.add(.databaseSocket, "must not be set together with GATEHOUSE_DATABASE_HOST")
        case (false, false):
            reader.add(.databaseSocket, "or GATEHOUSE_DATABASE_HOST must be set")
        case (true, false) where reader.isSet(.databasePort):
            reader.add(.databasePort, "means nothing together with GATEHOUSE_DATABASE_SOCKET")
        default: break
        }
        return host.map { .host($0, port: port) } ?? .socket(socket ?? "")
    }

    /// A password from its setting or from the file, of which at most one may be set.
    private static func password(
        _ reader: inout SettingsReader, _ setting: Setting, _ fileSetting: Setting
    ) -> Redacted<String>? {
        let text = reader.text(setting)
        let path = reader.text(fileSetting)
        if reader.isSet(setting), reader.isSet(fileSetting) {
            reader.add(setting, "must not be set together with \(fileSetting.rawValue)")
        }
        if let text { return Redacted(text) }
        do {
            return try path.map(PasswordFile.read)
        } catch {
            reader.add(fileSetting, fileSetting.row.form.rule)
            return nil
        }
    }

    private static func masterKey(_ reader: inout SettingsReader) -> Redacted<[UInt8]>? {
        do {
            return try reader.text(.masterKeyFile).map(MasterKeyFile.read)
        } catch {
            reader.add(.masterKeyFile, Setting.masterKeyFile.row.form.rule)
            return nil
        }
    }

    private static func inForce(_ reader: SettingsReader, numbers: [Setting: Int]) -> [InForce] {
        Setting.allCases.map { setting in
            let row = setting.row
            if let found = reader.found[setting] {
                return InForce(
                    name: setting.rawValue, shown: row.isSecret ? "[hidden]" : found.text,
                    source: found.source)
            }
            let standard =
                switch row.standard {
                case .value(let text): text
                case .cores, .coresButOne: numbers[setting].map(String.init) ?? ""
                case .none, .required: ""
                }
            return InForce(name: setting.rawValue, shown: standard, source: "standard")
        }
    }
}
