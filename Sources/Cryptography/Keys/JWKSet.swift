package import JSON

/// The public keys of one party (RFC 7517 §5).
package struct JWKSet: Sendable, Hashable {
    /// More than anybody needs for a rotation; bounds what checking a set costs.
    package static let mostKeys = 20

    package let keys: [JWK]

    package init(_ keys: [JWK]) {
        self.keys = keys
    }

    /// Reads a set. One key that is not taken refuses it whole, so that nobody wonders later why a
    /// key does not work.
    package init(parsing json: JSON) throws(JWKError) {
        guard json.object != nil else { throw .notAnObject }
        guard let elements = json["keys"]?.array else { throw .invalidMember("keys") }
        guard elements.count <= Self.mostKeys else { throw .tooManyKeys }
        var keys: [JWK] = []
        var ids: Set<String> = []
        for element in elements {
            let key = try JWK(parsing: element)
            if let id = key.id, !ids.insert(id).inserted { throw .duplicateID(id) }
            keys.append(key)
        }
        self.keys = keys
    }

    package var json: JSON {
        ["keys": .array(keys.map(\.json))]
    }

    /// The key that a token's `kid` names. A token without `kid` may mean the only key there is.
    package func verificationKey(id: String?) -> VerificationKey? {
        guard let id else {
            let candidates = keys.compactMap(\.verificationKey)
            return candidates.count == 1 ? candidates.first : nil
        }
        return keys.first { $0.id == id }?.verificationKey
    }
}
