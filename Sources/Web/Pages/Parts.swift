/// A labelled input, with what is wrong with it (`{{#name}}{{>field}}{{/name}}`).
struct Field {
    let id: String
    let name: String
    let label: String
    let type: String
    let value: String
    let autocomplete: String?
    let hint: String?
    let error: String?
    let isRequired: Bool
    let isFocused: Bool
    /// From where somebody is suggested who may be meant; the page has `suggest.js` then.
    let suggestions: Suggestions?
    /// The elements that describe the input, for those who hear the page.
    let describedBy: String?

    /// - Parameter describedBy: an element elsewhere that tells of this input as well.
    init(
        _ name: String, _ label: String, type: String = "text", value: String = "",
        autocomplete: String? = nil, hint: String? = nil, error: String? = nil,
        describedBy: String? = nil, isRequired: Bool = true, isFocused: Bool = false,
        suggestions: Suggestions? = nil
    ) {
        id = "field-\(name)"
        self.name = name
        self.label = label
        self.type = type
        self.value = value
        self.autocomplete = autocomplete
        self.hint = hint
        self.error = error
        self.isRequired = isRequired
        self.isFocused = isFocused
        self.suggestions = suggestions
        var ids: [String] = []
        if hint != nil { ids.append("\(id)-hint") }
        if error != nil { ids.append("\(id)-error") }
        if let describedBy { ids.append(describedBy) }
        self.describedBy = ids.isEmpty ? nil : ids.joined(separator: " ")
        isInvalid = error != nil || describedBy != nil
    }

    let isInvalid: Bool
}

/// A short coloured word (`{{#status}}{{>badge}}{{/status}}`).
struct Badge {
    enum Color: String {
        case neutral, green, amber, red, blue, violet, teal
    }

    let text: String
    let color: String

    init(_ text: String, _ color: Color) {
        self.text = text
        self.color = color.rawValue
    }
}

/// A message above a page's content (`{{#notice}}{{>notice}}{{/notice}}`).
struct Notice {
    enum Kind: String {
        case information, success, warning, error
    }

    let text: String
    let kind: String
    /// Whether it is read out at once.
    let isUrgent: Bool

    init(_ text: String, _ kind: Kind = .information) {
        self.text = text
        self.kind = kind.rawValue
        isUrgent = kind == .error
    }
}

/// What is asked before something is ended for good (`{{#confirmation}}{{>confirm}}{{/confirmation}}`).
struct Confirmation {
    /// Where the form goes.
    let action: String
    /// What will happen.
    let sentences: [String]
    let hidden: [Hidden]
    /// The words of the button.
    let button: String
    let isDangerous: Bool
    /// Where nothing has happened.
    let cancel: String

    struct Hidden {
        let name: String
        let value: String
    }

    init(
        _ button: String, to action: String, _ sentences: [String], cancel: String,
        hidden: [Hidden] = [], isDangerous: Bool = true
    ) {
        self.button = button
        self.action = action
        self.sentences = sentences
        self.cancel = cancel
        self.hidden = hidden
        self.isDangerous = isDangerous
    }
}

/// A line of a list of facts: a word, and a text or a time (`{{#facts}}{{>fact}}{{/facts}}`).
struct Fact {
    let label: String
    let text: String?
    let time: Moment?

    init(_ label: String, _ text: String) {
        self.label = label
        self.text = text
        time = nil
    }

    /// - Parameter otherwise: where there is no time.
    init(_ label: String, _ time: Moment?, otherwise: String) {
        self.label = label
        self.time = time
        text = time == nil ? otherwise : nil
    }
}

/// What a list shows that has nothing in it: what the thing is for, and one button
/// (`{{#empty}}{{>empty-state}}{{/empty}}`).
struct EmptyState {
    let text: String
    let action: Link?
    /// Whether the page that the action leads to may open as a dialog over this one (`dialog.js`).
    var opensDialog = false
}
