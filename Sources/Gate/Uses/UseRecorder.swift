package import Domain
import Synchronization

/// Gathers when credentials were last used, so that no request has to write it. Shared by the threads of a
/// process; whoever has a database flushes it every 2 to 3 seconds and at stop.
package final class UseRecorder: Sendable {
    /// What was gathered and not yet written.
    struct Uses: Sendable, Equatable {
        var personalAccessTokens: [PersonalAccessToken.ID: Instant] = [:]
        var apiKeys: [APIKey.ID: Instant] = [:]
        var sessions: [Session.ID: Instant] = [:]
        var clients: [Client.ID: Instant] = [:]
        var clientSecrets: [ClientSecret.ID: Instant] = [:]
    }

    private let gathered = Mutex(Uses())

    package init() {}

    /// Whether there is nothing to write.
    package var isEmpty: Bool { gathered.withLock { $0 == Uses() } }

    package func record(_ credential: Credential, at time: Instant) {
        gathered.withLock { uses in
            switch credential.kind {
            case .personalAccessToken:
                uses.personalAccessTokens.note(PersonalAccessToken.ID(credential.id), time)
            case .apiKey:
                uses.apiKeys.note(APIKey.ID(credential.id), time)
            case .session, .browserSession:
                uses.sessions.note(Session.ID(credential.id), time)
            case .access:
                // Access tokens are short-lived; the use of their client counts when it asks for them.
                break
            }
        }
    }

    /// A client proved who it is.
    package func record(_ client: AuthenticatedClient, at time: Instant) {
        gathered.withLock { uses in
            uses.clients.note(client.client.id, time)
            if let secret = client.secretID { uses.clientSecrets.note(secret, time) }
        }
    }

    /// At most once a second for each standing, so that a busy credential costs a comparison.
    func record(_ standing: Standing, at time: Instant) {
        let last = standing.recordedAt.load(ordering: .relaxed)
        guard time.milliseconds - last >= 1_000 || time.milliseconds < last else { return }
        standing.recordedAt.store(time.milliseconds, ordering: .relaxed)
        record(standing.authentication.credential, at: time)
    }

    /// Writes what was gathered, a statement a kind. What could not be written is kept for the next time.
    package func flush(into stores: any Stores) throws {
        var uses = gathered.withLock { gathered in
            let uses = gathered
            gathered = Uses()
            return uses
        }
        do {
            if !uses.personalAccessTokens.isEmpty {
                try stores.personalAccessTokens.recordUse(uses.personalAccessTokens)
                uses.personalAccessTokens = [:]
            }
            if !uses.apiKeys.isEmpty {
                try stores.apiKeys.recordUse(uses.apiKeys)
                uses.apiKeys = [:]
            }
            if !uses.sessions.isEmpty {
                try stores.sessions.recordActivity(uses.sessions)
                uses.sessions = [:]
            }
            if !uses.clients.isEmpty || !uses.clientSecrets.isEmpty {
                try stores.clients.recordUse(
                    ofClients: uses.clients, ofSecrets: uses.clientSecrets)
            }
        } catch {
            giveBack(uses)
            throw error
        }
    }

    private func giveBack(_ unwritten: Uses) {
        gathered.withLock { uses in
            for (id, time) in unwritten.personalAccessTokens {
                uses.personalAccessTokens.note(id, time)
            }
            for (id, time) in unwritten.apiKeys { uses.apiKeys.note(id, time) }
            for (id, time) in unwritten.sessions { uses.sessions.note(id, time) }
            for (id, time) in unwritten.clients { uses.clients.note(id, time) }
            for (id, time) in unwritten.clientSecrets { uses.clientSecrets.note(id, time) }
        }
    }
}

extension Dictionary where Value == Instant {
    /// The later of the two counts.
    fileprivate mutating func note(_ key: Key, _ time: Instant) {
        self[key] = Swift.max(self[key] ?? time, time)
    }
}
