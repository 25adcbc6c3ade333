import FastCGI
import FoundationEssentials

extension Surroundings {
    /// The world of this process.
    package static func ofThisProcess(wiring: any Wiring, operations: (any Operations)?)
        -> Surroundings
    {
        Surroundings(
            environment: ProcessInfo.processInfo.environment, wiring: wiring,
            operations: operations,
            print: { Swift.print($0) },
            complain: { StandardError.write(Array(($0 + "\n").utf8)) })
    }
}
