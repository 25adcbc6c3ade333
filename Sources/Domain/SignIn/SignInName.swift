/// What somebody types to say who they are, folded so that every spelling of a name is one name: without
/// white space at its ends, ASCII letters in lower case.
///
/// Names of users are ASCII (`User.isUsername`, `User.isEmail`), so nothing else needs folding: a look-alike in
/// another script, or one that Unicode's own lower-casing would make ASCII (the Kelvin sign), stays another
/// name, and no user has it.
package struct SignInName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ typed: String) {
        let scalars = typed.unicodeScalars
        var folded = String.UnicodeScalarView()
        if let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        {
            for scalar in scalars[first...last] {
                let isCapital = ("A"..."Z").contains(scalar)
                folded.append(isCapital ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar)
            }
        }
        text = String(folded)
    }

    /// Not the name: people type their password here by mistake.
    package var description: String { "sign-in name" }
}
