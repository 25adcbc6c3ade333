/// The scopes of a client or a token as the wire spells them: the platform's, those of OpenID Connect and custom
/// ones; each once, in the order in which they were named.
package struct ScopeWords: Sendable, Hashable {
    package let words: [String]

    /// RFC 6749 §3.3 has them separated by spaces.
    package var text: String { words.joined(separator: " ") }
    package var isEmpty: Bool { words.isEmpty }

    package init(_ words: some Sequence<String>) {
        var seen: Set<[UInt8]> = []
        self.words = words.filter { seen.insert(Array($0.utf8)).inserted }
    }

    /// From the stored or signed form.
    package init(text: String) {
        let parts: [Substring] = text.split(separator: " ")
        self.init(parts.map(String.init))
    }

    package static let none = ScopeWords([String]())

    /// What scopes of OpenID Connect there are (Core §5.4, §11).
    package static let openID: Set<String> = ["openid", "profile", "email", "offline_access"]

    /// What of them the platform governs.
    package var permissions: Permissions { Permissions(words.compactMap { Scope($0) }) }

    package func contains(_ word: String) -> Bool {
        words.contains { $0.utf8.elementsEqual(word.utf8) }
    }

    /// Whether the word is among these, or is one of the platform's that they include.
    package func cover(_ word: String) -> Bool {
        if contains(word) { return true }
        guard let scope = Scope(word) else { return false }
        return permissions.covers(scope)
    }

    package func filter(_ isWanted: (String) throws -> Bool) rethrows -> ScopeWords {
        ScopeWords(try words.filter(isWanted))
    }

    /// Where to look up whether a word is a scope: it is neither the platform's nor OpenID Connect's.
    package static func mayBeCustom(_ word: String) -> Bool {
        Scope(word) == nil && !openID.contains(word) && CustomScope.problem(withName: word) == nil
    }
}
