/// What a new password must be: 12 to 1,024 characters (Unicode scalars), any of them, and none that a guesser
/// tries first.
///
/// Refused are repetitions (`abcabcabcabc`), sequences (`123456789012`, `qwertyuiopas`), the user's own names,
/// and those of `CommonPasswords`. Nothing else is asked of a password, no digit and no punctuation: length is
/// what counts.
package enum PasswordRules {
    package static let lengths = 12...1024

    /// Whether anybody's password may have this length; longer ones are not hashed.
    package static func isOfAcceptableLength(_ password: String) -> Bool {
        password.utf8.count <= 4 * lengths.upperBound
            && password.unicodeScalars.count <= lengths.upperBound
    }

    /// What is wrong with a new password of this user; nil where nothing is.
    package static func problem(
        with password: String, of user: User, field: String = "password"
    ) -> Refusal.Problem? {
        let count = password.unicodeScalars.count
        if count < lengths.lowerBound {
            return Refusal.Problem(
                field: field, code: "too_short",
                detail: "A password has at least \(lengths.lowerBound) characters.")
        }
        if !isOfAcceptableLength(password) {
            return Refusal.Problem(
                field: field, code: "too_long",
                detail: "A password has at most \(lengths.upperBound) characters.")
        }
        let folded = fold(password)
        if isRepetition(folded) || isSequence(folded) || isCommon(folded)
            || isMadeOfNames(folded, of: user)
        {
            return Refusal.Problem(
                field: field, code: "common_password",
                detail: "This password is among the first that somebody would guess.")
        }
        return nil
    }

    /// The scalars in lower case.
    private static func fold(_ text: String) -> [Unicode.Scalar] {
        Array(text.lowercased().unicodeScalars)
    }

    /// Hardly any different characters, or one beginning again and again.
    private static func isRepetition(_ text: [Unicode.Scalar]) -> Bool {
        if Set(text).count <= 3 { return true }
        guard text.count >= 2 else { return false }
        return (1...text.count / 2).contains { period in
            (period..<text.count).allSatisfy { text[$0] == text[$0 - period] }
        }
    }

    /// Made of nothing but runs of at least three neighbours in an order that everybody knows, and at most
    /// three characters beside them.
    private static func isSequence(_ text: [Unicode.Scalar]) -> Bool {
        var index = 0
        var beside = 0
        while index < text.count {
            let run = longestRun(in: text, from: index)
            if run >= 3 {
                index += run
            } else {
                index += 1
                beside += 1
                if beside > 3 { return false }
            }
        }
        return true
    }

    private static func longestRun(in text: [Unicode.Scalar], from start: Int) -> Int {
        var longest = 1
        for step in [1, -1] {
            var end = start + 1
            while end < text.count, isNext(text[end], after: text[end - 1], step: step) { end += 1 }
            longest = max(longest, end - start)
        }
        for order in orders {
            guard let first = order.firstIndex(of: text[start]) else { continue }
            for step in [1, -1] {
                var end = start + 1
                var position = first + step
                while end < text.count, order.indices.contains(position),
                    order[position] == text[end]
                {
                    end += 1
                    position += step
                }
                longest = max(longest, end - start)
            }
        }
        return longest
    }

    /// Neighbours in Unicode, which has the digits and most alphabets in order; 9 is followed by 0.
    private static func isNext(
        _ scalar: Unicode.Scalar, after other: Unicode.Scalar, step: Int
    ) -> Bool {
        if step == 1, other == "9", scalar == "0" { return true }
        if step == -1, other == "0", scalar == "9" { return true }
        return Int(scalar.value) - Int(other.value) == step
    }

    /// Rows and columns of keyboards.
    private static let orders: [[Unicode.Scalar]] = [
        "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm",
        "wxcvbn", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qazwsxedcrfvtgbyhnujmikolp",
        "q1w2e3r4t5y6u7i8o9p0", "1q2w3e4r5t6y7u8i9o0p", "a1b2c3d4e5f6g7h8i9j0",
        "1a2b3c4d5e6f7g8h9i0j", "!@#$%^&*()", "aabbccddeeffgghhiijjkk", "112233445566778899",
    ].map { Array($0.unicodeScalars) }

    /// A common password, or a common word with nothing but digits and marks before and behind it; written with
    /// digits and marks for letters (`p@ssw0rd`) or not.
    private static func isCommon(_ text: [Unicode.Scalar]) -> Bool {
        spellings(of: text).contains { spelling in
            CommonPasswords.phrases.contains(spelling) || isCommonWord(spelling)
        }
    }

    /// The word once or again and again.
    private static func isCommonWord(_ word: String) -> Bool {
        if CommonPasswords.words.contains(word) { return true }
        let scalars = Array(word.unicodeScalars)
        return scalars.indices.dropFirst().contains { period in
            scalars.count.isMultiple(of: period)
                && scalars[period...] == scalars[..<(scalars.count - period)]
                && CommonPasswords.words.contains(text(scalars[..<period]))
        }
    }

    /// As it stands, and without digits and marks at the ends; both also with the letters that digits and marks
    /// commonly stand for.
    private static func spellings(of text: [Unicode.Scalar]) -> [String] {
        let plain = text.map { substitutes[$0] ?? $0 }
        return [
            self.text(text), self.text(trimmed(text)), self.text(plain), self.text(trimmed(plain)),
            self.text(trimmed(text).map { substitutes[$0] ?? $0 }),
        ]
    }

    private static let substitutes: [Unicode.Scalar: Unicode.Scalar] = [
        "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i",
        "|": "i", "+": "t",
    ]

    private static func trimmed(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        guard let first = text.firstIndex(where: \.properties.isAlphabetic),
            let last = text.lastIndex(where: \.properties.isAlphabetic)
        else { return [] }
        return Array(text[first...last])
    }

    private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// Once the user's own names are taken out, fewer than five letters are left.
    private static func isMadeOfNames(_ text: [Unicode.Scalar], of user: User) -> Bool {
        var text = text
        var holdsName = false
        for name in names(of: user) {
            while let range = text.firstRange(of: name) {
                text.removeSubrange(range)
                holdsName = true
            }
        }
        return holdsName && text.count(where: \.properties.isAlphabetic) < 5
    }

    /// The whole names and their parts, the longest first; parts of one or two characters name nobody.
    private static func names(of user: User) -> [[Unicode.Scalar]] {
        var names: Set<[Unicode.Scalar]> = []
        for name in [user.username, user.displayName, user.email].compactMap(\.self) {
            let folded = fold(name)
            names.insert(folded)
            for part in folded.split(whereSeparator: { !$0.properties.isAlphabetic }) {
                names.insert(Array(part))
            }
        }
        return names.filter { $0.count >= 3 }.sorted { $0.count > $1.count }
    }
}
