import Cryptography
import Domain
import JSON
import Storage
import TestSupport
import Testing

/// RFC 7523 §3, OpenID Connect Core §9: private_key_jwt.
@Suite struct ClientAssertionTests {
    let platform: TestPlatform
    let services: TestServices
    let forge: Forge
    let client: Client

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
        forge = try Forge()
        let set: JSON = ["keys": [forge.key.jwk.json]]
        client = try services.machine(as: try services.serviceUser("robot")) { fields in
            fields.authenticationMethod = .privateKeyJWT
            fields.keySet = .value(set.text)
        }.client
    }

    private func claims(_ changes: JSON.Object = [:]) -> String {
        let now = Int(services.clock.now.seconds)
        let honest: JSON.Object = [
            "iss": .string(client.id.description), "sub": .string(client.id.description),
            "aud": .string(TestServices.issuer), "exp": .integer(now + 60), "iat": .integer(now),
            "jti": "assertion-1",
        ]
        return JSON.object(honest.merging(changes)).text
    }

    private func assertion(_ changes: JSON.Object = [:], _ header: JSON.Object = [:]) throws
        -> String
    {
        try forge.token(
            header: forge.header((["typ": "JWT"] as JSON.Object).merging(header)),
            claims: claims(changes))
    }

    private func isBelieved(_ assertion: String, of id: String? = nil) throws -> Bool {
        do {
            let found = try services.clientAuthentication.authenticate(
                .assertion(assertion, of: id), by: .test())
            return found.client.id == client.id
        } catch let error as OAuthError {
            #expect(error == .invalidClient)
            return false
        }
    }

    @Test func `what the client signed with its key is believed once`() throws {
        let signed = try assertion()

        #expect(try isBelieved(signed, of: client.id.description))
        #expect(try !isBelieved(signed))
        #expect(try isBelieved(assertion(["jti": "assertion-2"])))
        // After a restart, too: it is the database that remembers.
        #expect(
            oauthFailed {
                try platform.connect().clientAuthentication.authenticate(
                    .assertion(signed, of: nil), by: .test())
            })
    }

    private func oauthFailed(_ body: () throws -> some Any) -> Bool {
        do { _ = try body() } catch { return error is OAuthError }
        return false
    }

    @Test func `of twenty at the same time one is believed`() throws {
        let signed = try assertion()
        let platform = self.platform

        let results = try onThreads(20) { _ in
            do {
                _ = try platform.connect().clientAuthentication.authenticate(
                    .assertion(signed, of: nil), by: .test())
                return true
            } catch is OAuthError { return false }
        }

        #expect(results.filter(\.self).count == 1)
    }

    @Test func `either name of ours is an audience, and no other`() throws {
        let endpoint = TestServices.issuer + "/oauth2/token"
        #expect(try isBelieved(assertion(["aud": .string(endpoint), "jti": "a"])))
        #expect(try isBelieved(assertion(["aud": [.string(endpoint)], "jti": "b"])))
        for audience: JSON in [
            "https://evil.example", .string(TestServices.issuer + "/"), [], "",
            [.string(TestServices.issuer), "https://evil.example"], .null,
            [.string(TestServices.issuer), .string(endpoint)],
        ] {
            #expect(try !isBelieved(assertion(["aud": audience, "jti": "c"])))
        }
    }

    @Test func `RFC 9126 2: a signed assertion may be for any of our names`() throws {
        for (path, number) in [("", 1), ("/oauth2/token", 2), ("/oauth2/par", 3)] {
            let audience = JSON.string(TestServices.issuer + path)
            #expect(try isBelieved(assertion(["aud": audience, "jti": .string("\(number)")])))
        }
        for path in ["/", "/oauth2", "/oauth2/par/", "/oauth2/authorize", "/oauth2/PAR"] {
            let audience = JSON.string(TestServices.issuer + path)
            #expect(try !isBelieved(assertion(["aud": audience, "jti": "x"])), "\(path)")
        }
    }

    @Test func `claims that are wrong or missing`() throws {
        let now = Int(services.clock.now.seconds)
        let wrong: [JSON.Object] = [
            ["iss": "somebody"], ["sub": "somebody"], ["jti": ""], ["jti": .integer(7)],
            ["exp": .integer(now)], ["exp": .integer(now - 1)], ["exp": .integer(now + 3_700)],
            ["exp": .string("9999999999")], ["exp": .number(1e300)],
            ["nbf": .integer(now + 300)], ["iat": .integer(now + 300)],
            ["jti": .string(String(repeating: "x", count: 256))],
        ]
        for changes in wrong { #expect(try !isBelieved(assertion(changes)), "\(changes)") }
        for missing in ["iss", "sub", "aud", "exp", "jti"] {
            var object = try #require(try JSON(parsing: claims()).object)
            object[missing] = nil
            let token = try forge.token(header: forge.header(), claims: JSON.object(object).text)
            #expect(try !isBelieved(token), "\(missing)")
        }
        #expect(try !isBelieved(assertion(), of: "somebody"))
        #expect(try isBelieved(assertion()))
    }

    @Test func `RFC 8725 3.1: the key decides the algorithm, and only the client's key`() throws {
        let stranger = try Forge()
        let header = forge.header(["typ": "JWT"])
        let publicKey = Array(forge.key.jwk.json.text.utf8)
        let forged = [
            try stranger.token(header: header, claims: claims()),
            try stranger.token(header: stranger.header(["typ": "JWT"]), claims: claims()),
            try stranger.token(
                header: stranger.header(["typ": "JWT", "jwk": stranger.key.jwk.json]),
                claims: claims()),
            forge.token(header: forge.header(["alg": "none"]), claims: claims(), signature: []),
            forge.token(
                header: forge.header(["alg": "HS256"]), claims: claims(), hmacKey: publicKey),
            forge.token(header: forge.header(["alg": "HS256"]), claims: claims(), hmacKey: []),
            try assertion([:], ["crit": ["exp"]]), try assertion([:], ["typ": "at+jwt"]),
            try assertion() + "x", "", "a.b.c",
        ]
        for token in forged { #expect(try !isBelieved(token)) }
        // None of them used up the honest one.
        #expect(try isBelieved(assertion()))
    }

    @Test func `our own tokens are no assertions`() throws {
        let token = try services.tokens(
            of: services.machine("other", as: try services.serviceUser("robot2")))

        #expect(try !isBelieved(token.accessToken.text))
    }

    // MARK: What may be registered

    private func problem(_ set: JSON) -> String? {
        do {
            _ = try JWTClientKeys().canonical(keySet: set.text)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func `RFC 8725 3.4: only public keys that can be trusted are registered`() throws {
        let key = forge.key.jwk.json
        let rsa = try SigningKey.generate(.rs256).jwk.json
        #expect(problem(["keys": [key, rsa]]) == nil)
        var members = try #require(key.object)
        members["d"] = "AAAA"
        var offCurve = try #require(key.object)
        offCurve["y"] = offCurve["x"]
        let many = Array(repeating: JSON.object(try #require(key.object)), count: 21)
        for set: JSON in [
            [:], ["keys": []], [], ["keys": [.object(members)]], ["keys": [.object(offCurve)]],
            ["keys": [["kty": "oct", "k": "AAAA"]]], ["keys": [key, key]],
            ["keys": .array(many)], ["keys": [["kty": "RSA", "n": "AQAB", "e": "AQAB"]]],
        ] {
            #expect(problem(set) != nil)
        }
        #expect((try? JWTClientKeys().canonical(keySet: "{")) == nil)
    }
}
