import Domain
import MariaDB
import Storage
import TestSupport
import Testing

/// RFC 6749 §10.3 to §10.5: what a client gets is kept by nobody but the client.
@Suite struct TokensAtRestTests {
    let platform: TestPlatform
    let services: TestServices

    init() throws {
        platform = try TestPlatform()
        services = platform.connect()
    }

    private struct Unexpected: Error { let step: String }

    /// The columns, `table.column`, that hold the text somewhere.
    private func places(of text: String) throws -> [String] {
        let columns = try services.stores.connection.query(
            """
            SELECT table_name AS tab, column_name AS col FROM information_schema.columns
            WHERE table_schema = DATABASE()
            """)
        return try columns.compactMap { row in
            let (table, column) = (try row.string("tab"), try row.string("col"))
            // The library's other way to ask binds values, and names of tables are none.
            try services.stores.connection.execute(
                trustedText: """
                    SET @places = (SELECT COUNT(*) FROM `\(table)`
                        WHERE LOCATE('\(text)', CAST(`\(column)` AS BINARY)) > 0)
                    """)
            let found = try services.stores.connection.query("SELECT @places AS number")
            return try found.first?.int("number") == 0 ? nil : "\(table).\(column)"
        }
    }

    @Test func `RFC 6749 10.3, 10.4, 10.5: no token and no code stands in a table`() throws {
        let olga = try services.person("olga")
        let visitor = try services.visitor(olga)
        let client = try services.application(scopes: ["openid", "offline_access"])
        let step = try services.authorization.step(
            AuthorizationParameters(client.request([("scope", "openid offline_access")])),
            visitor, start: nil, by: .test())
        guard case .consent(let question) = step else { throw Unexpected(step: "\(step)") }
        let answer = try services.authorization.decide(
            question.secret.text, allow: true, visitor, by: .test())
        guard case .code(let code) = answer.outcome else { throw Unexpected(step: "\(answer)") }
        let authenticated = try services.clientAuthentication.authenticate(
            .secret(.init(client.secret), of: client.id, by: .basic), by: .test())

        let first = try services.clientTokens.issue(
            TokenRequest(
                kind: .authorizationCode(
                    code, redirectURI: client.client.redirectURIs.first?.description,
                    verifier: SamplePKCE.verifier)), to: authenticated, by: .test())
        let refresh = try #require(first.refreshToken)
        let second = try services.clientTokens.issue(
            TokenRequest(kind: .refreshToken(refresh)), to: authenticated, by: .test())

        for secret in [
            question.secret, code, first.accessToken, refresh, second.accessToken,
            try #require(second.refreshToken), try #require(first.idToken), Secret(client.secret),
        ] {
            // The signature is what makes a token; the claims before it are told elsewhere, too.
            let part = String(secret.text.split(separator: ".").last ?? "").suffix(40)
            #expect(part.utf8.count >= 40)
            #expect(try places(of: String(part)) == [])
        }
        // What is sought is found: the address of the client.
        #expect(try places(of: "https://app.example/callback").count >= 1)
    }
}
