import Domain
import Storage
import TestSupport
import Testing

@Suite struct SignInThrottleStoreTests {
    private let platform: TestPlatform
    private let services: TestServices
    private let bucket: Secret.Digest
    private var now: Instant { services.clock.now }
    private var throttle: any SignInThrottleStore { services.stores.signInThrottle }

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
        bucket = services.secrets.digest(of: "bucket")
    }

    @Test func `tries count up in a window that begins with the first`() throws {
        let first = try throttle.count(bucket, windowSeconds: 900, at: now)
        let end = now.adding(seconds: 900)
        platform.time.advance(seconds: 899)
        let second = try throttle.count(bucket, windowSeconds: 900, at: now)
        let other = try throttle.count(
            services.secrets.digest(of: "other"), windowSeconds: 900, at: now)
        platform.time.advance(seconds: 1)
        let anew = try throttle.count(bucket, windowSeconds: 900, at: now)

        #expect(first == (1, end))
        #expect(second == (2, end))
        #expect(other.tries == 1)
        #expect(anew == (1, now.adding(seconds: 900)))
    }

    @Test func `a try that is given back does not count, and none goes below nothing`() throws {
        _ = try throttle.count(bucket, windowSeconds: 900, at: now)
        try throttle.giveBack(bucket)
        try throttle.giveBack(bucket)
        try throttle.giveBack(services.secrets.digest(of: "nobody's"))

        #expect(try throttle.count(bucket, windowSeconds: 900, at: now).tries == 1)
    }

    @Test func `of twenty at once each has a count of its own`() throws {
        let (platform, bucket) = (platform, bucket)

        let counts = try onThreads(20) { _ in
            try platform.connect().stores.signInThrottle.count(
                bucket, windowSeconds: 900, at: platform.time.clock.now
            ).tries
        }

        #expect(counts.sorted() == Array(1...20))
    }

    @Test func `an address is known for a user, as long as asked`() throws {
        let alice = try services.person("alice")
        let bob = try services.person("bob")
        try throttle.recordAddress("192.0.2.1", of: alice.id, at: now)
        try throttle.recordAddress("192.0.2.1", of: alice.id, at: now.adding(seconds: -60))

        #expect(try throttle.isKnown(address: "192.0.2.1", of: alice.id, since: now))
        #expect(try !throttle.isKnown(address: "192.0.2.1", of: bob.id, since: now))
        #expect(try !throttle.isKnown(address: "192.0.2.10", of: alice.id, since: now))
        #expect(
            try !throttle.isKnown(
                address: "192.0.2.1", of: alice.id, since: now.adding(seconds: 1)))
    }

    @Test func `what is over is removed, in batches`() throws {
        let alice = try services.person("alice")
        for name in ["a", "b", "c"] {
            _ = try throttle.count(services.secrets.digest(of: name), windowSeconds: 900, at: now)
        }
        try throttle.recordAddress("192.0.2.1", of: alice.id, at: now)
        platform.time.advance(seconds: 1_000)
        _ = try throttle.count(bucket, windowSeconds: 900, at: now)
        try throttle.recordAddress("192.0.2.2", of: alice.id, at: now)

        let counts = try (0..<3).map { _ in
            try throttle.purge(bucketsBefore: now, addressesBefore: now, limit: 2)
        }

        #expect(counts == [3, 1, 0])
        #expect(try throttle.count(bucket, windowSeconds: 900, at: now).tries == 2)
        #expect(try throttle.isKnown(address: "192.0.2.2", of: alice.id, since: now))
    }
}
