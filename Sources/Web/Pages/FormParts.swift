import Domain

/// One of several that is chosen from a list (`{{#method}}{{>selection}}{{/method}}`).
struct Selection {
    struct Option {
        let value: String
        let label: String
        let isSelected: Bool
    }

    let id: String
    let name: String
    let label: String
    let options: [Option]
    let hint: String?
    let error: String?
    let isInvalid: Bool
    let describedBy: String?

    init(
        _ name: String, _ label: String, _ options: [(value: String, label: String)],
        selected: String, hint: String? = nil, error: String? = nil
    ) {
        id = "field-\(name)"
        self.name = name
        self.label = label
        self.options = options.map {
            Option(value: $0.value, label: $0.label, isSelected: $0.value == selected)
        }
        self.hint = hint
        self.error = error
        isInvalid = error != nil
        describedBy = Description.ids(id, hint: hint, error: error)
    }
}

/// Boxes to tick, or one of several to pick, under a legend (`{{#grants}}{{>choices}}{{/grants}}`).
struct Choices {
    struct Item {
        let id: String
        let name: String
        let value: String
        let type: String
        let label: String
        let explanation: String?
        let isChecked: Bool
    }

    enum Kind: String {
        case many = "checkbox"
        case one = "radio"
    }

    let id: String
    let legend: String
    let items: [Item]
    let hint: String?
    let error: String?
    let describedBy: String?

    /// - Parameter key: sets the ids apart where several groups share a name.
    init(
        _ name: String, _ legend: String, kind: Kind = .many, key: String? = nil,
        _ items: [(value: String, label: String, explanation: String?)],
        checked: [String], hint: String? = nil, error: String? = nil
    ) {
        let id = "group-\(key ?? name)"
        self.id = id
        self.legend = legend
        self.items = items.enumerated().map { index, item in
            Item(
                id: "\(id)-\(index + 1)", name: name, value: item.value, type: kind.rawValue,
                label: item.label, explanation: item.explanation,
                isChecked: checked.contains(item.value))
        }
        self.hint = hint
        self.error = error
        describedBy = Description.ids(id, hint: hint, error: error)
    }
}

/// A list of texts, one a row, with a button for one more (`{{#addresses}}{{>rows}}{{/addresses}}`).
///
/// The button sends the form as a button named `add` whose value is the name of the rows: the handler shows the
/// form again, with one row more. A row is taken away by emptying it.
struct Rows {
    struct Item {
        let id: String
        let name: String
        let label: String
        let value: String
        let error: String?
        let isFocused: Bool
        let suggestions: Suggestions?
    }

    /// What the button is called that asks for one more row.
    static let button = "add"

    let id: String
    let name: String
    let legend: String
    let items: [Item]
    let hint: String?
    let error: String?
    let describedBy: String?

    /// - Parameters:
    ///   - label: of a row, before its number.
    ///   - problem: what is wrong with one text.
    init(
        _ name: String, _ legend: String, label: String, _ values: [String], hint: String? = nil,
        error: String? = nil, isGrowing: Bool = false, suggestions: Suggestions? = nil,
        problem: (String) -> String? = { _ in nil }
    ) {
        let id = "rows-\(name)"
        self.id = id
        self.name = name
        self.legend = legend
        let rows = values + (values.isEmpty || isGrowing ? [""] : [])
        let problems = values.map(problem)
        items = rows.enumerated().map { index, value in
            Item(
                id: "\(id)-\(index + 1)", name: name, label: "\(label) \(index + 1)", value: value,
                error: index < problems.count ? problems[index] : nil,
                isFocused: isGrowing && index == rows.count - 1, suggestions: suggestions)
        }
        self.hint = hint
        // What is said at a row need not be said of all.
        self.error = problems.contains { $0 != nil } ? nil : error
        describedBy = Description.ids(id, hint: hint, error: self.error)
    }
}

/// Which elements describe an input or a group of them.
enum Description {
    static func ids(_ id: String, hint: String?, error: String?) -> String? {
        var ids: [String] = []
        if hint != nil { ids.append("\(id)-hint") }
        if error != nil { ids.append("\(id)-error") }
        return ids.isEmpty ? nil : ids.joined(separator: " ")
    }
}
