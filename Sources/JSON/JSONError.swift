/// Why a text is not the JSON that we read. It carries no part of the text but a member's name.
package enum JSONError: Error, Hashable, Sendable {
    /// The text breaks the grammar; `offset` counts bytes from its beginning.
    case malformed(offset: Int, reason: Reason)

    /// RFC 7493 §2.3: an object has two members of one name; `offset` is where the second begins.
    case duplicateMember(String, offset: Int)

    /// More arrays and objects within each other than `JSON.greatestDepth`.
    case tooDeep(offset: Int)

    package enum Reason: String, Sendable {
        case empty = "there is no value"
        case byteOrderMark = "it begins with a byte order mark"
        case unexpectedByte = "a byte stands where none of its kind may"
        case unexpectedEnd = "it ends too early"
        case trailingBytes = "something follows the value"
        case invalidUTF8 = "it is not UTF-8"
        case controlCharacter = "a control character stands unescaped in a string"
        case invalidEscape = "an escape is none of JSON's"
        case loneSurrogate = "an escape is half of a surrogate pair"
        case invalidNumber = "a number is malformed"
        case numberOutOfRange = "a number is too large or too long"
    }
}

extension JSONError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed(let offset, let reason): "\(reason.rawValue) (at byte \(offset))"
        case .duplicateMember(let name, let offset):
            "the member \"\(name)\" stands twice (at byte \(offset))"
        case .tooDeep(let offset): "it is nested too deeply (at byte \(offset))"
        }
    }
}
