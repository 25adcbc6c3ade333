import Domain
import TestSupport
import Testing

@testable import Gate

@Suite struct SharedGenerationsTests {
    private func id(_ number: UInt64) -> UniqueID {
        UniqueID(at: Instant(milliseconds: Int64(number)), random: (number, number &* 77))
    }

    @Test func `everything has a counter of its own, which no other subject can move`() {
        #expect(SharedGenerations.index(of: .everything) == 0)
        for number in 0..<10_000 as Range<UInt64> {
            let index = SharedGenerations.index(of: .credential(id(number)))
            #expect(index > 0 && index < SharedGenerations.count)
        }
    }

    /// Written down: a process of an older version must find the same counters, or a rolling upgrade would
    /// lose revocations.
    @Test func `the place of a subject is the same in every process and version`() {
        let id = UniqueID(high: 0x0192_F1D0_0000_7000, low: 0x8000_0000_0000_0001)
        #expect(SharedGenerations.index(of: .signingKeys) == 1486)
        #expect(SharedGenerations.index(of: .user(User.ID(id))) == 3439)
        #expect(SharedGenerations.index(of: .organization(Organization.ID(id))) == 2478)
        #expect(SharedGenerations.index(of: .credential(id)) == 3550)
        #expect(SharedGenerations.index(of: .client("client")) == 3756)
    }

    @Test func `subjects are spread over all counters`() {
        var used = Set<Int>()
        for number in 0..<40_000 as Range<UInt64> {
            used.insert(SharedGenerations.index(of: .user(User.ID(id(number)))))
        }
        #expect(used.count > 4_000)
    }

    @Test func `a bump in one process is seen in another, and only for its subject`() throws {
        let platform = try GatePlatform()
        let (here, there) = (platform.generations, try platform.otherMapping())
        let user = GenerationSubject.user(platform.user.id)
        let other = GenerationSubject.organization(platform.organization.id)
        let before = (
            there.current(of: user), there.current(of: other), there.current(of: .everything)
        )

        here.bump([user])

        #expect(there.current(of: user) == before.0 + 1)
        #expect(there.current(of: other) == before.1)
        #expect(there.current(of: .everything) == before.2)
    }
}
