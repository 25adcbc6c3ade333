import Domain
import Testing

/// What the protocol refused: the code, or nil where nothing was.
func oauthError(
    _ body: () throws -> some Any, sourceLocation: SourceLocation = #_sourceLocation
) -> OAuthError.Code? {
    do {
        _ = try body()
        return nil
    } catch let error as OAuthError {
        return error.code
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
        return nil
    }
}

/// Every bad field with its code: `scopes unknown_scope`.
func problems(
    _ body: () throws -> some Any, sourceLocation: SourceLocation = #_sourceLocation
) -> Set<String> {
    do {
        _ = try body()
        return []
    } catch let refusal as Refusal {
        return Set(refusal.problems.map { "\($0.field) \($0.code)" })
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
        return []
    }
}
