import Domain
import Gate

/// The service behind the frame of processes.
package struct ServiceWiring: Wiring {
    package init() {}

    package func workerProgram(_ context: WorkerContext) throws -> any WorkerProgram {
        switch context.pool {
        case .web: try WebProgram(context)
        case .gate: try GateProgram(context)
        }
    }

    package func share(_ settings: Settings) throws -> () -> Void {
        let host = try HostMemory(settings)
        return { host.workerDied() }
    }

    package func problems(_ settings: Settings) -> [SettingsProblem] {
        var problems: [SettingsProblem] = []
        do {
            _ = try settings.readGatePolicy()
        } catch {
            problems.append(SettingsProblem(name: Setting.gatePolicy.rawValue, rule: "\(error)"))
        }
        do {
            _ = try settings.schemaMigrator()
        } catch {
            problems.append(SettingsProblem(name: Setting.sqlDirectory.rawValue, rule: "\(error)"))
        }
        return problems
    }
}

extension Settings {
    func readGatePolicy() throws -> GatePolicy {
        try GatePolicy.read(gatePolicy)
    }
}
