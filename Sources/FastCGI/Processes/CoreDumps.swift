import Glibc

/// Dumps of a process's memory, which would hold every secret that it knows.
package enum CoreDumps {
    /// Forbids them to this process and to all that it starts.
    package static func forbid() throws(SystemCallError) {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0 else {
            throw SystemCallError("Core dumps could not be forbidden")
        }
    }
}
