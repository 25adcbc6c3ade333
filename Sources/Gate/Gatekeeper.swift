package import Domain
package import HTTP

/// Decides whether a request may pass to an API behind nginx: who asks, where, and whether that is enough for the
/// route. Fails closed: whatever goes wrong, the answer is no.
package struct Gatekeeper {
    package let standings: Standings
    package let policy: GatePolicy
    package let uses: UseRecorder
    let audit: AuditTrail

    package init(
        standings: Standings, policy: GatePolicy, uses: UseRecorder, audit: AuditTrail
    ) {
        self.standings = standings
        self.policy = policy
        self.uses = uses
        self.audit = audit
    }

    /// The checks in their order. What can be refused from the request alone comes first (400; 401 with no
    /// credential), then the credential (401), its organization (400 without one, 403, 503), then the route and what
    /// it needs (403): whoever is refused learns nothing of what lies behind.
    package func decide(_ parameters: Parameters) -> GateDecision {
        do {
            let question = try GateQuestion(parameters)
            let standing = try standing(of: question, parameters)
            try checkRoute(question, standing)
            return .allowed(standing)
        } catch let refusal as GateRefusal {
            return .refused(refusal)
        } catch let path as AmbiguousPath {
            return .refused(.ambiguous(path))
        } catch let refusal as Refusal {
            return .refused(GateRefusal(refusal))
        } catch {
            return .failed(error)
        }
    }

    private func standing(
        of question: GateQuestion, _ parameters: Parameters
    ) throws -> Standing {
        let now = standings.clock.now
        let found: Standing?
        do {
            found = try standings.find(question.presented, in: question.organization, at: now)
        } catch let use as RevokedUse {
            try audit.record(use, by: Self.caller(parameters))
            found = nil
        }
        guard let standing = found else {
            if case .apiKey = question.presented { throw GateRefusal.badKey }
            throw GateRefusal.badToken
        }
        // RFC 8707 §2: a token for one API is none for another.
        if let resource = standing.authentication.resource,
            !resource.contains(path: String(decoding: question.path.bytes, as: UTF8.self))
        {
            throw GateRefusal.badToken
        }
        uses.record(standing, at: now)
        return standing
    }

    private static func caller(_ parameters: Parameters) -> Caller {
        Caller(
            authentication: nil, requestID: GateService.requestID(parameters),
            address: String(decoding: parameters.bytes("REMOTE_ADDR") ?? [], as: UTF8.self),
            userAgent: "")
    }

    private func checkRoute(_ question: GateQuestion, _ standing: Standing) throws {
        guard let context = standing.context else { throw OrganizationReference.required }
        guard let method = question.method, let rule = policy.rule(for: method, question.path)
        else { throw GateRefusal.routeNotAllowed }
        if case .scope(let scope) = rule.need,
            !rule.isMet(by: context.permissions, for: question.path)
        {
            throw GateRefusal.missingScope(scope)
        }
    }
}
