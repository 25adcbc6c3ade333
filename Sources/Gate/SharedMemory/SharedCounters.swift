import Glibc
package import Synchronization

/// Counters that all processes of a host see alike: a file of 64-bit cells, mapped by each of them.
///
/// The generation table of the gate and the metrics live in one such file each. What was added stays
/// when the process that added it dies, because the memory belongs to the file.
///
/// `Sendable` needs no promise of ours: the mapping is kept as its address, a number, and every access
/// goes through `Synchronization.Atomic`. The mapping lives exactly as long as the object. Making a
/// pointer from the address again costs nothing; a `load` is a bounds check and a plain load on x86-64.
@safe
package final class SharedCounters: Sendable {
    /// How many cells there are; each starts at 0.
    package let count: Int

    @usableFromInline
    let address: UInt

    /// Maps the file at `path`, making it (owner alone may read and write) when it is not there.
    ///
    /// Whoever comes first fixes the size; a file of another size is refused, for the processes would
    /// disagree about what a cell means.
    package init(path: String, count: Int) throws(SharedCountersError) {
        precondition(count > 0, "a counter file has at least one cell")
        let size = count * MemoryLayout<UInt64>.stride
        // O_NOFOLLOW: in a directory that others may write, a planted link must not lead us elsewhere.
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw SharedCountersError(path: path, operation: "opened", code: errno)
        }
        defer { close(descriptor) }

        // Two processes may be here at once; the lock makes "is it new?" and "give it its size" one step.
        guard flock(descriptor, LOCK_EX) == 0 else {
            throw SharedCountersError(path: path, operation: "locked", code: errno)
        }
        // Not left to close(2): the mapping keeps the opened file alive, and with it the lock.
        defer { flock(descriptor, LOCK_UN) }
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0 else {
            throw SharedCountersError(path: path, operation: "examined", code: errno)
        }
        if facts.st_size == 0 {
            // Not ftruncate: a hole in a full file system would be a SIGBUS at the first write.
            // posix_fallocate(3): "After a successful call to posix_fallocate(), subsequent writes to
            // bytes in the specified range are guaranteed not to fail because of lack of disk space."
            // It returns the error instead of setting errno.
            let code = posix_fallocate(descriptor, 0, size)
            guard code == 0 else {
                // Leave no half-made file behind, or every later start would find a wrong size.
                ftruncate(descriptor, 0)
                throw SharedCountersError(path: path, operation: "given its size", code: code)
            }
        } else if facts.st_size != size {
            throw SharedCountersError(path: path, found: Int(facts.st_size), wanted: size)
        }

        // mmap(2): "the file descriptor, fd, can be closed immediately without invalidating the
        // mapping".
        guard
            let memory = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
            unsafe memory != MAP_FAILED
        else {
            throw SharedCountersError(path: path, operation: "mapped", code: errno)
        }
        self.count = count
        self.address = UInt(bitPattern: memory)
    }

    deinit {
        _ = unsafe munmap(
            UnsafeMutableRawPointer(bitPattern: address), count * MemoryLayout<UInt64>.stride)
    }

    /// What cell `index` holds now. Nothing that follows in the program is done before it.
    @inlinable
    package func load(_ index: Int) -> UInt64 {
        unsafe cell(index).pointee.load(ordering: .acquiring)
    }

    /// Adds to a cell, wrapping around, and gives what it holds afterwards.
    @inlinable
    @discardableResult
    package func add(_ index: Int, _ amount: UInt64) -> UInt64 {
        unsafe cell(index).pointee.wrappingAdd(amount, ordering: .acquiringAndReleasing).newValue
    }

    /// Moves a cell on by one: whoever remembered its value sees that something changed.
    @inlinable
    package func bump(_ index: Int) {
        add(index, 1)
    }

    /// Moves every cell on by one.
    package func bumpAll() {
        for index in 0..<count {
            bump(index)
        }
    }

    /// Puts a value into a cell; for cells that one process at a time owns.
    @inlinable
    package func store(_ index: Int, _ value: UInt64) {
        unsafe cell(index).pointee.store(value, ordering: .releasing)
    }

    /// Puts `new` into a cell that holds `expected`; false, and nothing done, where it holds another value.
    @inlinable
    package func exchange(_ index: Int, from expected: UInt64, to new: UInt64) -> Bool {
        unsafe cell(index).pointee.compareExchange(
            expected: expected, desired: new, ordering: .acquiringAndReleasing
        ).exchanged
    }

    /// The cell as an atomic. `Atomic<UInt64>` is laid out as the integer itself, and the zeroes of a
    /// new file are a valid one.
    @inlinable
    func cell(_ index: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        precondition(index >= 0 && index < count, "a cell outside of the counters")
        let cells = unsafe UnsafeMutablePointer<Atomic<UInt64>>(bitPattern: address)
        // The address came from a successful mmap, so it is not 0.
        return unsafe cells.unsafelyUnwrapped + index
    }
}

/// Why a file of counters could not be used.
package struct SharedCountersError: Error, CustomStringConvertible {
    package let description: String

    init(path: String, operation: String, code: Int32) {
        let reason = unsafe String(cString: strerror(code))
        self.description = "The counter file \(path) could not be \(operation): \(reason)."
    }

    init(path: String, found: Int, wanted: Int) {
        self.description =
            "The counter file \(path) has \(found) bytes where \(wanted) are expected; "
            + "stop every gatehouse that uses it and remove it."
    }
}
