import Testing

@testable import MariaDB

@Suite struct CivilTimeTests {
    private static let known: [(Int64, CivilTime)] = [
        (0, CivilTime(1970, 1, 1, 0, 0, 0, 0)),
        (-1, CivilTime(1969, 12, 31, 23, 59, 59, 999)),
        (951_782_400_000, CivilTime(2000, 2, 29, 0, 0, 0, 0)),
        (-2_203_891_200_000, CivilTime(1900, 3, 1, 0, 0, 0, 0)),
        (4_102_444_799_999, CivilTime(2099, 12, 31, 23, 59, 59, 999)),
        (CivilTime.range.lowerBound, CivilTime(1, 1, 1, 0, 0, 0, 0)),
        (CivilTime.range.upperBound, CivilTime(9999, 12, 31, 23, 59, 59, 999)),
    ]

    @Test(arguments: known)
    func `known moments`(milliseconds: Int64, time: CivilTime) {
        #expect(CivilTime(milliseconds: milliseconds) == time)
        #expect(time.milliseconds == milliseconds)
    }

    @Test func `every day of eight centuries comes back`() {
        let day: Int64 = 86_400_000
        var previous = CivilTime(milliseconds: -146_097 * day)

        for number in -146_096...146_097 as ClosedRange<Int64> {
            let time = CivilTime(milliseconds: number * day)

            let isNextDay =
                time.day == previous.day + 1 || (time.day == 1 && time.month != previous.month)
            guard time.milliseconds == number * day, isNextDay else {
                Issue.record("day \(number) is \(time) after \(previous)")
                return
            }
            previous = time
        }
    }
}

extension CivilTime {
    fileprivate init(
        _ year: Int64, _ month: Int64, _ day: Int64, _ hour: Int64, _ minute: Int64,
        _ second: Int64, _ millisecond: Int64
    ) {
        self.init(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second,
            millisecond: millisecond)
    }
}
