import Domain
import Testing

/// RFC 6749 §3.1.2, RFC 8252 §7, RFC 9700 §4.1.3.
@Suite struct RedirectURITests {
    @Test(arguments: [
        "https://client.example/callback", "https://client.example",
        "https://client.example:8443/a?b=c",
        "https://sub.client.example/a/b%20c", "http://127.0.0.1/cb", "http://127.0.0.1:8080",
        "http://[::1]:7777/cb", "http://localhost:3000/cb", "com.example.app:/oauth2redirect",
    ])
    func `what a client may register`(text: String) throws {
        #expect(try RedirectURI(text).matches(text))
    }

    @Test(arguments: [
        "", "/callback", "client.example/cb", "https:", "https://", "https:///cb", "https:cb",
        "http://client.example/cb", "http://127.0.0.1.evil.example/cb", "http://127.1/cb",
        "http://localhost.evil.example/cb", "http://2130706433/cb", "http://0x7f.1/cb",
        "javascript:alert(1)", "data:text/html,hi", "vbscript:x", "file:///etc/passwd",
        "myapp://callback", "myapp:/callback", "https://user@client.example/cb",
        "https://client.example@evil.example/cb", "https://localhost:80@evil.example/",
        "https://client.example/cb#fragment", "https://client.example/cb#",
        "https://*.client.example/cb", "https://client.example/*", "https://client.example/a b",
        "https://client.example/\\evil", "https://client.example/a/../b",
        "https://client.example/a/%2e%2E/b", "https://client.example/./b",
        "https://client.example/a%2Fb", "https://client.example/a%5cb",
        "https://client.example/a%252fb", "https://client.example\u{0}/cb",
        "https://client.example/\n", "https://client.example:99999/", "https://client.example:0/",
        "https://client.example:/", "https://cl\u{0456}ent.example/cb", "https://[::1/cb",
        "https://%63lient.example/", "http://[::1]evil.example/", "//client.example/cb",
    ])
    func `what could send people elsewhere is refused`(text: String) {
        #expect(throws: RedirectURI.Unfit.self) { try RedirectURI(text) }
    }

    @Test func `one that is too long is refused`() {
        let long = "https://client.example/" + String(repeating: "a", count: 2_000)

        #expect(throws: RedirectURI.Unfit.self) { try RedirectURI(long) }
    }

    @Test(arguments: [
        "https://client.example/cb/", "https://client.example/CB", "https://CLIENT.example/cb",
        "HTTPS://client.example/cb", "https://client.example/cb?x=1", "https://client.example/cb?",
        "https://client.example:443/cb", "https://client.example.evil.example/cb",
        "https://client.example/cb/../cb", "https://client.example/%63b",
        "https://client.example/cb#", "http://client.example/cb", "https://client.example/c", "",
        "https://user@client.example/cb",
    ])
    func `RFC 9700 4.1.3: only the same text is the same address`(requested: String) throws {
        let uri = try RedirectURI("https://client.example/cb")

        #expect(uri.matches("https://client.example/cb"))
        #expect(!uri.matches(requested))
    }

    @Test func `RFC 8252 7.3: a loopback address may come with any port`() throws {
        let uri = try RedirectURI("http://127.0.0.1:8080/cb?x=1")
        for port in ["", ":1", ":8080", ":65535"] {
            #expect(uri.matches("http://127.0.0.1\(port)/cb?x=1"))
        }
        for other in [
            "http://127.0.0.1:0/cb?x=1", "http://127.0.0.1:65536/cb?x=1",
            "http://127.0.0.1:/cb?x=1",
            "http://127.0.0.1:8080/cb", "http://127.0.0.1:8080/cb2?x=1", "http://[::1]:8080/cb?x=1",
            "http://localhost:8080/cb?x=1", "https://127.0.0.1:8080/cb?x=1",
            "http://127.0.0.1.evil.example/cb?x=1", "http://127.0.0.1:80@evil.example/cb?x=1",
            "http://127.0.0.1@evil.example/cb?x=1", "http://127.1:8080/cb?x=1",
        ] {
            #expect(!uri.matches(other), "\(other)")
        }
        let six = try RedirectURI("http://[::1]/")
        #expect(six.matches("http://[::1]:9999") && six.matches("http://[::1]:9999/"))
        let bare = try RedirectURI("http://127.0.0.1")
        #expect(bare.matches("http://127.0.0.1:5000/"))
    }

    @Test func `localhost is a name, and exact to the port`() throws {
        let uri = try RedirectURI("http://localhost:3000/cb")

        #expect(uri.matches("http://localhost:3000/cb"))
        #expect(!uri.matches("http://localhost:3001/cb"))
    }
}
