import Domain
import Testing

/// What was refused: the code of the refusal, or nil where nothing was.
func refusal(
    _ body: () throws -> some Any, sourceLocation: SourceLocation = #_sourceLocation
) -> String? {
    do {
        _ = try body()
        return nil
    } catch let refusal as Refusal {
        return refusal.code
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
        return nil
    }
}
