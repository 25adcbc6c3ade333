private import CFastCGI
internal import Glibc

/// A thread of the operating system with a name, which nobody joins.
enum Thread {
    private final class Start {
        let name: String
        let body: () -> Void

        init(name: String, body: @escaping () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// pthread_setname_np(3): the name "is restricted to 16 characters, including the terminating null
    /// byte".
    static func start(
        name: String, _ body: @escaping @Sendable () -> Void
    ) throws(FastCGIError) {
        var thread = pthread_t()
        let start = unsafe Unmanaged.passRetained(Start(name: String(name.prefix(15)), body: body))
        let code = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                _ = unsafe pthread_setname_np(pthread_self(), start.name)
                start.body()
                return nil
            }, start.toOpaque())
        guard code == 0 else {
            unsafe start.release()
            throw FastCGIError("pthread_create", code: code)
        }
        pthread_detach(thread)
    }
}
