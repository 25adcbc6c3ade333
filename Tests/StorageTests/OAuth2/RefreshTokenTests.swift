import Domain
import Storage
import TestSupport
import Testing

/// The refresh grant (RFC 6749 §6) and what RFC 9700 asks of refresh tokens (§2.2.2, §4.14).
@Suite struct RefreshTokenTests {
    let platform: TestPlatform
    let services: TestServices
    let pia: User
    let client: TestClient
    let session: Session

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
        pia = try services.person("pia")
        client = try services.application()
        session = try services.browserSession(of: pia)
    }

    private func first(
        _ scope: String = "openid offline_access pipelines:read models:read"
    ) throws -> TokenResponse {
        try services.firstTokens(of: client, for: pia, in: session, scope: scope)
    }

    private func refresh(
        _ response: TokenResponse, scope: String? = nil, resources: [String] = []
    ) throws -> TokenResponse {
        try services.refresh(
            try #require(response.refreshToken), of: client, scope: scope, resources: resources)
    }

    private func isAlive(_ response: TokenResponse) throws -> Bool {
        try services.bearer(of: response.accessToken) != nil
    }

    private func expectDead(_ response: TokenResponse, _ place: SourceLocation = #_sourceLocation)
        throws
    {
        #expect(oauthError { try refresh(response) } == .invalidGrant, sourceLocation: place)
        #expect(try !isAlive(response), sourceLocation: place)
    }

    // MARK: Rotation

    @Test func `RFC 9700 2.2.2: each refresh gives another refresh token`() throws {
        let one = try first()
        let two = try refresh(one)
        let three = try refresh(two)

        let texts = [one, two, three].compactMap { $0.refreshToken?.text }
        #expect(Set(texts).count == 3 && texts.allSatisfy { $0.hasPrefix("grt_") })
        for response in [one, two, three] { #expect(try isAlive(response)) }
        #expect(three.scopes.text == "openid offline_access pipelines:read models:read")
        #expect(three.expiresIn == 3_600)
    }
}
