import Domain
import Foundation
import Storage
import Synchronization
import TestSupport
import Testing

/// OpenID Connect Back-Channel Logout 1.0: who is told of the end of a session, and how often.
@Suite struct LogoutNoticeTests {
    let platform: TestPlatform
    let services: TestServices
    let pia: User
    let client: TestClient
    let session: Session
    let delivery = RecordedDelivery()

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
        pia = try services.person("pia")
        client = try services.application {
            $0.backchannelLogoutURI = .value("https://app.example/logout")
        }
        session = try services.browserSession(of: pia)
    }

    @discardableResult
    private func use(_ client: TestClient, in session: Session? = nil) throws -> TokenResponse {
        try services.firstTokens(
            of: client, for: pia, in: session ?? self.session, scope: "openid")
    }

    private func end(_ session: Session? = nil) throws {
        try services.sessions.end((session ?? self.session).id, of: pia.id, by: .test())
    }

    /// Sends all that is due.
    @discardableResult
    private func send() throws -> [LogoutDeliveryOutcome] {
        let notices = try services.logoutNotices(delivery)
        var outcomes: [LogoutDeliveryOutcome] = []
        while let outcome = try notices.sendNext() { outcomes.append(outcome) }
        return outcomes
    }

    // MARK: Who is told

    @Test func `2.4: a logout token says whose session has ended, and where`() throws {
        try use(client)
        #expect(try send() == [])

        try end()

        #expect(try send() == [.accepted])
        let sent = try #require(delivery.sent.first)
        #expect(sent.address == "https://app.example/logout")
        #expect(sent.header["typ"] as? String == "logout+jwt")
        #expect(sent.header["alg"] as? String == "RS256")
        #expect(sent.claims["iss"] as? String == TestServices.issuer)
        #expect(sent.claims["aud"] as? String == client.id)
        #expect(sent.claims["sub"] as? String == pia.id.description)
        #expect(sent.claims["sid"] as? String == session.id.description)
        #expect((sent.claims["jti"] as? String).flatMap { UniqueID($0) } != nil)
        #expect(sent.claims["nonce"] == nil)
        let events = sent.claims["events"] as? [String: [String: String]]
        #expect(events == ["http://schemas.openid.net/event/backchannel-logout": [:]])
        let lifetime =
            (sent.claims["exp"] as? Int ?? 0) - (sent.claims["iat"] as? Int ?? 0)
        #expect(lifetime == 120)
        #expect(try send() == [])
    }

    @Test func `2.6: a logout token is no bearer and no hint`() throws {
        try use(client)
        try end()
        try send()
        let text = try #require(delivery.sent.first?.token)

        #expect(try services.bearer(of: Secret(text)) == nil)
        #expect(try services.tokens.readHint(text) == nil)
    }

    @Test func `2.4: signed as the client's ID tokens are`() throws {
        let other = try services.application("other") {
            $0.backchannelLogoutURI = .value("https://other.example/logout")
            $0.idTokenAlgorithm = .es256
        }
        try use(other)
        try end()

        try send()

        #expect(delivery.sent.first?.header["alg"] as? String == "ES256")
    }

    @Test func `OpenID Connect Back-Channel Logout 2.4: the keys are those of ID tokens`() throws {
        let now = services.clock.now.wholeSecond
        let idToken = try services.tokens.sign(
            IDTokenClaims(
                subject: pia.id, clientID: client.client.id, issuedAt: now, expiresAt: now,
                authenticatedAt: now, sessionID: session.id, nonce: nil, accessTokenHash: nil,
                userClaims: [:]), with: .rs256)
        try use(client)
        try end()

        try send()

        let sent = try #require(delivery.sent.first)
        let other = RecordedDelivery.Sent(token: idToken, address: "")
        #expect(sent.header["kid"] as? String == other.header["kid"] as? String)
        #expect(sent.header["kid"] is String)
    }

    @Test(arguments: SessionEnd.allCases)
    func `2.3: every end of a session is told`(_ how: SessionEnd) throws {
        try use(client)

        try how.end(session, of: pia, platform.time, services)

        #expect(try send() == [.accepted])
    }

    @Test func `2.3: each client once, and only those of the session`() throws {
        let silent = try services.application("silent")
        let disabled = try services.application("disabled") {
            $0.backchannelLogoutURI = .value("https://disabled.example/logout")
        }
        let unused = try services.application("unused") {
            $0.backchannelLogoutURI = .value("https://unused.example/logout")
        }
        let elsewhere = try services.browserSession(of: pia)
        for client in [client, client, silent, disabled] { try use(client) }
        try use(unused, in: elsewhere)
        var fields = ClientFields()
        fields.isEnabled = false
        _ = try services.clients.update(disabled.client.id, fields, by: .test())

        try end()

        #expect(try send() == [.accepted])
        #expect(delivery.sent.map(\.address) == ["https://app.example/logout"])
        #expect(try services.stores.sessions.find(elsewhere.id)?.endedAt == nil)
    }

    @Test func `2.3: also long after the tokens are gone`() throws {
        try use(client)
        platform.time.advance(seconds: 4 * 86_400)
        #expect(try services.stores.grants.purge(before: services.clock.now, limit: 10) > 0)

        try end()

        #expect(try send() == [.accepted])
    }

    @Test func `a session that is never ended is told when it has expired`() throws {
        try use(client)
        let stores = services.stores
        func sweep() throws -> Int {
            try stores.atomically {
                try stores.sessions.endExpired(at: services.clock.now, limit: 10)
            }
        }
        #expect(try sweep() == 0)

        platform.time.advance(seconds: 7 * 86_400)

        #expect(try sweep() == 1)
        #expect(try sweep() == 0)
        #expect(try send() == [.accepted])
    }

    @Test func `who is no longer to be told is not`() throws {
        try use(client)
        try end()
        var fields = ClientFields()
        fields.backchannelLogoutURI = .nothing
        _ = try services.clients.update(client.client.id, fields, by: .test())

        try send()

        #expect(delivery.sent.isEmpty)
    }

    // MARK: The queue

    @Test func `of twenty that send at once, one sends each notice`() throws {
        let clients = try (0..<8).map { number in
            try services.application("app\(number)") {
                $0.backchannelLogoutURI = .value("https://app\(number).example/logout")
            }
        }
        for client in clients { try use(client) }
        try end()
        let (platform, delivery) = (self.platform, self.delivery)
        let line = StartingLine(20)

        try onThreads(20) { _ in
            let notices = try platform.connect().logoutNotices(delivery)
            line.wait()
            while try notices.sendNext() != nil {}
        }

        #expect(delivery.sent.count == 8)
        #expect(Set(delivery.sent.map(\.address)).count == 8)
    }

    @Test func `what somebody took and never finished is sent by somebody else`() throws {
        try use(client)
        try end()
        let now = services.clock.now
        let taken = try services.stores.logoutNotices.claimNext(
            services.secrets.newID(at: now), at: now, leaseUntil: now.adding(seconds: 120))
        let notice = try #require(taken?.notice)

        #expect(try send() == [])
        platform.time.advance(seconds: 120)
        #expect(try send() == [.accepted])

        // Who comes back late changes nothing.
        try services.stores.logoutNotices.postpone(notice, until: now)
        try services.stores.logoutNotices.remove(notice)
        #expect(try send() == [])
    }

    @Test
    func `2.8: a client that refuses is told again, ever more rarely, and another token each time`()
        throws
    {
        try use(client)
        try end()
        delivery.outcome = .refused("status 500")
        let pauses: [Int64] = [10, 60, 300, 900, 3_600, 10_800, 21_600, 43_200]

        for pause in pauses {
            #expect(try send() == [.refused("status 500")])
            platform.time.advance(seconds: pause - 1)
            #expect(try send() == [])
            platform.time.advance(seconds: 1)
        }
        #expect(try send() == [.refused("status 500")])
        platform.time.advance(seconds: 7 * 86_400)
        #expect(try send() == [])

        #expect(Set(delivery.sent.compactMap { $0.claims["jti"] as? String }).count == 9)
        let trail = try services.trail(AuditFilter(action: "oauth2.logout_notice_given_up"))
        #expect(trail.map(\.outcome) == [.error])
        #expect(trail.first?.target?.id == client.id && trail.first?.reason == "status 500")
    }

    @Test func `a client that can't be reached keeps nobody else waiting`() throws {
        let other = try services.application("other") {
            $0.backchannelLogoutURI = .value("https://other.example/logout")
        }
        let sessions = try (0..<3).map { _ in try services.browserSession(of: pia) }
        for session in sessions { try use(client, in: session) }
        for session in sessions { try end(session) }
        delivery.outcome = .unreachable("timed out")

        #expect(try send() == [.unreachable("timed out")])
        delivery.outcome = .accepted
        try use(other)
        try end()
        #expect(try send() == [.accepted])
        #expect(delivery.sent.last?.address == "https://other.example/logout")
        platform.time.advance(seconds: 10)
        #expect(try send() == [.accepted, .accepted, .accepted])
    }
}

