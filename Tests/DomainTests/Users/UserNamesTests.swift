import Domain
import Testing

@Suite struct UserNamesTests {
    @Test(arguments: ["a", "alice", "A.b_c-d@e", "@", "0", String(repeating: "x", count: 64)])
    func `a user name is made of letters, digits and four marks`(_ name: String) {
        #expect(User.isUsername(name))
    }

    @Test(arguments: [
        "", " ", "al ice", "alice ", "älice", "ａlice", "a/b", "a\0", "a\n", "a+b", "'", "\"",
        String(repeating: "x", count: 65),
    ])
    func `anything else is no user name`(_ name: String) {
        #expect(!User.isUsername(name))
    }

    @Test(arguments: [
        "a@b", "alice@example.com", "o'hara+tag@mail.example.co.uk", "x@1.2",
        String(repeating: "x", count: 64) + "@example.com",
    ])
    func `an address with a name, an at sign and a host is an e-mail address`(_ email: String) {
        #expect(User.isEmail(email))
    }

    @Test(arguments: [
        "", "@", "a@", "@b", "a@b@c", "a b@c", ".a@b", "a.@b", "a..b@c", "a@-b", "a@b-", "a@b..c",
        "a@b.", "ä@b", "a@ä", "a@b\n", "a@[127.0.0.1]", "\"a\"@b", "a,b@c", "a@b,c@d", "<a@b>",
        String(repeating: "x", count: 65) + "@example.com",
        "a@" + String(repeating: "x", count: 64), "a@" + String(repeating: "x.", count: 126) + "x",
    ])
    func `anything else is no e-mail address`(_ email: String) {
        #expect(!User.isEmail(email))
    }
}
