package import Domain
import JSON

/// The keys of clients as JWK sets (RFC 7517 §5), and their assertions as JWTs (RFC 7523 §3).
package struct JWTClientKeys: ClientKeys {
    /// How far ahead an assertion may expire, in seconds: for so long it is remembered as used.
    private static let longestLifetime: Int64 = 3_600

    package init() {}

    package func canonical(keySet json: String) throws(UnfitKeySet) -> String {
        do {
            let set = try JWKSet(parsing: JSON(parsing: json))
            guard set.keys.contains(where: { $0.verificationKey != nil }) else {
                throw UnfitKeySet(reason: "holds no key that verifies signatures")
            }
            return set.json.text
        } catch let error as JWKError {
            throw UnfitKeySet(reason: "can't be taken: \(error)")
        } catch let error as UnfitKeySet {
            throw error
        } catch {
            throw UnfitKeySet(reason: "is no JSON")
        }
    }

    package func claimedClient(of assertion: String) -> String? {
        do {
            return try UnverifiedJWT(parsing: assertion).unverifiedClaims()["sub"]?.string
        } catch {
            return nil
        }
    }

    package func verify(
        _ assertion: String, of client: Client.ID, keySet: String, audiences: [String],
        at time: Instant
    ) throws -> ClientAssertion? {
        let set = try JWKSet(parsing: JSON(parsing: keySet))
        // RFC 7523 §3: issuer (1) and subject (2) are the client, and the audience (3) is us. Many clients send
        // no typ, or the general one.
        let verifier = JWTVerifier(
            types: [nil, "JWT", "client-authentication+jwt"], issuer: client.description,
            audience: .only(oneOf: audiences), longestLifetime: Self.longestLifetime)
        do {
            let token = try verifier.verify(assertion, at: time) { set.verificationKey(id: $0) }
            // OpenID Connect Core §9 requires the jti, which single use goes by.
            guard let subject = token.subject,
                subject.utf8.elementsEqual(client.description.utf8),
                let id = token.id, (1...255).contains(id.utf8.count)
            else { return nil }
            return ClientAssertion(id: id, expiresAt: token.expiresAt)
        } catch {
            return nil
        }
    }
}
