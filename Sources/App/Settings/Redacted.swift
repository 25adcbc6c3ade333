/// A value that may be used but never shown: printing, interpolating or dumping it gives `[hidden]`.
package struct Redacted<Value: Sendable>: Sendable, CustomStringConvertible,
    CustomDebugStringConvertible, CustomReflectable
{
    /// The value itself, for the one call that needs it.
    package let value: Value

    package init(_ value: Value) {
        self.value = value
    }

    package var description: String { "[hidden]" }
    package var debugDescription: String { "[hidden]" }
    // `dump` and string interpolation of an enclosing struct look here.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
