/// Asks before something is ended for good: what it is, what will happen, one button, and a way back.
struct ConfirmPage: SignedInPage {
    static let template = "confirmation"

    let title: String
    let breadcrumb: [Link]
    let facts: [Fact]
    let hasFacts: Bool
    let confirmation: Confirmation

    init(
        _ title: String, breadcrumb: [Link], facts: [Fact] = [], _ confirmation: Confirmation
    ) {
        self.title = title
        self.breadcrumb = breadcrumb
        self.facts = facts
        hasFacts = !facts.isEmpty
        self.confirmation = confirmation
    }
}
