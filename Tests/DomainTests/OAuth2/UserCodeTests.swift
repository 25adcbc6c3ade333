import TestSupport
import Testing

@testable import Domain

/// What people type for a device (RFC 8628 §6.1).
@Suite struct UserCodeTests {
    @Test(arguments: [
        "BCDFGHJK", "BCDF-GHJK", "bcdf-ghjk", " bcdf ghjk ", "B C D F G H J K", "BCDF–GHJK",
        "BCDF\u{00A0}GHJK", "--BCDF--GHJK--",
    ])
    func `case, spaces and dashes make no difference`(typed: String) {
        #expect(UserCode(typed: typed)?.description == "BCDF-GHJK")
    }

    @Test(arguments: [
        "", "BCDF-GHJ", "BCDF-GHJKL", "BCDF-GHJA", "BCDF-GHJ1", "BCDF_GHJK", "ВCDF-GHJK",
        "BCDF-GHJK\u{0}", String(repeating: "-", count: 200) + "BCDFGHJK",
    ])
    func `anything else is none`(typed: String) {
        #expect(UserCode(typed: typed) == nil)
    }
}
