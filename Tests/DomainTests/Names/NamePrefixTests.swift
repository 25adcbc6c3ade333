import Domain
import Testing

@Suite struct NamePrefixTests {
    @Test func `two to 255 characters say how a name begins`() {
        #expect(NamePrefix("") == nil)
        #expect(NamePrefix("a") == nil)
        #expect(NamePrefix("ab")?.text == "ab")
        #expect(NamePrefix(String(repeating: "ä", count: 255)) != nil)
        #expect(NamePrefix(String(repeating: "ä", count: 256)) == nil)
    }
}
