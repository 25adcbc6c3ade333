@testable import App

/// An environment in which nothing is wrong, with the files that it names.
struct SettingsSample {
    let folder: TemporaryFolder
    var environment: [String: String]

    init() throws {
        folder = try TemporaryFolder()
        try MasterKeyFile.create(folder.path + "/master.key")
        environment = [
            "PATH": "/usr/bin",
            "GATEHOUSE_PUBLIC_URL": "https://auth.example.com",
            "GATEHOUSE_RUNTIME_DIRECTORY": folder.path,
            "GATEHOUSE_DATABASE_SOCKET": "/run/mysqld/mysqld.sock",
            "GATEHOUSE_DATABASE_PASSWORD": "correct horse battery staple",
            "GATEHOUSE_SQL_DIRECTORY": folder.path,
            "GATEHOUSE_GATE_POLICY": folder.path + "/master.key",
            "GATEHOUSE_MASTER_KEY_FILE": folder.path + "/master.key",
        ]
    }

    /// The settings of this environment.
    func settings(_ purpose: Settings.Purpose = .service) throws -> Settings {
        try Settings(environment: environment, purpose: purpose)
    }

    /// What is wrong with this environment.
    func problems(_ purpose: Settings.Purpose = .service) -> [SettingsProblem] {
        do throws(SettingsError) {
            _ = try Settings(environment: environment, purpose: purpose)
            return []
        } catch {
            return error.problems
        }
    }
}
