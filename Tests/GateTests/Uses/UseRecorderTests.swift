import Domain
import Storage
import TestSupport
import Testing

@testable import Gate

@Suite struct UseRecorderTests {
    let platform: GatePlatform
    let uses = UseRecorder()

    init() throws { platform = try GatePlatform() }

    @Test func `what was used at the gate is written when it is flushed`() throws {
        let gate = try platform.gate(uses: uses)
        let token = try platform.token("models:read")
        let unused = try platform.token("models:read")
        let key = try platform.apiKey("models:read")
        let session = try platform.signInToken()
        let stores = platform.connect()
        platform.clock.advance(seconds: 7)
        let time = platform.clock.clock.now

        _ = gate.ask(bearer: token.text, in: platform.organization)
        _ = gate.ask(with: [("HTTP_X_API_KEY", key.text)])
        _ = gate.ask(bearer: session.text, "DELETE", "/nowhere", in: platform.organization)
        #expect(try stores.personalAccessTokens.find(token.id)?.lastUsedAt == nil)
        try uses.flush(into: stores)

        #expect(try stores.personalAccessTokens.find(token.id)?.lastUsedAt == time)
        #expect(try stores.personalAccessTokens.find(unused.id)?.lastUsedAt == nil)
        #expect(
            try stores.apiKeys.find(key.id, in: platform.organization.id)?.lastUsedAt == time)
        #expect(try stores.sessions.find(session.session)?.lastActiveAt == time)
    }

    @Test func `a busy credential is noted once a second`() throws {
        let gate = try platform.gate(uses: uses)
        let token = try platform.token("models:read")
        let stores = platform.connect()
        _ = gate.ask(bearer: token.text, in: platform.organization)
        try uses.flush(into: stores)
        let first = try stores.personalAccessTokens.find(token.id)?.lastUsedAt

        for _ in 0..<100 { _ = gate.ask(bearer: token.text, in: platform.organization) }
        #expect(uses.isEmpty)
        platform.clock.advance(seconds: 1)
        _ = gate.ask(bearer: token.text, in: platform.organization)
        try uses.flush(into: stores)

        #expect(
            try stores.personalAccessTokens.find(token.id)?.lastUsedAt == first?.adding(seconds: 1))
    }

    @Test func `a refused credential is not noted`() throws {
        let gate = try platform.gate(uses: uses)
        let token = try platform.token("models:read")
        try platform.revoke(token.id)

        _ = gate.ask(bearer: token.text, in: platform.organization)

        #expect(uses.isEmpty)
    }

    @Test func `what could not be written is kept for the next time, the later time counting`()
        throws
    {
        let token = try platform.token("models:read")
        let credential = Credential(
            kind: .personalAccessToken, id: token.id.value, name: "",
            expiresAt: platform.clock.clock.now)
        let later = platform.clock.clock.now.adding(seconds: 9)
        uses.record(credential, at: later)

        #expect(throws: (any Error).self) { try uses.flush(into: platform.connectToNothing()) }
        uses.record(credential, at: later.adding(seconds: -5))
        let stores = platform.connect()
        try uses.flush(into: stores)

        #expect(try stores.personalAccessTokens.find(token.id)?.lastUsedAt == later)
        #expect(uses.isEmpty)
    }

    @Test func `no use is lost between the threads that note and the one that writes`() throws {
        let tokens = try (0..<40).map { _ in try platform.token("models:read") }
        let time = platform.clock.clock.now

        try onThreads(5) { number in
            let stores = platform.connect()
            for token in tokens {
                if number == 4 {
                    try uses.flush(into: stores)
                } else {
                    uses.record(
                        Credential(
                            kind: .personalAccessToken, id: token.id.value, name: "",
                            expiresAt: time), at: time.adding(seconds: Int64(number)))
                }
            }
        }
        let stores = platform.connect()
        try uses.flush(into: stores)

        for token in tokens {
            #expect(
                try stores.personalAccessTokens.find(token.id)?.lastUsedAt
                    == time.adding(seconds: 3))
        }
    }
}
