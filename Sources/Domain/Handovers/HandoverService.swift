/// Hands something from one page to the next within a session.
package struct HandoverService {
    let stores: any Stores
    let sealer: any Sealer
    let secrets: any SecretSource
    let clock: Clock

    package init(
        stores: any Stores, sealer: any Sealer, secrets: any SecretSource, clock: Clock
    ) {
        self.stores = stores
        self.sealer = sealer
        self.secrets = secrets
        self.clock = clock
    }

    /// Leaves something; its id may stand in an address, for it opens nothing outside of the session.
    package func leave(
        _ content: [UInt8], as kind: Handover.Kind, in session: Session.ID
    ) throws -> Handover.ID {
        let now = clock.now
        let id: Handover.ID = secrets.newID(at: now)
        let sealed = sealer.seal(content, for: Self.purpose(id, kind, session))
        try stores.atomically {
            try stores.handovers.insert(
                Handover(
                    id: id, sessionID: session, kind: kind, sealed: sealed,
                    expiresAt: now.adding(seconds: kind.lifetime)))
        }
        return id
    }

    /// What was left, and still is; nil where there is nothing, or not for this session.
    package func look(
        at id: Handover.ID, _ kind: Handover.Kind, in session: Session.ID
    ) throws -> [UInt8]? {
        try stores.handovers.find(id, of: session, kind: kind, at: clock.now)
            .flatMap { sealer.open($0.sealed, for: Self.purpose(id, kind, session)) }
    }

    /// What was left, for the first who asks; nil for everybody after.
    package func take(
        _ id: Handover.ID, _ kind: Handover.Kind, in session: Session.ID
    ) throws -> [UInt8]? {
        let content = try look(at: id, kind, in: session)
        let isFirst = try stores.atomically { try stores.handovers.delete(id, of: session) }
        return isFirst ? content : nil
    }

    /// So that nobody who can write to the database puts one in the place of another.
    private static func purpose(
        _ id: Handover.ID, _ kind: Handover.Kind, _ session: Session.ID
    ) -> String {
        "handover \(id) \(kind.rawValue) of \(session)"
    }
}
