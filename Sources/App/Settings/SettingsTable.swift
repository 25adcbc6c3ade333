/// The documented list of settings, as Markdown: what `gatehouse check --list` prints and what stands
/// in the README.
package enum SettingsTable {
    package static var markdown: String {
        let head = """
            | Name in the environment | Key in the file | Type | Standard | Meaning |
            | --- | --- | --- | --- | --- |
            """
        let rows = Setting.allCases.map { setting in
            let row = setting.row
            let cells = [
                "`\(setting.rawValue)`", setting.key.map { "`\($0)`" } ?? "",
                row.form.type + (row.isSecret ? ", secret" : ""), standard(row.standard),
                row.meaning,
            ]
            return "| " + cells.joined(separator: " | ") + " |"
        }
        return ([head] + rows).joined(separator: "\n") + "\n"
    }

    private static func standard(_ standard: Setting.Standard) -> String {
        switch standard {
        case .required: "required"
        case .none: ""
        case .value(let text): "`\(text)`"
        case .cores: "processor cores"
        case .coresButOne: "processor cores less one, at least 1"
        }
    }
}
