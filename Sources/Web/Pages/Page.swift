/// What one template shows: its stored properties are the template's tags.
///
/// A page is made by a handler, put into its frame by the visit (`visit.page(…)`), and becomes a `Response` there.
protocol Page {
    /// The name of its file in `Templates`, without the ending.
    static var template: String { get }
    /// Stands in the tab and as the page's heading.
    var title: String { get }
    /// Where the page's forms may lead besides this site; see `FormTarget`.
    var formTargets: [FormTarget] { get }
}

extension Page {
    var formTargets: [FormTarget] { [] }
}

/// A page in the frame of those who are signed in: sidebar, heading, breadcrumb, one primary button.
protocol SignedInPage: Page {
    /// The way from the sidebar to here, without this page itself.
    var breadcrumb: [Link] { get }
    /// The one button that stands beside the heading; nil where the form below has it, or an empty state.
    var primaryAction: Link? { get }
    var tabs: [Tab] { get }
}

extension SignedInPage {
    var breadcrumb: [Link] { [] }
    var primaryAction: Link? { nil }
    var tabs: [Tab] { [] }
}

/// A text that leads to an address of this site.
struct Link {
    let label: String
    let address: String

    init(_ label: String, _ address: String) {
        self.label = label
        self.address = address
    }
}

/// One of several pages that share a heading.
struct Tab {
    let label: String
    let address: String
    let isCurrent: Bool
}