/// The ways in which sessions end.
enum SessionEnd: String, CaseIterable {
    case signOut, byItsUser, byAnotherSession, password, passwordReset, disabled, deleted

    func end(
        _ session: Session, of user: User, _ time: TestClock, _ services: TestServices
    ) throws {
        switch self {
        case .signOut:
            var holder = services.session(of: user)
            holder = Authentication(
                subject: holder.subject, credential: holder.credential, grant: holder.grant,
                sessionID: session.id)
            try services.signIn.signOut(by: .test(holder))
        case .byItsUser:
            try services.sessions.end(session.id, of: user.id, by: .test())
        case .byAnotherSession:
            let other = try services.browserSession(of: user)
            _ = try services.sessions.endOthers(of: user.id, keeping: other.id, by: .test())
        case .password:
            let other = try services.browserSession(of: user)
            try services.passwords.change(
                TestServices.password, to: "lantern copper meadow", of: user, in: other.id,
                signingOutOthers: true, by: .test())
        case .passwordReset:
            _ = try services.users.update(
                user.id, UserChanges(password: "lantern copper meadow"), by: .test())
        case .disabled:
            _ = try services.users.update(user.id, UserChanges(isDisabled: true), by: .test())
        case .deleted:
            try services.users.delete(user.id, by: .test())
        }
    }
}

/// Takes what would be sent, and answers as it is told.
final class RecordedDelivery: LogoutDelivery, Sendable {
    struct Sent: Sendable {
        let token: String
        let address: String

        var header: [String: Any] { part(0) }
        var claims: [String: Any] { part(1) }

        private func part(_ index: Int) -> [String: Any] {
            let parts = token.split(separator: ".")
            let text = parts[index].replacing("-", with: "+").replacing("_", with: "/")
            let padding = String(repeating: "=", count: (4 - text.count % 4) % 4)
            let data = Data(base64Encoded: text + padding) ?? Data()
            let object = try? JSONSerialization.jsonObject(with: data)
            return object as? [String: Any] ?? [:]
        }
    }

    private let state = Mutex<(sent: [Sent], outcome: LogoutDeliveryOutcome)>(([], .accepted))

    var sent: [Sent] { state.withLock { $0.sent } }
    var outcome: LogoutDeliveryOutcome {
        get { state.withLock { $0.outcome } }
        set { state.withLock { $0.outcome = newValue } }
    }

    func deliver(_ token: Secret, to address: String) -> LogoutDeliveryOutcome {
        state.withLock { state in
            state.sent.append(Sent(token: token.text, address: address))
            return state.outcome
        }
    }
}
