extension JSON {
    /// The members of a JSON object in the order in which they were written.
    ///
    /// Names are compared byte for byte, as RFC 8259 §8.3 asks. Swift's own `==` on `String` takes
    /// canonically equivalent texts for equal, so that U+212A (Kelvin sign) would stand for `K`.
    package struct Object: Sendable {
        package struct Member: Sendable {
            package let name: String
            package var value: JSON
        }

        package private(set) var members: [Member]

        /// An object without members.
        package init() {
            members = []
        }

        /// Members that are known to have different names, as those written in code.
        package init(_ pairs: [(String, JSON)]) {
            members = pairs.map { Member(name: $0.0, value: $0.1) }
            assert(
                Set(pairs.map { ExactText($0.0) }).count == pairs.count,
                "a member is written twice")
        }

        /// Members whose names the reader has compared.
        init(distinct members: [Member]) {
            self.members = members
        }

        package var names: [String] {
            members.map(\.name)
        }

        package var isEmpty: Bool {
            members.isEmpty
        }

        /// The value of a member. Setting replaces it where it stands, or appends it; nil removes it.
        package subscript(name: String) -> JSON? {
            get {
                members.first { ExactText.equal($0.name, name) }?.value
            }
            set {
                let index = members.firstIndex { ExactText.equal($0.name, name) }
                switch (index, newValue) {
                case (let index?, let value?): members[index].value = value
                case (let index?, nil): members.remove(at: index)
                case (nil, let value?): members.append(Member(name: name, value: value))
                case (nil, nil): break
                }
            }
        }
    }
}

extension JSON.Object: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral members: (String, JSON)...) {
        self.init(members)
    }
}

/// Two objects are equal when they have the same members, in whatever order.
extension JSON.Object: Hashable {
    package static func == (left: Self, right: Self) -> Bool {
        guard left.members.count == right.members.count else { return false }
        return left.byName == right.byName
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(byName)
    }

    private var byName: [ExactText: JSON] {
        Dictionary(members.map { (ExactText($0.name), $0.value) }, uniquingKeysWith: { $1 })
    }
}

/// A text that equals another only when both consist of the same bytes.
struct ExactText: Hashable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: Self, right: Self) -> Bool {
        equal(left.text, right.text)
    }

    static func equal(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(text.utf8.count)
        for byte in text.utf8 {
            hasher.combine(byte)
        }
    }
}
