package import Domain
import Synchronization

/// Where the gate learnt who asks and what they may do.
package enum StandingSource: String, CaseIterable, Sendable {
    case cache, database
}

/// Finds out who asks and what they may do: from what is remembered while that counts, else from the database.
///
/// Belongs to the thread of its stores; cache and generations are shared.
package struct Standings {
    let authentication: AuthenticationService
    let cache: DecisionCache
    let generations: any Generations
    let secrets: any SecretSource
    let clock: Clock
    let count: @Sendable (StandingSource) -> Void

    /// - Parameter count: told of each answer where it came from.
    package init(
        authentication: AuthenticationService, cache: DecisionCache,
        generations: any Generations, secrets: any SecretSource, clock: Clock,
        count: @escaping @Sendable (StandingSource) -> Void = { _ in }
    ) {
        self.authentication = authentication
        self.cache = cache
        self.generations = generations
        self.secrets = secrets
        self.clock = clock
        self.count = count
    }

    /// Nil where the credential is not to be believed; throws a `Refusal` where the organization is not open to
    /// it, `RevokedUse` for one that was revoked, and any other error when it can't be known.
    package func find(
        _ presented: PresentedCredential, in organization: OrganizationReference?, at now: Instant
    ) throws -> Standing? {
        guard cache.isOn, let key = key(presented, organization) else {
            return try ask(presented, in: organization)
        }
        guard let known = cache.find(key), known.counts(at: now, generations) else {
            return try renew(key, presented, in: organization)
        }
        guard known.age(at: now) >= Standing.renewalAge, known.claimRenewal() else {
            count(.cache)
            return known
        }
        do {
            return try renew(key, presented, in: organization)
        } catch let failure as any MachineFailure where failure.isUnavailable {
            // Asking took time, and something may have changed meanwhile.
            guard known.counts(at: clock.now, generations) else { throw failure }
            count(.cache)
            return known
        }
    }

    /// Asks, and keeps a good answer. What was kept before goes with a bad one.
    private func renew(
        _ key: DecisionKey, _ presented: PresentedCredential,
        in organization: OrganizationReference?
    ) throws -> Standing? {
        do {
            guard let standing = try ask(presented, in: organization) else {
                cache.remove(key)
                return nil
            }
            cache.insert(standing, for: key)
            return standing
        } catch let refusal where refusal is Refusal || refusal is RevokedUse {
            cache.remove(key)
            throw refusal
        }
    }

    private func ask(
        _ presented: PresentedCredential, in organization: OrganizationReference?
    ) throws -> Standing? {
        cache.askings.wrappingAdd(1, ordering: .relaxed)
        let madeAt = clock.now
        var recorder = DependencyRecorder(generations)
        let found = try authentication.admit(presented, observer: &recorder)
        count(.database)
        guard let checked = found else { return nil }
        let context = try reference(organization, for: checked).map {
            try authentication.context(of: checked, in: $0, observer: &recorder)
        }
        return Standing(
            checked, in: context, dependencies: recorder.dependencies, madeAt: madeAt)
    }

    /// Which organization is meant. Only a machine identity brings its own: a personal access token that is bound
    /// to one still has to be told where it is used (wire.md 3).
    private func reference(
        _ named: OrganizationReference?, for checked: Authentication
    ) -> OrganizationReference? {
        if let named { return named }
        switch checked.credential.kind {
        case .apiKey, .access: return checked.boundOrganization.map(OrganizationReference.id)
        case .session, .browserSession, .personalAccessToken: return nil
        }
    }

    private func key(
        _ presented: PresentedCredential, _ organization: OrganizationReference?
    ) -> DecisionKey? {
        switch presented {
        case .none: nil
        case .bearer(let text): DecisionKey(text, .bearer, organization, secrets)
        case .apiKey(let text): DecisionKey(text, .apiKey, organization, secrets)
        case .browserSession(let text):
            DecisionKey(text, .browserSession, organization, secrets)
        }
    }
}
