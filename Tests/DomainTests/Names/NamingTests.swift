import Domain
import Testing

@Suite struct NamingTests {
    @Test func `a name has 1 to 255 scalars`() {
        #expect(Naming.problem(with: "a", field: "name") == nil)
        #expect(Naming.problem(with: String(repeating: "ä", count: 255), field: "name") == nil)
        #expect(
            Naming.problem(with: String(repeating: "ä", count: 256), field: "name")?.code
                == "too_long")
        #expect(Naming.problem(with: "", field: "name")?.code == "required")
        // One grapheme of four scalars counts four.
        #expect(
            Naming.problem(with: String(repeating: "👨‍🚀", count: 86), field: "name")?.code
                == "too_long")
    }

    @Test(arguments: [
        "a\u{0}b", "a\nb", "a\r\nb", "\u{1B}[31m", "a\u{7F}", "a\u{85}", "a\u{2028}b",
    ])
    func `control characters and line breaks are refused`(name: String) {
        #expect(Naming.problem(with: name, field: "name")?.code == "control_character")
    }

    @Test(arguments: ["ERP Data Sync", "مصنع", "👩‍🔧 robot", "a\u{301}", "{{{x}}}", "<b>"])
    func `every other text may be a name`(name: String) {
        #expect(Naming.problem(with: name, field: "name") == nil)
    }
}
