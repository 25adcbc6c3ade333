/// How a name begins, as far as somebody has typed it.
package struct NamePrefix: Sendable {
    /// How many characters say enough to look anybody up.
    package static let lengths = 2...255

    package let text: String

    /// Nil for what says too little, and for what is longer than any name.
    package init?(_ typed: String) {
        guard Self.lengths.contains(typed.unicodeScalars.count) else { return nil }
        text = typed
    }

    /// Behind every name that begins so, and before every other that follows: names are compared by code point,
    /// and this one ends with the last there is. So nothing in the text is a wildcard.
    package var end: String { text + "\u{10FFFF}" }
}
