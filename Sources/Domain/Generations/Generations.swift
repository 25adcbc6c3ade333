/// What a cached decision depends on, and what a change invalidates.
package enum GenerationSubject: Hashable, Sendable {
    case everything
    case signingKeys
    case user(User.ID)
    case organization(Organization.ID)
    /// A session, a personal access token, an API key or an OAuth2 grant, by its id.
    case credential(UniqueID)
    case client(String)
}

/// Counters that every worker of the host shares. Whoever changes something commits, bumps what changed,
/// then answers; a decision remembers the counters it depends on, read *before* the database was asked.
/// A port, fulfilled by shared memory in `Gate`.
package protocol Generations: Sendable {
    func current(of subject: GenerationSubject) -> UInt64
    func bump(_ subjects: Set<GenerationSubject>)
}

/// Told before something is read that a decision will rest on.
package protocol DependencyObserver {
    mutating func willRead(_ subject: GenerationSubject)
}

/// For who keeps no decision: the API and the pages ask the database each time.
package struct NoDependencies: DependencyObserver {
    package init() {}
    package mutating func willRead(_: GenerationSubject) {}
}
