import Domain

/// What the gate says to one request, apart from how nginx is told.
package enum GateDecision {
    case allowed(Standing)
    case refused(GateRefusal)
    /// The machine broke, and so nobody passes: to be logged, its text never shown.
    case failed(any Error)

    /// What may be shown of a no; nil for a yes.
    package var refusal: GateRefusal? {
        switch self {
        case .allowed: nil
        case .refused(let refusal): refusal
        case .failed(let failure as any MachineFailure) where failure.isUnavailable:
            .databaseUnavailable
        case .failed: .failed
        }
    }
}
