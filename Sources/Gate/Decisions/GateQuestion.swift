import Domain
import HTTP

/// What nginx asks of one request: method and path from nginx alone, credential and organization from the
/// client's headers, and no other header of the client's.
struct GateQuestion {
    /// Nil for a method that no rule can name.
    let method: GateMethod?
    let path: GatePath
    let presented: PresentedCredential
    let organization: OrganizationReference?

    /// Throws what can be refused before anybody is asked. The path comes first: of one that can be read in
    /// two ways nothing may be decided, not even who asks for it.
    init(_ parameters: Parameters) throws {
        guard let method = parameters.bytes("GATE_METHOD"), let uri = parameters.bytes("GATE_URI"),
            let target = parameters.bytes("REQUEST_URI")
        else { throw IncompleteQuestion() }
        self.method = GateMethod(method)
        path = try GatePath(uri: uri, target: target)
        presented = try PresentedCredential(
            authorization: parameters.all("HTTP_AUTHORIZATION"),
            machhubAPIKey: parameters.all("HTTP_X_MACHHUB_API_KEY"),
            apiKey: parameters.all("HTTP_X_API_KEY"))
        if presented == .none { throw GateRefusal.nothingPresented }
        organization = try OrganizationReference.read(
            organizationID: parameters.all("HTTP_X_ORGANIZATION_ID"),
            domain: parameters.all("HTTP_DOMAIN"))
    }
}

/// nginx does not tell what the gate decides on: its include is not the one that belongs to this gate.
struct IncompleteQuestion: Error {}
