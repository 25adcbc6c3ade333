import Foundation
import Testing

@testable import Gate

@Suite struct SharedCountersTests {
    private let path = "/tmp/gh-counters-\(UUID().uuidString)"

    private func removing(_ body: () throws -> Void) rethrows {
        // A path at which nothing was made is fine.
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body()
    }

    @Test func `new counters are 0, and each counts for itself`() throws {
        try removing {
            let counters = try SharedCounters(path: path, count: 4096)

            counters.add(0, 5)
            counters.bump(4095)
            counters.store(7, .max)
            counters.bump(7)

            #expect(counters.load(0) == 5)
            #expect(counters.load(1) == 0)
            #expect(counters.load(7) == 0)
            #expect(counters.load(4095) == 1)
        }
    }

    @Test func `two mappings of a file see the same, and it outlives both`() throws {
        try removing {
            var one: SharedCounters? = try SharedCounters(path: path, count: 8)
            let two = try SharedCounters(path: path, count: 8)

            one?.add(3, 41)
            two.bump(3)
            #expect(one?.load(3) == 42)
            one = nil

            #expect(two.load(3) == 42)
            #expect(try SharedCounters(path: path, count: 8).load(3) == 42)
        }
    }

    @Test func `bumping all moves every counter`() throws {
        try removing {
            let counters = try SharedCounters(path: path, count: 100)

            counters.bumpAll()

            #expect((0..<100).allSatisfy { counters.load($0) == 1 })
        }
    }

    @Test func `threads lose nothing`() throws {
        try removing {
            let counters = try SharedCounters(path: path, count: 2)

            DispatchQueue.concurrentPerform(iterations: 8) { _ in
                for _ in 0..<10_000 { counters.bump(1) }
            }

            #expect(counters.load(1) == 80_000)
        }
    }

    @Test func `only the owner may read the file`() throws {
        try removing {
            _ = try SharedCounters(path: path, count: 8)

            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func `a file of another size is refused with a sentence`() throws {
        try removing {
            _ = try SharedCounters(path: path, count: 8)

            let error = #expect(throws: SharedCountersError.self) {
                try SharedCounters(path: path, count: 9)
            }
            #expect(error?.description.contains("64 bytes where 72 are expected") == true)
        }
    }

    @Test func `a path that cannot be opened is told with the reason`() {
        let error = #expect(throws: SharedCountersError.self) {
            try SharedCounters(path: "/nowhere/counters", count: 8)
        }
        #expect(error?.description.contains("No such file or directory") == true)
    }

    @Test func `a planted link is not followed`() throws {
        try removing {
            try FileManager.default.createSymbolicLink(
                atPath: path, withDestinationPath: "/tmp/gh-elsewhere")

            #expect(throws: SharedCountersError.self) { try SharedCounters(path: path, count: 8) }
        }
    }
}
