import Domain

/// Every setting there is, in the order of the documented list.
///
/// This is the one list: the reader, `gatehouse check`, its `--list` and the README's table come from
/// it, and a new case asks for its row at compile time. The raw value is the name in the environment;
/// the key in the file is the same without `GATEHOUSE_`, in lower case.
package enum Setting: String, CaseIterable, Sendable {
    case config = "GATEHOUSE_CONFIG"
    case publicURL = "GATEHOUSE_PUBLIC_URL"
    case hostNames = "GATEHOUSE_HOST_NAMES"
    case brandName = "GATEHOUSE_BRAND_NAME"
    case runtimeDirectory = "GATEHOUSE_RUNTIME_DIRECTORY"
    case databaseSocket = "GATEHOUSE_DATABASE_SOCKET"
    case databaseHost = "GATEHOUSE_DATABASE_HOST"
    case databasePort = "GATEHOUSE_DATABASE_PORT"
    case databaseName = "GATEHOUSE_DATABASE_NAME"
    case databaseUser = "GATEHOUSE_DATABASE_USER"
    case databasePassword = "GATEHOUSE_DATABASE_PASSWORD"
    case databasePasswordFile = "GATEHOUSE_DATABASE_PASSWORD_FILE"
    case migratorUser = "GATEHOUSE_MIGRATOR_USER"
    case migratorPassword = "GATEHOUSE_MIGRATOR_PASSWORD"
    case migratorPasswordFile = "GATEHOUSE_MIGRATOR_PASSWORD_FILE"
    case masterKeyFile = "GATEHOUSE_MASTER_KEY_FILE"
    case sqlDirectory = "GATEHOUSE_SQL_DIRECTORY"
    case gatePolicy = "GATEHOUSE_GATE_POLICY"
    case gateCache = "GATEHOUSE_GATE_CACHE"
    case gateCacheEntries = "GATEHOUSE_GATE_CACHE_ENTRIES"
    case webProcesses = "GATEHOUSE_WEB_PROCESSES"
    case webThreads = "GATEHOUSE_WEB_THREADS"
    case gateProcesses = "GATEHOUSE_GATE_PROCESSES"
    case gateThreads = "GATEHOUSE_GATE_THREADS"
    case signInLifetime = "GATEHOUSE_SIGN_IN_TTL"
    case refreshLifetime = "GATEHOUSE_REFRESH_TTL"
    case signInAddressLimit = "GATEHOUSE_SIGN_IN_ADDRESS_LIMIT"
    case registration = "GATEHOUSE_REGISTRATION"
    case auditRetentionDays = "GATEHOUSE_AUDIT_RETENTION_DAYS"
    case backchannelAllowPrivate = "GATEHOUSE_BACKCHANNEL_ALLOW_PRIVATE"
    case scryptCost = "GATEHOUSE_SCRYPT_COST"
    case hashingSlots = "GATEHOUSE_HASHING_SLOTS"
    case drainSeconds = "GATEHOUSE_DRAIN_SECONDS"
    case logLevel = "GATEHOUSE_LOG_LEVEL"

    /// What every name in the environment begins with.
    package static let prefix = "GATEHOUSE_"

    /// The name in the file, `nil` for the one setting that says where the file is.
    package var key: String? {
        self == .config ? nil : rawValue.dropFirst(Self.prefix.count).lowercased()
    }

    /// Names that belong to `make run` alone; they may stand in the environment of what it starts.
    package static let ofMakeRun: Set<String> = [
        "GATEHOUSE_HTTPS_PORT", "GATEHOUSE_HTTP_PORT", "GATEHOUSE_STATE",
        "GATEHOUSE_ADMIN_PASSWORD",
    ]

    /// Older names in the environment that still count, and what they stand for.
    package static let aliases: [String: Setting] = ["GATE_CACHE": .gateCache]

    /// What the documented list says about a setting, and what its reader goes by.
    package struct Row: Sendable {
        let form: SettingForm
        let standard: Standard
        let meaning: String
        var isSecret: Bool { form == .password }
    }

    /// What is in force when nothing is set.
    package enum Standard: Sendable, Equatable {
        /// There is none: the setting must be given.
        case required
        /// Nothing; the meaning says what that does.
        case none
        case value(String)
        case cores
        case coresButOne
    }

    package var row: Row {
        switch self {
        case .config:
            Row(
                form: .file, standard: .none,
                meaning: "A JSON file with settings; what the environment says wins.")
        case .publicURL:
            Row(
                form: .publicURL, standard: .required,
                meaning:
                    "The address that people and clients use: the issuer, and the base of every link."
            )
        case .hostNames:
            Row(
                form: .hosts, standard: .none,
                meaning:
                    "Further hosts under which the same site is asked; any other host gets 421.")
        case .brandName:
            Row(
                form: .line(60), standard: .value("Gatehouse"),
                meaning: "The name on the pages.")
        case .runtimeDirectory:
            Row(
                form: .runtimeFolder, standard: .required,
                meaning:
                    "Folder for `web.sock`, `gate.sock`, the lock and the shared counters; nginx needs to "
                    + "reach it, so give it nginx's group and the setgid bit.")
        case .databaseSocket:
            Row(
                form: .socket, standard: .none,
                meaning: "MariaDB's unix socket; either this or the host must be set.")
        case .databaseHost:
            Row(
                form: .host, standard: .none, meaning: "MariaDB's host, when it has no socket here."
            )
        case .databasePort:
            Row(
                form: .number(1...65535), standard: .value("3306"),
                meaning: "MariaDB's port, with the host.")
        case .databaseName:
            Row(form: .databaseName, standard: .value("gatehouse"), meaning: "The database.")
        case .databaseUser:
            Row(
                form: .databaseName, standard: .value("gatehouse_app"),
                meaning: "The account of the service.")
        case .databasePassword:
            Row(
                form: .password, standard: .none,
                meaning: "Its password; without one the account must sign in by `unix_socket`.")
        case .databasePasswordFile:
            Row(form: .passwordFile, standard: .none, meaning: "A file with it instead.")
        case .migratorUser:
            Row(
                form: .databaseName, standard: .value("gatehouse_migrator"),
                meaning:
                    "The account that may change the schema; only `migrate` and `check` read it.")
        case .migratorPassword:
            Row(form: .password, standard: .none, meaning: "Its password; likewise.")
        case .migratorPasswordFile:
            Row(form: .passwordFile, standard: .none, meaning: "A file with it instead; likewise.")
        case .masterKeyFile:
            Row(
                form: .masterKeyFile, standard: .required,
                meaning:
                    "The key that seals the signing keys at rest, from `gatehouse keys master-key`."
            )
        case .sqlDirectory:
            Row(
                form: .folder, standard: .required,
                meaning: "The folder `sql` of this release, with the migrations.")
        case .gatePolicy:
            Row(
                form: .file, standard: .required,
                meaning: "The gate's policy; `nginx/gate.policy` is the shipped one.")
        case .gateCache:
            Row(
                form: .choice(["on", "off"]), standard: .value("on"),
                meaning:
                    "Whether the gate remembers decisions; `off` asks the database each time. `GATE_CACHE` "
                    + "is the same.")
        case .gateCacheEntries:
            Row(
                form: .number(100...10_000_000), standard: .value("4000"),
                meaning: "Decisions that a gate process remembers at most.")
        case .webProcesses:
            Row(
                form: .number(1...Settings.mostProcesses), standard: .value("1"),
                meaning: "Processes for pages, API and OAuth.")
        case .webThreads:
            Row(
                form: .number(1...256), standard: .value("12"), meaning: "Threads in each of them.")
        case .gateProcesses:
            Row(
                form: .number(1...Settings.mostProcesses), standard: .cores,
                meaning: "Processes for the gate.")
        case .gateThreads:
            Row(form: .number(1...256), standard: .value("4"), meaning: "Threads in each of them.")
        case .signInLifetime:
            Row(
                form: .number(1...31_536_000), standard: .value("86400"),
                meaning: "Seconds that a sign-in token lives.")
        case .refreshLifetime:
            Row(
                form: .number(1...31_536_000), standard: .value("2592000"),
                meaning: "Seconds that a refresh token lives.")
        case .signInAddressLimit:
            Row(
                form: .number(1...1_000_000), standard: .value("1000"),
                meaning: "Wrong sign-ins from one address in 15 minutes before it has to wait.")
        case .registration:
            Row(
                form: .choice(RegistrationPolicy.allCases.map(\.rawValue)),
                standard: .value(RegistrationPolicy.off.rawValue),
                meaning:
                    "Whether OAuth2 clients may register themselves: nobody, who has an initial "
                    + "access token, or everybody.")
        case .auditRetentionDays:
            Row(
                form: .number(30...3650), standard: .value("365"),
                meaning: "Days that the audit trail is kept.")
        case .backchannelAllowPrivate:
            Row(
                form: .choice(["0", "1"]), standard: .value("0"),
                meaning:
                    "`1` lets back-channel logout go to private addresses, and by plain http.")
        case .scryptCost:
            Row(
                form: .number(14...20), standard: .value("16"),
                meaning: "Cost of a password hash, as the binary logarithm of scrypt's N.")
        case .hashingSlots:
            Row(
                form: .number(1...256), standard: .coresButOne,
                meaning: "Password hashes computed at once on this host.")
        case .drainSeconds:
            Row(
                form: .number(0...300), standard: .value("10"),
                meaning: "Seconds that requests in progress may take at a stop or reload.")
        case .logLevel:
            Row(
                form: .choice([
                    "trace", "debug", "info", "notice", "warning", "error", "critical",
                ]), standard: .value("info"),
                meaning: "The least important lines that the log keeps.")
        }
    }
}
