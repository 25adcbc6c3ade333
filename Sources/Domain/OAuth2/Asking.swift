/// What requests for authorization and for tokens ask for in the same words.
extension Stores {
    /// The scopes of a `scope` as it was sent. Words that are no scopes are passed over (RFC 6749 §3.3 lets a server
    /// ignore a part of what is asked); what is one, but not to be had, refuses the request, so that nobody believes
    /// to have it.
    func known(_ asked: String, within given: ScopeWords) throws -> ScopeWords {
        guard asked.utf8.count <= ScopeRequest.byteLimit,
            asked.utf8.allSatisfy({
                $0 == 0x20 || ($0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C)
            })
        else { throw OAuthError(.invalidScope, "The scope is malformed or too long.") }
        let words = ScopeWords(text: asked)
        let custom = try customScopes.known(among: words.words.filter(ScopeWords.mayBeCustom))
        let known = words.filter { word in
            Scope(word) != nil || ScopeWords.openID.contains(word) || custom.contains(word)
        }
        if let beyond = known.words.first(where: { !given.cover($0) }) {
            throw OAuthError(.invalidScope, "The scope \(beyond) is not to be had here.")
        }
        return known
    }
}
