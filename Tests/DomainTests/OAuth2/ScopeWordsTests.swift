import Domain
import Testing

@Suite struct ScopeWordsTests {
    @Test func `each word stands once, in its place`() {
        let words = ScopeWords(text: " openid  pipelines:read openid crm ")

        #expect(words.text == "openid pipelines:read crm")
        #expect(words.permissions.text == "pipelines:read")
        #expect(words.contains("crm") && !words.contains("Crm"))
    }

    @Test func `a platform scope covers what is narrower than it`() {
        let words = ScopeWords(text: "pipelines:execute uns:publish:plant1/# crm")

        #expect(words.cover("pipelines:execute:42"))
        #expect(words.cover("uns:publish:plant1/a"))
        #expect(!words.cover("uns:publish"))
        #expect(!words.cover("pipelines:read"))
        #expect(!words.cover("crm:read"))
    }

    @Test(arguments: ["crm", "crm.read", "crm:read", "a1", "x-y_z"])
    func `what a custom scope may be called`(name: String) {
        #expect(CustomScope.problem(withName: name) == nil)
    }

    @Test(arguments: [
        "", "a", "A1", "1a", "crm read", "crm*", "cr\u{00E9}m", "openid", "profile", "email",
        "offline_access", "pipelines:read", "pipelines:fly", "uns:", "organizations:x", "models",
        String(repeating: "a", count: 101), "crm\n",
    ])
    func `a custom scope never looks like the platform's`(name: String) {
        #expect(CustomScope.problem(withName: name) != nil)
    }
}
