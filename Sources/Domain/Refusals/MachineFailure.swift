/// An error of the machine that can say whether waiting helps: the edge answers 503 where it does, 500 where
/// not. Nothing of it is shown.
package protocol MachineFailure: Error {
    /// The database is away or overloaded; the same request may succeed later.
    var isUnavailable: Bool { get }
}
