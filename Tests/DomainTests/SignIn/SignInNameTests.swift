import Domain
import Testing

@Suite struct SignInNameTests {
    @Test(arguments: ["alice", "Alice", "ALICE", " alice ", "\talice\n", "\u{00A0}alice\u{3000}"])
    func `every spelling of a name is one name`(_ typed: String) {
        #expect(SignInName(typed).text == "alice")
    }

    @Test(arguments: [
        "al ice", "alice@example.com", "ａｌｉｃｅ", "аlice", "alice\u{0301}", "alice\0", "",
    ])
    func `what only looks like a name is another`(_ typed: String) {
        #expect(SignInName(typed) != SignInName("alice"))
    }

    @Test func `a letter that Unicode would make ASCII stays what it is`() {
        // U+212A, the Kelvin sign, and U+0130, the dotted capital I.
        #expect(Array(SignInName("\u{212A}elvin").text.utf8) == Array("\u{212A}elvin".utf8))
        #expect(Array(SignInName("\u{0130}da").text.utf8) == Array("\u{0130}da".utf8))
    }

    @Test func `what was typed does not show in a description`() {
        #expect(!"\(SignInName("hunter2"))".contains("hunter2"))
    }
}
