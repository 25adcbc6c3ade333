import Foundation
import Synchronization
import Testing

@testable import App

@Suite struct CommandTests {
    /// What a command wrote, and how it ended.
    struct Outcome {
        let status: Int32
        let output: String
        let complaints: String
    }

    private struct NoWiring: Wiring {
        let found: [SettingsProblem]

        func workerProgram(_ context: WorkerContext) throws -> any WorkerProgram {
            throw CommandFailure("No program.")
        }
        func share(_ settings: Settings) throws -> () -> Void { {} }
        func problems(_ settings: Settings) -> [SettingsProblem] { found }
    }

    private func run(
        _ arguments: String..., environment: [String: String] = [:],
        found: [SettingsProblem] = []
    ) -> Outcome {
        let lines = Lines()
        let status = Gatehouse.run(
            arguments,
            in: Surroundings(
                environment: environment, wiring: NoWiring(found: found), operations: nil,
                print: { line in lines.output.withLock { $0 += line + "\n" } },
                complain: { line in lines.complaints.withLock { $0 += line + "\n" } }))
        return Outcome(
            status: status, output: lines.output.withLock { $0 },
            complaints: lines.complaints.withLock { $0 })
    }

    private final class Lines: Sendable {
        let output = Mutex("")
        let complaints = Mutex("")
    }

    @Test func `check names every wrong setting at once and ends with 1`() throws {
        var sample = try SettingsSample()
        sample.environment["GATEHOUSE_WEB_THREADS"] = "0"
        sample.environment["GATEHOUSE_SCRYPT_COST"] = "1"
        sample.environment["GATEHOUSE_MIGRATOR_PASSWORD_FILE"] = "/nowhere"

        let outcome = run("check", environment: sample.environment)

        #expect(outcome.status == 1)
        #expect(outcome.output == "")
        let lines = outcome.complaints.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines.contains("GATEHOUSE_WEB_THREADS must be a whole number from 1 to 256."))
        #expect(lines.contains("GATEHOUSE_SCRYPT_COST must be a whole number from 14 to 20."))
        #expect(lines.contains { $0.hasPrefix("GATEHOUSE_MIGRATOR_PASSWORD_FILE must") })
    }

    @Test func `check shows what is in force, without the secrets`() throws {
        var sample = try SettingsSample()
        sample.environment["GATEHOUSE_MIGRATOR_PASSWORD"] = "mighty horse"

        let outcome = run("check", environment: sample.environment)

        #expect(outcome.status == 0)
        #expect(outcome.complaints == "")
        for setting in Setting.allCases {
            #expect(outcome.output.contains(setting.rawValue + "="))
        }
        #expect(outcome.output.contains("GATEHOUSE_WEB_THREADS=12 (standard)"))
        #expect(
            outcome.output.contains(
                "GATEHOUSE_PUBLIC_URL=https://auth.example.com (environment)"))
        #expect(outcome.output.contains("GATEHOUSE_MIGRATOR_PASSWORD=[hidden] (environment)"))
        #expect(!outcome.output.contains("horse"))
    }

    @Test func `check also tells what is wrong behind right settings`() throws {
        let sample = try SettingsSample()

        let outcome = run(
            "check", environment: sample.environment,
            found: [SettingsProblem(name: "GATEHOUSE_GATE_POLICY", rule: "has no line 3")])

        #expect(outcome.status == 1)
        #expect(outcome.complaints == "GATEHOUSE_GATE_POLICY has no line 3.\n")
    }

    @Test func `check --list needs no settings`() {
        let outcome = run("check", "--list")

        #expect(outcome.status == 0)
        #expect(outcome.output == SettingsTable.markdown)
    }

    @Test func `keys master-key makes a file, once`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/master.key"

        let first = run("keys", "master-key", path)
        let second = run("keys", "master-key", path)

        #expect(first.status == 0)
        #expect(first.output.contains(path))
        let key = try String(contentsOfFile: path, encoding: .utf8)
        #expect(!first.output.contains(key.dropLast()))
        #expect(second.status == 1)
        #expect(
            second.complaints == "gatehouse: The file \(path) could not be made: File exists.\n")
    }

    @Test func `the policy's path comes from the file too, and nothing else is needed for it`()
        throws
    {
        let folder = try TemporaryFolder()
        let policy = try folder.write("gate.policy", "")
        let file = try folder.write("settings.json", "{\"gate_policy\": \"\(policy)\"}")

        #expect(try Settings.gatePolicy(environment: ["GATEHOUSE_CONFIG": file]) == policy)
        #expect(try Settings.gatePolicy(environment: [:]) == nil)
        #expect(throws: SettingsError.self) {
            try Settings.gatePolicy(environment: ["GATEHOUSE_GATE_POLICY": "/nowhere"])
        }
    }

    @Test func `the version is told`() {
        let outcome = run("--version")

        #expect(outcome.status == 0)
        #expect(outcome.output == "\(Gatehouse.version)\n")
    }

    @Test(arguments: [
        ["bogus"], ["serve", "now"], ["worker"], ["worker", "--pool", "moat"],
        ["keys", "master-key"], ["check", "--lisst"], ["--no-such"],
    ])
    func `what is not understood is one line and a status of its own`(_ arguments: [String]) {
        let lines = Lines()

        let status = Gatehouse.run(
            arguments,
            in: Surroundings(
                environment: [:], wiring: NoWiring(found: []), operations: nil,
                print: { line in lines.output.withLock { $0 += line } },
                complain: { line in lines.complaints.withLock { $0 += line + "\n" } }))

        #expect(status == ExitStatus.usage)
        #expect(lines.output.withLock { $0 } == "")
        let complaint = lines.complaints.withLock { $0 }
        #expect(complaint.hasPrefix("gatehouse: "))
        #expect(complaint.split(separator: "\n").count == 1)
    }

    @Test(arguments: ["serve", "worker"])
    func `wrong settings are one line`(_ command: String) {
        let outcome =
            command == "worker"
            ? run("worker", "--pool", "web", environment: ["GATEHOUSE_X": "1"])
            : run("serve", environment: ["GATEHOUSE_X": "1"])

        #expect(outcome.status == ExitStatus.configuration)
        #expect(outcome.complaints.hasPrefix("gatehouse: The settings are wrong"))
        #expect(outcome.complaints.contains("GATEHOUSE_X is not the name of a setting"))
        #expect(outcome.complaints.split(separator: "\n").count == 1)
    }
}
