/// The proleptic Gregorian calendar in UTC, as MariaDB counts it: days and milliseconds to fields
/// and back, in integers alone.
struct CivilTime: Equatable {
    var year: Int64
    var month: Int64
    var day: Int64
    var hour: Int64
    var minute: Int64
    var second: Int64
    var millisecond: Int64

    /// 0001-01-01 00:00:00.000 to 9999-12-31 23:59:59.999.
    ///
    /// MariaDB's manual, DATETIME: "supports a range between 1000-01-01 00:00:00.000000 and
    /// 9999-12-31 23:59:59.999999"; earlier years work, later ones do not, and the year has two
    /// bytes in the protocol.
    static let range: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999
}

extension CivilTime {
    private static let millisecondsADay: Int64 = 86_400_000
    private static let daysA400Years: Int64 = 146_097
    /// From 0000-03-01 to 1970-01-01.
    private static let daysBefore1970: Int64 = 719_468

    /// - Parameter milliseconds: since 1970-01-01 00:00, inside ``range``.
    init(milliseconds: Int64) {
        let (days, rest) = milliseconds.flooredDivision(by: Self.millisecondsADay)

        // A year that begins in March has its leap day at the end, so that the months' lengths
        // repeat: 153 days every five months.
        let (era, dayOfEra) = (days + Self.daysBefore1970).flooredDivision(by: Self.daysA400Years)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153

        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        hour = rest / 3_600_000
        minute = rest / 60_000 % 60
        second = rest / 1_000 % 60
        millisecond = rest % 1_000
    }

    /// Since 1970-01-01 00:00.
    var milliseconds: Int64 {
        let yearFromMarch = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = yearFromMarch.flooredDivision(by: 400)
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * Self.daysA400Years + dayOfEra - Self.daysBefore1970
        return days * Self.millisecondsADay + hour * 3_600_000 + minute * 60_000 + second * 1_000
            + millisecond
    }
}

extension Int64 {
    /// Rounds down also below zero, so that the remainder is never negative.
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
