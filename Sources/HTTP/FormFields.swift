/// Names and values of a query string or an `application/x-www-form-urlencoded` body, in order; a name may
/// stand more than once.
package struct FormFields: Sendable, Equatable {
    package struct Field: Sendable, Equatable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package let fields: [Field]

    package init(_ fields: [Field] = []) {
        self.fields = fields
    }

    /// Nil where the text is not properly encoded (bad percent sign, not UTF-8, NUL) or has more than
    /// `limit` fields.
    /// - Parameter allowsNUL: for values that are only given back as they came.
    package init?(
        encoded text: some StringProtocol, limit: Int = 500, allowsNUL: Bool = false
    ) {
        var fields: [Field] = []
        for part in text.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentCoding.decode(pair[0], plusIsSpace: true),
                let value = pair.count == 2
                    ? PercentCoding.decode(pair[1], plusIsSpace: true, allowsNUL: allowsNUL) : ""
            else { return nil }
            guard fields.count < limit else { return nil }
            fields.append(Field(name: name, value: value))
        }
        self.fields = fields
    }

    package var names: Set<String> { Set(fields.map(\.name)) }

    /// The first value of the name, or nil.
    package subscript(name: String) -> String? {
        fields.first { $0.name == name }?.value
    }

    package func all(_ name: String) -> [String] {
        fields.filter { $0.name == name }.map(\.value)
    }
}
