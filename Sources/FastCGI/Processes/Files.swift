import Glibc

/// A file as it was at one moment: what it holds, and who may read it.
package struct FileContents: Sendable {
    /// The lower nine bits of the mode.
    package let permissions: UInt32
    package let bytes: [UInt8]

    /// Reads a regular file; one longer than `limit` bytes is refused.
    ///
    /// Permissions and bytes are those of one opened file, whatever happens to the path meanwhile.
    package init(of path: String, atMost limit: Int) throws(SystemCallError) {
        // O_NONBLOCK: a path that leads to a pipe must not hang us before we have seen that it does.
        let number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard number >= 0 else {
            throw SystemCallError("The file \(path) could not be opened")
        }
        let descriptor = Descriptor(owning: number)
        var facts = stat()
        guard unsafe fstat(descriptor.number, &facts) == 0 else {
            throw SystemCallError("The file \(path) could not be examined")
        }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw SystemCallError("The file \(path) could not be read", code: EINVAL)
        }
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            let next = try descriptor.read(atMost: limit + 1 - bytes.count)
            if next.isEmpty { break }
            bytes += next
        }
        guard bytes.count <= limit else {
            throw SystemCallError("The file \(path) could not be read", code: EFBIG)
        }
        self.permissions = facts.st_mode & 0o777
        self.bytes = bytes
    }
}

/// Files that are made by us and for us alone.
package enum PrivateFile {
    /// Makes a file that must not be there yet, which its owner alone may read and write.
    package static func create(_ path: String, _ bytes: [UInt8]) throws(SystemCallError) {
        let file = try new(path)
        do throws(SystemCallError) {
            try file.write(bytes)
            // What is announced as written must be there after a power cut.
            guard fsync(file.number) == 0 else {
                throw SystemCallError("The file \(path) could not be written")
            }
        } catch {
            _ = unsafe unlink(path)
            throw error
        }
    }

    /// An open file without a name that holds `bytes`; `folder` lends its disk.
    ///
    /// Other processes that inherit it can open it again as `/proc/self/fd/N`.
    package static func unnamed(in folder: String, _ bytes: [UInt8]) throws(SystemCallError)
        -> Descriptor
    {
        let path = "\(folder)/.unnamed.\(getpid())"
        _ = unsafe unlink(path)
        let file = try new(path)
        _ = unsafe unlink(path)
        try file.write(bytes)
        return file
    }

    /// Removes what stands at `path`; nothing there is fine.
    package static func remove(_ path: String) throws(SystemCallError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else {
            throw SystemCallError("The file \(path) could not be removed")
        }
    }

    private static func new(_ path: String) throws(SystemCallError) -> Descriptor {
        let number = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard number >= 0 else {
            throw SystemCallError("The file \(path) could not be made")
        }
        return Descriptor(owning: number)
    }
}

/// A file that one living process at a time can hold.
package final class LockFile: Sendable {
    private let descriptor: Descriptor

    /// Takes the lock, or gives `nil` when another process holds it. It ends with this object, and with
    /// the process, however that ends.
    package static func take(_ path: String) throws(SystemCallError) -> LockFile? {
        let number = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard number >= 0 else {
            throw SystemCallError("The lock file \(path) could not be opened")
        }
        let descriptor = Descriptor(owning: number)
        guard flock(descriptor.number, LOCK_EX | LOCK_NB) == 0 else {
            if errno == EWOULDBLOCK { return nil }
            throw SystemCallError("The lock file \(path) could not be locked")
        }
        return LockFile(descriptor)
    }

    private init(_ descriptor: Descriptor) {
        self.descriptor = descriptor
    }
}
