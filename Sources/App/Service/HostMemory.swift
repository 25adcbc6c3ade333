import Domain
import Gate

/// What all processes of this host share besides the database: the generation table, and the slots of
/// password hashing, each in a mapped file of the runtime directory.
struct HostMemory: Sendable {
    let generations: SharedGenerations
    let hashing: SharedCounters

    init(_ settings: Settings) throws {
        generations = SharedGenerations(
            try SharedCounters(path: settings.generationsFile, count: SharedGenerations.count))
        hashing = try SharedCounters(
            path: settings.hashingFile, count: Self.mostHashingSlots)
    }

    /// Cells of the file; the setting is bounded by it.
    static let mostHashingSlots = 256

    /// A worker died: nobody knows whether it had committed without saying so, and a slot that it held
    /// would never come free.
    func workerDied() {
        generations.bump([.everything])
        for slot in 0..<hashing.count {
            let holder = hashing.load(slot)
            if holder != 0, !HostHashingSlots.isAlive(process: holder) {
                _ = hashing.exchange(slot, from: holder, to: 0)
            }
        }
    }
}
