/// What one page leaves for the page behind a redirect, so that it stands in no address, cookie or log: sealed,
/// bound to the session, and for minutes.
package struct Handover: Sendable, Equatable {
    package struct ID: Identifier {
        package let value: UniqueID
        package init(_ value: UniqueID) { self.value = value }
    }

    package enum Kind: String, Sendable, CaseIterable {
        /// A form that was interrupted by the question for the password; may be looked at again.
        case form
        /// A secret that is shown once.
        case secret

        /// Seconds.
        var lifetime: Int64 {
            switch self {
            case .form: 900
            case .secret: 300
            }
        }
    }

    package let id: ID
    package let sessionID: Session.ID
    package let kind: Kind
    package let sealed: [UInt8]
    package let expiresAt: Instant

    package init(
        id: ID, sessionID: Session.ID, kind: Kind, sealed: [UInt8], expiresAt: Instant
    ) {
        self.id = id
        self.sessionID = sessionID
        self.kind = kind
        self.sealed = sealed
        self.expiresAt = expiresAt
    }
}

/// Keeps handovers.
package protocol HandoverStore {
    func insert(_ handover: Handover) throws
    /// Nil where it is another session's, of another kind, or expired.
    func find(
        _ id: Handover.ID, of session: Session.ID, kind: Handover.Kind, at time: Instant
    ) throws -> Handover?
    /// One atomic statement decides who of several takes it away: false for all others.
    func delete(_ id: Handover.ID, of session: Session.ID) throws -> Bool
    /// Removes what expired before the given moment, at most `limit`; how many. Needs no transaction.
    func purge(before time: Instant, limit: Int) throws -> Int
}

/// Seals what is kept outside of the process. A port, fulfilled by `Cryptography` with the master key.
package protocol Sealer: Sendable {
    func seal(_ content: [UInt8], for purpose: String) -> [UInt8]
    /// Nil where it was changed, or sealed for another purpose or with another key.
    func open(_ sealed: [UInt8], for purpose: String) -> [UInt8]?
}
