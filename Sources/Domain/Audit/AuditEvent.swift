/// One line of the audit trail: who did what to what, and how it ended. Never a secret.
package struct AuditEvent: Sendable, Equatable {
    package struct ID: Identifier {
        package let value: UniqueID
        package init(_ value: UniqueID) { self.value = value }
    }

    package enum Outcome: String, Sendable, CaseIterable {
        case success, denied, error
    }

    /// Whoever or whatever an event is about; the name stays readable after the thing is gone.
    package struct Reference: Sendable, Equatable {
        package let kind: String
        package let id: String
        package let name: String

        package init(kind: String, id: String, name: String) {
            self.kind = kind
            self.id = id
            self.name = name
        }
    }

    /// One changed field; nil where there was, or is, no value.
    package struct Change: Sendable, Equatable {
        package let field: String
        package let old: String?
        package let new: String?

        package init(_ field: String, old: String?, new: String?) {
            self.field = field
            self.old = old
            self.new = new
        }
    }

    package let id: ID
    package let time: Instant
    /// Stable, such as `personal_access_token.created`.
    package let action: String
    package let outcome: Outcome
    package let reason: String?
    package let requestID: String
    package let actor: Reference?
    package let credential: Reference?
    package let organizationID: Organization.ID?
    package let address: String
    package let userAgent: String
    package let target: Reference?
    package let changes: [Change]

    package init(
        id: ID, time: Instant, action: String, outcome: Outcome, reason: String?,
        requestID: String, actor: Reference?, credential: Reference?,
        organizationID: Organization.ID?, address: String, userAgent: String, target: Reference?,
        changes: [Change]
    ) {
        self.id = id
        self.time = time
        self.action = action
        self.outcome = outcome
        self.reason = reason
        self.requestID = requestID
        self.actor = actor
        self.credential = credential
        self.organizationID = organizationID
        self.address = address
        self.userAgent = userAgent
        self.target = target
        self.changes = changes
    }
}

/// Where a request came from, and with which credential: what the audit trail says of it.
package struct Caller: Sendable {
    package let authentication: Authentication?
    package let requestID: String
    package let address: String
    package let userAgent: String

    package init(
        authentication: Authentication?, requestID: String, address: String, userAgent: String
    ) {
        self.authentication = authentication
        self.requestID = Self.line(requestID, limit: 64)
        self.address = Self.line(address, limit: 45)
        self.userAgent = Self.line(userAgent, limit: 255)
    }

    /// Without control characters, which could forge lines wherever the trail is printed, and no longer
    /// than the trail has room for.
    private static func line(_ text: String, limit: Int) -> String {
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(limit) {
            line.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
        }
        return String(line)
    }

    /// Says whose thing was ended, where somebody else ended it; the trail's target is the thing.
    func owner(_ user: User.ID) -> [AuditEvent.Change] {
        guard let asker = authentication?.user, asker.id != user else { return [] }
        return [AuditEvent.Change("user_id", old: user.description, new: nil)]
    }

    /// The service itself, at one of its tasks.
    package static func service(task: String) -> Caller {
        Caller(authentication: nil, requestID: "", address: "", userAgent: "gatehouse: \(task)")
    }

    /// Somebody at the command line of the host.
    package static func operatorOfHost(command: String) -> Caller {
        Caller(authentication: nil, requestID: "", address: "", userAgent: "gatehouse \(command)")
    }
}
