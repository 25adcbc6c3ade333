import Domain
import Testing

@Suite struct IdentifierTests {
    @Test func `an id reads the canonical form alone and writes lower case`() {
        let text = "0192f1d0-abcd-7000-8abc-0123456789ab"

        #expect(UniqueID(text)?.description == text)
        #expect(UniqueID(text.uppercased())?.description == text)
        for bad in [
            "", String(text.dropLast()), text + "0", text.filter { $0 != "-" },
            "g" + text.dropFirst(),
            "0192f1d0abcd-7000-8abc-0123456789abc", "{\(text)}",
        ] {
            #expect(UniqueID(bad) == nil, "\(bad)")
        }
    }

    @Test func `an id of version 7 carries its time, version and variant, and sorts by time`() {
        let early = UniqueID(at: Instant(milliseconds: 1_000), random: (.max, .max))
        let late = UniqueID(at: Instant(milliseconds: 1_001), random: (0, 0))

        #expect(early.description == "00000000-03e8-7fff-bfff-ffffffffffff")
        #expect(late.description == "00000000-03e9-7000-8000-000000000000")
        #expect(early < late)
    }

    @Test func `a moment is written as RFC 3339 in UTC and read with any offset`() {
        let moment = Instant(milliseconds: 1_795_348_800_123)

        #expect(moment.description == "2026-11-22T12:00:00.123Z")
        #expect(Instant(rfc3339: "2026-11-22T12:00:00.123Z") == moment)
        #expect(Instant(rfc3339: "2026-11-22T13:00:00+01:00") == moment.wholeSecond)
        #expect(Instant(milliseconds: -1).description == "1969-12-31T23:59:59.999Z")
        #expect(Instant(milliseconds: 951_782_400_001).description == "2000-02-29T00:00:00.001Z")
        #expect(Instant(milliseconds: 4_102_444_799_999).description == "2099-12-31T23:59:59.999Z")
        #expect(Instant(rfc3339: "2026-11-22") == nil)
        #expect(Instant(rfc3339: "tomorrow") == nil)
    }

    @Test(arguments: [
        ("2026-11-22t12:00:00z", "2026-11-22T12:00:00.000Z"),
        ("2024-02-29T23:59:59.5-00:30", "2024-03-01T00:29:59.500Z"),
        ("2000-02-29T00:00:00.1239Z", "2000-02-29T00:00:00.123Z"),
        ("1969-12-31T23:59:59.99+00:00", "1969-12-31T23:59:59.990Z"),
        ("1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
    ])
    func `a moment is read as RFC 3339 §5.6 spells it`(text: String, moment: String) {
        #expect(Instant(rfc3339: text)?.description == moment)
    }

    @Test(arguments: [
        "2026-02-30T00:00:00Z", "2025-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z", "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T25:00:00Z",
        "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:00",
        "2026-01-01 00:00:00Z", "2026-01-01T00:00Z", "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+01:60",
        "2026-01-01T00:00:00ZZ", " 2026-01-01T00:00:00Z", "2026-1-1T0:0:0Z",
        "20260101T000000Z", "+026-01-01T00:00:00Z", "２０２６-01-01T00:00:00Z", "",
    ])
    func `a day or an hour that is none is no moment`(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test func `seconds round down before and after 1970`() {
        #expect(Instant(milliseconds: 1_999).seconds == 1)
        #expect(Instant(milliseconds: -1).seconds == -1)
    }

    @Test func `an API key's text holds its id and refuses a mistyped character`() throws {
        let id = try #require(APIKey.ID(text: "0192f1d0-abcd-7000-8abc-0123456789ab"))
        let key = APIKeyText.make(id: id, secret: Secret(String(repeating: "x", count: 43))).text

        #expect(key.hasPrefix("mchx_"))
        #expect(APIKeyText.id(in: key) == id)
        for index in key.indices {
            var mistyped = key
            mistyped.replaceSubrange(index...index, with: key[index] == "z" ? "y" : "z")
            #expect(APIKeyText.id(in: mistyped) == nil)
        }
        for bad in ["", key + "0", String(key.dropLast()), " " + key, key.uppercased()] {
            #expect(APIKeyText.id(in: bad) == nil)
        }
    }
}
